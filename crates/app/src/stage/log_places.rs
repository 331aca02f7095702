//! Where AWS writes logs, as the newest scans saw it: destinations of flow logs, trails, invocation logging, data capture and audit logs.

use serde::Deserialize;
use serde_json::Value;
use sightline_lake::Session;
use std::collections::BTreeSet;

/// A place that logs are delivered to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Destination {
    /// What it may be called in a configuration
    pub name: String,
    /// As `sightline ingest` takes it
    pub place: String,
    /// The log source
    pub source: &'static str,
    /// The account that is logged
    pub account_id: String,
    /// The region that is logged; empty where it is several
    pub region: String,
    /// What delivers there
    pub about: String,
}

/// What the scans saw of logs.
#[derive(Debug, Default)]
pub(crate) struct Destinations {
    /// Places that can be read, each once
    pub places: Vec<Destination>,
    /// Logs that are delivered where they cannot be read from
    pub elsewhere: Vec<String>,
}

#[derive(Deserialize)]
struct FlowLog {
    account_id: String,
    region: String,
    flow_log_id: Option<String>,
    log_destination_type: Option<String>,
    log_destination: Option<String>,
    destination_options: Option<Value>,
}

#[derive(Deserialize)]
struct Trail {
    account_id: String,
    name: Option<String>,
    s3_bucket_name: Option<String>,
    s3_key_prefix: Option<String>,
    is_organization_trail: Option<bool>,
}

#[derive(Deserialize)]
struct Invocations {
    account_id: String,
    region: String,
    s3_config: Option<Value>,
    cloud_watch_config: Option<Value>,
}

#[derive(Deserialize)]
struct Cluster {
    account_id: String,
    region: String,
    name: Option<String>,
    logging: Option<Value>,
}

#[derive(Deserialize)]
struct Endpoint {
    account_id: String,
    region: String,
    endpoint_name: Option<String>,
    data_capture_config: Option<Value>,
}

#[derive(Deserialize)]
struct Organization {
    id: Option<String>,
}

impl Destinations {
    /// Asks the newest scans.
    ///
    /// # Errors
    /// The lake cannot be read.
    pub(crate) async fn read(session: &Session) -> anyhow::Result<Self> {
        let mut found = Self::default();
        let flow_logs = "SELECT account_id, region, flow_log_id, log_destination_type, log_destination, destination_options \
             FROM aws_vpc_flow_log WHERE flow_log_status = 'ACTIVE' ORDER BY account_id, region, flow_log_id";
        session.sql(flow_logs).await?.rows_as()?.into_iter().for_each(|log| found.flow_log(log));
        let organizations: Vec<Organization> =
            session.sql("SELECT id FROM aws_organizations_organization").await?.rows_as()?;
        let organization = organizations.into_iter().find_map(|one| one.id);
        let trails = "SELECT account_id, name, s3_bucket_name, s3_key_prefix, is_organization_trail \
             FROM aws_cloudtrail_trail WHERE coalesce(is_logging, true) ORDER BY account_id, name";
        let trails: Vec<Trail> = session.sql(trails).await?.rows_as()?;
        trails.into_iter().for_each(|trail| found.trail(trail, organization.as_deref()));
        let invocations = "SELECT account_id, region, s3_config, cloud_watch_config \
             FROM aws_bedrock_model_invocation_logging_configuration ORDER BY account_id, region";
        session.sql(invocations).await?.rows_as()?.into_iter().for_each(|logging| found.invocations(logging));
        let clusters =
            "SELECT account_id, region, name, logging FROM aws_eks_cluster ORDER BY account_id, region, name";
        session.sql(clusters).await?.rows_as()?.into_iter().for_each(|cluster| found.cluster(cluster));
        let endpoints = "SELECT account_id, region, endpoint_name, data_capture_config \
             FROM aws_sagemaker_endpoint ORDER BY account_id, region, endpoint_name";
        session.sql(endpoints).await?.rows_as()?.into_iter().for_each(|endpoint| found.endpoint(endpoint));
        Ok(found)
    }

    fn flow_log(&mut self, log: FlowLog) {
        let id = log.flow_log_id.unwrap_or_default();
        let destination = log.log_destination.unwrap_or_default();
        let bucket = destination.split_once(":s3:::").map(|(_, path)| path.split_once('/').unwrap_or((path, "")));
        let Some((bucket, prefix)) = bucket else {
            let kind = log.log_destination_type.unwrap_or_else(|| "cloud-watch-logs".to_owned());
            return self
                .elsewhere
                .push(format!("flow log {id} delivers to {kind}: of flow logs those in S3 can be read"));
        };
        let hive = log.destination_options.as_ref().and_then(|options| options.get("HiveCompatiblePartitions"));
        let account = &log.account_id;
        let folder = match hive {
            Some(Value::Bool(true)) => format!("AWSLogs/aws-account-id={account}/aws-service=vpcflowlogs/"),
            _ => format!("AWSLogs/{account}/vpcflowlogs/"),
        };
        self.add("vpc_flow", s3(bucket, prefix, &folder), log.account_id, log.region, format!("flow log {id}"));
    }

