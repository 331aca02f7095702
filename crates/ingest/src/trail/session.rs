//! Which session a call handed out: the role, the issued key's id, the tags. The session token and the secret are never read.
//!
//! sts: `AssumeRole`, `AssumeRoleWithSAML`, `AssumeRoleWithWebIdentity`, `AssumeRoot`; eks-auth: `AssumeRoleForPodIdentity`. Format:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html> and
//! <https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html>.

use super::node::Node;
use serde_json::{Map, Value};
use sightline_model::log::ApiCall;

/// A session has at most 50 tags.
const MOST_TAGS: usize = 50;
/// A tag's value has at most 256 characters.
const LONGEST_TAG: usize = 256;

/// Fills the session's fields, if the call is one that hands out a session.
pub(crate) fn fill(call: &mut ApiCall, request: Node<'_>, response: Node<'_>) {
    let pod_identity = call.event_source == "eks-auth.amazonaws.com" && call.event_name == "AssumeRoleForPodIdentity";
    let assumed = call.event_source == "sts.amazonaws.com" && call.event_name.starts_with("Assume");
    if !assumed && !pod_identity {
        return;
    }
    call.issued_access_key_id = response.at("credentials").at("accessKeyId").text();
    call.assumed_role_arn = match request.at("roleArn").text() {
        arn if arn.is_empty() => role_of_session(&response.at("assumedRoleUser").at("arn").text()),
        arn => arn,
    };
    call.session_tags = if pod_identity { pod_tags(request, response) } else { tags(request) };
}

/// `tags` (a list of keys and values) and `principalTags` (an object, for SAML and web identities).
fn tags(request: Node<'_>) -> Map<String, Value> {
    let listed = request.at("tags").elements().map(|tag| {
        let name = [tag.at("key").text(), tag.at("Key").text()].concat();
        let value = [tag.at("value").text_of(LONGEST_TAG), tag.at("Value").text_of(LONGEST_TAG)].concat();
        (name, value)
    });
    let objects = [request.at("tags"), request.at("principalTags")];
    let named =
        objects.into_iter().flat_map(Node::members).map(|(name, value)| (name.to_owned(), value.text_of(LONGEST_TAG)));
    collect(listed.chain(named))
}

/// The pod's identity in the words of Pod Identity's session tags, so that it reads like the `AssumeRole` that follows.
fn pod_tags(request: Node<'_>, response: Node<'_>) -> Map<String, Value> {
    let subject = response.at("subject");
    let association = response.at("podIdentityAssociation");
    collect(
        [
            ("eks-cluster-name", request.at("clusterName")),
            ("kubernetes-namespace", subject.at("namespace")),
            ("kubernetes-service-account", subject.at("serviceAccount")),
            ("association-arn", association.at("associationArn")),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.text_of(LONGEST_TAG)))
        .filter(|(_, value)| !value.is_empty())
        .chain(tags(request).into_iter().map(|(name, value)| (name, Node(Some(&value)).text()))),
    )
}

fn collect(tags: impl Iterator<Item = (String, String)>) -> Map<String, Value> {
    tags.filter(|(name, _)| !name.is_empty() && name.len() <= LONGEST_TAG)
        .take(MOST_TAGS)
        .map(|(name, value)| (name, Value::String(value)))
        .collect()
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
