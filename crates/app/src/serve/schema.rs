//! Shapes of what the lake holds, for the OpenAPI document: the words of `sightline-model`, which knows no HTTP. They are never built; a test
//! holds them against the real ones.

#![expect(dead_code, reason = "these are shapes for the document alone")]

pub(crate) mod probe;

use utoipa::ToSchema;

/// The answer of a check; `unknown` says that nobody could look, or decide.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum Status {
    Pass,
    Fail,
    Skip,
    Unknown,
}

/// How much it matters.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

/// Why a finding does not count, who answers for that, and until when.
#[derive(ToSchema)]
pub(crate) struct Mute {
    /// Why it is all right
    reason: String,
    /// Who answers for it
    owner: String,
    /// The last day, UTC, on which it holds
    #[schema(format = Date)]
    expires: String,
}

/// Whether a control protects; `unknown` says that nobody could tell.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum Tri {
    Yes,
    No,
    Unknown,
}

/// A change, ready to read or to paste.
#[derive(ToSchema)]
pub(crate) struct Fix {
    /// `text`, `terraform`, `cli`, `json` …
    language: String,
    /// The text
    text: String,
}

/// One protection on an edge.
#[derive(ToSchema)]
pub(crate) struct Control {
    /// Such as `private_path`
    name: String,
    /// Is it there
    state: Tri,
    /// What was seen, or what could not be
    reason: String,
    /// The smallest change that brings it, in several languages; empty where it is there or nothing can
    fix: Vec<Fix>,
}

/// A place in a log, or a resource.
#[derive(ToSchema)]
pub(crate) struct Evidence {
    /// The log object, or the resource
    object: String,
    /// The line in it, from 1; 0 where it has none
    line: i64,
    /// The event's id, where it has one
    event_id: String,
}

/// What an edge connects.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum TrafficClass {
    UserToApplication,
    ApplicationToModel,
    ApplicationToInternet,
    ApplicationToApplication,
}

/// The network path of the calls; `unknown` says that the evidence does not tell.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum PathClass {
    InterfaceEndpoint,
    Internet,
    AwsInternal,
    Vpc,
    Peering,
    TransitGateway,
    OnPremises,
    Unknown,
}

/// How sure the join is.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub(crate) enum Confidence {
    Exact,
    Session,
    AddressTime,
    Inferred,
}

/// What makes the calls.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum WorkloadKind {
    Instance,
    Pod,
    Function,
    Task,
    Notebook,
    Endpoint,
    Agent,
    Flow,
    User,
    Role,
    Service,
    External,
    Build,
    LoadBalancer,
    Interface,
    Address,
    Unknown,
}

/// Whether it is allowed; `conditional` depends on the request, or on what could not be read.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum AccessDecision {
    Allow,
    Conditional,
}

/// How a call ended.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum Outcome {
    Ok,
    Unsupported,
    Denied,
    Throttled,
    Failed,
    Skipped,
}

/// How much of a plane is seen.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum Sight {
    Blind,
    Partial,
    Unknown,
    Seen,
}

/// One place that an edge rests on.
#[derive(ToSchema)]
pub(crate) struct EdgeEvidence {
    /// The discovery that made it
    run_id: String,
    /// The edge
    edge_id: String,
    /// The lake's table that it stands in: `api_call`, `flow`, `resource` …
    source: String,
    /// What it proves: `call`, `session`, `connection`, `name`, `tokens`, `place`, `control`
    proves: String,
    /// The log object, or a resource's ARN
    object: String,
    /// The line in it, from 1; 0 for a resource
    line: i64,
    /// The event's id, where it has one
    event_id: String,
    /// When it was
    #[schema(format = DateTime)]
    seen_at: Option<String>,
}

/// What one detection saw in a case.
#[derive(ToSchema)]
pub(crate) struct Signal {
    /// The detection
    detection_id: String,
    /// Its title
    title: String,
    /// How much it matters by itself
    severity: Severity,
    /// What was seen, with figures
    reason: String,
    /// Events behind it
    events: i64,
    /// First of them
    #[schema(format = DateTime)]
    first_seen: String,
    /// Last of them
    #[schema(format = DateTime)]
    last_seen: String,
    /// The first few places where it was seen
    evidence: Vec<Evidence>,
}

