//! What is known of condition keys, by number.

use super::table::{MOST_KEPT, Pool};
use crate::context::{Context, Fact};
use crate::organization::{Organization, Principal, PrincipalKind, Question, context_of, owner_of};
use crate::request::Layer;
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A fact, and whether the question itself settles it.
type Known = (Fact, bool);

/// The facts of a run.
pub(super) struct Facts<'e> {
    organization: &'e Organization,
    pool: Pool<Known>,
    /// What each principal's own facts are, of the keys that were asked.
    of_principals: HashMap<(usize, u32), u32>,
    /// The principal whose contexts are at hand.
    current: Option<usize>,
    own: Option<Context>,
    contexts: HashMap<(usize, u32), Rc<Context>>,
    nobody: Principal,
    nothing: Question,
}

impl<'e> Facts<'e> {
    pub(super) fn new(organization: &'e Organization) -> Self {
        Self {
            organization,
            pool: Pool::default(),
            of_principals: HashMap::new(),
            current: None,
            own: None,
            contexts: HashMap::new(),
            nobody: nobody(),
            nothing: Question::new("", "*", ""),
        }
    }

    /// The number of what the question alone tells of a key.
    pub(super) fn of_question(&mut self, context: &Context, key: &str, is_settled: bool) -> u32 {
        self.pool.number((context.fact(key).clone(), is_settled))
    }

    /// The number of what the principal alone tells of a key.
    pub(super) fn of_principal(&mut self, principal: usize, number: u32, key: &str) -> u32 {
        if let Some(known) = self.of_principals.get(&(principal, number)) {
            return *known;
        }
        self.turn_to(principal);
        let (organization, nothing) = (self.organization, &self.nothing);
        let own = self.own.get_or_insert_with(|| {
            let principal = organization.principals.get(principal).unwrap_or(&self.nobody);
            context_of(organization, principal, nothing, &principal.account)
        });
        let fact = self.pool.number((own.fact(key).clone(), false));
        if self.of_principals.len() >= MOST_KEPT {
            self.of_principals.clear();
        }
        self.of_principals.insert((principal, number), fact);
        fact
    }

    /// The context of the question as nobody asks it: what keeps it from being another's.
    pub(super) fn context_of_question(&self, question: &Question) -> Context {
        context_of(self.organization, &self.nobody, question, owner_of(&self.nobody, question))
    }

    /// The context in which a principal asks a question; `place`: which of the run's contexts that is.
    pub(super) fn context(
        &mut self,
        principal: Option<usize>,
        question: &Question,
        place: (usize, u32),
    ) -> Rc<Context> {
        let Some(at) = principal else { return Rc::new(self.context_of_question(question)) };
        self.turn_to(at);
        let (organization, nobody) = (self.organization, &self.nobody);
        let context = self.contexts.entry(place).or_insert_with(|| {
            let principal = organization.principals.get(at).unwrap_or(nobody);
            Rc::new(context_of(organization, principal, question, owner_of(principal, question)))
        });
        Rc::clone(context)
    }

    fn turn_to(&mut self, principal: usize) {
        if self.current != Some(principal) {
            self.current = Some(principal);
            self.own = None;
            self.contexts.clear();
        }
    }
}

/// A principal that no policy names: no ARN, account or name holds this character.
fn nobody() -> Principal {
    Principal {
        arn: "\u{0}".to_owned(),
        account: "\u{0}".to_owned(),
        kind: PrincipalKind::Role,
        identity: Layer::default(),
        boundary: Layer::default(),
        tags: BTreeMap::new(),
        trust: Layer::default(),
    }
}
