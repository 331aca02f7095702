//! Does a resource policy say what a statement of ours says? Compared by meaning: other names, other order, several
//! statements or wider patterns say the same; a condition that we do not know does not.

use sightline_iam::{Effect, PolicyDocument, Principal, Statement};

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grant {
    /// yes
    Present,
    /// more than that: to services acting for any account (a confused deputy)
    Unbound,
    /// no
    Missing,
    /// a statement, by its name, may forbid or may not allow it
    Undecided(String),
}

/// One action on one resource by one principal with one value for each condition key.
struct Atom<'a> {
    principal: &'a Principal,
    action: &'a str,
    resource: &'a str,
    context: Vec<(&'a str, &'a str)>,
}

/// Whether `document` grants all that `wanted`, an allowing statement, grants.
pub(crate) fn allows(document: &PolicyDocument, wanted: &Statement) -> Grant {
    let mut unbound = false;
    for atom in atoms(wanted) {
        match atom_allowed(document, &atom) {
            Grant::Present => {}
            Grant::Unbound => unbound = true,
            other => return other,
        }
    }
    if unbound { Grant::Unbound } else { Grant::Present }
}

/// Whether a statement alone grants any of what is wanted to services acting for any account.
pub(crate) fn is_unbound_grant(statement: &Statement, wanted: &Statement) -> bool {
    let alone = PolicyDocument::new(vec![statement.clone()]);
    atoms(wanted).iter().any(|atom| atom_allowed(&alone, atom) == Grant::Unbound)
}

/// Whether `document` forbids all that `wanted`, a denying statement, forbids.
pub(crate) fn denies(document: &PolicyDocument, wanted: &Statement) -> bool {
    wanted.resource.iter().all(|resource| {
        document.statement.iter().any(|statement| {
            statement.effect == Effect::Deny
                && statement.principal.as_ref().is_some_and(is_everybody)
                && wanted.action.iter().all(|action| any_covers(&statement.action, action))
                && any_covers(&statement.resource, resource)
                && statement.condition.iter().all(|(operator, keys)| wanted.condition.get(operator) == Some(keys))
        })
    })
}

fn atom_allowed(document: &PolicyDocument, atom: &Atom<'_>) -> Grant {
    let about_it = |effect| document.statement.iter().filter(move |statement| speaks_of(statement, effect, atom));
    if let Some(deny) = about_it(Effect::Deny).find(|deny| !is_tls_only(deny)) {
        return Grant::Undecided(name(deny));
    }
    let mut answer = Grant::Missing;
    for allow in about_it(Effect::Allow) {
        match (conditions_met(allow, atom), &answer) {
            (Some(true), _) if is_bound(allow, atom) => return Grant::Present,
            (Some(true), _) => answer = Grant::Unbound,
            (None, Grant::Missing) => answer = Grant::Undecided(name(allow)),
            _ => {}
        }
    }
    answer
}

fn atoms(wanted: &Statement) -> Vec<Atom<'_>> {
    let Some(principal) = &wanted.principal else { return Vec::new() };
    let mut contexts: Vec<Vec<(&str, &str)>> = vec![Vec::new()];
    for (key, values) in wanted.condition.values().flatten() {
        contexts = contexts
            .iter()
            .flat_map(|context| {
                values.iter().map(|value| [context.clone(), vec![(key.as_str(), value.as_str())]].concat())
            })
            .collect();
    }
    let mut atoms = Vec::new();
    for (action, resource) in wanted.action.iter().flat_map(|a| wanted.resource.iter().map(move |r| (a, r))) {
        atoms.extend(contexts.iter().map(|context| Atom { principal, action, resource, context: context.clone() }));
    }
    atoms
}

/// Whether a statement is about the atom, its conditions aside. A denial is when it may be: patterns need only overlap.
fn speaks_of(statement: &Statement, effect: Effect, atom: &Atom<'_>) -> bool {
    if statement.effect != effect {
        return false;
    }
    let overlaps =
        |pattern: &String, text: &str| covers(pattern, text) || (effect == Effect::Deny && covers(text, pattern));
    let listed = |yes: &[String], no: &[String], text: &str| match (yes, no) {
        ([], []) => false,
        ([], no) => !any_covers(no, text),
        (yes, _) => yes.iter().any(|pattern| overlaps(pattern, text)),
    };
    let who = match (&statement.principal, &statement.not_principal) {
        (Some(principal), _) => is_everybody(principal) || includes(principal, atom.principal),
        (None, Some(not)) => !includes(not, atom.principal),
        (None, None) => false,
    };
    who && listed(&statement.action, &statement.not_action, atom.action)
        && listed(&statement.resource, &statement.not_resource, atom.resource)
}

/// `None` where a condition is about something that the atom says nothing of, or in an operator not known here.
fn conditions_met(statement: &Statement, atom: &Atom<'_>) -> Option<bool> {
    let mut met = true;
    for (operator, keys) in &statement.condition {
        let operator = operator.trim_end_matches("IfExists");
        if !matches!(operator, "StringEquals" | "StringLike" | "ArnEquals" | "ArnLike") {
            return None;
        }
        for (key, values) in keys {
            let (_, value) = atom.context.iter().find(|(known, _)| known.eq_ignore_ascii_case(key))?;
            met &= values.iter().any(
                |pattern| {
                    if operator == "StringEquals" { pattern == value } else { glob(pattern, value) }
                },
            );
        }
    }
    Some(met)
}