    fn trail(&mut self, trail: Trail, organization: Option<&str>) {
        let Some(bucket) = trail.s3_bucket_name else { return };
        let folder = match (trail.is_organization_trail.unwrap_or_default(), organization) {
            (true, Some(id)) => format!("AWSLogs/{id}/"),
            (true, None) => "AWSLogs/".to_owned(),
            // Without a slash: network activity lies in a folder beside, whose name begins alike.
            (false, _) => format!("AWSLogs/{}/CloudTrail", trail.account_id),
        };
        let place = s3(&bucket, trail.s3_key_prefix.as_deref().unwrap_or_default(), &folder);
        let about = format!("trail {}", trail.name.unwrap_or_default());
        self.add("cloudtrail", place, trail.account_id, String::new(), about);
    }

    /// Where it delivers to both, S3 is read: records are the same, and larger bodies lie there.
    fn invocations(&mut self, logging: Invocations) {
        let text = |config: &Option<Value>, key: &str| Some(config.as_ref()?.get(key)?.as_str()?.to_owned());
        let about = "model invocation logging".to_owned();
        let Invocations { account_id, region, s3_config, cloud_watch_config } = logging;
        let place = if let Some(bucket) = text(&s3_config, "bucketName") {
            let prefix = text(&s3_config, "keyPrefix").unwrap_or_default();
            s3(&bucket, &prefix, &format!("AWSLogs/{account_id}/BedrockModelInvocationLogs/{region}/"))
        } else if let Some(group) = text(&cloud_watch_config, "logGroupName") {
            format!("logs://{group}?region={region}")
        } else {
            return;
        };
        self.add("bedrock_invocation", place, account_id, region, about);
    }

    fn cluster(&mut self, cluster: Cluster) {
        let Some(name) = cluster.name else { return };
        let groups = cluster.logging.as_ref().and_then(|logging| logging.get("clusterLogging")?.as_array());
        let is_audited = |group: &Value| {
            let types = group.get("types").and_then(Value::as_array);
            group.get("enabled") == Some(&Value::Bool(true))
                && types.is_some_and(|types| types.iter().any(|kind| kind == "audit"))
        };
        if groups.is_some_and(|groups| groups.iter().any(is_audited)) {
            let place = format!("logs:///aws/eks/{name}/cluster?region={}", cluster.region);
            self.add("eks_audit", place, cluster.account_id, cluster.region, format!("audit log of cluster {name}"));
        }
    }

    fn endpoint(&mut self, endpoint: Endpoint) {
        let Some(capture) = &endpoint.data_capture_config else { return };
        let (Some(name), Some(uri)) = (endpoint.endpoint_name, capture.get("DestinationS3Uri").and_then(Value::as_str))
        else {
            return;
        };
        if capture.get("EnableCapture") != Some(&Value::Bool(false)) {
            let place = format!("{}/{name}/", uri.trim_end_matches('/'));
            let about = format!("data capture of endpoint {name}");
            self.add("sagemaker_capture", place, endpoint.account_id, endpoint.region, about);
        }
    }

    fn add(&mut self, source: &'static str, place: String, account_id: String, region: String, about: String) {
        if let Some(known) = self.places.iter_mut().find(|known| known.place == place && known.source == source) {
            if known.region != region {
                known.region.clear();
            }
            return;
        }
        let taken: BTreeSet<&str> = self.places.iter().map(|known| known.name.as_str()).collect();
        let base = format!("{}-{account_id}", source.replace('_', "-"));
        let numbered = (2..).map(|number| format!("{base}-{number}"));
        let name = std::iter::once(base.clone()).chain(numbered).find(|name| !taken.contains(name.as_str()));
        let name = name.unwrap_or_default();
        self.places.push(Destination { name, place, source, account_id, region, about });
    }

    /// Commands and a configuration that read all of it, ready to be pasted.
    pub(crate) fn ready_to_paste(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.elsewhere.iter().map(|text| format!("# {text}")).collect();
        for one in &self.places {
            lines.push(format!("sightline ingest {}   # {}", shell(&one.place), one.about));
        }
        for one in &self.places {
            let (name, place) = (Value::from(one.name.as_str()), toml::Value::from(one.place.as_str()));
            lines.extend([String::new(), "[[logs]]".to_owned(), format!("name = {name}"), format!("place = {place}")]);
        }
        lines
    }
}

