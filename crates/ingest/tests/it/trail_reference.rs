//! What a row of `api_call` must be, said again in the plainest way: the whole record is read as a `serde_json::Value`, and every column
//! is looked up in it. Slow, and what the decoder's rows are compared with.

use jiff::Timestamp;
use serde_json::{Map, Value};
use sightline_model::log::ApiCall;
use sightline_model::untrusted::shortened;

/// Characters of an error message and of a user agent that are kept.
const LONGEST_MESSAGE: usize = 500;
/// Resources of one event that are kept.
const MOST_RESOURCES: usize = 50;

/// Maps a record. It fails for records that tell neither when nor what; everything else may be missing or odd.
pub(crate) fn of_record(record: &Value, object: &str, line: i64) -> Result<ApiCall, String> {
    let event = Node(Some(record));
    let request = event.at("requestParameters");
    let more = event.at("additionalEventData");
    let mut call = ApiCall {
        event_id: event.at("eventID").text(),
        event_time: time(event)?,
        account_id: event.at("recipientAccountId").text(),
        region: event.at("awsRegion").text(),
        event_source: required(event, "eventSource")?,
        event_name: required(event, "eventName")?,
        event_category: event.at("eventCategory").text(),
        read_only: event.at("readOnly").flag(),
        source_ip: event.at("sourceIPAddress").text(),
        user_agent: event.at("userAgent").text_of(LONGEST_MESSAGE),
        vpc_endpoint_id: event.at("vpcEndpointId").text(),
        host: event.at("tlsDetails").at("clientProvidedHostHeader").text(),
        guardrail_id: guardrail(request),
        inference_region: more.at("inferenceRegion").text(),
        // The classic plane tells it beside the request, `bedrock-mantle` in it.
        bearer_token: more.at("callWithBearerToken").flag().or_else(|| request.at("callWithBearerToken").flag()),
        error_code: event.at("errorCode").text(),
        error_message: event.at("errorMessage").text_of(LONGEST_MESSAGE),
        request_id: event.at("requestID").text(),
        resources: resources(event),
        request_parameters: kept(request.0),
        object: object.to_owned(),
        line,
        ..ApiCall::default()
    };
    call.model_id = target(&call.event_source, request, &call.resources);
    fill_identity(&mut call, event.at("userIdentity"));
    fill_session(&mut call, request, event.at("responseElements"));
    Ok(call)
}

fn required(event: Node<'_>, name: &str) -> Result<String, String> {
    Some(event.at(name).text()).filter(|text| !text.is_empty()).ok_or_else(|| format!("the event has no `{name}`"))
}

fn time(event: Node<'_>) -> Result<Timestamp, String> {
    let text = required(event, "eventTime")?;
    text.parse().map_err(|_| format!("`{}` is no `eventTime`", shortened(&text, 40)))
}

fn guardrail(request: Node<'_>) -> String {
    let given = [request.at("guardrailIdentifier"), request.at("guardrailConfig").at("guardrailIdentifier")];
    given.iter().map(|node| node.text()).find(|text| !text.is_empty()).unwrap_or_default()
}

fn resources(event: Node<'_>) -> Vec<String> {
    // `ARN` is what CloudTrail writes; some services write `arn`.
    let arns = event.at("resources").elements().map(|resource| either(resource, "ARN", "arn"));
    arns.filter(|arn| !arn.is_empty()).take(MOST_RESOURCES).collect()
}

/// Characters of a text that are kept; an ARN has at most 2,048.
const LONGEST: usize = 2048;

fn either(node: Node<'_>, first: &str, second: &str) -> String {
    Some(node.at(first).text()).filter(|text| !text.is_empty()).unwrap_or_else(|| node.at(second).text())
}

/// A value, or nothing.
#[derive(Debug, Clone, Copy)]
struct Node<'a>(Option<&'a Value>);

impl<'a> Node<'a> {
    /// The member of this name; nothing where this is no object or has none.
    fn at(self, name: &str) -> Node<'a> {
        Node(self.0.and_then(|value| value.get(name)))
    }

    /// The elements; none where this is no array.
    fn elements(self) -> impl Iterator<Item = Node<'a>> {
        self.0.and_then(Value::as_array).into_iter().flatten().map(|value| Node(Some(value)))
    }

    /// The members; none where this is no object.
    fn members(self) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        self.0.and_then(Value::as_object).into_iter().flatten().map(|(name, value)| (name.as_str(), Node(Some(value))))
    }

    /// Text without outer blanks, of at most 2,048 characters; numbers and flags in their spelling; empty for all else.
    fn text(self) -> String {
        self.text_of(LONGEST)
    }

    /// Likewise with another bound.
    fn text_of(self, longest: usize) -> String {
        match self.0 {
            Some(Value::String(text)) => shortened(text.trim(), longest),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
            _ => String::new(),
        }
    }

    /// A flag, or the text of one.
    fn flag(self) -> Option<bool> {
        match self.0? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }
}

