//! Every call denied, throttled, broken, unsupported, cut off: what was not seen is said, and nothing else is lost.

use crate::fake::{ACCOUNT, Fake, Fault};
use jiff::Timestamp;
use serde_json::Value;
use sightline_aws::{Aws, Emulated};
use sightline_collect::CollectError;
use sightline_collect::catalogue::{Call, Catalogue, Source, Table, catalogue};
use sightline_collect::scan::{Progress, Quiet, Resume, ScanOptions, ScanSummary, TableDone, scan, unfinished};
use sightline_lake::Lake;
use sightline_model::{Outcome, RunId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

fn connect(fake: &Fake) -> Aws {
    Aws::emulated(Emulated {
        endpoint: fake.server.uri(),
        access_key_id: ACCOUNT.to_owned(),
        region: "us-east-1".to_owned(),
        ..Emulated::default()
    })
}

fn options() -> ScanOptions {
    let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
    let options = ScanOptions::new(RunId::new(now, 1), Arc::new(move || now), "test");
    ScanOptions { regions: vec!["us-east-1".to_owned()], concurrency: 200, ..options }
}

struct Scanned {
    summary: ScanSummary,
    lake: Lake,
    _folder: TempDir,
}

async fn scanned(fake: &Fake, options: ScanOptions) -> Scanned {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::create(folder.path()).await.unwrap();
    let summary = scan(&connect(fake), &lake, options, &Quiet).await.unwrap();
    Scanned { summary, lake, _folder: folder }
}

impl Scanned {
    async fn sql(&self, sql: &str) -> Vec<serde_json::Map<String, Value>> {
        let session = self.lake.session(&catalogue().unwrap().schemas()).await.unwrap();
        session.sql(sql).await.unwrap().rows().unwrap()
    }

    /// Outcomes of the current scan by table and operation.
    async fn outcomes(&self) -> BTreeMap<(String, String), BTreeSet<String>> {
        let mut outcomes: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
        for row in self.sql("select table_name, operation, outcome from current_coverage").await {
            let text = |name: &str| row[name].as_str().unwrap().to_owned();
            outcomes.entry((text("table_name"), text("operation"))).or_default().insert(text("outcome"));
        }
        outcomes
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calls_of_a_scan_are_those_that_the_policy_allows() {
    let fake = Fake::start().await;
    let scanned = scanned(&fake, ScanOptions { regions: vec![], ..options() }).await;
    let not_seen = &scanned.summary.not_seen;
    assert!(not_seen.is_empty(), "{not_seen:#?}");
    let catalogue = catalogue().unwrap();
    let mut declared: BTreeSet<String> =
        catalogue.tables().flat_map(|table| table.calls()).map(|call| call.name()).collect();
    // EC2 is asked for the regions by the table of them.
    declared.extend(["sts:GetCallerIdentity", "account:ListRegions"].map(str::to_owned));
    assert_eq!(fake.asked(), declared);
    let empty: Vec<&String> =
        scanned.summary.resources_by_table.iter().filter(|(_, rows)| **rows == 0).map(|(table, _)| table).collect();
    assert!(empty.is_empty(), "{empty:?}");
    let actions: BTreeSet<String> = scanned
        .sql("select distinct action from current_coverage")
        .await
        .iter()
        .map(|row| row["action"].as_str().unwrap().to_owned())
        .collect();
    let unused: Vec<String> = catalogue.actions().difference(&actions).cloned().collect();
    // Region discovery speaks up in the coverage only when it fails.
    assert_eq!(unused, ["account:ListRegions"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_lists_and_of_details_are_followed() {
    let fake = Fake::start().await;
    fake.answer_in_two_pages();
    let include = ["aws_iam_user", "aws_lambda_function", "aws_s3_bucket", "aws_kms_key", "aws_vpc", "aws_eks_*"];
    let scanned = scanned(&fake, ScanOptions { include: include.map(str::to_owned).into(), ..options() }).await;
    assert!(scanned.summary.not_seen.is_empty(), "{:#?}", scanned.summary.not_seen);
    let rows = &scanned.summary.resources_by_table;
    for table in ["aws_iam_user", "aws_lambda_function", "aws_s3_bucket", "aws_kms_key", "aws_vpc", "aws_eks_cluster"] {
        assert_eq!(rows[table], 2, "{table}");
    }
    assert_eq!(rows["aws_eks_access_entry"], 4, "two of each cluster");
    let keys = scanned
        .sql("select json_length(access_keys) as keys, json_length(mfa_devices) as devices from aws_iam_user")
        .await;
    assert_eq!((&keys[0]["keys"], &keys[0]["devices"]), (&2.into(), &2.into()));
}

/// The n-th call of every table; tables do not depend on each other's details, so one scan tries one call of each.
fn round(catalogue: &Catalogue, n: usize) -> BTreeSet<String> {
    let calls = catalogue.tables().filter_map(|table| table.calls().get(n).map(|call| call.name()));
    calls.filter(|name| name != "sts:GetCallerIdentity").collect()
}

/// The calls without which a table has no rows: the list, that which describes what it names, all of a special collector's.
fn listing(table: &Table) -> Vec<String> {
    let calls = table.calls().into_iter();
    let wanted = match &table.source {
        Source::Declared(declared) => 1 + usize::from(declared.batch.is_some()),
        // The lists beside the first tell only what the rows are of.
        Source::Special(_) if is_of_a_cluster(table) => 1,
        Source::Special(_) => calls.len(),
    };
    calls.take(wanted).map(Call::name).collect()
}

fn is_of_a_cluster(table: &Table) -> bool {
    table.calls().iter().any(|call| !call.is_of_iam())
}

async fn every_call_in_turn(fault: Fault, expected: Outcome) {
    let catalogue = catalogue().unwrap();
    let rounds = catalogue.tables().map(|table| table.calls().len()).max().unwrap();
    for n in 0..rounds {
        let failing = round(&catalogue, n);
        let fake = Fake::start().await;
        fake.fail(&failing, fault);
        let scanned = scanned(&fake, options()).await;
        let outcomes = scanned.outcomes().await;
        for table in catalogue.tables() {
            let fails = |call: &String| failing.contains(call);
            let listing = listing(table);
            let above = table.parent().and_then(|name| catalogue.table(name));
            let above = above.is_some_and(|above| self::listing(above).iter().any(fails));
            // Without its description a cluster has no address.
            let nowhere = is_of_a_cluster(table) && failing.contains("eks:DescribeCluster");
            for call in table.calls().iter().map(|call| call.name()).filter(|name| failing.contains(name)) {
                let before = listing.iter().take_while(|listing| **listing != call);
                let asked = !above && !nowhere && (is_of_a_cluster(table) || !before.into_iter().any(fails));
                let Some(found) = outcomes.get(&(table.name.clone(), call.clone())) else {
                    assert!(!asked, "{}: {call} left no trace", table.name);
                    continue;
                };
                // What a cluster does not know it may have in another version: nobody looked.
                let is_unknown = is_of_a_cluster(table) && asked && expected == Outcome::Unsupported;
                let expected = if is_unknown { Outcome::Failed } else { expected };
                let expected = match (asked, expected) {
                    (false, _) if nowhere => Outcome::Skipped,
                    (true, outcome) | (false, outcome @ Outcome::Unsupported) => outcome,
                    (false, _) => Outcome::Skipped,
                };
                assert_eq!(found, &BTreeSet::from([expected.as_str().to_owned()]), "{} {call}", table.name);
            }
            let rows = scanned.summary.resources_by_table[&table.name];
            let lost = above || nowhere || listing.iter().any(fails);
            assert_eq!(rows == 0, lost, "{}: {rows} rows in round {n}", table.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_denied_in_turn() {
    every_call_in_turn(Fault::Denied, Outcome::Denied).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_unsupported_in_turn() {
    every_call_in_turn(Fault::Unsupported, Outcome::Unsupported).await;
}

async fn everything_fails(fault: Fault, expected: Outcome) -> Scanned {
    let fake = Fake::start().await;
    fake.fail_all(fault);
    let exclude = vec!["aws_caller_identity".to_owned()];
    let scanned = scanned(&fake, ScanOptions { exclude, ..options() }).await;
    let allowed = BTreeSet::from([expected, Outcome::Skipped]);
    let seen: BTreeSet<Outcome> = scanned.summary.outcomes.keys().copied().collect();
    assert!(seen.contains(&expected) && seen.is_subset(&allowed), "{:#?}", scanned.summary);
    assert_eq!(scanned.summary.resources, 0);
    let tables = catalogue().unwrap().tables().count() - 1;
    assert_eq!(
        scanned.sql("select distinct table_name from current_coverage").await.len(),
        tables,
        "every table is accounted for"
    );
    scanned
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_denied_names_the_actions() {
    let scanned = everything_fails(Fault::Denied, Outcome::Denied).await;
    assert!(scanned.summary.denied_actions.contains_key("s3:ListAllMyBuckets"));
    assert!(scanned.summary.denied_actions.contains_key("bedrock:ListGuardrails"));
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_throttled() {
    everything_fails(Fault::Throttled, Outcome::Throttled).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_broken() {
    everything_fails(Fault::Broken, Outcome::Failed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_cut_off() {
    everything_fails(Fault::Truncated, Outcome::Failed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_whose_credentials_expire_is_gone_on_with() {
    let fake = Fake::start().await;
    fake.expire_after(40);
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::create(folder.path()).await.unwrap();
    let narrow = ScanOptions { concurrency: 4, ..options() };
    let cut_off = scan(&connect(&fake), &lake, narrow.clone(), &Quiet).await.unwrap();
    assert!(cut_off.cancelled);
    assert!(cut_off.stopped_by.unwrap().contains("ExpiredTokenException"));
    fake.expire_after(usize::MAX);
    let whole =
        scan(&connect(&fake), &lake, ScanOptions { resume: Some(Resume::Newest), ..narrow }, &Quiet).await.unwrap();
    assert!(!whole.cancelled && whole.resumed_jobs > 0);
    assert_eq!(whole.incomplete(), 0, "{:#?}", whole.not_seen);
    assert!(unfinished(&lake).unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_were_never_good_stop_the_scan() {
    let fake = Fake::start().await;
    fake.expire_after(0);
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::create(folder.path()).await.unwrap();
    let error = scan(&connect(&fake), &lake, options(), &Quiet).await.unwrap_err();
    insta::assert_snapshot!(error, @"cannot tell which account this is: sts:GetCallerIdentity in us-east-1: ExpiredTokenException: the token has expired (sign in to AWS again)");
    let session = lake.session(&[]).await.unwrap();
    assert_eq!(session.sql("select * from scan").await.unwrap().row_count(), 0);
}

/// Cancels once so many tables are done.
struct Impatient {
    token: CancellationToken,
    most: usize,
    done: std::sync::atomic::AtomicUsize,
}

impl Progress for Impatient {
    fn table_done(&self, _done: &TableDone) {
        if self.done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == self.most {
            self.token.cancel();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_scan_is_gone_on_with_to_the_same_end() {
    let fake = Fake::start().await;
    let whole = scanned(&fake, options()).await;
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::create(folder.path()).await.unwrap();
    let narrow = ScanOptions { concurrency: 2, ..options() };
    let (mut summary, mut rounds) = (None, 0);
    while summary.as_ref().is_none_or(|summary: &ScanSummary| summary.cancelled) {
        let resume = summary.map(|summary| Resume::Id(summary.scan_id.to_string()));
        let options = ScanOptions { resume, cancel: CancellationToken::new(), ..narrow.clone() };
        let progress = Impatient { token: options.cancel.clone(), most: 40, done: Default::default() };
        summary = Some(scan(&connect(&fake), &lake, options, &progress).await.unwrap());
        rounds += 1;
        let session = lake.session(&[]).await.unwrap();
        let seen = session.sql("select * from resource").await.unwrap().row_count();
        assert_eq!(seen == 0, summary.as_ref().unwrap().cancelled, "nothing is in the lake before all is");
    }
    assert!(rounds > 3, "{rounds}");
    let (summary, other) = (summary.unwrap(), &whole.summary);
    assert_eq!(summary.resources_by_table, other.resources_by_table);
    assert_eq!((&summary.outcomes, &summary.not_seen), (&other.outcomes, &other.not_seen));
    assert!(summary.resumed_jobs > 100, "{}", summary.resumed_jobs);
    let broken = Scanned { summary, lake, _folder: folder };
    for sql in [
        "select region, table_name, arn, title, tags, config from resource order by 1, 2, 3, 6",
        "select region, table_name, operation, target, outcome, rows, calls from coverage order by 1, 2, 3, 4, 5",
    ] {
        assert_eq!(broken.sql(sql).await, whole.sql(sql).await, "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_scans_of_one_lake_are_refused() {
    let fake = Fake::start().await;
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::create(folder.path()).await.unwrap();
    let _other = lake.lock("scan", "another").unwrap();
    let error = scan(&connect(&fake), &lake, options(), &Quiet).await.unwrap_err();
    assert!(matches!(error, CollectError::Lake(_)), "{error}");
    assert!(fake.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_listed_and_not_described_is_said() {
    let fake = Fake::start().await;
    fake.answer_nothing("ecs:DescribeServices");
    let include = vec!["aws_ecs_service".to_owned()];
    let scanned = scanned(&fake, ScanOptions { include, ..options() }).await;
    assert_eq!(scanned.summary.resources_by_table["aws_ecs_service"], 0);
    let sql = "select outcome, error_code, error_message, target from current_coverage where outcome <> 'ok'";
    insta::assert_json_snapshot!(scanned.sql(sql).await, @r#"
    [
      {
        "outcome": "failed",
        "error_code": "NotDescribed",
        "error_message": "1 of 1 that were listed were not described",
        "target": "arn:aws:any:us-east-1:123456789012:thing/x"
      }
    ]
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_below_a_batch_that_failed_is_not_none() {
    let fake = Fake::start().await;
    fake.fail(&["ecs:DescribeClusters".to_owned()].into(), Fault::Denied);
    let scanned = scanned(&fake, ScanOptions { include: vec!["aws_ecs_*".to_owned()], ..options() }).await;
    let sql = "select table_name, outcome, error_message from current_coverage where outcome <> 'ok' order by 1";
    insta::assert_json_snapshot!(scanned.sql(sql).await, @r#"
    [
      {
        "table_name": "aws_ecs_cluster",
        "outcome": "denied",
        "error_message": "not authorized"
      },
      {
        "table_name": "aws_ecs_container_instance",
        "outcome": "skipped",
        "error_message": "not asked: `aws_ecs_cluster` could not be listed: not authorized"
      },
      {
        "table_name": "aws_ecs_service",
        "outcome": "skipped",
        "error_message": "not asked: `aws_ecs_cluster` could not be listed: not authorized"
      },
      {
        "table_name": "aws_ecs_task",
        "outcome": "skipped",
        "error_message": "not asked: `aws_ecs_cluster` could not be listed: not authorized"
      }
    ]
    "#);
}

/// Both details of a service are of one answer.
#[tokio::test(flavor = "multi_thread")]
async fn rows_that_ask_the_same_share_one_answer() {
    let fake = Fake::start().await;
    let scanned = scanned(&fake, ScanOptions { include: vec!["aws_ecs_service".to_owned()], ..options() }).await;
    let sql = "select calls from current_coverage where operation = 'ecs:DescribeTaskDefinition'";
    let rows = scanned.sql(sql).await;
    assert_eq!(rows.iter().map(|row| &row["calls"]).collect::<Vec<_>>(), [1]);
    let rows = scanned
        .sql("select task_role_arn is not null and execution_role_arn is not null as both from aws_ecs_service")
        .await;
    assert_eq!(rows[0]["both"], true);
}

/// A member account may describe the organization and see nothing of its policies: that is no organization without any.
#[tokio::test(flavor = "multi_thread")]
async fn an_organization_that_cannot_be_looked_into_is_denied() {
    let fake = Fake::start().await;
    let denied = ["ListRoots", "ListAccounts", "ListPolicies", "ListDelegatedAdministrators", "DescribeResourcePolicy"]
        .map(|name| format!("organizations:{name}"));
    fake.fail(&denied.into(), Fault::Denied);
    let scanned = scanned(&fake, ScanOptions { include: vec!["aws_organizations_*".to_owned()], ..options() }).await;
    let rows =
        scanned.sql("select distinct table_name from current_coverage where outcome = 'denied' order by 1").await;
    let tables: Vec<&str> = rows.iter().map(|row| row["table_name"].as_str().unwrap()).collect();
    let unseen = ["account", "delegated_administrator", "organizational_unit", "policy", "resource_policy", "root"]
        .map(|name| format!("aws_organizations_{name}"));
    assert_eq!(tables, unseen);
    let seen: Vec<&String> =
        scanned.summary.resources_by_table.iter().filter(|(_, rows)| **rows > 0).map(|(table, _)| table).collect();
    assert_eq!(seen, ["aws_organizations_effective_policy", "aws_organizations_organization"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_by_pattern_bring_their_parents() {
    let fake = Fake::start().await;
    let include = vec!["aws_eks_access_*".to_owned()];
    let scanned = scanned(&fake, ScanOptions { include, ..options() }).await;
    assert_eq!(
        scanned.summary.resources_by_table.keys().collect::<Vec<_>>(),
        ["aws_eks_access_entry", "aws_eks_cluster"]
    );
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::create(folder.path()).await.unwrap();
    let error = scan(&connect(&fake), &lake, ScanOptions { include: vec!["aws_nothing*".into()], ..options() }, &Quiet)
        .await
        .unwrap_err();
    insta::assert_snapshot!(error, @"no table matches `aws_nothing*`: names are those of the catalogue, such as `aws_iam_role`, with `*` for any text");
}

#[tokio::test(flavor = "multi_thread")]
async fn regions_that_cannot_be_listed_are_said() {
    let fake = Fake::start().await;
    fake.fail(&["account:ListRegions", "ec2:DescribeRegions"].map(str::to_owned).into(), Fault::Denied);
    let include = vec!["aws_vpc".to_owned()];
    let scanned = scanned(&fake, ScanOptions { regions: vec![], include, ..options() }).await;
    assert_eq!(scanned.summary.regions, ["us-east-1"]);
    let rows = scanned.sql("select error_message from current_coverage where table_name = 'aws_region'").await;
    insta::assert_snapshot!(rows[0]["error_message"].as_str().unwrap(), @"only us-east-1 was scanned, the enabled regions could not be listed: not authorized");
}

/// Drops the scan once some tables are done, as a kill would.
#[tokio::test(flavor = "multi_thread")]
async fn a_scan_that_is_cut_off_never_happened() {
    let fake = Fake::start().await;
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::create(folder.path()).await.unwrap();
    let first = scan(&connect(&fake), &lake, ScanOptions { include: vec!["aws_vpc".into()], ..options() }, &Quiet)
        .await
        .unwrap();

    let cut = CancellationToken::new();
    let progress = Impatient { token: cut.clone(), most: 3, done: Default::default() };
    let later: Timestamp = "2026-01-03T03:04:05Z".parse().unwrap();
    let second = ScanOptions { run: RunId::new(later, 2), concurrency: 2, ..options() };
    let aws = connect(&fake);
    tokio::select! {
        biased;
        () = cut.cancelled() => {}
        _ = scan(&aws, &lake, second, &progress) => panic!("the scan came to its end"),
    }
    let session = lake.session(&catalogue().unwrap().schemas()).await.unwrap();
    let rows = session.sql("select distinct scan_id from current_resource").await.unwrap().rows().unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["scan_id"], first.scan_id.as_str());
    let third = scan(&connect(&fake), &lake, ScanOptions { run: RunId::new(later, 3), ..options() }, &Quiet).await;
    assert!(third.is_ok(), "the lock went with the scan that was cut off");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lake_that_cannot_be_written_ends_the_scan() {
    let fake = Fake::start().await;
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::create(folder.path()).await.unwrap();
    std::fs::write(folder.path().join("resource"), "in the way").unwrap();
    let error = scan(&connect(&fake), &lake, options(), &Quiet).await.unwrap_err();
    assert!(matches!(error, CollectError::Lake(_)), "{error}");
    let session = lake.session(&[]).await;
    let seen = match session {
        Ok(session) => session.sql("select * from scan").await.map_or(0, |answer| answer.row_count()),
        Err(_) => 0,
    };
    assert_eq!(seen, 0);
}
