//! Roles that are assumed from outside with an external id: their trust policy, and whether a role of the account asks for it.

use crate::error::OnboardError;
use crate::parameters::Parameters;
use crate::render::policy::{Policy, Reasoned};
use crate::render::shell::Step;
use crate::trust::{self, Trust};
use crate::verdict::{Judge, Verdict};
use sightline_iam::{Principal, Statement};

/// Whose role it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Assumable {
    pub(crate) prerequisite: &'static str,
    /// the name of the statement
    pub(crate) sid: &'static str,
}

impl Assumable {
    /// The trust policy.
    pub(crate) fn policy(self, parameters: &Parameters) -> Result<Policy, OnboardError> {
        let needed = |parameter, about| OnboardError::Needed { prerequisite: self.prerequisite, parameter, about };
        let who = parameters.principal.as_ref();
        let who = who
            .ok_or_else(|| needed("principal", "who may assume the role: an account, or the ARN of a role or user"))?;
        let id = parameters.external_id.as_ref();
        let about = "a text that must be given when the role is assumed, such as a random UUID";
        let id = id.ok_or_else(|| needed("scanner-external-id", about))?;
        let statement = Statement::allow(self.sid, vec!["sts:AssumeRole".to_owned()], Vec::new())
            .of(Principal::aws(who))
            .when("StringEquals", "sts:ExternalId", [id.clone()]);
        let why = "Only this principal, and only with the external id.";
        Ok(Policy::new("trust-policy", vec![Reasoned::new(why, statement)]))
    }

    /// The command that gives it to a role, or what is missing for it.
    pub(crate) fn step(self, parameters: &Parameters, role: &str) -> String {
        match self.policy(parameters) {
            Err(error) => error.to_string(),
            Ok(policy) => Step::aws("", ["iam", "update-assume-role-policy"])
                .option("role-name", role)
                .option("policy-document", policy.json())
                .command(),
        }
    }

    /// Whether a role's trust policy asks for the external id.
    pub(crate) fn verify(
        self,
        parameters: &Parameters,
        role: &str,
        document: &str,
        judge: &Judge,
        call: &str,
    ) -> Verdict {
        let fix = || self.step(parameters, role);
        match trust::read(document) {
            Err(error) => judge.cannot_tell(call, format!("the trust policy could not be read: {error}")),
            Ok(Trust::Everybody) => judge.wrong(call, "anybody in AWS may assume the role", fix()),
            Ok(Trust::WithoutExternalId(who)) => {
                judge.wrong(call, format!("{} may assume the role without an external id", who.join(", ")), fix())
            }
            Ok(Trust::WithExternalId(ids)) => match &parameters.external_id {
                Some(wanted) if !ids.contains(wanted) => {
                    judge.wrong(call, "the role asks for another external id", fix())
                }
                _ => judge.ok(call, "the role asks for the external id"),
            },
            Ok(Trust::ServicesOnly(who)) => {
                judge.ok(call, format!("only {} may assume the role, inside the account", who.join(", ")))
            }
            Ok(Trust::Nobody) => judge.wrong(call, "nobody may assume the role", fix()),
        }
    }
}