/// Fills the identity's fields.
fn fill_identity(call: &mut ApiCall, identity: Node<'_>) {
    let context = identity.at("sessionContext");
    let issuer = context.at("sessionIssuer");
    call.identity_type = identity.at("type").text();
    call.identity_arn = identity.at("arn").text();
    call.identity_account_id = identity.at("accountId").text();
    call.principal_id = identity.at("principalId").text();
    call.access_key_id = identity.at("accessKeyId").text();
    call.invoked_by = identity.at("invokedBy").text();
    call.credentials_issued_to = identity.at("inScopeOf").at("credentialsIssuedTo").text();
    call.issuer_arn = issuer.at("arn").text();
    call.ec2_role_delivery = context.at("ec2RoleDelivery").text();
    call.session_name = session_name(&call.identity_arn, &call.principal_id, &call.identity_type);
    // In this order: the user itself, the role behind the session, the person of IAM Identity Center.
    let names = [identity.at("userName"), issuer.at("userName"), identity.at("onBehalfOf").at("userId")];
    call.user_name = names.iter().map(|name| name.text()).find(|name| !name.is_empty()).unwrap_or_default();
}

/// The session's name: behind the role's name in `assumed-role/<role>/<session>`, or behind the colon of the principal id.
fn session_name(arn: &str, principal_id: &str, identity_type: &str) -> String {
    let of_arn = arn.split_once(":assumed-role/").and_then(|(_, resource)| resource.rsplit_once('/'));
    let of_principal = || principal_id.split_once(':').filter(|_| identity_type == "AssumedRole");
    of_arn.or_else(of_principal).map(|(_, session)| session.to_owned()).unwrap_or_default()
}

/// Services whose calls have a target. Other services use the same names for other things.
const SERVICES: [&str; 6] = [
    "bedrock.amazonaws.com",
    "bedrock-runtime.amazonaws.com",
    "bedrock-mantle.amazonaws.com",
    "bedrock-agentcore.amazonaws.com",
    "sagemaker.amazonaws.com",
    "aws-external-anthropic.amazonaws.com",
];

/// Names of the request that hold the target, the likeliest first. Where two stand together, as agent and alias, the target is
/// `<first>/<second>`, the way its ARN ends.
const NAMES: [(&str, Option<&str>); 20] = [
    ("modelId", None),
    ("agentId", Some("agentAliasId")),
    ("knowledgeBaseId", None),
    ("flowIdentifier", Some("flowAliasIdentifier")),
    ("endpointName", None),
    ("agentRuntimeArn", None),
    ("agentRuntimeId", None),
    ("model", None),
    ("modelArn", None),
    ("modelIdentifier", None),
    ("inferenceProfileIdentifier", None),
    ("provisionedModelId", None),
    ("customModelDeploymentIdentifier", None),
    ("promptIdentifier", None),
    ("gatewayIdentifier", None),
    ("memoryId", None),
    ("browserIdentifier", None),
    ("codeInterpreterIdentifier", None),
    ("projectId", None),
    ("foundationModel", None),
];

/// The target, from the request or else from the event's resources; empty for calls of other services and calls without one.
fn target(event_source: &str, request: Node<'_>, resources: &[String]) -> String {
    if !SERVICES.contains(&event_source) {
        return String::new();
    }
    let generate = request.at("retrieveAndGenerateConfiguration").at("knowledgeBaseConfiguration");
    let named = NAMES.iter().map(|(name, second)| joined(request, name, *second)).find(|target| !target.is_empty());
    named
        .or_else(|| Some(generate.at("knowledgeBaseId").text()).filter(|target| !target.is_empty()))
        .or_else(|| resources.first().cloned())
        .unwrap_or_default()
}

fn joined(request: Node<'_>, name: &str, second: Option<&str>) -> String {
    let first = request.at(name).text();
    let second = second.map(|name| request.at(name).text()).unwrap_or_default();
    // An alias given as an ARN names its owner itself.
    if first.is_empty() || second.is_empty() {
        first
    } else if second.starts_with("arn:") {
        second
    } else {
        format!("{first}/{second}")
    }
}

