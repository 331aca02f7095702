//! A policy of the account against the one that is wanted, statement by statement.

use crate::grant::{self, Grant};
use crate::render::policy::{Policy, Reasoned};
use crate::verdict::{Judge, Verdict};
use sightline_iam::{Effect, PolicyDocument, Statement};
use std::collections::BTreeMap;

/// What the policy says of the statements that are wanted: those of which it says the same in one verdict, for one cause has one fix.
/// `fix` makes the snippet, given what the account has.
pub(crate) fn statements(
    judge: &Judge,
    call: &str,
    has: &str,
    wanted: &Policy,
    fix: impl Fn(&PolicyDocument) -> String,
) -> Vec<Verdict> {
    let has: PolicyDocument = match serde_json::from_str(has) {
        Err(error) => return vec![judge.cannot_tell(call, format!("the policy could not be read: {error}"))],
        Ok(has) => has,
    };
    let mut said: BTreeMap<Grant, Vec<&Reasoned>> = BTreeMap::new();
    for one in &wanted.statements {
        said.entry(grant_of(&has, &one.statement)).or_default().push(one);
    }
    said.iter().map(|(grant, statements)| verdict(judge, call, grant, statements, || fix(&has))).collect()
}

/// What the account has, what is wanted added to it: statements of the same name, and those that grant what is wanted to services
/// acting for anybody, give way.
pub(crate) fn merged(has: &PolicyDocument, wanted: &Policy) -> PolicyDocument {
    let gives_way = |statement: &Statement| {
        wanted
            .statements
            .iter()
            .any(|one| statement.sid == one.statement.sid || grant::is_unbound_grant(statement, &one.statement))
    };
    let kept = has.statement.iter().filter(|statement| !gives_way(statement)).cloned();
    PolicyDocument::new(kept.chain(wanted.document().statement).collect())
}

fn grant_of(has: &PolicyDocument, wanted: &Statement) -> Grant {
    match wanted.effect {
        Effect::Allow => grant::allows(has, wanted),
        Effect::Deny if grant::denies(has, wanted) => Grant::Present,
        Effect::Deny => Grant::Missing,
    }
}

fn verdict(judge: &Judge, call: &str, grant: &Grant, wanted: &[&Reasoned], fix: impl Fn() -> String) -> Verdict {
    let sids = wanted.iter().map(|one| format!("`{}`", one.sid())).collect::<Vec<_>>().join(", ");
    match grant {
        Grant::Present => judge.ok(call, format!("the policy says what {sids} say{}", if wanted.len() == 1 { "s" } else { "" })),
        Grant::Missing => {
            let each = wanted.iter().map(|one| format!("no statement like `{}`. {}", one.sid(), one.why));
            judge.missing(call, format!("the policy has {}", each.collect::<Vec<_>>().join(" It has ")), fix())
        }
        Grant::Unbound => judge.wrong(
            call,
            format!("the policy grants {sids} without `aws:SourceAccount` or `aws:SourceArn`: the service writes here for any account"),
            fix(),
        ),
        Grant::Undecided(name) => {
            judge.cannot_tell(call, format!("the statement `{name}` has conditions that decide whether {sids} hold"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sightline_iam::Principal;

    #[test]
    fn what_is_wanted_is_added_and_nothing_else_is_lost() {
        let write = |sid: &str| {
            let statement = Statement::allow(sid, vec!["s3:PutObject".into()], vec!["arn:aws:s3:::b/*".into()]);
            statement.of(Principal::service("cloudtrail.amazonaws.com"))
        };
        let bound = write("Ours").when("StringEquals", "aws:SourceAccount", ["123456789012".to_owned()]);
        let other = Statement::deny("Other", vec!["s3:DeleteObject".into()], vec!["*".into()]).of(Principal::EVERYBODY);
        let has = PolicyDocument::new(vec![other.clone(), write("Loose"), write("Ours")]);
        let wanted = Policy::new("", vec![Reasoned::new("", bound.clone())]);
        assert_eq!(merged(&has, &wanted).statement, [other, bound]);
    }
}
