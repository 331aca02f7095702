//! AWS policy documents as values: read from an account, made by us, compared with each other.
//!
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>. Where the grammar allows one
//! value or a list, a list is kept; what is written is always a list, so that equal documents are equal texts.

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the policy language that every document should name; without it AWS assumes the one of 2008.
pub const LANGUAGE_VERSION: &str = "2012-10-17";

/// Longest customer-managed policy, in characters without white space.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.
pub const MANAGED_POLICY_LIMIT: usize = 6_144;

/// `Condition`: operator → key → values.
pub type Conditions = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// A policy document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyDocument {
    /// The policy language's version, see [`LANGUAGE_VERSION`].
    #[serde(default)]
    pub version: String,
    /// What it says, in the order in which it was written.
    #[serde(deserialize_with = "one_or_many")]
    pub statement: Vec<Statement>,
}

/// One statement. Empty lists and maps mean that the element is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    /// Its name, unique in the document; letters and digits only in IAM policies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Whom it speaks of: in trust and resource policies only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<Principal>,
    /// Everybody but these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_principal: Option<Principal>,
    /// Actions, `service:Name`, with `*` and `?` as wildcards.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub action: Vec<String>,
    /// Every action but these.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub not_action: Vec<String>,
    /// ARNs, with `*` and `?` as wildcards. Absent in trust policies.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub resource: Vec<String>,
    /// Every resource but these.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub not_resource: Vec<String>,
    /// When it holds: every operator and key must be met, by any of the key's values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "conditions")]
    pub condition: Conditions,
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "two words of the grammar")]
pub enum Effect {
    Allow,
    Deny,
}

/// Whom a trust or resource policy speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Principal {
    /// `"*"`: everybody.
    Everybody(Everybody),
    /// `AWS`, `Service`, `Federated`, `CanonicalUser` → who.
    Named(BTreeMap<String, Vec<String>>),
}

/// The text `*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Everybody {
    /// `*`
    #[serde(rename = "*")]
    Star,
}

impl PolicyDocument {
    /// A document of these statements in the current language version.
    pub fn new(statement: Vec<Statement>) -> Self {
        Self { version: LANGUAGE_VERSION.to_owned(), statement }
    }

    /// Its length as AWS counts it against [`MANAGED_POLICY_LIMIT`]: characters without white space. No string of a policy of
    /// ours holds white space, so the compact JSON text is what counts.
    pub fn length(&self) -> usize {
        serde_json::to_string(self).map_or(usize::MAX, |text| text.chars().filter(|c| !c.is_whitespace()).count())
    }
}

impl Statement {
    /// A statement that allows these actions on these resources.
    pub fn allow(sid: impl Into<String>, action: Vec<String>, resource: Vec<String>) -> Self {
        Self { sid: Some(sid.into()), action, resource, ..Self::empty(Effect::Allow) }
    }

    /// A statement that denies these actions on these resources.
    pub fn deny(sid: impl Into<String>, action: Vec<String>, resource: Vec<String>) -> Self {
        Self { sid: Some(sid.into()), action, resource, ..Self::empty(Effect::Deny) }
    }

    /// The same statement for this principal.
    #[must_use]
    pub fn of(mut self, principal: Principal) -> Self {
        self.principal = Some(principal);
        self
    }

    /// The same statement under one more condition.
    #[must_use]
    pub fn when(mut self, operator: &str, key: &str, values: impl IntoIterator<Item = String>) -> Self {
        self.condition.entry(operator.to_owned()).or_default().insert(key.to_owned(), values.into_iter().collect());
        self
    }

    fn empty(effect: Effect) -> Self {
        Self {
            sid: None,
            effect,
            principal: None,
            not_principal: None,
            action: Vec::new(),
            not_action: Vec::new(),
            resource: Vec::new(),
            not_resource: Vec::new(),
            condition: Conditions::new(),
        }
    }
}

impl Principal {
    /// `"*"`.
    pub const EVERYBODY: Self = Self::Everybody(Everybody::Star);

    /// A service, such as `cloudtrail.amazonaws.com`.
    pub fn service(name: &str) -> Self {
        Self::named("Service", name)
    }

    /// An account, role or user, by ARN.
    pub fn aws(arn: &str) -> Self {
        Self::named("AWS", arn)
    }

    fn named(kind: &str, who: &str) -> Self {
        Self::Named(BTreeMap::from([(kind.to_owned(), vec![who.to_owned()])]))
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    Many(Vec<T>),
    One(T),
}

impl<T> OneOrMany<T> {
    fn into_vec(self) -> Vec<T> {
        match self {
            Self::Many(all) => all,
            Self::One(one) => vec![one],
        }
    }
}

fn one_or_many<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    OneOrMany::deserialize(deserializer).map(OneOrMany::into_vec)
}

/// Values may be written as text, number or truth value; AWS compares their texts.
#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Bool(bool),
    Number(serde_json::Number),
}

fn conditions<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Conditions, D::Error> {
    let read = BTreeMap::<String, BTreeMap<String, OneOrMany<Scalar>>>::deserialize(deserializer)?;
    let text = |scalar| match scalar {
        Scalar::Text(text) => text,
        Scalar::Bool(value) => value.to_string(),
        Scalar::Number(value) => value.to_string(),
    };
    let values = |values: OneOrMany<Scalar>| values.into_vec().into_iter().map(text).collect();
    let keys = |keys: BTreeMap<String, OneOrMany<Scalar>>| keys.into_iter().map(|(key, v)| (key, values(v))).collect();
    Ok(read.into_iter().map(|(operator, of)| (operator, keys(of))).collect())
}

impl<'de> Deserialize<'de> for Principal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Read {
            Text(String),
            Map(BTreeMap<String, OneOrMany<String>>),
        }
        match Read::deserialize(deserializer)? {
            Read::Text(text) if text == "*" => Ok(Self::EVERYBODY),
            Read::Text(_) => Err(D::Error::custom("a principal that is plain text can only be `*`")),
            Read::Map(map) => Ok(Self::Named(map.into_iter().map(|(kind, who)| (kind, who.into_vec())).collect())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_value_and_a_list_of_one_are_the_same() {
        let short: PolicyDocument = serde_json::from_value(json!({
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*",
                "Condition": {"Bool": {"aws:SecureTransport": false}}
            }
        }))
        .unwrap();
        let long: PolicyDocument = serde_json::from_value(json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Deny", "Principal": "*", "Action": ["s3:*"], "Resource": ["arn:aws:s3:::b/*"],
                "Condition": {"Bool": {"aws:SecureTransport": ["false"]}}
            }]
        }))
        .unwrap();
        assert_eq!(short, long);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let statement = Statement::allow("Write", vec!["s3:PutObject".into()], vec!["arn:aws:s3:::b/*".into()])
            .of(Principal::service("cloudtrail.amazonaws.com"))
            .when("StringEquals", "aws:SourceAccount", ["123456789012".to_owned()]);
        let document = PolicyDocument::new(vec![statement]);
        let text = serde_json::to_string(&document).unwrap();
        assert_eq!(serde_json::from_str::<PolicyDocument>(&text).unwrap(), document);
        assert_eq!(document.length(), text.len());
    }

    #[test]
    fn a_principal_in_plain_text_is_refused() {
        assert!(serde_json::from_value::<Principal>(json!("123456789012")).is_err());
    }
}
