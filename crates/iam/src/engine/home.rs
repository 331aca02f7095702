//! What principals of one account have in common.

use super::bits::Bits;
use super::control::Control;
use super::decide::Ground;
use super::named::Addresses;
use super::residual::FALSE;
use super::row::{Asked, Row};
use super::run::{Covers, Run};
use crate::caller::account_of;
use crate::formula::Formula;
use crate::interpret::{is_trusted_alone, supports_resource_control};
use crate::organization::Principal;
use crate::policy::Policy;
use crate::request::Layer;
use std::rc::Rc;
use std::sync::Arc;

/// Where a principal is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Home<'a> {
    /// The account that it is listed under.
    pub(super) account: &'a str,
    /// The account in its ARN.
    of_caller: Option<&'a str>,
    /// Whether it is a role that a service made: no policies of the organization bind it.
    pub(super) is_free: bool,
}

/// A principal's policies, by number.
#[derive(Debug)]
pub(super) struct Member {
    /// A stack.
    pub(super) identity: u32,
    /// A stack; [`super::table::NONE`]: no boundary.
    pub(super) boundary: u32,
    pub(super) home: u32,
}

/// Policies by level.
#[derive(Debug)]
pub(super) enum Levels {
    /// A set of documents each.
    Known(Vec<u32>),
    /// Could not be read.
    Unknown(Arc<str>),
}

/// What an action is to the principals of a home.
pub(super) struct Part<'a> {
    pub(super) ground: Ground,
    /// Service control policies: rows, one a level.
    pub(super) levels: Vec<Rc<Row>>,
    /// Where the levels could not be read: the formula that stands for all; else false.
    pub(super) unread: u32,
    /// Resource control policies of what counts as the caller's own.
    pub(super) control: Control,
    /// Policies of what counts as the caller's own.
    pub(super) addresses: Addresses<'a>,
}

impl<'a> Home<'a> {
    pub(super) fn of(principal: &'a Principal) -> Self {
        let is_free = principal.caller().is_service_linked();
        Self { account: &principal.account, of_caller: account_of(&principal.arn), is_free }
    }
}

impl<'e, 'a> Run<'e, 'a> {
    /// What an action is to the principals of a home.
    pub(super) fn part(&mut self, home: &Home<'a>, asked: &mut Asked<'_>, covers: &mut Covers<'e>) -> Part<'a> {
        let engine = self.engine;
        let (mut levels, mut unread) = (Vec::new(), FALSE);
        // Service control policies bind principals of accounts alone.
        if !home.is_free && home.of_caller.is_some() {
            match engine.levels.get(home.account).map(|(scp, _)| scp) {
                Some(Levels::Known(sets)) => levels.extend(sets.iter().map(|set| self.set(*set, asked, covers))),
                Some(Levels::Unknown(why)) => unread = self.residuals.number(Formula::unknown(why)),
                None => {}
            }
        }
        let callers = covers.frame.callers.clone();
        let policies = callers.iter().filter_map(|column| {
            let question = covers.frame.questions.get(column as usize)?;
            Some((column, self.policy_of(&question.resource, home.account)))
        });
        let policies = policies.collect();
        let addresses = self.addresses(policies, asked, covers);
        let mut control = Control::default();
        let span = covers.frame.keep(callers);
        self.control(home.account, span, &mut control, asked, covers);
        Part { ground: ground(home, asked.action, covers), levels, unread, control, addresses }
    }

    /// The policy of a resource: the trust policy of a role.
    fn policy_of(&self, resource: &str, account: &str) -> Layer<&'a [Arc<Policy>]> {
        let organization = self.engine.organization;
        let role = resource.contains(":role/").then(|| self.engine.places.get(resource)).flatten();
        match role.and_then(|place| organization.principals.get(*place)).map(|role| &role.trust) {
            Some(Layer::Known(policies)) => Layer::Known(policies),
            Some(Layer::Unknown(why)) => Layer::Unknown(Arc::clone(why)),
            None => organization.stated_policy(resource, account),
        }
    }

    /// The policies of what belongs to a certain account.
    pub(super) fn owned(&mut self, asked: &mut Asked<'_>, covers: &mut Covers<'e>) -> (Addresses<'a>, Control) {
        let mut owners: std::collections::BTreeMap<&str, Bits> = std::collections::BTreeMap::new();
        let mut policies = Vec::new();
        for (question, column) in covers.frame.questions.iter().zip(0..) {
            if !covers.frame.callers.has(column) {
                owners.entry(&question.resource_account).or_default().insert(column);
                policies.push((column, self.policy_of(&question.resource, &question.resource_account)));
            }
        }
        let addresses = self.addresses(policies, asked, covers);
        let mut control = Control::default();
        for (owner, columns) in owners {
            let span = covers.frame.keep(columns);
            self.control(owner, span, &mut control, asked, covers);
        }
        (addresses, control)
    }

    fn control(
        &mut self,
        owner: &str,
        span: u32,
        control: &mut Control,
        asked: &mut Asked<'_>,
        covers: &mut Covers<'e>,
    ) {
        if !supports_resource_control(asked.action) {
            return;
        }
        match self.engine.levels.get(owner).map(|(_, rcp)| rcp) {
            Some(Levels::Known(sets)) => {
                for set in sets {
                    let row = self.set(*set, asked, covers);
                    control.add(&row, span, &mut covers.frame);
                }
            }
            Some(Levels::Unknown(why)) => {
                let formula = self.residuals.number(Formula::unknown(why));
                control.gates.push((formula, span));
            }
            None => {}
        }
    }
}

fn ground(home: &Home<'_>, action: &str, covers: &Covers<'_>) -> Ground {
    let mut ground = Ground::default();
    for (question, column) in covers.frame.questions.iter().zip(0..) {
        let owner = if covers.frame.callers.has(column) { home.account } else { question.resource_account.as_str() };
        if owner.is_empty() || home.of_caller == Some(owner) {
            ground.own.insert(column);
        }
        if is_trusted_alone(action, &question.resource) {
            ground.alone.insert(column);
        }
    }
    ground
}
