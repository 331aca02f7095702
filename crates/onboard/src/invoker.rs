//! What a workload's role lets it invoke, against what it should, and the commands that put it right.

use crate::context::Context;
use crate::grant::{self, Grant};
use crate::invoke;
use crate::parameters::Parameters;
use crate::render::policy::{Policy, json};
use crate::render::shell::Step;
use crate::role::{Held, NotRead, Role};
use crate::verdict::{Judge, Verdict};
use sightline_iam::{Effect, PolicyDocument, Principal, Statement};
use sightline_model::untrusted::shortened;
use std::collections::BTreeSet;

/// The inline policy that is rendered for workloads.
pub(crate) const POLICY: &str = "invoke-listed-models";

/// A role and its policies.
#[derive(Debug)]
pub(crate) struct Invoker<'a> {
    pub(crate) role: &'a Role,
    pub(crate) held: Vec<Held>,
    /// its permissions boundary
    boundary: Option<Held>,
}

/// The inline policy of a workload's role.
pub(crate) fn policy(parameters: &Parameters) -> Policy {
    Policy::new(POLICY, invoke::statements(parameters, true))
}

/// Puts that policy in place.
pub(crate) fn step_put(why: &str, role: &str, policy: &Policy) -> Step {
    step_put_document(why, role, &policy.name, &policy.document())
}

fn step_put_document(why: &str, role: &str, name: &str, document: &PolicyDocument) -> Step {
    Step::aws(why, ["iam", "put-role-policy"])
        .option("role-name", role)
        .option("policy-name", name)
        .option("policy-document", json(document))
}

impl<'a> Invoker<'a> {
    /// Reads what the role holds.
    pub(crate) async fn read(context: &Context, role: &'a Role) -> Result<Self, NotRead> {
        let (held, boundary) = futures::join!(role.policies(context), role.boundary(context));
        Ok(Self { role, held: held?, boundary: boundary? })
    }

    /// What it may invoke, as the policies say it.
    pub(crate) fn reach(&self) -> BTreeSet<&str> {
        self.allowed().filter(|(_, resource, _)| !self.is_denied(resource)).map(|(_, resource, _)| resource).collect()
    }

    /// Its policies that let it invoke any model, or any endpoint.
    pub(crate) fn broad(&self) -> Vec<&Held> {
        let any = |held: &&Held| {
            held.document.statement.iter().any(|statement| {
                let resources = invoked(statement).filter(|resource| is_any(resource) && !self.is_denied(resource));
                !is_bound(statement) && resources.count() > 0
            })
        };
        self.held.iter().filter(any).collect()
    }

    /// The names of its policies, for a person.
    pub(crate) fn names(held: &[&Held]) -> String {
        held.iter().map(|held| format!("`{}`", held.name)).collect::<Vec<_>>().join(", ")
    }

    /// What it may invoke in one line.
    pub(crate) fn told(&self) -> String {
        let reach = self.reach();
        let shown: Vec<&str> = reach.iter().take(6).copied().collect();
        let more = reach.len().saturating_sub(shown.len());
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        if shown.is_empty() { "no model".to_owned() } else { shortened(&(shown.join(", ") + &rest), 900) }
    }

    /// Takes the right to invoke any model away, and gives the listed ones where some are listed.
    pub(crate) fn narrowed(&self, parameters: &Parameters) -> String {
        let mut commands = Vec::new();
        if parameters.models.is_empty() {
            commands.push("# give the models that it calls first: verify again with --model ARN".to_owned());
        } else {
            commands.push(step_put("", &self.role.name, &policy(parameters)).command());
        }
        let others = self.broad().into_iter().filter(|held| held.name != POLICY || held.arn.is_some());
        commands.extend(others.map(|held| self.without_invoking(held).command()));
        commands.join("\n")
    }

