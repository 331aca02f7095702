//! What a role's trust policy lets in.

use crate::grant;
use sightline_iam::{Effect, PolicyDocument, Principal, Statement};

/// Who may assume a role, at the weakest of its statements.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    Everybody,
    /// these accounts, roles or users, without giving an external id
    WithoutExternalId(Vec<String>),
    /// only with one of these
    WithExternalId(Vec<String>),
    /// AWS's services in the account, or identity providers: an external id has no meaning there
    ServicesOnly(Vec<String>),
    Nobody,
}

/// Reads a policy document as IAM returns it: JSON, or JSON with percent-encoding (RFC 3986).
pub(crate) fn document(text: &str) -> Result<PolicyDocument, serde_json::Error> {
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text);
    }
    serde_json::from_str(&percent_encoding::percent_decode_str(text).decode_utf8_lossy())
}

pub(crate) fn read(text: &str) -> Result<Trust, serde_json::Error> {
    Ok(of(&document(text)?))
}

fn of(document: &PolicyDocument) -> Trust {
    let (mut open, mut ids, mut services) = (Vec::new(), Vec::new(), Vec::new());
    for statement in document.statement.iter().filter(|statement| assumes(statement)) {
        let external = external_ids(statement);
        let Some(principal) = &statement.principal else { return Trust::Everybody };
        let who = accounts(principal);
        match external {
            None if grant::is_everybody(principal) => return Trust::Everybody,
            None => open.extend(who),
            Some(asked) if !who.is_empty() || grant::is_everybody(principal) => ids.extend(asked),
            Some(_) => {}
        }
        if let Principal::Named(map) = principal {
            services.extend(map.iter().filter(|(kind, _)| *kind != "AWS").flat_map(|(_, who)| who.clone()));
        }
    }
    match (open.is_empty(), ids.is_empty(), services.is_empty()) {
        (false, ..) => Trust::WithoutExternalId(open),
        (true, false, _) => Trust::WithExternalId(ids),
        (true, true, false) => Trust::ServicesOnly(services),
        (true, true, true) => Trust::Nobody,
    }
}

fn assumes(statement: &Statement) -> bool {
    let covers = |pattern: &String| {
        grant::covers(pattern, "sts:AssumeRole") || pattern.to_ascii_lowercase().starts_with("sts:assumerole")
    };
    statement.effect == Effect::Allow && (statement.action.iter().any(covers) || !statement.not_action.is_empty())
}

fn accounts(principal: &Principal) -> Vec<String> {
    match principal {
        Principal::Everybody(_) => Vec::new(),
        Principal::Named(map) => map.get("AWS").cloned().unwrap_or_default(),
    }
}

/// The ids that `StringEquals` asks for. A pattern in `StringLike` lets guesses in, and `…IfExists` lets calls without any in: neither
/// counts.
fn external_ids(statement: &Statement) -> Option<Vec<String>> {
    let keys = statement.condition.get("StringEquals")?;
    keys.iter().find(|(key, _)| key.eq_ignore_ascii_case("sts:ExternalId")).map(|(_, values)| values.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn trust(principal: Value, condition: Value) -> Trust {
        let statement =
            json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition});
        read(&json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()).unwrap()
    }

    #[test]
    fn who_is_let_in() {
        let root = "arn:aws:iam::210987654321:root";
        let aws = json!({"AWS": root});
        let id = json!({"StringEquals": {"sts:ExternalId": "correct-horse"}});
        assert_eq!(trust(aws.clone(), id.clone()), Trust::WithExternalId(vec!["correct-horse".into()]));
        assert_eq!(trust(aws.clone(), json!({})), Trust::WithoutExternalId(vec![root.into()]));
        let any = json!({"StringLike": {"sts:ExternalId": "*"}});
        assert_eq!(trust(aws.clone(), any), Trust::WithoutExternalId(vec![root.into()]));
        let perhaps = json!({"StringEqualsIfExists": {"sts:ExternalId": "correct-horse"}});
        assert_eq!(trust(aws, perhaps), Trust::WithoutExternalId(vec![root.into()]));
        assert_eq!(trust(json!("*"), json!({})), Trust::Everybody);
        assert_eq!(trust(json!({"AWS": "*"}), json!({})), Trust::Everybody);
        let service = json!({"Service": "ec2.amazonaws.com"});
        assert_eq!(trust(service, json!({})), Trust::ServicesOnly(vec!["ec2.amazonaws.com".into()]));
    }

    #[test]
    fn percent_encoding_is_read() {
        assert_eq!(read("%7B%22Statement%22%3A%5B%5D%7D").unwrap(), Trust::Nobody);
    }
}