fn s3(bucket: &str, prefix: &str, folder: &str) -> String {
    let prefix = prefix.trim_matches('/');
    let slash = if prefix.is_empty() { "" } else { "/" };
    format!("s3://{bucket}/{prefix}{slash}{folder}")
}

/// The text as one word of a shell.
fn shell(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
    if text.bytes().all(is_plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use sightline_model::lake_table::{RESOURCE, SCAN};

    async fn seen(resources: Vec<(&str, Value)>) -> Destinations {
        let scan = json!({"scan_id": "s", "account_id": "123456789012", "finished_at": "2026-11-22T03:00:00Z"});
        let rows = resources.into_iter().map(|(table, config)| {
            json!({"scan_id": "s", "account_id": "123456789012", "region": "eu-west-1", "table_name": table, "config": config})
        });
        let schemas = crate::stage::catalogue().unwrap().schemas();
        let rows = vec![(SCAN, vec![scan]), (RESOURCE, rows.collect())];
        Destinations::read(&Session::in_memory(&schemas, rows).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn every_kind_of_destination() {
        let found = seen(vec![
            ("aws_vpc_flow_log", json!({"flow_log_id": "fl-1", "flow_log_status": "ACTIVE", "log_destination_type": "s3",
                "log_destination": "arn:aws:s3:::logs/net/"})),
            ("aws_vpc_flow_log", json!({"flow_log_id": "fl-2", "flow_log_status": "ACTIVE", "log_destination_type": "s3",
                "log_destination": "arn:aws:s3:::logs", "destination_options": {"HiveCompatiblePartitions": true}})),
            ("aws_vpc_flow_log", json!({"flow_log_id": "fl-3", "flow_log_status": "ACTIVE", "log_destination_type": "cloud-watch-logs"})),
            ("aws_cloudtrail_trail", json!({"name": "main", "s3_bucket_name": "logs", "is_logging": true})),
            ("aws_cloudtrail_trail", json!({"name": "org", "s3_bucket_name": "logs", "s3_key_prefix": "it's", "is_organization_trail": true})),
            ("aws_organizations_organization", json!({"id": "o-1"})),
            ("aws_bedrock_model_invocation_logging_configuration", json!({"cloud_watch_config": {"logGroupName": "/bedrock"}})),
            ("aws_eks_cluster", json!({"name": "prod", "logging": {"clusterLogging": [{"types": ["api", "audit"], "enabled": true}]}})),
            ("aws_eks_cluster", json!({"name": "dark", "logging": {"clusterLogging": [{"types": ["audit"], "enabled": false}]}})),
            ("aws_sagemaker_endpoint", json!({"endpoint_name": "fraud", "data_capture_config": {"EnableCapture": true, "DestinationS3Uri": "s3://cap/a"}})),
        ])
        .await;
        insta::assert_snapshot!(found.ready_to_paste().join("\n"), @r#"
        # flow log fl-3 delivers to cloud-watch-logs: of flow logs those in S3 can be read
        sightline ingest s3://logs/net/AWSLogs/123456789012/vpcflowlogs/   # flow log fl-1
        sightline ingest s3://logs/AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/   # flow log fl-2
        sightline ingest s3://logs/AWSLogs/123456789012/CloudTrail   # trail main
        sightline ingest 's3://logs/it'\''s/AWSLogs/o-1/'   # trail org
        sightline ingest 'logs:///bedrock?region=eu-west-1'   # model invocation logging
        sightline ingest 'logs:///aws/eks/prod/cluster?region=eu-west-1'   # audit log of cluster prod
        sightline ingest s3://cap/a/fraud/   # data capture of endpoint fraud

        [[logs]]
        name = "vpc-flow-123456789012"
        place = "s3://logs/net/AWSLogs/123456789012/vpcflowlogs/"

        [[logs]]
        name = "vpc-flow-123456789012-2"
        place = "s3://logs/AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/"

        [[logs]]
        name = "cloudtrail-123456789012"
        place = "s3://logs/AWSLogs/123456789012/CloudTrail"

        [[logs]]
        name = "cloudtrail-123456789012-2"
        place = "s3://logs/it's/AWSLogs/o-1/"

        [[logs]]
        name = "bedrock-invocation-123456789012"
        place = "logs:///bedrock?region=eu-west-1"

        [[logs]]
        name = "eks-audit-123456789012"
        place = "logs:///aws/eks/prod/cluster?region=eu-west-1"

        [[logs]]
        name = "sagemaker-capture-123456789012"
        place = "s3://cap/a/fraud/"
        "#);
    }
}
