//! Who may do what itself, where the user narrows that down.

use sightline_iam::context::{Fact, Values};
use sightline_iam::direct::{Answer, Direct};
use sightline_iam::interpret::interpret;
use sightline_iam::organization::{Organization, Principal, Question};
use sightline_iam::request::{Policies, Request};
use sightline_iam::solve::{Tri, classify};
use std::collections::{BTreeMap, HashSet};

/// Condition keys and what requests bring of each.
#[derive(Debug, Default)]
pub(crate) struct Brought(BTreeMap<String, Fact>);

impl Brought {
    /// From pairs: several values of one key are a set, an empty value says that it is absent.
    pub(crate) fn new(pairs: &[(String, String)]) -> Self {
        let mut out: BTreeMap<String, Fact> = BTreeMap::new();
        for (key, value) in pairs {
            let key = key.to_lowercase();
            let fact = match out.remove(&key) {
                _ if value.is_empty() => Fact::Absent,
                Some(Fact::Known(Values { mut values, .. })) => {
                    values.push(value.clone());
                    Fact::Known(Values { values, is_list: true })
                }
                _ => Fact::Known(Values { values: vec![value.clone()], is_list: is_multivalued(&key) }),
            };
            out.insert(key, fact);
        }
        Self(out)
    }

    /// The question as a request that brings it.
    pub(crate) fn request(
        &self,
        organization: &Organization,
        principal: &Principal,
        question: &Question,
    ) -> (Request, Policies) {
        let (mut request, policies) = organization.ask(principal, question);
        for (key, fact) in &self.0 {
            request.context.set(key, fact.clone());
        }
        (request, policies)
    }
}

/// Answers to some questions, about requests that bring something; the others are another's.
pub(crate) struct Narrowed<'a> {
    pub organization: &'a Organization,
    /// Who answers what is not changed
    pub inner: &'a dyn Direct,
    /// What requests of `questions` bring
    pub brought: &'a Brought,
    pub questions: HashSet<Question>,
    /// Whether nothing else may be done, so that there are no ways through others
    pub alone: bool,
}

impl Narrowed<'_> {
    fn one(&self, question: &Question) -> Vec<(usize, Answer)> {
        let everybody = self.organization.principals.iter().enumerate();
        let answers = everybody.map(|(at, principal)| {
            let (request, policies) = self.brought.request(self.organization, principal, question);
            let allowed = interpret(&request, &policies).allowed();
            let tri = classify(&allowed, &|key| request.context.fact(key) != &Fact::Present);
            (at, Answer { tri, allowed })
        });
        answers.filter(|(_, answer)| answer.tri != Tri::Deny).collect()
    }
}

impl Direct for Narrowed<'_> {
    fn answer(&self, questions: &[Question]) -> Vec<Vec<(usize, Answer)>> {
        let brings = !self.brought.0.is_empty();
        let is_inner = |question: &Question| if self.questions.contains(question) { !brings } else { !self.alone };
        let inner: Vec<Question> = questions.iter().filter(|question| is_inner(question)).cloned().collect();
        let mut inner = self.inner.answer(&inner).into_iter();
        let answers = questions.iter().map(|question| match self.questions.contains(question) {
            _ if is_inner(question) => inner.next().unwrap_or_default(),
            true => self.one(question),
            false => Vec::new(),
        });
        answers.collect()
    }
}

fn is_multivalued(key: &str) -> bool {
    sightline_iam::catalogue::catalogue().key_type(key).is_some_and(|key| key.multivalued)
}