/// Where we bind a service to the account by `aws:Source…` keys, one of them must be there.
fn is_bound(statement: &Statement, atom: &Atom<'_>) -> bool {
    let is_source = |key: &str| key.to_ascii_lowercase().starts_with("aws:source");
    let asked = atom.context.iter().any(|(key, _)| is_source(key));
    !asked || statement.condition.values().flatten().any(|(key, _)| is_source(key))
}

fn is_tls_only(statement: &Statement) -> bool {
    let mut keys = statement.condition.values().flatten();
    keys.next().is_some_and(|(key, values)| key.eq_ignore_ascii_case("aws:SecureTransport") && values == &["false"])
        && keys.next().is_none()
}

pub(crate) fn is_everybody(principal: &Principal) -> bool {
    match principal {
        Principal::Everybody(_) => true,
        Principal::Named(map) => map.get("AWS").is_some_and(|who| who.iter().any(|who| who == "*")),
    }
}

fn includes(principal: &Principal, other: &Principal) -> bool {
    match (principal, other) {
        (Principal::Named(has), Principal::Named(wanted)) => {
            wanted.iter().all(|(kind, who)| has.get(kind).is_some_and(|has| who.iter().all(|who| has.contains(who))))
        }
        (principal, _) => is_everybody(principal),
    }
}

fn name(statement: &Statement) -> String {
    statement.sid.clone().unwrap_or_else(|| "without a Sid".to_owned())
}

fn any_covers(patterns: &[String], text: &str) -> bool {
    patterns.iter().any(|pattern| covers(pattern, text))
}

/// Whether everything that `text` (itself perhaps a pattern) stands for is matched by `pattern`; letters of either case are alike in
/// actions, which alone have no ARN before their colon.
pub(crate) fn covers(pattern: &str, text: &str) -> bool {
    if text.starts_with("arn:") {
        glob(pattern, text)
    } else {
        glob(&pattern.to_ascii_lowercase(), &text.to_ascii_lowercase())
    }
}

/// `*` is any text, `?` one character; a `*` of the text is matched by `*` alone, so that patterns can be compared.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(&c) = text.get(t) {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&wanted) if wanted == c || (wanted == '?' && c != '*') => (p, t) = (p + 1, t + 1),
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, t) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn document(statements: Value) -> PolicyDocument {
        serde_json::from_value(json!({"Version": "2012-10-17", "Statement": statements})).unwrap()
    }

    fn wanted() -> Statement {
        let regions = ["us-east-1", "eu-west-1"].map(|region| format!("arn:aws:logs:{region}:123456789012:*"));
        Statement::allow("Write", vec!["s3:PutObject".into()], vec!["arn:aws:s3:::b/AWSLogs/*".into()])
            .of(Principal::service("delivery.logs.amazonaws.com"))
            .when("StringEquals", "aws:SourceAccount", ["123456789012".to_owned()])
            .when("ArnLike", "aws:SourceArn", regions)
    }

    fn allow(resource: &str, condition: Value) -> Value {
        json!({"Sid": "S", "Effect": "Allow", "Principal": {"Service": ["x.amazonaws.com", "delivery.logs.amazonaws.com"]},
               "Action": "s3:Put*", "Resource": resource, "Condition": condition})
    }

    #[test]
    fn the_same_in_other_words() {
        let both = json!({"StringEquals": {"AWS:SourceAccount": "123456789012"}});
        assert_eq!(allows(&document(json!([allow("arn:aws:s3:::b/*", both)])), &wanted()), Grant::Present);
        let split = ["us-east-1", "eu-west-1"].map(|r| {
            allow(
                "arn:aws:s3:::b/AWSLogs/*",
                json!({"ArnLike": {"aws:SourceArn": format!("arn:aws:logs:{r}:123456789012:*")}}),
            )
        });
        assert_eq!(allows(&document(json!(split)), &wanted()), Grant::Present);
        assert_eq!(allows(&document(json!([split[0]])), &wanted()), Grant::Missing);
    }

    #[test]
    fn what_says_less_or_something_else() {
        let account = json!({"StringEquals": {"aws:SourceAccount": "123456789012"}});
        for (statement, expected) in [
            (allow("arn:aws:s3:::b/AWSLogs/x/*", account.clone()), Grant::Missing),
            (allow("arn:aws:s3:::b/*", json!({"StringEquals": {"aws:SourceAccount": "999999999999"}})), Grant::Missing),
            (allow("arn:aws:s3:::b/*", json!({})), Grant::Unbound),
            (
                allow("arn:aws:s3:::b/*", json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})),
                Grant::Undecided("S".into()),
            ),
            (
                allow("arn:aws:s3:::b/*", json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}})),
                Grant::Undecided("S".into()),
            ),
        ] {
            assert_eq!(allows(&document(json!([statement])), &wanted()), expected, "{statement}");
        }
    }

    #[test]
    fn a_denial_leaves_it_open_unless_it_is_about_tls() {
        let granted = allow("arn:aws:s3:::b/*", json!({"StringEquals": {"aws:SourceAccount": "123456789012"}}));
        let deny = |condition: Value| json!({"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/AWSLogs/1/*", "Condition": condition});
        let tls = deny(json!({"Bool": {"aws:SecureTransport": "false"}}));
        assert_eq!(allows(&document(json!([granted, tls])), &wanted()), Grant::Present);
        let kms = deny(json!({"Null": {"s3:x-amz-server-side-encryption": "true"}}));
        assert_eq!(allows(&document(json!([granted, kms])), &wanted()), Grant::Undecided("No".into()));
    }

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abcd", false),
            ("a?c", "abc", true),
            ("a?c", "a*c", false),
            ("a*", "a*", true),
            ("*b*b", "abab", true),
        ] {
            assert_eq!(glob(pattern, text), expected, "{pattern} {text}");
        }
    }
}
