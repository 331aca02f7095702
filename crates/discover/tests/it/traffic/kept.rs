//! Connections are kept by day: what makes a day anew, and that the answer is that from scratch.

use serde_json::{Value, json};
use sightline_discover::Discovery;
use sightline_model::lake_table::{DAY_GROUP, LOG_OBJECT, SCAN};

use super::{BEDROCK, PUBLIC, answer, back, but, flow, world};
use crate::world::{ACCOUNT, World};

/// An object of a source with records of these hours of the 20th or the 21st.
fn object(source: &str, day: u32, hour: u32, ingested: &str) -> Value {
    let at = |minute: u32| format!("2026-11-{day}T{hour:02}:{minute:02}:00Z");
    json!({"uri": format!("s3://logs/{source}/{day}/{hour}"), "version": "1", "size": 1, "source": source, "account_id": ACCOUNT,
        "region": "us-east-1", "status": "read", "records": 3, "first_seen": at(5), "last_seen": at(59), "ingested_at": ingested})
}

fn objects() -> Vec<Value> {
    [("vpc_flow", 20), ("resolver_query", 20), ("vpc_flow", 21)]
        .map(|(source, day)| object(source, day, 1, "2026-11-21T03:00:00Z"))
        .to_vec()
}

/// The same of the day after.
fn next(row: Value) -> Value {
    let moved = |name: &str| row[name].as_str().unwrap().replace("2026-11-20", "2026-11-21");
    let times =
        json!({"hour": moved("hour"), "first_seen": moved("first_seen"), "last_seen": moved("last_seen"), "line": 9});
    but(row, times)
}

fn flows() -> Vec<Value> {
    let out = flow("eni-app", "10.0.1.10", PUBLIC, 443);
    let inside = flow("eni-app", "10.0.1.10", "10.0.1.20", 5432);
    vec![out.clone(), back(out.clone()), next(out), inside.clone(), next(but(inside, json!({"server_port": 5433})))]
}

fn kept(discovery: &Discovery) -> Vec<Value> {
    discovery.days.iter().map(|day| serde_json::to_value(day).unwrap()).collect()
}

/// Days of connections that were made.
fn made(discovery: &Discovery) -> Vec<String> {
    let links = discovery.days.iter().filter(|day| day.kind == "link");
    links.map(|day| day.day.strftime("%d").to_string()).collect()
}

fn named() -> World {
    world().answer("10.0.1.10", BEDROCK, PUBLIC)
}

async fn first() -> Discovery {
    named().flows(flows()).with_rows(LOG_OBJECT, objects()).discovery(&[]).await
}

#[tokio::test]
async fn days_are_read_once_and_put_together() {
    let scratch = first().await;
    assert_eq!(made(&scratch), ["20", "21"]);
    let model = scratch.edges.iter().find(|edge| edge.service == BEDROCK).unwrap();
    assert_eq!((model.flows, model.bytes_out, model.bytes_in), (Some(5), Some(1_000), Some(5_000)), "{model:#?}");
    // The next day nobody asked for the name: whose address it is, is not known any more.
    assert_eq!(scratch.edges.len(), 4, "{:#?}", scratch.edges);
    let again = world().with_rows(LOG_OBJECT, objects()).with_rows(DAY_GROUP, kept(&scratch)).discovery(&[]).await;
    assert_eq!((&again.edges, &again.evidence), (&scratch.edges, &scratch.evidence));
    assert_eq!(made(&again), Vec::<String>::new());
}

#[tokio::test]
async fn the_same_connection_of_two_days_is_one_edge() {
    let inside = flow("eni-app", "10.0.1.10", "10.0.1.20", 5432);
    let both = vec![inside.clone(), next(inside)];
    let discovery = named().flows(both).with_rows(LOG_OBJECT, objects()).discovery(&[]).await;
    let [edge] = discovery.edges.as_slice() else { panic!("{:#?}", discovery.edges) };
    assert_eq!((edge.flows, edge.bytes_out), (Some(4), Some(2_000)));
    assert_eq!(
        (edge.first_seen.to_string().as_str(), edge.last_seen.to_string().as_str()),
        ("2026-11-20T01:10:00Z", "2026-11-21T01:20:00Z")
    );
}

#[tokio::test]
async fn a_name_that_comes_late_makes_its_day_anew() {
    let before = world().flows(flows()).with_rows(LOG_OBJECT, objects()).discovery(&[]).await;
    assert!(before.edges.iter().all(|edge| edge.service != BEDROCK));
    let late = [objects(), vec![object("resolver_query", 20, 1, "2026-11-22T00:00:00Z")]].concat();
    let with = || named().flows(flows()).with_rows(LOG_OBJECT, late.clone());
    let after = with().with_rows(DAY_GROUP, kept(&before)).discovery(&[]).await;
    assert_eq!(made(&after), ["20"]);
    let scratch = with().discovery(&[]).await;
    assert_eq!((&after.edges, &after.evidence), (&scratch.edges, &scratch.evidence));
}

#[tokio::test]
async fn a_scan_makes_all_days_anew() {
    let before = first().await;
    let scan = json!({"scan_id": "20261122T000000Z-000009", "account_id": "999999999999", "partition": "aws",
        "started_at": "2026-11-22T00:00:00Z", "finished_at": "2026-11-22T00:10:00Z"});
    let world = named().flows(flows()).with_rows(LOG_OBJECT, objects()).with_rows(SCAN, [scan]);
    let after = world.with_rows(DAY_GROUP, kept(&before)).discovery(&[]).await;
    assert_eq!(made(&after), ["20", "21"]);
}

#[tokio::test]
async fn an_audit_log_of_the_next_day_makes_a_day_anew_and_one_of_later_does_not() {
    let before = first().await;
    for (day, expected) in [(21, vec!["20", "21"]), (22, vec!["21"]), (24, vec![])] {
        let objects = [objects(), vec![object("eks_audit", day, 5, "2026-11-25T00:00:00Z")]].concat();
        let world = named().flows(flows()).with_rows(LOG_OBJECT, objects).with_rows(DAY_GROUP, kept(&before));
        assert_eq!(made(&world.discovery(&[]).await), expected, "audit log of the {day}th");
    }
}

#[tokio::test]
async fn many_ports_over_days_are_one() {
    let port = |port: i64| flow("eni-app", "10.0.1.10", "10.0.1.20", port);
    let one: Vec<Value> = (1..=12).map(port).collect();
    let other = (11..=22).map(|number| next(port(number)));
    let discovery = named().flows(one).flows(other).with_rows(LOG_OBJECT, objects()).discovery(&[]).await;
    let [edge] = discovery.edges.as_slice() else { panic!("{:#?}", discovery.edges) };
    assert_eq!((edge.port, edge.flows), (Some(0), Some(48)));
}

#[tokio::test]
async fn an_answer_of_the_evening_holds_after_midnight() {
    let evening = but(
        answer("10.0.1.10", BEDROCK, PUBLIC),
        json!({"hour": "2026-11-20T22:00:00Z",
        "first_seen": "2026-11-20T22:30:00Z", "last_seen": "2026-11-20T22:30:00Z"}),
    );
    let night = next(flow("eni-app", "10.0.1.10", PUBLIC, 443));
    let world = world().with_rows(sightline_model::lake_table::DNS_ANSWER, [evening]).flows([night]);
    let discovery = world.with_rows(LOG_OBJECT, objects()).discovery(&[]).await;
    assert_eq!(discovery.edges.iter().map(|edge| edge.service.as_str()).collect::<Vec<_>>(), [BEDROCK]);
}