/// A session has at most 50 tags.
const MOST_TAGS: usize = 50;
/// A tag's value has at most 256 characters.
const LONGEST_TAG: usize = 256;

/// Fills the session's fields, if the call is one that hands out a session.
fn fill_session(call: &mut ApiCall, request: Node<'_>, response: Node<'_>) {
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
    let listed = request
        .at("tags")
        .elements()
        .map(|tag| (either(tag, "key", "Key"), shortened(&either(tag, "value", "Value"), LONGEST_TAG)));
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

/// Bytes of JSON that are kept.
const MOST: usize = 4096;
/// What AWS writes in place of a value it keeps to itself. It is kept, because it tells that something was there.
const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";
/// Characters of one text that are kept.
const LONGEST_TEXT: usize = 512;
/// Elements of one array that are kept.
const MOST_ELEMENTS: usize = 50;
/// Set to true at the outermost object where parameters had to be removed to keep to the bound.
const CUT: &str = "sightline:cut";

/// Names, in small letters and without separators, of what holds content: prompts, documents, code, variables.
const CONTENT: [&str; 27] = [
    "additionalmodelrequestfields",
    "body",
    "content",
    "contents",
    "contentblocks",
    "document",
    "documents",
    "environment",
    "input",
    "inputbody",
    "inputdocument",
    "inputs",
    "inputtext",
    "instruction",
    "instructions",
    "messages",
    "payload",
    "prompt",
    "prompts",
    "promptvariables",
    "query",
    "retrievalquery",
    "sessionattributes",
    "sessionstate",
    "system",
    "text",
    "userdata",
];
/// Parts of names of what holds secrets.
const SECRET: [&str; 12] = [
    "apikey",
    "assertion",
    "authorization",
    "connectionstring",
    "cookie",
    "credential",
    "passphrase",
    "password",
    "passwd",
    "privatekey",
    "secret",
    "token",
];
/// Endings of names that hold the identity of a secret, not the secret.
const IDENTIFIER: [&str; 3] = ["id", "arn", "name"];

/// The parameters without content and secrets, as JSON of at most 4,096 bytes.
fn kept(parameters: Option<&Value>) -> Value {
    let mut kept = parameters.map_or(Value::Null, clean);
    match &mut kept {
        Value::Object(members) => bound(members),
        other if other.to_string().len() > MOST => kept = Value::Null,
        _ => {}
    }
    kept
}

fn clean(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(shortened(if looks_secret(text) { "" } else { text }, LONGEST_TEXT)),
        Value::Array(elements) => elements.iter().take(MOST_ELEMENTS).map(clean).collect(),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .filter(|(name, value)| is_hidden(value) || !is_withheld(name, value))
                .map(|(name, value)| (name.clone(), clean(value)))
                .collect(),
        ),
        other => other.clone(),
    }
}

fn is_hidden(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.contains(HIDDEN) && text.len() <= 2 * HIDDEN.len())
}

fn is_withheld(name: &str, value: &Value) -> bool {
    if name == CUT {
        return true;
    }
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    if CONTENT.contains(&name.as_str()) {
        return true;
    }
    // Counts and flags, such as `maxTokens` and `callWithBearerToken`, give nothing away.
    let harmless = value.is_boolean() || (value.is_number() && name.contains("token"));
    SECRET.iter().any(|part| name.contains(part))
        && !harmless
        && !IDENTIFIER.iter().any(|ending| name.ends_with(ending))
}

/// Whether a text is a secret whatever its name says: a PEM block, a JSON web token, a Bedrock API key.
fn looks_secret(text: &str) -> bool {
    text.contains("-----BEGIN") || (text.starts_with("eyJ") && text.split('.').count() == 3) || text.contains("ABSK")
}

/// Removes the largest members until the rest keeps to the bound. Each is measured once: a request may have many thousands.
fn bound(members: &mut Map<String, Value>) {
    let size =
        |name: &String, value: &Value| Value::String(name.clone()).to_string().len() + value.to_string().len() + 2;
    let mut sizes: Vec<(usize, String)> =
        members.iter().map(|(name, value)| (size(name, value), name.clone())).collect();
    let mut total: usize = sizes.iter().map(|(size, _)| size + 1).sum();
    if total <= MOST {
        return;
    }
    total += CUT.len() + 10;
    sizes.sort();
    while total > MOST {
        let Some((size, largest)) = sizes.pop() else { break };
        members.shift_remove(&largest);
        total -= size + 1;
    }
    members.insert(CUT.to_owned(), Value::Bool(true));
}
