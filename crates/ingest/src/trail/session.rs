//! Which session a call handed out: the role, the issued key's id, the tags. The session token and the secret are never read.
//!
//! sts: `AssumeRole`, `AssumeRoleWithSAML`, `AssumeRoleWithWebIdentity`, `AssumeRoot`; eks-auth: `AssumeRoleForPodIdentity`. Format:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html> and
//! <https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html>.

use super::node::Node;
use super::text::Text;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// A session has at most 50 tags.
const MOST_TAGS: usize = 50;
/// A tag's value has at most 256 characters.
const LONGEST_TAG: usize = 256;

/// A session that was handed out; empty where none was.
#[derive(Debug, Default)]
pub(crate) struct Issued<'r> {
    /// the role that was assumed
    pub(crate) role_arn: Cow<'r, str>,
    /// the id of the key, not the secret
    pub(crate) access_key_id: Cow<'r, str>,
    /// the session's tags
    pub(crate) tags: Map<String, Value>,
}

/// The session that the call handed out, if it is one that does.
pub(crate) fn of_call<'r>(source: &str, name: &str, request: Node<'r>, response: Node<'r>) -> Issued<'r> {
    let pod_identity = source == "eks-auth.amazonaws.com" && name == "AssumeRoleForPodIdentity";
    let assumed = source == "sts.amazonaws.com" && name.starts_with("Assume");
    if !assumed && !pod_identity {
        return Issued::default();
    }
    let role_arn = match request.at("roleArn").kept() {
        arn if arn.is_empty() => Cow::Owned(role_of_session(&response.at("assumedRoleUser").at("arn").kept())),
        arn => arn,
    };
    let access_key_id = response.at("credentials").at("accessKeyId").kept();
    let mut tags = Tags::default();
    if pod_identity {
        tags.of_pod(request, response);
    }
    tags.of_request(request);
    Issued { role_arn, access_key_id, tags: tags.0 }
}

#[derive(Debug, Default)]
struct Tags(Map<String, Value>);

impl Tags {
    /// `tags` (a list of keys and values) and `principalTags` (an object, for SAML and web identities).
    fn of_request(&mut self, request: Node<'_>) {
        let tags = request.at("tags");
        tags.elements(|tag| {
            let either = |small: &str, large: &str| {
                let text = tag.at(small).text();
                if text.raw.is_empty() { tag.at(large).text() } else { text }
            };
            self.add(&either("key", "Key").kept(), either("value", "Value"));
        });
        tags.members(|name, value| self.add(&name.whole(), value.text()));
        request.at("principalTags").members(|name, value| self.add(&name.whole(), value.text()));
    }

    /// The pod's identity in the words of Pod Identity's session tags, so that it reads like the `AssumeRole` that follows.
    fn of_pod(&mut self, request: Node<'_>, response: Node<'_>) {
        let subject = response.at("subject");
        let known = [
            ("eks-cluster-name", request.at("clusterName")),
            ("kubernetes-namespace", subject.at("namespace")),
            ("kubernetes-service-account", subject.at("serviceAccount")),
            ("association-arn", response.at("podIdentityAssociation").at("associationArn")),
        ];
        for (name, value) in known {
            let value = value.text();
            if !value.kept().is_empty() {
                self.add(name, value);
            }
        }
    }

    fn add(&mut self, name: &str, value: Text<'_>) {
        let room = self.0.len() < MOST_TAGS || self.0.contains_key(name);
        if room && !name.is_empty() && name.len() <= LONGEST_TAG {
            self.0.insert(name.to_owned(), Value::String(value.kept_of(LONGEST_TAG).into_owned()));
        }
    }
}

/// The role of `arn:…:sts::<account>:assumed-role/<role>/<session>`. The session's ARN has lost the role's path. A role's own ARN is
/// given back as it is.
fn role_of_session(arn: &str) -> String {
    let parts = arn.split_once(":sts::").and_then(|(partition, rest)| {
        let (account, resource) = rest.split_once(':')?;
        let (role, _) = resource.strip_prefix("assumed-role/")?.split_once('/')?;
        Some(format!("{partition}:iam::{account}:role/{role}"))
    });
    parts.unwrap_or_else(|| arn.to_owned())
}
