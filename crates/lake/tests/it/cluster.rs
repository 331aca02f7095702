//! A scheduler and executors in this process. What processes of their own do, crates/app tests.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use sightline_lake::cluster::{
    Cluster, ClusterOptions, ExecutorOptions, LakeFiles, Scheduler, SchedulerOptions, VERSION, run_executor,
};
use sightline_lake::{Lake, Session};
use sightline_model::lake_table;
use tempfile::TempDir;

use crate::fixture::{estate, lake, numbered, schemas, stage};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A client of a cluster with so many executors, which sends all that it can.
pub(crate) async fn started(lake: &TempDir, executors: usize) -> Arc<Cluster> {
    started_with(lake, executors, 512 << 20).await
}

/// The same, each executor with so many bytes of memory.
async fn started_with(lake: &TempDir, executors: usize, memory: u64) -> Arc<Cluster> {
    let url = scheduler(VERSION).await;
    for number in 0..executors {
        executor(&url, lake, number, VERSION, memory);
    }
    let cluster = client(&url, VERSION);
    let mut said = String::new();
    for _ in 0..600 {
        let session = Session::in_memory(&[], vec![]).unwrap().on_cluster(Some(Arc::clone(&cluster)));
        match session.sql("SELECT 1").await {
            Ok(_) => return Arc::new(Cluster::new(options(&url, VERSION)).unwrap()),
            Err(error) => said = error.to_string(),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no executor came: {said}");
}

async fn scheduler(version: &str) -> String {
    let listen = SocketAddr::new(LOOPBACK, 0);
    let options = SchedulerOptions { listen, advertise: None, version: version.to_owned() };
    let scheduler = Scheduler::bind(options).await.unwrap();
    let url = format!("http://{}", scheduler.address());
    tokio::spawn(scheduler.run());
    url
}

fn executor(url: &str, lake: &TempDir, number: usize, version: &str, memory: u64) {
    let work = lake.path().join(format!("work-{number}"));
    std::fs::create_dir_all(&work).unwrap();
    let options = ExecutorOptions {
        id: format!("executor-{number}"),
        scheduler: url.to_owned(),
        listen: LOOPBACK,
        advertise: None,
        port: 0,
        cores: 2,
        memory: Some(memory),
        work,
        files: LakeFiles::in_folder(lake.path()).unwrap(),
        version: version.to_owned(),
    };
    tokio::spawn(async { run_executor(options).await.unwrap() });
}

fn options(url: &str, version: &str) -> ClusterOptions {
    ClusterOptions { url: url.to_owned(), session: "test".into(), smallest: 0, parts: 4, version: version.to_owned() }
}

fn client(url: &str, version: &str) -> Arc<Cluster> {
    Arc::new(Cluster::new(options(url, version)).unwrap())
}

async fn rows(session: &Session, sql: &str) -> Vec<Map<String, Value>> {
    session.sql(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}")).rows().unwrap()
}

async fn filled(lake: &Lake) {
    for (table, rows) in estate() {
        lake.append(table, &rows).await.unwrap();
    }
    for part in 0..5 {
        let rows = numbered(lake_table::LOG_GAP, part * 1000..(part + 1) * 1000);
        let staged = stage(lake, lake_table::LOG_GAP, &rows).await;
        lake.commit_staged(lake_table::LOG_GAP, &[staged], "test", part).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_are_counted_on_executors() {
    let (folder, lake) = lake().await;
    filled(&lake).await;
    let cluster = started(&folder, 1).await;
    let session = lake.session(&schemas()).await.unwrap();
    let sql = "SELECT line % 7 AS rest, count(*) AS n, min(subject) AS first FROM log_gap GROUP BY 1 ORDER BY 1";
    let here = rows(&session, sql).await;
    let session = session.on_cluster(Some(Arc::clone(&cluster)));
    assert_eq!(rows(&session, sql).await, here);
    assert_eq!(here[0]["n"], json!(715));
    let runs = cluster.runs();
    assert_eq!((runs.sent, runs.small, runs.kept_here.len()), (1, 0, 0), "{runs:?}");
}

/// Statements with each operator that is sent, and those in which parts must not share memory. All are sorted by all that they show.
const STATEMENTS: &[&str] = &[
    "SELECT count(*) AS n, sum(line) AS s, min(first_seen) AS a, max(last_seen) AS b FROM log_gap",
    "SELECT count(DISTINCT subject) AS n, count(DISTINCT line % 10) AS k FROM log_gap",
    "SELECT subject, line FROM log_gap ORDER BY line DESC, subject LIMIT 7 OFFSET 3",
    "SELECT line FROM log_gap WHERE line BETWEEN 995 AND 1005 ORDER BY line",
    "SELECT a.line % 3 AS k, count(*) AS n FROM log_gap a JOIN log_gap b ON a.line = b.line + 1 GROUP BY 1 ORDER BY 1",
    "SELECT a.line, b.line AS other FROM log_gap a LEFT JOIN log_gap b ON a.line = b.line * 2 WHERE a.line < 9 ORDER BY 1, 2",
    "SELECT a.line, b.line AS other FROM (SELECT * FROM log_gap WHERE line < 5) a FULL JOIN (SELECT * FROM log_gap WHERE line BETWEEN 3 AND 7) b ON a.line = b.line ORDER BY 1, 2",
    "SELECT a.line, b.line AS other FROM (SELECT * FROM log_gap WHERE line < 4) a LEFT JOIN log_gap b ON a.line > b.line + 1 ORDER BY 1, 2",
    "SELECT a.line, b.line AS other FROM (SELECT * FROM log_gap WHERE line < 4) a FULL JOIN (SELECT * FROM log_gap WHERE line < 3) b ON a.line > b.line + 1 ORDER BY 1, 2",
    "SELECT count(*) AS n FROM log_gap a WHERE EXISTS (SELECT 1 FROM log_gap b WHERE b.line > a.line + 4990)",
    "SELECT count(*) AS n FROM log_gap a WHERE NOT EXISTS (SELECT 1 FROM log_gap b WHERE b.line > a.line + 4990)",
    "SELECT count(*) AS n FROM log_gap WHERE line IN (SELECT line * 3 FROM log_gap)",
    "SELECT count(*) AS n FROM log_gap WHERE line NOT IN (SELECT line * 3 FROM log_gap)",
    "SELECT count(*) AS n FROM log_gap WHERE line NOT IN (SELECT CASE WHEN line > 10 THEN line END FROM log_gap)",
    "SELECT k, n, sum(n) OVER (ORDER BY k) AS running FROM (SELECT line % 5 AS k, count(*) AS n FROM log_gap GROUP BY 1) ORDER BY k",
    "SELECT * FROM (SELECT line % 5 AS k, line, row_number() OVER (PARTITION BY line % 5 ORDER BY line DESC) AS place FROM log_gap) WHERE place <= 2 ORDER BY k, place",
    "SELECT 'a' AS k, count(*) AS n FROM log_gap WHERE line < 10 UNION ALL SELECT 'b', count(*) FROM log_gap UNION ALL SELECT 'c', 1 ORDER BY k",
    "SELECT line % 2 AS k FROM log_gap UNION SELECT line % 3 FROM log_gap ORDER BY k",
    "SELECT count(*) AS n FROM (SELECT line FROM log_gap WHERE line < 20) a CROSS JOIN (SELECT line FROM log_gap WHERE line < 30) b",
    "SELECT k, v FROM (SELECT line AS k, unnest([line, line * 2]) AS v FROM log_gap WHERE line < 3) ORDER BY k, v",
    "SELECT arn, config->>'size' AS size, config->'policy' AS policy, tags FROM resource ORDER BY scan_id, arn",
    "SELECT account_id, title, size, ratio, \"on\", made, policy, mixed FROM aws_widget ORDER BY account_id, title",
    "SELECT r.title, c.outcome FROM aws_widget r LEFT JOIN current_coverage c USING (account_id) ORDER BY r.account_id, r.title, c.outcome",
    "SELECT json_length(config) AS n, json_get_str(config, 'made') AS made FROM resource ORDER BY 1, 2",
    "SELECT count(*) AS n FROM aws_gadget",
    "SELECT subject FROM log_gap WHERE false",
    "SELECT 1 AS a, 'x' AS b, NULL AS c",
    "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS t(n, s) ORDER BY n",
    "SELECT GROUPING(line % 2) AS g, line % 2 AS k, count(*) AS n FROM log_gap GROUP BY ROLLUP (line % 2) ORDER BY 1, 2",
    "SELECT approx_distinct(region) AS r, array_agg(DISTINCT line % 2 ORDER BY line % 2) AS l FROM log_gap",
    "SELECT line % 3 AS k, string_agg(CAST(line AS VARCHAR), ',' ORDER BY line) AS l FROM log_gap WHERE line < 12 GROUP BY 1 ORDER BY 1",
    "SELECT k, string_agg(v, ',' ORDER BY v) AS l FROM (SELECT line % 3 AS k, unnest(['a' || line, 'b']) AS v FROM log_gap WHERE line < 9 UNION ALL SELECT line % 3, unnest(['c']) FROM log_gap WHERE line < 9) GROUP BY 1 ORDER BY 1",
    "SELECT line, subject FROM (SELECT line, subject FROM log_gap WHERE line < 900 UNION ALL SELECT line + 1, 'x' FROM log_gap WHERE line > 4000) ORDER BY line, subject LIMIT 9",
    "SELECT line FROM log_gap WHERE line > (SELECT avg(line) + 2490 FROM log_gap) ORDER BY line",
    "SELECT count(*) AS n FROM log_gap WHERE line = (SELECT max(line) FROM log_gap) OR line < (SELECT avg(line) FROM log_gap)",
    "SELECT line FROM log_gap INTERSECT SELECT line * 1000 FROM log_gap ORDER BY line",
    "SELECT line FROM log_gap WHERE line < 10 EXCEPT SELECT line * 2 FROM log_gap ORDER BY line",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_operator_gives_the_same_rows() {
    let (folder, lake) = lake().await;
    filled(&lake).await;
    let cluster = started(&folder, 2).await;
    let here = lake.session(&schemas()).await.unwrap();
    let there = lake.session(&schemas()).await.unwrap().on_cluster(Some(Arc::clone(&cluster)));
    let mut differ = vec![];
    for sql in STATEMENTS {
        let expected = rows(&here, sql).await;
        let Ok(given) = tokio::time::timeout(Duration::from_secs(10), there.sql(sql)).await else {
            differ.push(format!("{sql}\n  does not end"));
            continue;
        };
        match given.and_then(|answer| answer.rows()) {
            Ok(given) if given == expected => {}
            Ok(given) => {
                differ.push(format!("{sql}\n  {} rows, not {}: {:?}", given.len(), expected.len(), given.first()))
            }
            Err(error) => differ.push(format!("{sql}\n  {error}")),
        }
    }
    let runs = cluster.runs();
    println!("{runs:#?}");
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert!(runs.sent as usize >= STATEMENTS.len() / 2, "{runs:#?}");
}

/// Half a million rows of 600 bytes on both sides.
const LARGE_JOIN: &str = "SELECT count(*) AS n, sum(a.v) AS total, max(b.text) AS last \
    FROM (SELECT a.line * 100 + b.line AS v, repeat('x', 600) || a.line AS text \
        FROM log_gap a CROSS JOIN (SELECT line FROM log_gap WHERE line < 100) b) a \
    JOIN (SELECT a.line * 100 + b.line + 1 AS v, repeat('y', 600) || a.line AS text \
        FROM log_gap a CROSS JOIN (SELECT line FROM log_gap WHERE line < 100) b) b \
    ON a.v = b.v AND a.text <> b.text";

#[tokio::test(flavor = "multi_thread")]
async fn a_join_that_is_larger_than_an_executors_memory_gives_the_same_rows() {
    let (folder, lake) = lake().await;
    filled(&lake).await;
    let session = lake.session(&schemas()).await.unwrap();
    let here = rows(&session, LARGE_JOIN).await;
    assert_eq!(here[0]["n"], json!(499_999));
    let cluster = started_with(&folder, 1, 32 << 20).await;
    let session = session.on_cluster(Some(Arc::clone(&cluster)));
    assert_eq!(rows(&session, LARGE_JOIN).await, here);
    let runs = cluster.runs();
    assert_eq!((runs.sent, runs.kept_here.len()), (1, 0), "{runs:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_sends_what_it_holds() {
    let (folder, lake) = lake().await;
    filled(&lake).await;
    let cluster = started(&folder, 2).await;
    let session = lake.session(&schemas()).await.unwrap();
    let sql = "SELECT w.title, g.n FROM aws_widget w CROSS JOIN (SELECT count(*) AS n FROM log_gap) g ORDER BY w.account_id, w.title";
    let expected = rows(&session, sql).await;
    let workspace = session.on_cluster(Some(Arc::clone(&cluster))).workspace(1 << 20).unwrap();
    workspace.hold(&["aws_widget".to_owned()].into()).await.unwrap();
    assert_eq!(cluster.runs().sent, 1, "what is held is read by the cluster");
    let answer = workspace.sql(workspace.statement(sql).unwrap()).await.unwrap();
    assert_eq!(answer.rows().unwrap(), expected);
    assert_eq!((cluster.runs().sent, cluster.runs().kept_here.len()), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_of_this_process_stay_here() {
    let (folder, lake) = lake().await;
    filled(&lake).await;
    let cluster = started(&folder, 1).await;
    let session = lake.session(&[]).await.unwrap().on_cluster(Some(Arc::clone(&cluster)));
    session.register_text_function("twice", 1, Arc::new(|texts| texts[0].map(|text| text.repeat(2))));
    // A name that executors know with another meaning.
    session.register_text_function("upper", 1, Arc::new(|_| Some("mine".to_owned())));
    for (sql, value) in [
        ("SELECT twice(max(region)) AS v FROM log_gap", "region 999region 999"),
        ("SELECT upper(max(region)) AS v FROM log_gap", "mine"),
    ] {
        assert_eq!(rows(&session, sql).await[0]["v"], json!(value));
    }
    let runs = cluster.runs();
    assert_eq!((runs.sent, runs.kept_here.values().sum::<u64>()), (0, 2), "{runs:?}");
    assert!(
        runs.kept_here.keys().any(|reason| reason.contains("executors do not have the function `twice`")),
        "{runs:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_version_is_refused() {
    let (folder, lake) = lake().await;
    filled(&lake).await;
    let url = scheduler("2.0.0").await;
    let session = async || lake.session(&[]).await.unwrap();
    executor(&url, &folder, 0, "1.0.0", 512 << 20);
    let said = async |cluster: Arc<Cluster>| {
        for _ in 0..600 {
            let session = session().await.on_cluster(Some(Arc::clone(&cluster)));
            let error = session.sql("SELECT sum(line) AS n FROM log_gap WHERE line > 1").await.unwrap_err().to_string();
            if !error.contains("has no executor") {
                return error;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("no executor came");
    };
    let error = said(client(&url, "3.0.0")).await;
    assert!(error.contains("scheduler is sightline 2.0.0, the plan was made by sightline 3.0.0"), "{error}");
    let error = said(client(&url, "2.0.0")).await;
    assert!(error.contains("rejected by executor") || error.contains("executor is sightline 1.0.0"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn executors_read_their_lake_alone() {
    let (folder, lake) = lake().await;
    filled(&lake).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let url = scheduler(VERSION).await;
    let other = elsewhere.path().join("lake");
    std::fs::create_dir_all(&other).unwrap();
    let work = folder.path().join("work");
    std::fs::create_dir_all(&work).unwrap();
    executor(&url, &elsewhere, 0, VERSION, 512 << 20);
    let cluster = client(&url, VERSION);
    for _ in 0..600 {
        let session = lake.session(&[]).await.unwrap().on_cluster(Some(Arc::clone(&cluster)));
        let error = session.sql("SELECT sum(line) AS n FROM log_gap WHERE line > 1").await.unwrap_err().to_string();
        if error.contains("has no executor") {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        }
        assert!(error.contains("this executor reads files of the lake at"), "{error}");
        return;
    }
    panic!("no executor came");
}
