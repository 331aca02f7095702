//! Whether the account has the prober's role, whether the role may invoke what is listed and nothing else, and whether a call would find an
//! agreement or make one.

use crate::availability::{self, Behind, Told, behind};
use crate::context::{Asked, Context, or_absent, text};
use crate::effective::Effective;
use crate::grant::covers;
use crate::invoke;
use crate::prerequisite::ai_scan_permissions::{ASSUMABLE, DENIED, ID, declared, script_of, step_put};
use crate::render::shell::Step;
use crate::scanner::Held;
use crate::trust;
use crate::verdict::{Judge, State, Verdict};
use serde_json::{Value, json};
use sightline_iam::caller::Caller;
use sightline_iam::context::Context as Keys;
use sightline_iam::explain::{Explanation, explain};
use sightline_iam::interpret::{Decision, LayerName, interpret};
use sightline_iam::request::Request;
use sightline_iam::solve::Tri;
use sightline_iam::{Effect, PolicyDocument, Statement};
use sightline_model::untrusted::shortened;
use std::collections::{BTreeMap, BTreeSet};

/// By ARN, the models that a profile leads to; for each region that could be asked.
type Profiles = BTreeMap<String, Vec<String>>;

/// Looks. Nothing is invoked.
pub(crate) async fn verify(context: &Context) -> Vec<Verdict> {
    let parameters = &context.parameters;
    let judge = Judge::new(ID, parameters.arn_of_role(&parameters.probe_role));
    let call = format!("iam:GetRole in {}", parameters.home);
    let input = json!({"RoleName": parameters.probe_role});
    let asked = context.ask(&parameters.home, "iam", "GetRole", input, "iam:GetRole").await;
    let is_listed = !parameters.models.is_empty();
    let role = match or_absent(asked, "NoSuchEntity") {
        Err(unanswered) => return vec![judge.unanswered(&unanswered)],
        Ok(None) if !is_listed => {
            let reason = "nothing to do: no model is to be probed; `--model` lists what may be, and asks for this role";
            return vec![judge.ok(&call, reason)];
        }
        Ok(None) => return vec![judge.missing(&call, "no role of this name is in the account", script_of(parameters))],
        Ok(Some(answer)) => answer,
    };
    let document = text(&role, "/Role/AssumeRolePolicyDocument");
    let mut verdicts = vec![ASSUMABLE.verify(parameters, &parameters.probe_role, document, &judge, &call)];
    let (profiles, mut unseen) = profiles(context).await;
    match held(context, &role).await {
        Err(unanswered) => verdicts.push(judge.unanswered(&unanswered)),
        Ok(prober) => verdicts.push(prober.verdict(&judge, &profiles)),
    }
    verdicts.append(&mut unseen);
    verdicts.extend(agreements(context, &profiles, &judge).await);
    verdicts
}

/// The inference profiles of the regions in which some are listed, and verdicts on regions that did not say.
async fn profiles(context: &Context) -> (Profiles, Vec<Verdict>) {
    let parameters = &context.parameters;
    let is_profile = |listed: &&String| listed.contains("inference-profile/");
    let regions: BTreeSet<String> =
        parameters.models.iter().filter(is_profile).map(|listed| behind(parameters, listed).0).collect();
    let asked = regions.iter().map(|region| async move { (region, availability::profiles(context, region).await) });
    let (mut all, mut unseen) = (Profiles::new(), Vec::new());
    for (region, asked) in futures::future::join_all(asked).await {
        match asked {
            Ok(profiles) => all.extend(profiles),
            Err(unanswered) => {
                unseen.push(Judge::new(ID, format!("inference profiles in {region}")).unanswered(&unanswered))
            }
        }
    }
    (all, unseen)
}

/// The role with its policies.
struct Prober<'a> {
    context: &'a Context,
    attached: Vec<Value>,
    effective: Effective,
}