    /// The listed models by our policy, and nothing to invoke by any other.
    fn replaced(&self, parameters: &Parameters) -> String {
        let put = step_put("", &self.role.name, &policy(parameters)).command();
        let others = self.invoking().filter(|held| held.name != POLICY || held.arn.is_some());
        std::iter::once(put)
            .chain(others.map(|held| self.without_invoking(held).command()))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Takes all rights to invoke out of its policies.
    pub(crate) fn disarmed(&self) -> String {
        self.invoking().map(|held| self.without_invoking(held).command()).collect::<Vec<_>>().join("\n")
    }

    fn invoking(&self) -> impl Iterator<Item = &Held> {
        let holds = |held: &&Held| held.document.statement.iter().any(|statement| invoked(statement).next().is_some());
        self.held.iter().filter(holds)
    }

    /// A managed policy is let go; an inline one keeps what it says of other things.
    fn without_invoking(&self, held: &Held) -> Step {
        let role = &self.role.name;
        if let Some(arn) = &held.arn {
            return Step::aws("", ["iam", "detach-role-policy"]).option("role-name", role).option("policy-arn", arn);
        }
        let kept = held.document.statement.iter().filter(|statement| invoked(statement).next().is_none());
        let kept = PolicyDocument::new(kept.cloned().collect());
        if kept.statement.is_empty() {
            return Step::aws("", ["iam", "delete-role-policy"])
                .option("role-name", role)
                .option("policy-name", &held.name);
        }
        step_put_document("", role, &held.name, &kept)
    }

    /// Whether the role may invoke what is listed, and how it is bound. One verdict, of the first cause.
    pub(crate) fn verdict(&self, judge: &Judge, call: &str, parameters: &Parameters) -> Verdict {
        let broad = self.broad();
        if !broad.is_empty() {
            let reason = format!("the role may invoke any model, by {}: not only the listed ones", Self::names(&broad));
            return judge.wrong(call, reason, self.narrowed(parameters));
        }
        let fix = || step_put("", &self.role.name, &policy(parameters)).command();
        let mut lacking = Vec::new();
        for wanted in invoke::statements(parameters, true) {
            match self.allows(wanted.statement.clone()) {
                Grant::Present | Grant::Unbound => {}
                Grant::Missing => lacking.push(wanted.statement.resource.join(", ")),
                Grant::Undecided(name) => {
                    let reason = format!("the statement `{name}` has conditions that decide what the role may invoke");
                    return judge.cannot_tell(call, reason);
                }
            }
        }
        if !lacking.is_empty() {
            let reason = shortened(&format!("the role's policies do not allow to invoke {}", lacking.join(", ")), 900);
            return judge.wrong(call, reason, fix());
        }
        if let Some(boundary) = self.boundary.as_ref().filter(|boundary| !is_within(boundary, parameters)) {
            let reason =
                format!("the role's permissions boundary `{}` leaves out what the role is to invoke", boundary.name);
            let step = Step::aws("", ["iam", "delete-role-permissions-boundary"]).option("role-name", &self.role.name);
            let fix = format!("# or let the boundary's owner add the models to it\n{}", step.command());
            return judge.wrong(call, reason, fix);
        }
        let unguarded =
            || invoke::statements(parameters, false).into_iter().filter(|one| one.sid() != "InvokeEndpoints");
        if parameters.guardrail.is_some() && unguarded().any(|one| self.allows(one.statement) == Grant::Present) {
            let reason = "the role may invoke without the guardrail: nothing in its policies asks for it";
            return judge.wrong(call, reason, self.replaced(parameters));
        }
        judge.ok(call, format!("the role may invoke {}; service control policies were not looked at", self.told()))
    }

    fn allows(&self, wanted: Statement) -> Grant {
        allows(&self.held, wanted)
    }

    fn allowed(&self) -> impl Iterator<Item = (&Held, &str, &Statement)> {
        self.held.iter().flat_map(|held| {
            held.document
                .statement
                .iter()
                .flat_map(move |statement| invoked(statement).map(move |resource| (held, resource, statement)))
        })
    }

    /// Whether an unconditional denial covers the resource, for all ways of invoking.
    fn is_denied(&self, resource: &str) -> bool {
        let denies = |statement: &&Statement| statement.effect == Effect::Deny && statement.condition.is_empty();
        let all = self.held.iter().flat_map(|held| &held.document.statement);
        let covers = |statement: &&Statement| {
            statement.resource.iter().any(|pattern| grant::covers(pattern, resource))
                && invoke::BEDROCK.iter().all(|action| names(statement, action))
        };
        all.filter(denies).any(|statement| covers(&statement))
    }
}

fn allows(held: &[Held], wanted: Statement) -> Grant {
    // Policies of roles name no principal: the role itself is meant on both sides.
    let all = held.iter().flat_map(|held| held.document.statement.iter().cloned());
    let has = PolicyDocument::new(all.map(|statement| statement.of(Principal::EVERYBODY)).collect());
    grant::allows(&has, &wanted.of(Principal::EVERYBODY))
}

fn is_within(boundary: &Held, parameters: &Parameters) -> bool {
    let boundary = std::slice::from_ref(boundary);
    let mut wanted = invoke::statements(parameters, true).into_iter();
    wanted.all(|wanted| allows(boundary, wanted.statement) == Grant::Present)
}

/// The resources on which an allowing statement lets models or endpoints be invoked.
fn invoked(statement: &Statement) -> impl Iterator<Item = &str> {
    let of = |actions: [&str; 2]| actions.iter().any(|action| names(statement, action));
    let (bedrock, sagemaker) = (of(invoke::BEDROCK), of(invoke::SAGEMAKER));
    let is_allow = statement.effect == Effect::Allow;
    let all_but = (!statement.not_resource.is_empty()).then_some("*");
    statement.resource.iter().map(String::as_str).chain(all_but).filter(move |resource| {
        let service = resource.split(':').nth(2).unwrap_or(if *resource == "*" { "*" } else { "" });
        is_allow && ((bedrock && grant::glob(service, "bedrock")) || (sagemaker && grant::glob(service, "sagemaker")))
    })
}

/// Whether the statement speaks of the action.
fn names(statement: &Statement, action: &str) -> bool {
    let listed = |patterns: &[String]| patterns.iter().any(|pattern| grant::covers(pattern, action));
    match (statement.action.as_slice(), statement.not_action.as_slice()) {
        ([], []) => false,
        ([], not) => !listed(not),
        (action, _) => listed(action),
    }
}

/// Whether the pattern stands for models or endpoints that nobody listed.
fn is_any(pattern: &str) -> bool {
    match pattern.splitn(6, ':').nth(5) {
        // A star at the end stands for what follows, colons included.
        None => pattern.ends_with('*'),
        Some(resource) => {
            ["foundation-model/any.model", "endpoint/any-endpoint"].iter().any(|any| grant::glob(resource, any))
        }
    }
}

/// Whether models are only reached through named profiles or routers.
fn is_bound(statement: &Statement) -> bool {
    let through = ["bedrock:InferenceProfileArn", "bedrock:PromptRouterArn"];
    statement.condition.iter().filter(|(operator, _)| !operator.ends_with("IfExists") && !operator.contains("Not")).any(
        |(_, keys)| {
            let named = |(key, values): (&String, &Vec<String>)| {
                through.iter().any(|known| known.eq_ignore_ascii_case(key))
                    && values.iter().all(|value| value.rsplit('/').next().is_some_and(|id| !id.starts_with('*')))
            };
            keys.iter().any(named)
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Given;
    use crate::verdict::State;
    use serde_json::{Value, json};

    const MODEL: &str = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0";
    const PROFILE: &str = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0";
    const GUARDRAIL: &str = "arn:aws:bedrock:us-east-1:123456789012:guardrail/abc";

    fn parameters(guardrail: Option<&str>) -> Parameters {
        let models = vec![MODEL.to_owned(), PROFILE.to_owned()];
        let guardrail = guardrail.map(str::to_owned);
        Parameters::check(Given { account_id: "123456789012".into(), models, guardrail, ..Given::default() }).unwrap()
    }

    fn held(statements: &Value) -> Held {
        let document = serde_json::from_value(json!({"Version": "2012-10-17", "Statement": statements})).unwrap();
        Held { name: "p".into(), arn: None, document }
    }

    fn verdict(statements: &Value, parameters: &Parameters) -> Verdict {
        within(statements, None, parameters)
    }

    fn within(statements: &Value, boundary: Option<&Value>, parameters: &Parameters) -> Verdict {
        let role = Role::named("r");
        let invoker = Invoker { role: &role, held: vec![held(statements)], boundary: boundary.map(held) };
        invoker.verdict(&Judge::new("x", "t"), "c", parameters)
    }

    fn allow(resource: &str) -> Value {
        json!({"Effect": "Allow", "Action": "bedrock:Invoke*", "Resource": resource})
    }

    #[test]
    fn what_is_rendered_is_right() {
        for parameters in [parameters(None), parameters(Some(GUARDRAIL))] {
            let rendered = serde_json::to_value(policy(&parameters).document().statement).unwrap();
            let verdict = verdict(&rendered, &parameters);
            assert_eq!(verdict.status, State::Ok, "{}", verdict.reason);
        }
    }

    #[test]
    fn anything_is_too_much_and_bound_to_a_profile_is_not() {
        let parameters = parameters(None);
        for resource in
            ["*", "arn:aws:bedrock:*::foundation-model/*", "arn:aws:bedrock:us-east-1:*:*", "arn:aws:bedrock:*"]
        {
            let verdict = verdict(&json!([allow(resource)]), &parameters);
            assert!(
                verdict.status == State::Wrong && verdict.reason.contains("any model"),
                "{resource}: {}",
                verdict.reason
            );
            assert!(verdict.fix.contains("delete-role-policy"), "{}", verdict.fix);
        }
        let keep = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"});
        let told = verdict(&json!([allow("*"), keep]), &parameters);
        assert!(told.fix.contains("s3:GetObject") && !told.fix.contains("delete-role-policy"), "{}", told.fix);
        let narrow = json!([allow("arn:aws:bedrock:*::foundation-model/amazon.titan-text")]);
        assert!(verdict(&narrow, &parameters).reason.contains("do not allow to invoke"));
    }

    #[test]
    fn a_call_without_the_guardrail_is_a_fault() {
        let rendered = serde_json::to_value(policy(&parameters(None)).document().statement).unwrap();
        let mut all = rendered.as_array().unwrap().clone();
        all.push(json!({"Effect": "Allow", "Action": "bedrock:ApplyGuardrail", "Resource": GUARDRAIL}));
        let told = verdict(&json!(all), &parameters(Some(GUARDRAIL)));
        assert!(told.status == State::Wrong && told.reason.contains("without the guardrail"), "{}", told.reason);
    }

    #[test]
    fn a_boundary_that_leaves_models_out_is_a_fault() {
        let parameters = parameters(None);
        let rendered = serde_json::to_value(policy(&parameters).document().statement).unwrap();
        let told =
            within(&rendered, Some(&json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}])), &parameters);
        assert!(told.status == State::Wrong && told.reason.contains("boundary `p`"), "{}", told.reason);
        let told = within(&rendered, Some(&json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}])), &parameters);
        assert_eq!(told.status, State::Ok, "{}", told.reason);
    }

    #[test]
    fn what_conditions_decide_is_not_guessed() {
        let mut statement = allow(MODEL);
        statement["Condition"] = json!({"StringEquals": {"aws:SourceVpc": "vpc-1"}});
        assert_eq!(verdict(&json!([statement]), &parameters(None)).status, State::CannotTell);
    }
}