/// What detections saw of one identity, put together.
#[derive(ToSchema)]
pub(crate) struct Case {
    /// The run that made it
    run_id: String,
    /// The same in every run over the same events
    case_id: String,
    /// Twelve digits
    account_id: String,
    /// The role or user whose permissions were used
    identity_arn: String,
    /// What runs or who sits behind it
    workload_arn: String,
    /// One line
    title: String,
    /// Of all signals together
    severity: Severity,
    /// The story in a sentence
    summary: String,
    /// First event
    #[schema(format = DateTime)]
    first_seen: String,
    /// Last event
    #[schema(format = DateTime)]
    last_seen: String,
    /// Regions of the events
    regions: Vec<String>,
    /// Models that were called or asked about
    models: Vec<String>,
    /// Where the calls came from
    source_ips: Vec<String>,
    /// Access keys that were used, their ids
    access_key_ids: Vec<String>,
    /// Events behind all signals
    events: i64,
    /// What was seen, in order of time
    signals: Vec<Signal>,
}

/// How the calls for one table, account, region and operation ended.
#[derive(ToSchema)]
pub(crate) struct Coverage {
    /// The scan
    scan_id: String,
    /// Twelve digits
    account_id: String,
    /// The region's name, or `global`
    region: String,
    /// The inventory table
    table_name: String,
    /// Such as `s3:ListBuckets`
    operation: String,
    /// The IAM action that allows it
    action: String,
    /// The one resource whose detail could not be read; empty for the whole list
    target: String,
    /// How it ended
    outcome: Outcome,
    /// AWS's error code, empty when ok
    error_code: String,
    /// AWS's message
    error_message: String,
    /// Rows that came of it
    rows: i64,
    /// Calls that were answered or gave up
    calls: i64,
    /// When the last of them ended
    #[schema(format = DateTime)]
    collected_at: String,
}

/// One kind of telemetry of one plane, in one account and region.
#[derive(ToSchema)]
pub(crate) struct BlindSpot {
    /// The discovery that made it
    run_id: String,
    /// The same in every discovery
    spot_id: String,
    /// Twelve digits
    account_id: String,
    /// The region's name
    region: String,
    /// What is called: `bedrock-runtime`, `sagemaker-runtime`, `network` …
    plane: String,
    /// What would show it: `cloudtrail-data`, `flow-logs` …
    telemetry: String,
    /// The VPC, cluster or interface; empty for all
    subject: String,
    /// How much is seen
    sight: Sight,
    /// The earliest record that the lake has
    #[schema(format = DateTime)]
    seen_since: Option<String>,
    /// The latest
    #[schema(format = DateTime)]
    seen_until: Option<String>,
    /// When the blindness begins; nothing where it always was
    #[schema(format = DateTime)]
    blind_from: Option<String>,
    /// When it ends; nothing where it lasts
    #[schema(format = DateTime)]
    blind_until: Option<String>,
    /// What cannot be seen
    lost: String,
    /// What told
    reason: String,
    /// A prerequisite's id, or a command; empty where nothing can be done
    fix: String,
}

/// A principal, or a workload through its role, may do something.
#[derive(ToSchema)]
pub(crate) struct ModelAccess {
    /// The evaluation that made it
    run_id: String,
    /// Twelve digits, of the principal
    account_id: String,
    /// The user's or role's ARN
    principal_arn: String,
    /// `user`, `role`, `outside`
    principal_kind: String,
    /// The workload that runs as the principal; empty for the principal itself
    workload_arn: String,
    /// Its kind
    workload_kind: String,
    /// `service:Name`
    action: String,
    /// The model's, agent's, endpoint's ARN
    resource_arn: String,
    /// Twelve digits; empty for what AWS owns
    resource_account_id: String,
    /// `foundation-model`, `agent` …
    resource_kind: String,
    /// The answer
    decision: AccessDecision,
    /// What it depends on, in words; empty for `allow`
    residual: String,
    /// The same as a list of ways
    residual_ways: serde_json::Value,
    /// Roles and workloads on the way: 0 is direct
    hops: i64,
    /// The way, from the principal on
    witness: serde_json::Value,
    /// When it was evaluated
    #[schema(format = DateTime)]
    evaluated_at: String,
}

/// A finished scan.
#[derive(ToSchema)]
pub(crate) struct Scan {
    /// The scan
    scan_id: String,
    /// Twelve digits
    account_id: String,
    /// `aws`, `aws-cn` …
    partition: String,
    /// Who scanned
    caller_arn: String,
    /// Where
    regions: Vec<String>,
    /// Of the program
    version: String,
    /// Before the first call
    #[schema(format = DateTime)]
    started_at: String,
    /// After the last row
    #[schema(format = DateTime)]
    finished_at: String,
    /// Tables that were asked for
    tables: i64,
    /// Resources found
    resources: i64,
    /// Calls that were answered or gave up
    calls: i64,
    /// Rows of coverage that say something is missing
    incomplete: i64,
}
