//! Route 53 Resolver query logs: `prefix/AWSLogs/<account>/vpcdnsquerylogs/<vpc>/yyyy/mm/dd/*.log.gz`, a JSON record a line; the same records
//! arrive through CloudWatch Logs and Firehose. They tell which name an address of a flow had for the client that asked. Answers that the
//! resolver has cached are not logged, so that the first of an hour's flows may lie before its answer.
//!
//! Format: <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html>, layout:
//! <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-choosing-target-resource.html>.

use super::Source;
use crate::dns::decode;
use crate::object::segments;
use crate::peek::Peek;
use crate::{Batch, Content, ObjectRef, Stats};
use sightline_model::LakeTable;
use sightline_model::lake_table::DNS_ANSWER;

/// The unit.
pub static UNIT: ResolverQuery = ResolverQuery;

/// Query logs of Route 53 Resolver.
#[derive(Debug)]
pub struct ResolverQuery;

impl Source for ResolverQuery {
    fn name(&self) -> &'static str {
        "resolver_query"
    }

    fn about(&self) -> &'static str {
        "Route 53 Resolver query logs"
    }

    fn tables(&self) -> &'static [&'static LakeTable] {
        &[DNS_ANSWER]
    }

    fn layouts(&self) -> &'static [&'static str] {
        &["<prefix>/AWSLogs/<account>/vpcdnsquerylogs/<vpc>/<date>/*.gz"]
    }

    fn detect(&self, key: &str, head: &[u8]) -> bool {
        let by_key = segments(key).any(|segment| segment == "vpcdnsquerylogs" || segment.contains("_vpcdnsquerylogs_"));
        by_key || is_query(&Peek::at(head))
    }

    fn decode(&self, object: &ObjectRef<'_>, content: &mut Content<'_>, batch: &mut Batch<'_>) -> Stats {
        decode::decode(object, content, batch)
    }
}

fn is_query(first: &Peek) -> bool {
    first.has("query_timestamp") && first.has("query_name")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognised_by_key_or_by_content() {
        let by_key = [
            "logs/AWSLogs/123456789012/vpcdnsquerylogs/vpc-1/2026/11/22/x.log.gz",
            "copy/vpc-1_vpcdnsquerylogs_123456789012_20261122T0300Z_1a2b3c4d.log.gz",
        ];
        assert!(by_key.iter().all(|key| UNIT.detect(key, b"")));
        let record = r#"{"query_timestamp":"x","query_name":"x","query_type":"A","srcids":{}}"#;
        assert!(UNIT.detect("a", record.as_bytes()));
        assert!(UNIT.detect("a", serde_json::json!({ "message": record }).to_string().as_bytes()));
        assert!(!UNIT.detect("a", br#"{"query_name":"x","query_type":"A"}"#));
        assert!(!UNIT.detect("a", b"query_timestamp query_name query_type srcids"));
    }
}
