//! The rows of `model_access`.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use serde_json::{Value, json};
use sightline_iam::direct::Direct;
use sightline_iam::formula::Formula;
use sightline_iam::organization::{Principal, PrincipalKind};
use sightline_iam::reach::{Access, Ask, Graph, Hop, Scope};
use sightline_iam::request::Layer;
use sightline_iam::solve::{Tri, phrase, ways};
use sightline_model::model_access::AccessDecision;
use sightline_model::untrusted::shortened;
use sightline_model::{ModelAccess, RunId};

use super::Inventory;
use super::model::UnlistedModels;

/// Ways of a residual that are kept.
const WAYS: usize = 6;
/// Longest words that are kept, in characters.
const WORDS: usize = 1_000;

/// Makes rows.
struct Rows<'a> {
    inventory: &'a Inventory,
    run: &'a RunId,
    now: Timestamp,
    /// The same few residuals stand in most rows.
    told: HashMap<Formula, Value>,
    rows: Vec<ModelAccess>,
}

/// Who, for a row.
struct Who<'a> {
    account: &'a str,
    arn: String,
    kind: &'static str,
    workload: Option<(&'a str, &'a str)>,
}

/// What became of an ask, for a row.
struct Became {
    tri: Tri,
    words: String,
    ways: Value,
    hops: i64,
    witness: Value,
}

/// All rows: principals, workloads, callers from outside, and whom or what could not be listed.
pub(super) fn of(
    inventory: &Inventory,
    direct: &dyn Direct,
    scope: &Scope,
    run: &RunId,
    now: Timestamp,
) -> Vec<ModelAccess> {
    let organization = &inventory.organization;
    let graph = Graph::with(organization, direct, scope);
    for gap in graph.gaps() {
        tracing::warn!(gap, "ways that were not looked at");
    }
    let reached = graph.reach(direct, &inventory.asks);
    let mut rows = Rows { inventory, run, now, told: HashMap::new(), rows: Vec::new() };
    for (at, ask) in inventory.asks.iter().enumerate() {
        for row in reached.rows(at) {
            let (Some(principal), Some(access)) =
                (organization.principals.get(row.principal), reached.access(at, row.principal))
            else {
                continue;
            };
            let became = rows.of_access(ask, &access, &principal.account);
            rows.push(ask, Who::principal(principal), became);
        }
        for row in reached.workloads(at) {
            let Some(workload) = organization.workloads.get(row.workload) else { continue };
            let who = Who {
                account: &workload.account,
                arn: workload.role.clone(),
                kind: "role",
                workload: Some((&workload.id, &workload.kind)),
            };
            let became = match &row.access {
                Some(access) => rows.of_access(ask, access, &workload.account),
                None => Became::unread(&format!("the policies of `{}`, which was not read, allow", workload.role)),
            };
            rows.push(ask, who, became);
        }
        for row in reached.outside(at) {
            let Some(workload) = organization.workloads.get(row.workload) else { continue };
            let who = Who {
                account: &workload.account,
                arn: row.who.clone(),
                kind: "outside",
                workload: Some((&workload.id, &workload.kind)),
            };
            let said = (row.tri, &row.allowed, words(&row.witness, &row.allowed));
            let became = rows.became(ask, &workload.account, said, (row.hops, &row.witness));
            rows.push(ask, who, became);
        }
    }
    let actions: BTreeSet<&str> = inventory.asks.iter().map(|ask| ask.action.as_str()).collect();
    for ask in actions.into_iter().map(on_anything) {
        rows.unlisted_principals(&ask);
        rows.unlisted_workloads(&ask);
    }
    for models in &inventory.unlisted_models {
        rows.unlisted_models(models);
    }
    rows.rows
}

