//! Days are kept: what is made anew, and that the answer is that from scratch.

use serde_json::{Value, json};
use sightline_discover::Discovery;
use sightline_model::lake_table::{DAY_GROUP, LOG_OBJECT};
use sightline_model::log::ApiCall;

use crate::world::{ACCOUNT, World, by_session, call, issued};

fn object(name: &str, first: &str, last: &str, ingested: &str) -> Value {
    json!({"uri": format!("s3://logs/{name}"), "version": "1", "size": 1, "source": "cloudtrail", "account_id": ACCOUNT, "region": "us-east-1",
        "status": "read", "records": 3, "first_seen": format!("2026-11-{first}Z"), "last_seen": format!("2026-11-{last}Z"),
        "ingested_at": format!("2026-11-{ingested}Z")})
}

fn at(time: &str, call: ApiCall) -> ApiCall {
    ApiCall { event_time: format!("2026-11-{time}Z").parse().unwrap(), ..call }
}

/// Calls of two days; the key of the second day's was issued on the first.
fn calls() -> Vec<ApiCall> {
    let chained = ApiCall {
        event_id: "e-chain".into(),
        access_key_id: "ASIAINSTANCE".into(),
        ec2_role_delivery: "2.0".into(),
        identity_arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/app/i-0a"),
        issuer_arn: crate::world::role("app"),
        session_name: "i-0a".into(),
        ..issued("AssumeRole")
    };
    let one = |id: &str, time: &str, role: &str| ApiCall { event_id: id.into(), ..at(time, by_session(role, "s")) };
    vec![
        one("e-1", "20T10:00:00", "first"),
        at("20T23:00:00", chained),
        one("e-2", "21T01:00:00", "second"),
        one("e-3", "21T02:00:00", "third"),
    ]
}

fn objects() -> Vec<Value> {
    vec![
        object("a", "20T10:00:00", "20T23:00:00", "21T00:00:00"),
        object("b", "21T01:00:00", "21T02:00:00", "21T03:00:00"),
    ]
}

fn kept(discovery: &Discovery) -> Vec<Value> {
    discovery.days.iter().map(|day| serde_json::to_value(day).unwrap()).collect()
}

fn days(discovery: &Discovery) -> Vec<String> {
    let mut days: Vec<String> =
        discovery.days.iter().map(|day| format!("{} {}", day.day.strftime("%d"), day.kind)).collect();
    days.sort();
    days
}

fn same(one: &Discovery, other: &Discovery) {
    assert_eq!(one.edges, other.edges);
    assert_eq!(one.evidence, other.evidence);
}

#[tokio::test]
async fn without_new_logs_the_calls_are_not_read_again() {
    let scratch = World::new().calls(calls()).with_rows(LOG_OBJECT, objects()).discovery(&[]).await;
    assert_eq!(scratch.edges.len(), 3, "{:#?}", scratch.edges);
    assert!(scratch.edges.iter().any(|edge| edge.workload_arn.ends_with("instance/i-0a")));
    assert_eq!(
        days(&scratch),
        ["20 applied", "20 call", "20 issued", "20 usage", "21 applied", "21 call", "21 issued", "21 usage"]
    );
    // The second discovery has no calls to read.
    let again = World::new().with_rows(LOG_OBJECT, objects()).with_rows(DAY_GROUP, kept(&scratch)).discovery(&[]).await;
    same(&again, &scratch);
    assert!(again.days.is_empty());
}

#[tokio::test]
async fn a_new_object_makes_its_day_anew_and_the_answer_is_that_from_scratch() {
    let first = World::new().calls(calls()).with_rows(LOG_OBJECT, objects()).discovery(&[]).await;
    let late = ApiCall { event_id: "e-late".into(), ..at("21T05:00:00", by_session("late", "s")) };
    let more = || [objects(), vec![object("c", "21T05:00:00", "21T05:00:00", "22T00:00:00")]].concat();
    let scratch = || World::new().calls(calls()).calls([late.clone()]).with_rows(LOG_OBJECT, more());
    let from_scratch = scratch().discovery(&[]).await;
    assert_eq!(from_scratch.edges.len(), 4);

    // What lies in the lake of the first day is not what it was: nobody looks.
    let spoilt = calls().into_iter().map(|call| match call.event_id.as_str() {
        "e-1" => ApiCall { issuer_arn: crate::world::role("spoilt"), ..call },
        _ => call,
    });
    let world = World::new().calls(spoilt).calls([late.clone()]).with_rows(LOG_OBJECT, more());
    let second = world.with_rows(DAY_GROUP, kept(&first)).discovery(&[]).await;
    same(&second, &from_scratch);
    assert_eq!(days(&second), ["21 applied", "21 call", "21 issued", "21 usage"]);
}

