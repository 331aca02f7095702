//! A policy of the account against the one that is wanted, statement by statement.

use crate::grant::{self, Grant};
use crate::render::policy::{Policy, Reasoned};
use crate::verdict::{Judge, Verdict};
use sightline_iam::{Effect, PolicyDocument, Statement};

/// One verdict for each statement that is wanted; `fix` makes the snippet, given what the account has.
pub(crate) fn statements(
    judge: &Judge,
    call: &str,
    has: &str,
    wanted: &Policy,
    fix: impl Fn(&PolicyDocument) -> String,
) -> Vec<Verdict> {
    match serde_json::from_str::<PolicyDocument>(has) {
        Err(error) => vec![judge.cannot_tell(call, format!("the policy could not be read: {error}"))],
        Ok(has) => wanted.statements.iter().map(|one| one_statement(judge, call, &has, one, &fix(&has))).collect(),
    }
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

fn one_statement(judge: &Judge, call: &str, has: &PolicyDocument, wanted: &Reasoned, fix: &str) -> Verdict {
    let sid = wanted.sid();
    let answer = match wanted.statement.effect {
        Effect::Allow => grant::allows(has, &wanted.statement),
        Effect::Deny if grant::denies(has, &wanted.statement) => Grant::Present,
        Effect::Deny => Grant::Missing,
    };
    match answer {
        Grant::Present => judge.ok(call, format!("the policy says what `{sid}` says")),
        Grant::Missing => judge.missing(call, format!("the policy has no statement like `{sid}`. {}", wanted.why), fix),
        Grant::Unbound => judge.wrong(
            call,
            format!("the policy grants `{sid}` without `aws:SourceAccount` or `aws:SourceArn`: the service writes here for any account"),
            fix,
        ),
        Grant::Undecided(name) => {
            judge.cannot_tell(call, format!("the statement `{name}` has conditions that decide whether `{sid}` holds"))
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
