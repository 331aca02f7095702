//! Names of addresses: who asked counts, and when.

use serde_json::json;
use sightline_model::edge::{Confidence, TrafficClass};
use sightline_model::lake_table::DNS_ANSWER;

use super::{BEDROCK, PUBLIC, answer, but, flow, world};

fn call() -> serde_json::Value {
    flow("eni-app", "10.0.1.10", PUBLIC, 443)
}

#[tokio::test]
async fn what_a_neighbour_asked_is_inferred() {
    let edge = world().flows([call()]).answer("10.0.1.11", BEDROCK, PUBLIC).wire().await;
    assert_eq!((edge.service.as_str(), edge.confidence), (BEDROCK, Confidence::Inferred));
    assert!(edge.attribution.contains("somebody else on the network was given this address"), "{}", edge.attribution);
    let edge = world().flows([call()]).answer("10.0.1.10", BEDROCK, PUBLIC).wire().await;
    assert_eq!((edge.service.as_str(), edge.confidence), (BEDROCK, Confidence::AddressTime));
}

#[tokio::test]
async fn of_two_names_the_model_shows_as_inferred() {
    let world = || world().flows([call()]).answer("10.0.1.10", "www.example.org", PUBLIC);
    let edge = world().answer("10.0.1.10", "api.anthropic.com", PUBLIC).wire().await;
    assert_eq!((edge.service.as_str(), edge.confidence), ("api.anthropic.com", Confidence::Inferred));
    assert!(edge.attribution.contains("the address was api.anthropic.com or www.example.org"), "{}", edge.attribution);
    let edge = world().answer("10.0.1.10", "img.example.org", PUBLIC).wire().await;
    assert_eq!((edge.class, edge.confidence), (TrafficClass::ApplicationToInternet, Confidence::Inferred));
    assert_eq!(edge.service, "img.example.org or www.example.org");
}

#[tokio::test]
async fn a_later_answer_says_otherwise() {
    let at =
        |name: &str, time: &str| but(answer("10.0.1.10", name, PUBLIC), json!({"first_seen": time, "last_seen": time}));
    let earlier = at("api.openai.com", "2026-11-20T00:10:00Z");
    let later = at("www.example.org", "2026-11-20T01:05:00Z");
    let edge = world().flows([call()]).with_rows(DNS_ANSWER, [earlier.clone(), later]).wire().await;
    assert_eq!(edge.service, "www.example.org");
    let edge = world().flows([call()]).with_rows(DNS_ANSWER, [earlier]).wire().await;
    assert_eq!(edge.service, "api.openai.com");
    let long_ago = at("api.openai.com", "2026-11-19T12:10:00Z");
    let edge = world().flows([call()]).with_rows(DNS_ANSWER, [long_ago]).wire().await;
    assert_eq!((edge.class, edge.service.as_str()), (TrafficClass::ApplicationToInternet, ""));
}

#[tokio::test]
async fn names_of_another_network_are_not_ours() {
    let elsewhere = but(answer("10.0.1.10", "api.openai.com", PUBLIC), json!({"vpc_id": "vpc-2"}));
    let edge = world().flows([call()]).with_rows(DNS_ANSWER, [elsewhere]).wire().await;
    assert_eq!((edge.class, edge.target_arn.as_str()), (TrafficClass::ApplicationToInternet, PUBLIC));
}
