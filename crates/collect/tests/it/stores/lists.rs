//! Listings of a bucket: whole, and since a day.

use super::{connect, keys};
use jiff::Timestamp;
use proptest::prelude::*;
use sightline_collect::logs::LogStore;
use std::collections::BTreeSet;
use wiremock::matchers::query_param;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// Keys of a page.
const PAGE: usize = 7;

/// Lists as S3 does. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>
struct Bucket(BTreeSet<String>);

impl Respond for Bucket {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let query =
            |name: &str| request.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let prefix = query("prefix").unwrap_or_default();
        let after = query("continuation-token").or_else(|| query("start-after")).unwrap_or_default();
        let delimiter = query("delimiter");
        let mut entries = BTreeSet::new();
        for key in self.0.iter().filter(|key| key.starts_with(&prefix)) {
            let folder =
                delimiter.as_ref().and_then(|_| key[prefix.len()..].find('/')).map(|end| &key[..=prefix.len() + end]);
            entries.insert((folder.unwrap_or(key).to_owned(), folder.is_some()));
        }
        let mut entries: Vec<_> = entries.into_iter().filter(|(name, _)| *name > after).collect();
        let more = entries.len() > PAGE;
        entries.truncate(PAGE);
        let next = entries
            .last()
            .filter(|_| more)
            .map(|(name, _)| format!("<NextContinuationToken>{name}</NextContinuationToken>"));
        let body: String = entries
            .iter()
            .map(|(name, is_folder)| {
                if *is_folder {
                    format!("<CommonPrefixes><Prefix>{name}</Prefix></CommonPrefixes>")
                } else {
                    format!("<Contents><Key>{name}</Key><LastModified>2026-11-22T03:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>1</Size></Contents>")
                }
            })
            .collect();
        let next = next.unwrap_or_default();
        ResponseTemplate::new(200).set_body_string(format!(
            "<ListBucketResult><IsTruncated>{more}</IsTruncated>{next}{body}</ListBucketResult>"
        ))
    }
}

async fn bucket(keys: impl IntoIterator<Item = String>) -> MockServer {
    let server = MockServer::start().await;
    let location = ResponseTemplate::new(200).set_body_string("<LocationConstraint/>");
    Mock::given(query_param("location", "")).respond_with(location).mount(&server).await;
    Mock::given(query_param("list-type", "2")).respond_with(Bucket(keys.into_iter().collect())).mount(&server).await;
    server
}

fn store(server: &MockServer, prefix: &str) -> LogStore {
    LogStore::s3(&connect(&server.uri()), "logs", if prefix.is_empty() { vec![] } else { vec![prefix.to_owned()] })
}

fn since() -> Option<Timestamp> {
    Some("2026-11-21T05:00:00Z".parse().unwrap())
}

/// A year of days, and three files a day.
fn year(place: &str, hive: bool) -> Vec<String> {
    let mut keys = Vec::new();
    for (month, day) in (1..=12).flat_map(|month| (1..=28).map(move |day| (month, day))) {
        let date =
            if hive { format!("year=2026/month={month:02}/day={day:02}") } else { format!("2026/{month:02}/{day:02}") };
        keys.extend(["a", "b", "c"].map(|name| format!("{place}/{date}/{name}")));
    }
    keys
}

#[tokio::test]
async fn date_folders_save_requests() {
    let plain = year("AWSLogs/123456789012/CloudTrail/us-east-1", false);
    let organisation = year("p/AWSLogs/o-a1b2/123456789012/CloudTrail/eu-west-1", false);
    let hive = year("AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1", true);
    let server = bucket([plain, organisation, hive].concat()).await;
    let all = keys(&store(&server, ""), None).await;
    assert!(all.len() == 3 * 12 * 28 * 3 && all.is_sorted());

    let pruned = store(&server, "");
    let found = keys(&pruned, since()).await;
    let wanted = |key: &&String| {
        let day = key.replace("year=", "").replace("month=", "").replace("day=", "");
        let day = day.split_once("/2026/").unwrap().1;
        day >= "11/20/"
    };
    assert_eq!(found, all.iter().filter(wanted).cloned().collect::<Vec<_>>());
    // 37 days of 3 files in pages of 7 keys are 16 requests, thrice; the folders above, 14.
    assert_eq!(pruned.requests().lists, 62);
}

#[tokio::test]
async fn what_is_in_no_date_folder_is_listed() {
    let odd = [
        "AWSLogs/1/CloudTrail/us-east-1/2026/11/21/a",
        "AWSLogs/1/CloudTrail/us-east-1/readme",
        "AWSLogs/1/2019/x",
        "1999/a",
        "z/2019/01/01/a",
        "b/",
    ];
    let server = bucket(odd.map(str::to_owned)).await;
    let mut expected: Vec<&str> = odd[..5].to_vec();
    expected.sort_unstable();
    // A year beside something else is no date folder that is known for certain, nor are years outside of AWS's layout.
    assert_eq!(keys(&store(&server, ""), since()).await, expected);
}

#[tokio::test]
async fn a_prefix_within_a_year_is_listed_with_one_request_a_page() {
    let server = bucket(year("AWSLogs/1/CloudTrail/us-east-1", false)).await;
    let store = store(&server, "AWSLogs/1/CloudTrail/us-east-1/2026/11/");
    assert_eq!(keys(&store, since()).await.len(), 28 * 3);
    assert_eq!(store.requests().lists, 12);
}

#[tokio::test]
async fn many_folders_are_not_walked() {
    let server = bucket((0..200).map(|n| format!("customer-{n}/AWSLogs/1/a"))).await;
    let store = store(&server, "");
    assert_eq!(keys(&store, since()).await.len(), 200);
    assert_eq!(store.requests().lists, 30);
}

/// Parts of keys that matter to the walk.
fn any_key() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "AWSLogs",
        "1",
        "o-a",
        "2025",
        "2026",
        "year=2026",
        "month=11",
        "day=22",
        "11",
        "22",
        "x",
        "a.gz",
    ]);
    prop::collection::vec(part, 1..8).prop_map(|parts| parts.join("/"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    /// Since before all time is everything, in the same order.
    #[test]
    fn a_walk_loses_nothing(all in prop::collection::btree_set(any_key(), 1..25), prefix in prop::sample::select(vec!["", "AWSLogs", "AWSLogs/", "1/"])) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server = bucket(all).await;
            let store = store(&server, prefix);
            let whole = keys(&store, None).await;
            assert_eq!(keys(&store, Some("0001-01-02T00:00:00Z".parse().unwrap())).await, whole);
        });
    }
}
