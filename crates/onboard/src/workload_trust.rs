//! Who gets a workload's role: a service of AWS, or a service account by the cluster's tokens (IRSA).

use crate::grant;
use sightline_iam::{Effect, PolicyDocument, Principal, Statement};
use std::collections::BTreeMap;

pub(crate) const WEB_IDENTITY: &str = "sts:AssumeRoleWithWebIdentity";

/// The actions that a service may not take by this trust policy.
pub(crate) fn lacking<'a>(trust: &PolicyDocument, services: &[String], actions: &[&'a str]) -> Vec<&'a str> {
    let is_theirs = |statement: &&Statement| {
        statement.effect == Effect::Allow && named(statement, "Service").any(|name| services.contains(name))
    };
    let theirs: Vec<&Statement> = trust.statement.iter().filter(is_theirs).collect();
    let may = |action: &str| theirs.iter().any(|statement| does(statement, action));
    actions.iter().copied().filter(|action| !may(action)).collect()
}

/// How tightly a trust policy binds the tokens of a cluster.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Binding {
    /// tokens of this cluster open nothing
    None,
    /// the subjects that it is for, all of them exact, and the audience
    Exact(Vec<String>),
    /// a pattern that more than one service account fits
    SubjectPattern(String),
    /// every service account of the cluster
    NoSubject,
    /// tokens made for others than STS
    NoAudience,
}

/// Reads how the tokens of an issuer (without `https://`) are bound, at the weakest of the statements.
pub(crate) fn binding(trust: &PolicyDocument, issuer: &str) -> Binding {
    let provider = format!("oidc-provider/{issuer}");
    let is_its = |statement: &&Statement| {
        statement.effect == Effect::Allow
            && does(statement, WEB_IDENTITY)
            && named(statement, "Federated").any(|arn| arn.ends_with(&provider))
    };
    let mut exact = Vec::new();
    let mut worst = Binding::None;
    for statement in trust.statement.iter().filter(is_its) {
        let subjects = values(statement, &format!("{issuer}:sub"));
        let audiences = values(statement, &format!("{issuer}:aud"));
        let pattern = subjects.iter().find(|(operator, value)| *operator == "StringLike" && value.contains(['*', '?']));
        if subjects.is_empty() {
            worst = Binding::NoSubject;
        } else if let Some((_, pattern)) = pattern {
            worst = Binding::SubjectPattern((*pattern).to_owned());
        } else if audiences.is_empty() {
            worst = Binding::NoAudience;
        } else {
            exact.extend(subjects.into_iter().map(|(_, subject)| subject.to_owned()));
        }
    }
    match worst {
        Binding::None if exact.is_empty() => Binding::None,
        Binding::None => Binding::Exact(exact),
        worst => worst,
    }
}

/// Trust for one service account of a cluster.
pub(crate) fn web_identity(provider_arn: String, issuer: &str, subject: String) -> Statement {
    Statement::allow("OneServiceAccount", vec![WEB_IDENTITY.to_owned()], Vec::new())
        .of(Principal::Named(BTreeMap::from([("Federated".to_owned(), vec![provider_arn])])))
        .when("StringEquals", &format!("{issuer}:aud"), ["sts.amazonaws.com".to_owned()])
        .when("StringEquals", &format!("{issuer}:sub"), [subject])
}

/// The trust policy with this statement for the issuer's tokens, in place of those that are bound less tightly.
pub(crate) fn rebound(trust: &PolicyDocument, issuer: &str, mut ours: Statement) -> PolicyDocument {
    let is_tight = |statement: &&Statement| {
        let alone = PolicyDocument::new(vec![(*statement).clone()]);
        matches!(binding(&alone, issuer), Binding::None | Binding::Exact(_))
    };
    let kept: Vec<Statement> = trust.statement.iter().filter(is_tight).cloned().collect();
    // Names are unique in a document, and need not be given.
    if kept.iter().any(|statement| statement.sid == ours.sid) {
        ours.sid = None;
    }
    PolicyDocument::new(kept.into_iter().chain([ours]).collect())
}

/// The values of a key, with the operator that compares them. Operators that let a request without the key pass do not count.
fn values<'a>(statement: &'a Statement, key: &str) -> Vec<(&'a str, &'a str)> {
    let known =
        statement.condition.iter().filter(|(operator, _)| matches!(operator.as_str(), "StringEquals" | "StringLike"));
    known
        .flat_map(|(operator, keys)| keys.iter().map(move |(key, values)| (operator, key, values)))
        .filter(|(_, name, _)| name.eq_ignore_ascii_case(key))
        .flat_map(|(operator, _, values)| values.iter().map(move |value| (operator.as_str(), value.as_str())))
        .collect()
}

