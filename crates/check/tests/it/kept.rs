//! Rows that are held for the length of a run change no answer.

use std::fs;

use sightline_check::{Case, Check, MEMORY, Shared, checks, fixture, parse};
use sightline_model::Finding;

use crate::{findings_within, schemas, tables_of};

/// Enough for some of a test's rows, not for all.
const LITTLE: usize = 1_500;

/// All checks with shared queries, on all their tests, with much memory, with little, and with none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn held_rows_answer_as_read_ones_do() {
    let sharing: Vec<Check> = checks().unwrap().into_iter().filter(|check| !check.shared.is_empty()).collect();
    assert!(sharing.len() > 60, "{}", sharing.len());
    let running: Vec<_> = sharing.into_iter().map(|check| tokio::spawn(compared(check))).collect();
    for one in running {
        one.await.unwrap();
    }
}

async fn compared(check: Check) {
    // The first and the last: one where something is wrong, one where nothing is, or where something is not known.
    let cases = [check.cases.first(), check.cases.last()];
    for case in cases.into_iter().flatten() {
        let whole = findings(&check, case, 0).await;
        for memory in [LITTLE, MEMORY] {
            assert_eq!(findings(&check, case, memory).await, whole, "{}: {}", check.file, case.title);
        }
    }
}

async fn findings(check: &Check, case: &Case, memory: usize) -> Vec<Finding> {
    let coverage = fixture::coverage(case, &tables_of(check));
    let session = fixture::session(case, &schemas(check), coverage).unwrap();
    findings_within(&session, std::slice::from_ref(check), memory).await
}

const ROWS: &str = r#"{
    "aws_sns_topic": [{"arn": "arn:aws:sns:us-east-1:123456789012:a"}, {"arn": "arn:aws:sns:us-east-1:123456789012:b"}],
    "aws_sqs_queue": [{"arn": "arn:aws:sqs:us-east-1:123456789012:b"}]
}"#;

/// A check of a user's own that reads queues through a shared query alone.
fn own(id: &str, least: i64, shared: &str) -> Check {
    let sql = "select t.arn as resource, t.account_id, t.region, t.title, case when q.title is null then 'fail' else 'pass' end as status, coalesce(q.said, 'no queue') as reason from aws_sns_topic t left join queued q on q.title = t.title";
    with_shared(id, least, "queued", shared, sql)
}

/// A check of a user's own beside one shared query.
fn with_shared(id: &str, least: i64, name: &str, shared: &str, sql: &str) -> Check {
    let folder = tempfile::TempDir::new().unwrap();
    fs::write(folder.path().join(format!("{name}.sql")), shared).unwrap();
    let shared = Shared::embedded().with_folder(folder.path()).unwrap();
    let text = format!(
        "+++\ntitle = \"T\"\nseverity = \"low\"\nservices = [\"sns\"]\nresource = \"aws_sns_topic\"\nframeworks = {{}}\nfails_on = \"absence\"\nparams = {{ least = {least} }}\n+++\n\nWhy.\n\n```sql\n{sql}\n```\n\n## Fix\n\n```cli\naws sns fix\n```\n\n## References\n\n## Tests\n\n### One\n\n```json\n{ROWS}\n```\n\n```expect\n```\n"
    );
    parse(&format!("t/{id}.md"), &text, &shared).unwrap()
}

const QUEUED: &str = "select title, 'at least ' || cast($least as text) as said from aws_sqs_queue";

async fn of_own(own: &[Check], denied: &str, memory: usize) -> Vec<String> {
    let mut coverage = fixture::coverage(&own[0].cases[0], &tables_of(&own[0]));
    for row in &mut coverage {
        if row["table_name"] == denied {
            row["outcome"] = "denied".into();
        }
    }
    let session = fixture::session(&own[0].cases[0], &schemas(&own[0]), coverage).unwrap();
    let found = findings_within(&session, own, memory).await;
    found.iter().map(|f| format!("{} {} {} {}", f.check_id, f.resource_title, f.status, f.reason)).collect()
}

#[tokio::test]
async fn a_gap_behind_a_shared_query_leaves_its_checks_without_an_answer() {
    let own = [own("own", 1, QUEUED)];
    for memory in [0, MEMORY] {
        assert_eq!(of_own(&own, "", memory).await, ["own a fail no queue", "own b pass at least 1"]);
        let found = of_own(&own, "aws_sqs_queue", memory).await;
        assert!(found.len() == 2 && found.iter().all(|line| line.contains(" unknown ")), "{found:?}");
    }
}

/// Two folders of a user's own may call two queries by one name, and two checks may ask one query with two parameters.
#[tokio::test]
async fn each_check_has_the_shared_query_that_it_means() {
    let other = "select title, 'another' as said from aws_sns_topic";
    let own = [own("own-a", 1, QUEUED), own("own-b", 2, QUEUED), own("own-c", 1, other)];
    for memory in [0, MEMORY] {
        let found = of_own(&own, "", memory).await;
        let wanted = [
            "own-a a fail no queue",
            "own-a b pass at least 1",
            "own-b a fail no queue",
            "own-b b pass at least 2",
            "own-c a pass another",
            "own-c b pass another",
        ];
        assert_eq!(found, wanted);
    }
}

/// A shared query may have the name of a table that it reads. Those who do not share it mean the table.
#[tokio::test]
async fn a_shared_query_in_a_tables_place_is_read_by_those_who_share_it() {
    let sql =
        "select arn as resource, account_id, region, title, 'fail' as status, 'seen' as reason from aws_sqs_queue";
    let nothing = "select * from aws_sqs_queue where title = 'none'";
    let own = [with_shared("own-a", 1, "aws_sqs_queue", nothing, sql), with_shared("own-b", 1, "unused", nothing, sql)];
    for memory in [0, MEMORY] {
        assert_eq!(of_own(&own, "", memory).await, ["own-b b fail seen"]);
        let found = of_own(&own, "aws_sqs_queue", memory).await;
        assert!(
            found.len() == 3 && found.iter().any(|line| line.starts_with("own-a ") && line.contains(" unknown ")),
            "{found:?}"
        );
    }
}