async fn held<'a>(context: &'a Context, role: &Value) -> Asked<Prober<'a>> {
    let parameters = &context.parameters;
    let name = &parameters.probe_role;
    let key = ("AttachedPolicies", "iam:ListAttachedRolePolicies");
    let input = json!({"RoleName": name});
    let attached = context.ask_all(&parameters.home, "iam", "ListAttachedRolePolicies", input, key).await?;
    let boundary = text(role, "/Role/PermissionsBoundary/PermissionsBoundaryArn");
    let effective = Held { role: name, attached: &attached, boundary }.read(context).await?;
    Ok(Prober { context, attached, effective })
}

/// What is wrong with what the role may do.
#[derive(Default)]
struct Faults {
    refused: BTreeSet<String>,
    refused_by_boundary: BTreeSet<String>,
    undecided: BTreeSet<String>,
    /// by the policy's place among the role's
    wider: BTreeMap<usize, Vec<String>>,
    not_denied: Vec<&'static str>,
}

impl Prober<'_> {
    /// One verdict: a role has its policies by one declaration, and one command puts them right.
    fn verdict(&self, judge: &Judge, profiles: &Profiles) -> Verdict {
        let parameters = &self.context.parameters;
        let call = format!("iam:GetPolicyVersion in {}", parameters.home);
        let documents: Result<Vec<PolicyDocument>, _> =
            self.effective.identity.iter().map(|named| trust::document(&named.text)).collect();
        let documents = match documents {
            Ok(documents) => documents,
            Err(error) => return judge.cannot_tell(&call, format!("a policy could not be read: {error}")),
        };
        if parameters.models.is_empty() {
            return self.unlisted(judge, &call);
        }
        let faults = self.faults(&documents, profiles);
        let told = self.told(&faults);
        if !told.is_empty() {
            return judge.wrong(&call, shortened(&told.join("; "), 1_200), self.repair(&faults));
        }
        if !faults.refused_by_boundary.is_empty() {
            return self.bounded(judge, &call, &faults);
        }
        if !faults.undecided.is_empty() {
            let reason = format!(
                "conditions decide, or it is not known, whether the role may invoke {}",
                some(&faults.undecided)
            );
            return judge.cannot_tell(&call, reason);
        }
        let reason = format!(
            "the role may invoke each of the {} listed targets and nothing else; contracts, subscriptions and changes of the log are denied to it; \
             service control policies were not looked at",
            parameters.models.len()
        );
        judge.ok(&call, reason)
    }

    fn faults(&self, documents: &[PolicyDocument], profiles: &Profiles) -> Faults {
        let mut faults = Faults::default();
        for target in &self.context.parameters.models {
            self.judge_target(target, profiles, &mut faults);
        }
        let wanted = declared(&self.context.parameters).document();
        for (place, document) in documents.iter().enumerate() {
            let wider: Vec<String> = document.statement.iter().flat_map(|has| wider(has, &wanted)).collect();
            if !wider.is_empty() {
                faults.wider.insert(place, wider);
            }
        }
        faults.not_denied = self.not_denied();
        faults
    }

    /// What the prober must never do, and nothing keeps it from.
    fn not_denied(&self) -> Vec<&'static str> {
        let policies = self.effective.policies();
        let is_denied = |action: &&'static str| {
            interpret(&self.request(action, "*", &[]), &policies).decision() == Some(Decision::ExplicitlyDenied)
        };
        DENIED.into_iter().filter(|action| !is_denied(action)).collect()
    }

    /// A role whose targets nobody listed here: its denials alone can be judged.
    fn unlisted(&self, judge: &Judge, call: &str) -> Verdict {
        let open = self.not_denied();
        if open.is_empty() {
            let reason = "the role is there, and what it may invoke was not compared with anything: `--model` lists what it should";
            return judge.cannot_tell(call, reason);
        }
        let reason = format!(
            "nothing denies {} to the role; its targets were not compared: `--model` lists them",
            open.join(", ")
        );
        judge.wrong(call, reason, "")
    }

    fn judge_target(&self, target: &str, profiles: &Profiles, faults: &mut Faults) {
        let actions = invoke::actions(target);
        let mut asked: Vec<(&str, Vec<(&str, &str)>)> = vec![(target, Vec::new())];
        if target.contains("inference-profile/") {
            match profiles.get(target) {
                Some(models) => {
                    asked.extend(
                        models.iter().map(|model| (model.as_str(), vec![("bedrock:InferenceProfileArn", target)])),
                    );
                }
                None => _ = faults.undecided.insert(format!("the models behind {target}")),
            }
        }
        let policies = self.effective.policies();
        for ((resource, keys), action) in asked.iter().flat_map(|one| actions.iter().map(move |action| (one, action))) {
            let explanation = explain(&self.request(action, resource, keys), &policies);
            let through = if *resource == target { String::new() } else { format!(" through {target}") };
            let what = format!("{resource}{through}");
            match explanation.decision {
                Tri::Allow => {}
                Tri::Conditional => _ = faults.undecided.insert(what),
                Tri::Deny if is_boundary(&explanation) => _ = faults.refused_by_boundary.insert(what),
                Tri::Deny => _ = faults.refused.insert(what),
            }
        }
    }

    /// A request of the role. Models are nobody's: they count as the caller's own.
    fn request(&self, action: &str, resource: &str, keys: &[(&str, &str)]) -> Request {
        let caller = Caller::Role { arn: self.effective.role.clone() };
        let account = self.context.parameters.account_id.clone();
        let mut context = Keys::open();
        context.set_value("aws:SecureTransport", "true");
        context.set_value("aws:PrincipalArn", &self.effective.role);
        context.set_value("aws:PrincipalAccount", &account);
        for (key, value) in keys {
            context.set_value(key, value);
        }
        Request { caller, action: action.to_owned(), resource: resource.to_owned(), resource_account: account, context }
    }

    fn told(&self, faults: &Faults) -> Vec<String> {
        let mut told = Vec::new();
        if !faults.refused.is_empty() {
            told.push(format!("the role may not invoke {}", some(&faults.refused)));
        }
        for (place, wider) in &faults.wider {
            let name = self.effective.identity.get(*place).map(|named| named.name.as_str()).unwrap_or_default();
            told.push(format!("its policy `{name}` allows more than the listed targets: {}", some(wider)));
        }
        if !faults.not_denied.is_empty() {
            told.push(format!("nothing denies {}", faults.not_denied.join(", ")));
        }
        told
    }

    /// Puts our policy in place, and takes away the others that allow more.
    fn repair(&self, faults: &Faults) -> String {
        let parameters = &self.context.parameters;
        let ours = declared(parameters);
        let role = |words: [&str; 2]| Step::aws("", words).option("role-name", &parameters.probe_role);
        let mut steps = Vec::new();
        let is_ours = |place: &usize| self.managed(*place).is_none() && self.name(*place) == ours.name;
        if !faults.refused.is_empty() || !faults.not_denied.is_empty() || faults.wider.keys().any(is_ours) {
            steps.push(step_put(parameters, &ours));
        }
        for place in faults.wider.keys().filter(|place| !is_ours(place)) {
            steps.push(match self.managed(*place) {
                Some(arn) => role(["iam", "detach-role-policy"]).option("policy-arn", arn),
                None => role(["iam", "delete-role-policy"]).option("policy-name", self.name(*place)),
            });
        }
        steps.iter().map(Step::command).collect::<Vec<_>>().join("\n")
    }

    fn name(&self, place: usize) -> &str {
        self.effective.identity.get(place).map(|named| named.name.as_str()).unwrap_or_default()
    }

    /// The ARN, if the policy is a managed one: these come first.
    fn managed(&self, place: usize) -> Option<&str> {
        self.attached.get(place).map(|policy| text(policy, "/PolicyArn"))
    }

    fn bounded(&self, judge: &Judge, call: &str, faults: &Faults) -> Verdict {
        let boundary = self.effective.boundary.as_ref().map(|named| named.name.as_str()).unwrap_or_default();
        let reason = format!(
            "the permissions boundary `{boundary}` keeps the role from invoking {}",
            some(&faults.refused_by_boundary)
        );
        let off = Step::aws("", ["iam", "delete-role-permissions-boundary"]);
        let off = off.option("role-name", &self.context.parameters.probe_role);
        let fix = format!(
            "# Let the boundary allow what the policy `{}` allows; or, if this account's rules permit a role without one:\n# {}",
            declared(&self.context.parameters).name,
            off.command().replace('\n', "\n# ")
        );
        judge.wrong(call, reason, fix)
    }
}