fn named<'a>(statement: &'a Statement, kind: &str) -> impl Iterator<Item = &'a String> + use<'a> {
    let who = match &statement.principal {
        Some(Principal::Named(map)) => map.get(kind),
        _ => None,
    };
    who.into_iter().flatten()
}

fn does(statement: &Statement, action: &str) -> bool {
    statement.action.iter().any(|pattern| grant::covers(pattern, action))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const ISSUER: &str = "oidc.eks.us-east-1.amazonaws.com/id/ABC";

    fn bound(condition: Value) -> Binding {
        let federated = format!("arn:aws:iam::123456789012:oidc-provider/{ISSUER}");
        let statement = json!({"Effect": "Allow", "Action": WEB_IDENTITY, "Principal": {"Federated": federated}, "Condition": condition});
        binding(&serde_json::from_value(json!({"Statement": [statement]})).unwrap(), ISSUER)
    }

    #[test]
    fn how_tokens_are_bound() {
        let (sub, aud) = (format!("{ISSUER}:sub"), format!("{ISSUER}:aud"));
        let one = "system:serviceaccount:shop:assistant";
        let exact = json!({"StringEquals": {&sub: one, &aud: "sts.amazonaws.com"}});
        assert_eq!(bound(exact), Binding::Exact(vec![one.to_owned()]));
        let any =
            json!({"StringLike": {&sub: "system:serviceaccount:*:*"}, "StringEquals": {&aud: "sts.amazonaws.com"}});
        assert_eq!(bound(any), Binding::SubjectPattern("system:serviceaccount:*:*".to_owned()));
        assert_eq!(bound(json!({"StringEquals": {&aud: "sts.amazonaws.com"}})), Binding::NoSubject);
        assert_eq!(
            bound(json!({"StringEqualsIfExists": {&sub: one}, "StringEquals": {&aud: "x"}})),
            Binding::NoSubject
        );
        assert_eq!(bound(json!({"StringEquals": {&sub: one}})), Binding::NoAudience);
        let other = bound(json!({"StringEquals": {"oidc.eks.us-east-1.amazonaws.com/id/OTHER:sub": one}}));
        assert_eq!(other, Binding::NoSubject);
    }

    #[test]
    fn our_own_statement_is_exact() {
        let arn = format!("arn:aws:iam::123456789012:oidc-provider/{ISSUER}");
        let statement = web_identity(arn, ISSUER, "system:serviceaccount:a:b".to_owned());
        let trust = PolicyDocument::new(vec![statement]);
        assert_eq!(binding(&trust, ISSUER), Binding::Exact(vec!["system:serviceaccount:a:b".to_owned()]));
        assert_eq!(binding(&trust, "elsewhere"), Binding::None);
        let loose = json!({"Statement": [{"Effect": "Allow", "Action": WEB_IDENTITY, "Principal": {"Federated": format!("arn:aws:iam::123456789012:oidc-provider/{ISSUER}")}}]});
        let loose = serde_json::from_value(loose).unwrap();
        let [ours] = trust.statement.as_slice() else { panic!() };
        assert_eq!(rebound(&loose, ISSUER, ours.clone()), trust);
        let both = rebound(
            &trust,
            ISSUER,
            web_identity(format!("arn:aws:iam::123456789012:oidc-provider/{ISSUER}"), ISSUER, "c".into()),
        );
        assert_eq!(binding(&both, ISSUER), Binding::Exact(vec!["system:serviceaccount:a:b".into(), "c".into()]));
    }

    #[test]
    fn what_a_service_lacks() {
        let statement = Statement::allow("A", vec!["sts:AssumeRole".into()], vec![])
            .of(Principal::service("pods.eks.amazonaws.com"));
        let trust = PolicyDocument::new(vec![statement]);
        let service = ["pods.eks.amazonaws.com".to_owned()];
        assert_eq!(lacking(&trust, &service, &["sts:AssumeRole", "sts:TagSession"]), ["sts:TagSession"]);
        assert_eq!(lacking(&trust, &["ec2.amazonaws.com".to_owned()], &["sts:AssumeRole"]), ["sts:AssumeRole"]);
    }
}
