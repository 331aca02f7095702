//! Nodes behind principals: a key that stands for a user, a principal after somebody has changed what it may do.

use super::answers::{Answers, is_about, whole_of};
use super::residual;
use super::routes::routes;
use super::{Ask, Graph};
use crate::context::Fact;
use crate::direct::Answer;
use crate::interpret::interpret;
use crate::organization::{Organization, Principal, Question};
use crate::policy::Policy;
use crate::request::Layer;
use crate::solve::{Tri, classify};
use std::sync::Arc;

/// What stands behind a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Stand {
    /// The principal's place in the organization.
    pub(super) principal: usize,
    pub(super) kind: StandKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum StandKind {
    /// A Bedrock API key of the user. Nothing leads on from it.
    Key,
    /// The principal with whatever permissions it likes, within its boundary, its organization's policies and what is denied.
    Edited,
}

/// Changed principals whose answers are worked out for an ask; of the others it stays open.
pub(super) const EDITED: usize = 256;

/// Whatever one likes.
const ANYTHING: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

impl Graph<'_> {
    /// The node of what stands behind a principal.
    pub(super) fn stand(&mut self, stand: Stand) -> usize {
        if let Some(node) = self.stand_places.get(&stand) {
            return *node;
        }
        self.stands.push(stand);
        let node = self.edges.grow();
        self.stand_places.insert(stand, node);
        node
    }

    /// Changed principals: the node, and the principal's place.
    pub(super) fn edited(&self) -> impl Iterator<Item = (usize, usize)> {
        let stands = (self.organization.principals.len()..).zip(&self.stands);
        stands.filter(|(_, stand)| stand.kind == StandKind::Edited).map(|(node, stand)| (node, stand.principal))
    }

    /// What keys need beside the asks themselves.
    pub(super) fn bearer_questions(&self, asks: &[Ask]) -> Vec<Question> {
        if !self.stands.iter().any(|stand| stand.kind == StandKind::Key) {
            return Vec::new();
        }
        let mut out: Vec<Question> = asks.iter().filter_map(bearer_question).collect();
        out.sort();
        out.dedup();
        out
    }

    /// The nodes behind principals that are not denied the ask.
    pub(super) fn stand_answers(&self, ask: &Ask, answers: &Answers<'_>) -> Vec<(usize, Answer)> {
        let mut edited = 0;
        let all = (self.organization.principals.len()..).zip(&self.stands).map(|(node, stand)| {
            let answer = match stand.kind {
                StandKind::Key => with_key(ask, answers, stand.principal),
                StandKind::Edited if !self.is_wanted(node, ask, answers) => residual::NEVER,
                StandKind::Edited => {
                    edited += 1;
                    self.as_edited(ask, stand.principal, edited)
                }
            };
            (node, answer)
        });
        all.filter(|(_, answer)| answer.tri != Tri::Deny).collect()
    }

    /// Whether somebody comes to the node who may not do what is asked anyhow.
    fn is_wanted(&self, node: usize, ask: &Ask, answers: &Answers<'_>) -> bool {
        let groups = self.edges.to(node).iter();
        let mut from = groups.flat_map(|group| group.always.iter().chain(group.depends.iter().map(|(from, _)| from)));
        from.any(|from| usize::try_from(*from).is_ok_and(|from| answers.of(ask, from).tri != Tri::Allow))
    }

    fn as_edited(&self, ask: &Ask, principal: usize, count: usize) -> Answer {
        let Some(edited) = self.once_edited(principal).filter(|_| count <= EDITED) else {
            return residual::unknown("nothing stands against what it gives itself, which was not worked out");
        };
        whole_of(ask, &edited.account, &|question| Self::asked_as(self.organization, &edited, question))
    }

    /// The principal when it may give itself anything.
    pub(super) fn once_edited(&self, principal: usize) -> Option<Principal> {
        let mut edited = self.organization.principals.get(principal)?.clone();
        if let Layer::Known(policies) = &mut edited.identity {
            policies.push(Arc::new(Policy::read_text("what it gives itself", ANYTHING)));
        }
        Some(edited)
    }

    /// The answer to a principal that is not as the organization has it.
    pub(super) fn asked_as(organization: &Organization, principal: &Principal, question: &Question) -> Answer {
        if !is_about(question, &principal.account) {
            return residual::NEVER;
        }
        let (request, policies) = organization.ask(principal, question);
        let allowed = interpret(&request, &policies).allowed();
        let tri = classify(&allowed, &|key| request.context.fact(key) != &Fact::Present);
        Answer { tri, allowed }
    }
}

/// What the key of a user may: what the user may itself, of what keys are good for, and only if a key may stand for it.
fn with_key(ask: &Ask, answers: &Answers<'_>, user: usize) -> Answer {
    match bearer_question(ask) {
        Some(bearer) => residual::all([&answers.one(&bearer, user), &answers.of(ask, user)]),
        None => residual::NEVER,
    }
}

/// That a key may stand for the caller; none where keys are no good for the ask.
fn bearer_question(ask: &Ask) -> Option<Question> {
    let opened = routes().iter().any(|route| route.opens.iter().any(|action| action.eq_ignore_ascii_case(&ask.action)));
    let (service, _) = ask.action.split_once(':').filter(|_| opened)?;
    Some(Question::new(&format!("{service}:CallWithBearerToken"), "*", ""))
}
