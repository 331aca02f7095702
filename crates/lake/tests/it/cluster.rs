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
    let url = scheduler(VERSION).await;
    for number in 0..executors {
        executor(&url, lake, number, VERSION);
    }
    let cluster = client(&url, VERSION);
    for _ in 0..100 {
        let session = Session::in_memory(&[], vec![]).unwrap().on_cluster(Some(Arc::clone(&cluster)));
        match session.sql("SELECT 1").await {
            Ok(_) => return Arc::new(Cluster::new(options(&url, VERSION)).unwrap()),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
    panic!("no executor came");
}

async fn scheduler(version: &str) -> String {
    let listen = SocketAddr::new(LOOPBACK, 0);
    let options = SchedulerOptions { listen, advertise: None, version: version.to_owned() };
    let scheduler = Scheduler::bind(options).await.unwrap();
    let url = format!("http://{}", scheduler.address());
    tokio::spawn(scheduler.run());
    url
}

fn executor(url: &str, lake: &TempDir, number: usize, version: &str) {
    let work = lake.path().join(format!("work-{number}"));
    std::fs::create_dir_all(&work).unwrap();
    tokio::spawn(run_executor(ExecutorOptions {
        id: format!("executor-{number}"),
        scheduler: url.to_owned(),
        listen: LOOPBACK,
        advertise: None,
        port: 0,
        tasks_port: 0,
        cores: 2,
        memory: Some(512 << 20),
        work,
        files: LakeFiles::in_folder(lake.path()).unwrap(),
        version: version.to_owned(),
    }));
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
