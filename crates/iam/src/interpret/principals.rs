//! When a statement of a resource's policy is about the caller, and how it names it.

use crate::caller::Caller;
use crate::document::Effect;
use crate::formula::Formula;
use crate::policy::{Named, Principals, Statement};

/// When a statement names the caller, by how it does.
pub(crate) struct Naming {
    pub(crate) direct: Formula,
    pub(crate) role: Formula,
    pub(crate) account: Formula,
}

impl Naming {
    const NONE: Self = Self { direct: Formula::False, role: Formula::False, account: Formula::False };

    /// Whether it names the caller in any way.
    pub(crate) fn any(&self) -> Formula {
        Formula::any([self.direct.clone(), self.role.clone(), self.account.clone()])
    }
}

/// How `statement` names `caller`; `has_boundary`: whether a permissions boundary is attached to it.
pub(crate) fn naming(statement: &Statement, caller: &Caller, has_boundary: &Formula) -> Naming {
    match &statement.principals {
        // The statement's principals could not be read: its own doubt goes with it.
        None => Naming { direct: Formula::True, ..Naming::NONE },
        Some(principals) if principals.negated => {
            Naming { direct: everybody_else(statement, principals, caller, has_boundary), ..Naming::NONE }
        }
        Some(principals) => named(principals, caller),
    }
}

fn named(principals: &Principals, caller: &Caller) -> Naming {
    let is = |kind: Named| Formula::from(principals.patterns.iter().any(|pattern| pattern.names(caller) == Some(kind)));
    let maybe = principals.patterns.iter().filter(|pattern| pattern.may_name(caller));
    let maybe = maybe.map(|pattern| Formula::unknown(&format!("the caller is `{}`", pattern.text())));
    Naming {
        direct: Formula::any(maybe.chain([is(Named::Directly)])),
        role: is(Named::Role),
        account: is(Named::Account),
    }
}

/// When `NotPrincipal` leaves the caller in.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>.
fn everybody_else(statement: &Statement, principals: &Principals, caller: &Caller, has_boundary: &Formula) -> Formula {
    let lists = |kind: Named| principals.patterns.iter().any(|pattern| pattern.names(caller) == Some(kind));
    let any = lists(Named::Directly) || lists(Named::Role) || lists(Named::Account);
    let may = principals.patterns.iter().any(|pattern| pattern.may_name(caller));
    if statement.effect == Some(Effect::Allow) {
        return match (any, may) {
            (true, _) => Formula::False,
            (false, true) => Formula::unknown("`NotPrincipal` leaves the caller in"),
            (false, false) => Formula::True,
        };
    }
    // With a deny, whoever has a permissions boundary is denied whether listed or not.
    let left_in = match caller {
        _ if !any && !may => Formula::True,
        Caller::User { .. } if lists(Named::Directly) && lists(Named::Account) => Formula::False,
        Caller::Session { .. } if lists(Named::Directly) && lists(Named::Role) && lists(Named::Account) => {
            Formula::False
        }
        Caller::Root { .. } if lists(Named::Account) => Formula::False,
        Caller::Service(_) | Caller::Federated(_) | Caller::Anonymous if any => Formula::False,
        // Services differ in what they make of a list without the account or the session.
        _ => Formula::unknown("`NotPrincipal` with a partial list leaves the caller in"),
    };
    left_in.or(has_boundary)
}