fn is_boundary(explanation: &Explanation) -> bool {
    explanation.layers.iter().any(|layer| layer.decides && layer.layer == LayerName::Boundary)
}

/// What an allowing statement allows beyond what is wanted, `action on resource`.
fn wider(has: &Statement, wanted: &PolicyDocument) -> Vec<String> {
    if has.effect != Effect::Allow {
        return Vec::new();
    }
    if has.action.is_empty() || has.resource.is_empty() {
        return vec!["everything but what it names".to_owned()];
    }
    let wanted: Vec<&Statement> = wanted.statement.iter().filter(|one| one.effect == Effect::Allow).collect();
    let any = |patterns: &[String], text: &str| patterns.iter().any(|pattern| covers(pattern, text));
    let is_wanted = |action: &str, resource: &str| {
        wanted.iter().any(|one| any(&one.action, action) && any(&one.resource, resource) && is_as_bound(has, one))
    };
    let pairs = has.action.iter().flat_map(|action| has.resource.iter().map(move |resource| (action, resource)));
    pairs
        .filter(|(action, resource)| !is_wanted(action, resource))
        .map(|(action, resource)| format!("{action} on {resource}"))
        .collect()
}

/// Whether a statement asks for all that the other asks for.
fn is_as_bound(has: &Statement, wanted: &Statement) -> bool {
    wanted.condition.iter().all(|(operator, keys)| {
        keys.iter().all(|(key, values)| {
            let same = has.condition.get(operator).and_then(|keys| {
                keys.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, values)| values)
            });
            same.is_some_and(|has| has.iter().all(|value| values.iter().any(|pattern| covers(pattern, value))))
        })
    })
}

