//! The documents that grant a principal something, as they are written.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize as _;
use serde_json::Value;
use sightline_iam::document::LANGUAGE_VERSION;
use sightline_iam::policy::action_matches;
use sightline_iam::{Effect, PolicyDocument, Statement};
use sightline_lake::Session;
use sightline_model::untrusted::shortened;

use super::quoted;
use crate::DiscoverError;
use crate::access::held::{Attached, Group, Held, Inline, Managed};
use crate::query::query;

/// All statements of a principal's policies and of its groups'.
#[derive(Debug, Default)]
pub(super) struct Grants {
    pub(super) account: String,
    pub(super) statements: Vec<Statement>,
    /// Policies that were not read or not understood.
    pub(super) unread: Vec<String>,
}

impl Grants {
    pub(super) async fn read(session: &Session, principal: &str) -> Result<Self, DiscoverError> {
        let mut holders: Vec<Held> = Vec::new();
        for query in [query!("access/unused/user"), query!("access/unused/role")] {
            let sql = query.sql.replace("$principal", &quoted(principal));
            let tables =
                session.tables_of(&sql).map_err(|source| DiscoverError::Query { query: query.name, source })?;
            let known = session.table_names();
            if tables.iter().all(|table| known.contains(table)) {
                holders.extend(query.rows_of::<Held>(session, &sql).await?);
            }
        }
        let holder = holders
            .into_iter()
            .next()
            .ok_or_else(|| DiscoverError::UnknownPrincipal { arn: shortened(principal, 200) })?;
        let groups: Vec<Group> = query!("access/group").rows(session).await?;
        let managed: Vec<Managed> = query!("access/policy").rows(session).await?;
        let managed: BTreeMap<String, Value> = managed.into_iter().map(|row| (row.arn, row.document)).collect();
        let mut out = Self { account: holder.account_id, ..Self::default() };
        out.add(&holder.arn, &holder.inline_policies, &holder.attached_policies, &managed);
        for name in &holder.groups {
            match groups.iter().find(|group| group.account_id == out.account && group.name == *name) {
                Some(group) => out.add(&group.arn, &group.inline_policies, &group.attached_policies, &managed),
                None => out.unread.push(format!("group {name}")),
            }
        }
        Ok(out)
    }

    fn add(&mut self, owner: &str, inline: &[Inline], attached: &[Attached], managed: &BTreeMap<String, Value>) {
        for one in inline {
            self.document(&format!("inline policy {} of {owner}", one.policy_name), Some(&one.policy_document));
        }
        for one in attached {
            self.document(&one.policy_arn, managed.get(&one.policy_arn));
        }
    }

    fn document(&mut self, id: &str, document: Option<&Value>) {
        // In the older language `${` is no variable, and would become one.
        let moves = |read: &PolicyDocument| {
            read.version == LANGUAGE_VERSION || !document.is_some_and(|document| document.to_string().contains("${"))
        };
        match document.and_then(|document| PolicyDocument::deserialize(document).ok()).filter(moves) {
            Some(read) => self.statements.extend(read.statement),
            None => self.unread.push(shortened(id, 200)),
        }
    }

    /// Whether a statement allows the action on something, and none denies it on everything.
    pub(super) fn covers(&self, action: &str) -> bool {
        let of = |effect: Effect| self.statements.iter().filter(move |statement| statement.effect == effect);
        of(Effect::Allow).any(|statement| covers(statement, action))
            && !of(Effect::Deny).any(|statement| denies_all(statement) && covers(statement, action))
    }

    /// Whether anything of the service is allowed.
    pub(super) fn touches(&self, service: &str) -> bool {
        let allows = self.statements.iter().filter(|statement| statement.effect == Effect::Allow);
        allows.into_iter().any(|statement| {
            !statement.not_action.is_empty() || statement.action.iter().any(|pattern| is_of(pattern, service))
        })
    }

    /// Services that policies name.
    pub(super) fn services(&self) -> BTreeSet<String> {
        let allows = self.statements.iter().filter(|statement| statement.effect == Effect::Allow);
        let patterns = allows.flat_map(|statement| &statement.action);
        let named = patterns.filter_map(|pattern| Some(pattern.split_once(':')?.0.to_ascii_lowercase()));
        named.filter(|service| service != "*").collect()
    }

    /// Whether a statement allows all services.
    pub(super) fn grants_everything(&self) -> bool {
        let allows = self.statements.iter().filter(|statement| statement.effect == Effect::Allow);
        allows
            .into_iter()
            .any(|statement| !statement.not_action.is_empty() || statement.action.iter().any(|pattern| is_all(pattern)))
    }
}

/// Whether a statement is about an action.
pub(super) fn covers(statement: &Statement, action: &str) -> bool {
    match statement.not_action.as_slice() {
        [] => statement.action.iter().any(|pattern| action_matches(pattern, action)),
        except => !except.iter().any(|pattern| action_matches(pattern, action)),
    }
}

/// Whether a pattern of actions is about some of the service's.
pub(super) fn is_of(pattern: &str, service: &str) -> bool {
    is_all(pattern) || pattern.split_once(':').is_some_and(|(own, _)| own.eq_ignore_ascii_case(service))
}

/// Whether a pattern of actions is about every service.
pub(super) fn is_all(pattern: &str) -> bool {
    pattern == "*" || pattern.starts_with("*:")
}

fn denies_all(statement: &Statement) -> bool {
    statement.condition.is_empty() && statement.resource.iter().any(|resource| resource == "*")
}