#[tokio::test]
async fn a_day_whose_rows_do_not_read_is_made_anew() {
    let first = World::new().calls(calls()).with_rows(LOG_OBJECT, objects()).discovery(&[]).await;
    let mut damaged = kept(&first);
    for row in damaged.iter_mut().filter(|row| row["kind"] == "call") {
        row["content"] = "AAAA".into();
    }
    let world = World::new().calls(calls()).with_rows(LOG_OBJECT, objects()).with_rows(DAY_GROUP, damaged);
    let second = world.discovery(&[]).await;
    same(&second, &first);
    assert_eq!(days(&second), ["20 call", "21 call"]);
}

#[tokio::test]
async fn a_window_of_a_day_has_the_calls_of_that_day() {
    let world = || World::new().calls(calls()).with_rows(LOG_OBJECT, objects());
    let window = |from: &str, until: &str| {
        (format!("2026-11-{from}Z").parse().unwrap(), format!("2026-11-{until}Z").parse().unwrap())
    };
    let (from, until) = window("21T00:00:00", "21T23:59:59");
    let whole = world().discovery_of(from, until).await;
    let roles = |discovery: &Discovery| -> Vec<String> {
        discovery.edges.iter().map(|edge| edge.identity_arn.rsplit('/').next().unwrap().to_owned()).collect()
    };
    assert_eq!(roles(&whole), ["second", "third"]);
    let (from, until) = window("21T01:30:00", "21T23:59:59");
    let part = world().with_rows(DAY_GROUP, kept(&whole)).discovery_of(from, until).await;
    assert_eq!(roles(&part), ["third"], "a part of the day is not the day");
    let (from, until) = window("21T00:00:00", "21T12:00:00");
    let same_logs = world().with_rows(DAY_GROUP, kept(&whole)).discovery_of(from, until).await;
    assert_eq!(roles(&same_logs), ["second", "third"]);
    assert!(same_logs.days.is_empty(), "the rest of the day has no logs: it is the day that was kept");
}

#[tokio::test]
async fn objects_that_tell_no_days_leave_nothing_out() {
    let undated = json!({"uri": "s3://logs/old", "version": "1", "size": 1, "source": "cloudtrail", "status": "read", "records": 3,
        "ingested_at": "2026-11-21T00:00:00Z"});
    let discovery = World::new().calls(calls()).with_rows(LOG_OBJECT, [undated]).discovery(&[]).await;
    assert_eq!(discovery.edges.len(), 3);
}

#[tokio::test]
async fn a_record_of_1970_is_a_day_like_another() {
    let far = ApiCall { event_time: "1970-01-02T00:00:00Z".parse().unwrap(), ..call() };
    let span = json!({"uri": "s3://logs/x", "version": "1", "size": 1, "source": "cloudtrail", "status": "read", "records": 2,
        "first_seen": "2026-11-20T01:00:00Z", "last_seen": "2026-11-20T01:00:00Z", "ingested_at": "2026-11-21T00:00:00Z"});
    let old = json!({"uri": "s3://logs/y", "version": "1", "size": 1, "source": "cloudtrail", "status": "read", "records": 2,
        "first_seen": "1970-01-02T00:00:00Z", "last_seen": "1970-01-02T00:00:00Z", "ingested_at": "2026-11-21T00:00:00Z"});
    let discovery = World::new().calls([call(), far]).with_rows(LOG_OBJECT, [span, old]).discovery(&[]).await;
    assert_eq!(discovery.edges.iter().map(|edge| edge.calls).sum::<i64>(), 2);
    assert!(discovery.days.len() < 10);
}