/// Whether the models behind what is listed have agreements: a first call would otherwise make one, and the prober must not.
async fn agreements(context: &Context, profiles: &Profiles, judge: &Judge) -> Vec<Verdict> {
    let parameters = &context.parameters;
    let models = parameters.models.iter().filter_map(|listed| {
        let (region, behind) = behind(parameters, listed);
        match behind {
            Behind::Model(id) => Some((region, id)),
            Behind::Profile => Some((region, availability::id_of(profiles.get(listed)?.first()?).to_owned())),
            Behind::Own => None,
        }
    });
    let models: BTreeSet<(String, String)> = models.collect();
    let asks = models.iter().map(|(region, model)| async move {
        let judge = Judge::new(ID, format!("{model} in {region}"));
        let asked = availability::of(context, region, model).await;
        let told = Told { region, model, elsewhere: BTreeSet::new(), partition: &parameters.partition };
        told.verdict(context, &judge, asked).await
    });
    let mut verdicts = futures::future::join_all(asks).await;
    verdicts.retain(|verdict| verdict.status != State::Ok);
    if verdicts.is_empty() && !models.is_empty() {
        let call = availability::AVAILABILITY;
        verdicts
            .push(judge.ok(call, format!("agreements exist for all {} models before any is invoked", models.len())));
    }
    verdicts
}

/// The first few.
fn some<'a>(all: impl IntoIterator<Item = &'a String>) -> String {
    let all: Vec<&str> = all.into_iter().map(String::as_str).collect();
    let shown: Vec<&str> = all.iter().take(6).copied().collect();
    let more = all.len().saturating_sub(shown.len());
    shown.join(", ") + &if more > 0 { format!(" and {more} more") } else { String::new() }
}