impl Rows<'_> {
    /// `words`: the way and what it depends on.
    fn became(
        &mut self,
        ask: &Ask,
        account: &str,
        (tri, allowed, words): (Tri, &Formula, String),
        hops: (u32, &[Hop]),
    ) -> Became {
        let mut became = Became {
            tri,
            words: if tri == Tri::Allow { String::new() } else { words },
            ways: json!([]),
            hops: hops.0.into(),
            witness: witness(hops.1),
        };
        let mut allowed = allowed.clone();
        for unless in self.inventory.unknown_guardrails(ask, account).map(|one| one.unless.as_str()) {
            became.tri = Tri::Conditional;
            allowed = allowed.and(&Formula::unknown(unless));
            let and = if became.words.is_empty() { "" } else { ", and " };
            became.words.push_str(&format!("{and}if {unless}"));
        }
        became.ways = self.told(&allowed);
        became
    }

    fn of_access(&mut self, ask: &Ask, access: &Access, account: &str) -> Became {
        let words = if access.tri == Tri::Allow { String::new() } else { access.words() };
        self.became(ask, account, (access.tri, &access.allowed, words), (access.hops, &access.witness))
    }

    /// The ways in which a residual holds, each as the list of what must.
    fn told(&mut self, allowed: &Formula) -> Value {
        if *allowed == Formula::True {
            return json!([]);
        }
        if let Some(told) = self.told.get(allowed) {
            return told.clone();
        }
        let (found, complete) = ways(allowed, WAYS, &|_| true);
        let literal = |one: &_| shortened(&phrase(&[vec![Clone::clone(one)]], true), WORDS);
        let mut told: Vec<Value> = found.iter().map(|way| way.iter().map(literal).collect()).collect();
        if !complete {
            told.push(json!(["in further ways"]));
        }
        let told = Value::Array(told);
        self.told.insert(allowed.clone(), told.clone());
        told
    }

    /// Whoever could not be listed may do anything, and so may those who can act as them.
    fn unlisted_principals(&mut self, ask: &Ask) {
        let inventory = self.inventory;
        for list in &inventory.unlisted {
            let (kind, plural) = match list.kind {
                PrincipalKind::User => ("user", "users"),
                PrincipalKind::Role => ("role", "roles"),
            };
            let who = Who {
                account: &list.account,
                arn: format!("arn:aws:iam::{}:{kind}/*", list.account),
                kind,
                workload: None,
            };
            let why = format!(
                "the policies of the {plural} of account {}, which could not be listed ({}), allow",
                list.account, list.why
            );
            let pattern = who.arn.clone();
            self.push(ask, who, Became::unread(&why));
            if list.kind == PrincipalKind::Role {
                self.through_unlisted(ask, &list.account, &pattern);
            }
        }
    }

    /// Principals that a role which could not be listed may let in.
    fn through_unlisted(&mut self, ask: &Ask, account: &str, roles: &str) {
        let inventory = self.inventory;
        for principal in &inventory.organization.principals {
            // In its own account a role may let in whom it names, without a permission.
            if principal.account != account && !may_name(principal, "sts:AssumeRole") {
                continue;
            }
            let why = format!("one of `{roles}`, which could not be listed, lets it in and is allowed");
            let hop = json!({"from": principal.arn, "to": roles, "kind": {"how": "assume_role"}, "words": format!("assumes one of `{roles}`")});
            let became = Became { hops: 1, witness: json!([hop]), ..Became::unread(&why) };
            self.push(ask, Who::principal(principal), became);
        }
    }

    /// Workloads that could not be listed may run as any role; who has them act is not known either.
    fn unlisted_workloads(&mut self, ask: &Ask) {
        let inventory = self.inventory;
        for list in &inventory.unlisted_workloads {
            let who = Who {
                account: &list.account,
                arn: format!("arn:aws:iam::{}:role/*", list.account),
                kind: "role",
                workload: Some((&list.arns, list.kind)),
            };
            let why = format!(
                "one of account {}, which could not be listed ({}), runs as a role that is allowed",
                list.account, list.why
            );
            self.push(ask, who, Became::unread(&why));
        }
    }

    /// A kind of models that could not be listed: whoever has a statement about its actions may use them.
    fn unlisted_models(&mut self, models: &UnlistedModels) {
        let inventory = self.inventory;
        for action in &models.actions {
            let ask = Ask {
                action: action.clone(),
                resource: models.arns.clone(),
                resource_account: models.account.clone(),
                parts: Vec::new(),
            };
            let why = format!(
                "the {}s of account {}, which could not be listed ({}), are allowed to it",
                models.kind, models.account, models.why
            );
            for principal in &inventory.organization.principals {
                if principal.account == models.account && may_name(principal, action) {
                    self.push(&ask, Who::principal(principal), Became::unread(&why));
                }
            }
        }
    }

    fn push(&mut self, ask: &Ask, who: Who<'_>, became: Became) {
        let decision = match became.tri {
            Tri::Allow => AccessDecision::Allow,
            Tri::Conditional => AccessDecision::Conditional,
            Tri::Deny => return,
        };
        let (workload_arn, workload_kind) = who.workload.unwrap_or_default();
        let kind = self.inventory.model_kinds.get(&ask.resource).copied();
        let unlisted = || {
            self.inventory
                .unlisted_models
                .iter()
                .find(|models| models.arns == ask.resource)
                .map(|models| models.kind.clone())
        };
        self.rows.push(ModelAccess {
            run_id: self.run.as_str().to_owned(),
            account_id: who.account.to_owned(),
            principal_arn: shortened(&who.arn, WORDS),
            principal_kind: who.kind.to_owned(),
            workload_arn: workload_arn.to_owned(),
            workload_kind: workload_kind.to_owned(),
            action: ask.action.clone(),
            resource_arn: ask.resource.clone(),
            resource_account_id: ask.resource_account.clone(),
            resource_kind: kind.map(str::to_owned).or_else(unlisted).unwrap_or_default(),
            decision,
            residual: shortened(&became.words, WORDS),
            residual_ways: became.ways,
            hops: became.hops,
            witness: became.witness,
            evaluated_at: self.now,
        });
    }
}

