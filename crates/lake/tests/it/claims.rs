//! The commit that decides what a batch was made of, by many writers at once.

use serde_json::{Value, json};
use sightline_lake::{Claimant, Claiming, Lake, Looked};
use sightline_model::lake_table::LOG_OBJECT;

use crate::fixture::{count, lake};

pub(crate) fn object(uri: &str, app: &str) -> Value {
    json!({"uri": uri, "version": "e1", "content": format!("c-{uri}"), "status": "read", "shard": app, "seq": 1})
}

fn question(uri: &str) -> Vec<String> {
    vec![format!("SELECT uri FROM log_object WHERE uri = '{uri}'")]
}

async fn claim(lake: &Lake, app: &str, after: i64, uri: &str, looked: &Looked) -> Claiming {
    let seq = lake.save_claim(app, after, &[]).await.unwrap();
    let claimant = Claimant { app, after, seq };
    lake.claim_rows(LOG_OBJECT, &[object(uri, app)], claimant, looked, &question(uri)).await.unwrap()
}

#[tokio::test]
async fn of_two_batches_with_one_object_one_fails() {
    let (folder, ours) = lake().await;
    let theirs = Lake::open(folder.path()).await.unwrap();
    let (_, looked) = ours.look_at(LOG_OBJECT).await.unwrap();
    assert!(matches!(claim(&theirs, "b", 0, "s3://logs/1", &looked).await, Claiming::Committed));
    let clash = claim(&ours, "a", 0, "s3://logs/1", &looked).await;
    assert!(matches!(&clash, Claiming::Clash(answers) if answers.len() == 1), "{clash:?}");
    assert!(matches!(claim(&ours, "a", 0, "s3://logs/2", &looked).await, Claiming::Committed));
    // What was put together is asked for again, and known.
    ours.compact(LOG_OBJECT).await.unwrap();
    assert!(matches!(claim(&theirs, "b", 1, "s3://logs/2", &looked).await, Claiming::Clash(_)));
    let (_, looked) = theirs.look_at(LOG_OBJECT).await.unwrap();
    assert!(matches!(claim(&theirs, "b", 1, "s3://logs/3", &looked).await, Claiming::Committed));
    assert_eq!(count(&ours.session(&[]).await.unwrap(), "log_object").await, 3);
}

#[tokio::test]
async fn of_two_that_are_the_same_application_one_is_fenced() {
    let (folder, ours) = lake().await;
    let theirs = Lake::open(folder.path()).await.unwrap();
    let looked = Looked::default();
    // Both claim; the one that commits first decides, whichever number it has.
    let (first, second) = (ours.save_claim("a", 0, &[]).await.unwrap(), theirs.save_claim("a", 0, &[]).await.unwrap());
    assert_eq!((first, second), (1, 2));
    let claimed = async |lake: &Lake, seq: i64, uri: &str| {
        let claimant = Claimant { app: "a", after: 0, seq };
        lake.claim_rows(LOG_OBJECT, &[object(uri, "a")], claimant, &looked, &question(uri)).await.unwrap()
    };
    assert!(matches!(claimed(&theirs, second, "s3://logs/2").await, Claiming::Committed));
    assert!(matches!(claimed(&ours, first, "s3://logs/1").await, Claiming::Fenced(Some(2))));
    // The answer to a commit was lost: it is not made again.
    assert!(matches!(claimed(&theirs, second, "s3://logs/2").await, Claiming::Committed));
    assert_eq!(count(&ours.session(&[]).await.unwrap(), "log_object").await, 1);
}

/// Four workers of their own applications, all with the same objects: each object is claimed once.
pub(crate) async fn race(open: impl AsyncFn() -> Lake, objects: usize) {
    let mut racers = vec![];
    for racer in 0..4 {
        let lake = open().await;
        racers.push(tokio::spawn(async move {
            let app = format!("racer-{racer}");
            let (mut after, mut won) = (0, 0);
            for object in 0..objects {
                // Each begins elsewhere, and all meet.
                let uri = format!("s3://logs/{}", (object + racer * objects / 4) % objects);
                let (session, looked) = lake.look_at(LOG_OBJECT).await.unwrap();
                if session.sql(&question(&uri)[0]).await.unwrap().row_count() > 0 {
                    continue;
                }
                let seq = lake.save_claim(&app, after, &[]).await.unwrap();
                let claimant = Claimant { app: &app, after, seq };
                let rows = [super::claims::object(&uri, &app)];
                let claimed = lake.claim_rows(LOG_OBJECT, &rows, claimant, &looked, &question(&uri)).await.unwrap();
                if matches!(claimed, Claiming::Committed) {
                    (after, won) = (seq, won + 1);
                }
                lake.drop_claim(&app, seq).await.unwrap();
            }
            won
        }));
    }
    let mut won = 0;
    for racer in racers {
        won += racer.await.unwrap();
    }
    assert_eq!(won, objects);
    let session = open().await.session(&[]).await.unwrap();
    assert_eq!(count(&session, "log_object").await, i64::try_from(objects).unwrap());
    let distinct = session.sql("SELECT count(DISTINCT uri) AS n FROM log_object").await.unwrap().rows().unwrap();
    assert_eq!(distinct[0]["n"], json!(objects));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn workers_that_race_claim_each_object_once() {
    let (folder, _lake) = lake().await;
    race(async || Lake::open(folder.path()).await.unwrap(), 12).await;
}
