//! Policies that deny calls without a guardrail: the engine is asked for the same call without one and with one.

use std::collections::HashMap;

use sightline_iam::context::Fact;
use sightline_iam::formula::{Atom, Formula};
use sightline_iam::interpret::interpret;
use sightline_iam::organization::{Organization, Question};
use sightline_iam::solve::{Tri as Answer, classify, phrase, ways};
use sightline_lake::Session;
use sightline_model::Arn;
use sightline_model::edge::Tri;
use sightline_model::untrusted::shortened;

use super::super::memo::Memo;
use super::super::{Judged, Subject};
use crate::estate::Estate;
use crate::{DiscoverError, access};

const KEY: &str = "bedrock:GuardrailIdentifier";
/// They authorise `Converse` and its like too.
const ACTIONS: [&str; 2] = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];
/// Longest words about what an answer depends on, in characters.
const WORDS: usize = 300;

/// Identities and their policies.
#[derive(Debug, Default)]
pub(in super::super) struct Asked {
    organization: Organization,
    /// ARN → place in the organization
    places: HashMap<String, usize>,
    /// identity and model
    memo: Memo<(String, String), (Tri, String)>,
}

/// What the policies say of one action.
enum Said {
    /// neither is allowed
    Denied,
    Enforced,
    Free,
    Open(String),
}

impl Asked {
    pub(in super::super) async fn read(session: &Session) -> Result<Self, DiscoverError> {
        let organization = access::callers(session).await?;
        let places = organization.principals.iter().enumerate();
        let places = places.map(|(place, principal)| (principal.arn.clone(), place)).collect();
        Ok(Self { organization, places, memo: Memo::default() })
    }

    fn of(&self, place: usize, models: &[String], profile: Option<&str>) -> (Tri, String) {
        let said: Vec<Said> = ACTIONS.iter().map(|action| self.say(place, action, models, profile)).collect();
        if said.iter().any(|one| matches!(one, Said::Free)) {
            return (Tri::No, "no policy of the identity asks for one".to_owned());
        }
        if let Some(Said::Open(why)) = said.iter().find(|one| matches!(one, Said::Open(_))) {
            return (Tri::Unknown, format!("whether a call without a guardrail is denied depends on {why}"));
        }
        if said.iter().any(|one| matches!(one, Said::Enforced)) {
            return (Tri::Yes, "the policies that bind the identity deny its calls without a guardrail".to_owned());
        }
        (Tri::Unknown, "the policies as they were read deny the call with and without a guardrail".to_owned())
    }

    fn say(&self, place: usize, action: &str, models: &[String], profile: Option<&str>) -> Said {
        let without = self.allowed(place, action, models, profile, &Fact::Absent);
        match classify(&without, &|_| true) {
            Answer::Allow => return Said::Free,
            Answer::Deny => {
                let with = self.allowed(place, action, models, profile, &Fact::Present);
                let is_denied = classify(&with, &|_| true) == Answer::Deny;
                return if is_denied { Said::Denied } else { Said::Enforced };
            }
            Answer::Conditional => {}
        }
        let with = self.allowed(place, action, models, profile, &Fact::Present);
        let is_unread = without.atoms().iter().any(|atom| matches!(&**atom, Atom::Unknown(_)));
        // What it depends on is the same with a guardrail: then it is not the guardrail.
        if with == without && !is_unread {
            return Said::Free;
        }
        let (found, complete) = ways(&without, 2, &|_| true);
        Said::Open(shortened(&phrase(&found, complete), WORDS))
    }

    /// When the call is allowed: of a profile, on it and on each of its models.
    fn allowed(
        &self,
        place: usize,
        action: &str,
        models: &[String],
        profile: Option<&str>,
        guardrail: &Fact,
    ) -> Formula {
        let Some(principal) = self.organization.principals.get(place) else { return Formula::False };
        Formula::all(models.iter().map(|model| {
            let mut question = Question::new(action, model, model.split(':').nth(4).unwrap_or_default());
            if let Some(profile) = profile.filter(|profile| profile != model) {
                question.context.insert("bedrock:InferenceProfileArn".to_owned(), profile.to_owned());
            }
            let (mut request, policies) = self.organization.ask(principal, &question);
            request.context.set(KEY, guardrail.clone());
            interpret(&request, &policies).allowed()
        }))
    }
}

pub(super) fn judge(subject: &Subject, estate: &Estate) -> Judged {
    let facts = &estate.controls;
    if subject.identity.is_empty() {
        return Judged::unknown("connections do not tell whose permissions were used");
    }
    if !subject.model_arn.starts_with("arn:") {
        return Judged::unknown("the model is not in the inventory, so its policies cannot be asked");
    }
    let Some(place) = facts.asked.places.get(&subject.identity).copied() else {
        return Judged::unknown(absent(subject, estate));
    };
    let key = (subject.identity.clone(), subject.model_arn.clone());
    let (state, reason) = facts.asked.memo.of(key, || {
        let models = facts.models(&subject.model_arn);
        let profile = subject.model_arn.contains("inference-profile/").then_some(subject.model_arn.as_str());
        facts.asked.of(place, &models, profile)
    });
    Judged { state, reason, proof: vec![subject.identity.clone()] }
}

fn absent(subject: &Subject, estate: &Estate) -> String {
    let arn: Option<Arn> = subject.identity.parse().ok();
    let account = arn.as_ref().map_or(subject.account.as_str(), Arn::account_id);
    let table = if subject.identity.contains(":user/") { "aws_iam_user" } else { "aws_iam_role" };
    match estate.coverage.gap(table, account, &subject.region) {
        Some(gap) => gap,
        None => format!("the inventory does not have {}", shortened(&subject.identity, 200)),
    }
}