impl<'a> Who<'a> {
    fn principal(principal: &'a Principal) -> Self {
        let kind = match principal.kind {
            PrincipalKind::User => "user",
            PrincipalKind::Role => "role",
        };
        Self { account: &principal.account, arn: principal.arn.clone(), kind, workload: None }
    }
}

impl Became {
    fn unread(why: &str) -> Self {
        let words = format!("if {why}");
        Self { tri: Tri::Conditional, ways: json!([[words]]), words, hops: 0, witness: json!([]) }
    }
}

fn witness(hops: &[Hop]) -> Value {
    let hop = |hop: &Hop| json!({"from": shortened(&hop.from, WORDS), "to": shortened(&hop.to, WORDS), "kind": hop.kind, "words": shortened(&hop.words(), WORDS)});
    hops.iter().map(hop).collect()
}

fn words(hops: &[Hop], allowed: &Formula) -> String {
    let (found, complete) = ways(allowed, WAYS, &|_| true);
    let last = (*allowed != Formula::True).then(|| phrase(&found, complete));
    hops.iter().map(Hop::words).chain(last).collect::<Vec<_>>().join(", then ")
}

/// Whether anything that may allow names the action.
fn may_name(principal: &Principal, action: &str) -> bool {
    let Layer::Known(policies) = &principal.identity else { return true };
    let mut statements = policies.iter().flat_map(|policy| policy.statements.iter());
    statements.any(|statement| {
        statement.effect != Some(sightline_iam::Effect::Deny)
            && statement.actions.as_ref().is_none_or(|actions| actions.cover(action))
    })
}

/// What could not be listed is told once for each action, not for each of thousands of models.
fn on_anything(action: &str) -> Ask {
    Ask { action: action.to_owned(), resource: "*".to_owned(), resource_account: String::new(), parts: Vec::new() }
}
