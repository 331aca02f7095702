//! A bucket that fails, stalls and lies: nothing is lost or doubled, what could not be read is told, and read when the bucket is well again.

use super::endpoint::{Answer, Asked, End, Endpoint};
use super::{Place, flow, summary};
use crate::support::{Ended, START, flow_line, flows, run};
use serde_json::{Value, json};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

const OBJECTS: u16 = 14;

fn name(number: u16) -> String {
    format!("a/{number:02}.log")
}

/// A bucket of flow logs of one record each.
fn bucket() -> Endpoint {
    Endpoint::start((0..OBJECTS).map(|n| (name(n), flow(START, 1_024 + n))))
}

fn ingest(place: &Place, endpoint: &Endpoint) -> Ended {
    let mut command = place.command(&["s3://logs/a/", "--batch-objects", "4"]);
    command.env("AWS_ENDPOINT_URL", endpoint.url()).env("AWS_REGION", "us-east-1");
    run(command.env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "x"))
}

/// Now that the bucket is well, the rest is read, and then nothing more.
fn assert_completed(place: &Place, endpoint: &Endpoint, read: u64) {
    endpoint.heal();
    let next = ingest(place, endpoint);
    assert_eq!(next.code, Some(0), "{}{}", next.out, next.err);
    let told = summary(&next);
    assert_eq!((&told["skipped_already"], &told["objects"]), (&json!(read), &json!(u64::from(OBJECTS) - read)));
    assert_eq!(place.flows(), u64::from(OBJECTS));
    place.assert_sound();
    let last = summary(&ingest(place, endpoint));
    assert_eq!((&last["objects"], &last["requests"]["gets"]), (&json!(0), &json!(0)));
    assert_eq!(place.flows(), u64::from(OBJECTS));
}

fn number(asked: &Asked) -> u16 {
    asked.key.rsplit('/').next().and_then(|name| name.strip_suffix(".log")?.parse().ok()).unwrap_or(u16::MAX)
}

fn header(mut answer: Answer, name: &'static str, value: &str) -> Answer {
    answer.headers.retain(|(known, _)| *known != name);
    answer.headers.push((name, value.to_owned()));
    answer
}

/// Objects fail at first, each in its way, and the listing too.
#[test]
fn what_passes_is_sat_out() {
    let (place, endpoint) = (Place::new(), bucket());
    endpoint.twist(|asked, answer| match (asked.turn, number(asked)) {
        (0, 0) => Answer::refusal(503, "SlowDown"),
        (0, 1) => Answer::refusal(500, "InternalError"),
        (0, 2) => Answer::of(503, ""),
        (0 | 1, 3) => Answer::refusal(503, "ServiceUnavailable"),
        (_, 4 | 9) => answer.ending(End::Pause),
        (0, 5) => answer.ending(End::Reset),
        (0, _) if asked.query("continuation-token") == Some("a/04.log") => Answer::refusal(503, "SlowDown"),
        _ => answer,
    });
    let ended = ingest(&place, &endpoint);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    assert_completed(&place, &endpoint, u64::from(OBJECTS));
}

/// Each object fails in another way, for good; three are well.
#[test]
fn each_failure_is_told_and_costs_one_object() {
    let (place, endpoint) = (Place::new(), bucket());
    endpoint.twist(|asked, mut answer| {
        let length = answer.body.len();
        match number(asked) {
            0 => Answer::refusal(503, "SlowDown"),
            1 => answer.ending(End::Reset),
            2 => {
                answer.announced = Some(length + 10);
                answer
            }
            3 => Answer { body: answer.body[..length - 7].to_vec(), ..answer },
            4 => {
                answer.body.extend(flow_line(START, 9).into_bytes());
                answer
            }
            5 => header(answer, "etag", "\"another\""),
            6 => Answer::refusal(412, "PreconditionFailed"),
            7 => Answer::refusal(403, "AccessDenied"),
            8 => Answer::refusal(404, "NoSuchKey"),
            9 => Answer::of(200, "<Error><Code>InternalError</Code></Error>"),
            10 => Answer::of(206, "part"),
            _ => answer,
        }
    });
    let ended = ingest(&place, &endpoint);
    assert_eq!(ended.code, Some(3), "{}{}", ended.out, ended.err);
    let told = summary(&ended);
    assert_eq!((&told["objects"], &told["unreadable"], &told["denied"]), (&json!(3), &json!(11), &json!(1)), "{told}");
    let samples = told["unreadable_samples"].as_array().unwrap();
    let of = |number: u16| {
        let uri = format!("s3://logs/{}", name(number));
        samples.iter().find(|one| one["uri"] == uri).unwrap()["error"].as_str().unwrap().to_owned()
    };
    for (number, says) in [
        (0, "SlowDown"),
        (3, "was listed with"),
        (5, "another version"),
        (6, "PreconditionFailed"),
        (7, "AccessDenied"),
        (8, "NoSuchKey"),
        (9, "was listed with"),
    ] {
        assert!(of(number).contains(says), "{number}: {}", of(number));
    }
    assert!((0..11).all(|number| !of(number).is_empty()));
    let kept =
        place.rows("SELECT count(*) AS n FROM log_object WHERE seq = 0 AND status = 'unreadable' AND error <> ''");
    assert_eq!((kept, place.flows()), (json!([{"n": 11}]), 3));
    assert_completed(&place, &endpoint, 3);
}

type Twist = fn(&Asked, Answer) -> Answer;

/// Listings that end too early, go in circles or say what cannot be: nothing is read twice, and what may be missing is told.
#[test]
fn listings_that_lie() {
    let cases: [(&str, Twist, &str); 9] = [
        ("the token of the page itself", |asked, answer| token(asked, answer, |_| "a/04.log"), "EndlessPages"),
        (
            "two tokens in turn",
            |asked, answer| token(asked, answer, |at| if at == Some("a/04.log") { "a/09.log" } else { "a/04.log" }),
            "EndlessPages",
        ),
        ("no token", |asked, answer| changed(asked, answer, &without_token), "says that there are more"),
        ("no XML", |asked, answer| later(asked, answer, Answer::of(200, "<html><body>busy</body>")), "ListObjectsV2"),
        ("nothing", |asked, answer| later(asked, answer, Answer::of(200, "")), "ListObjectsV2"),
        (
            "cut",
            |asked, answer| {
                if asked.is_list() && asked.query("continuation-token").is_some() {
                    let half = answer.body.len() / 2;
                    Answer { body: answer.body[..half].to_vec(), ..answer }
                } else {
                    answer
                }
            },
            "ListObjectsV2",
        ),
        ("denied", |asked, answer| later(asked, answer, Answer::refusal(403, "AccessDenied")), "AccessDenied"),
        ("reset", |asked, answer| later(asked, answer.clone(), answer.ending(End::Reset)), "ListObjectsV2"),
        (
            "entries",
            |asked, answer| changed(asked, answer, &|text| text.replace("<Size>", "<Size>-")),
            "an entry of the listing",
        ),
    ];
    for (case, twist, says) in cases {
        let (place, endpoint) = (Place::new(), bucket());
        endpoint.twist(twist);
        let ended = ingest(&place, &endpoint);
        let told = if ended.code == Some(2) { ended.err.clone() } else { summary(&ended)["unlisted"].to_string() };
        assert!(matches!(ended.code, Some(2 | 3)), "{case}: {}{}", ended.out, ended.err);
        assert!(told.contains(says), "{case}: {told}");
        assert!(endpoint.served() < 200, "{case}: {} requests", endpoint.served());
        let read = place.flows();
        assert!(read < u64::from(OBJECTS) || says == "EndlessPages", "{case}: {read}");
        assert_completed(&place, &endpoint, read);
    }
}

fn later(asked: &Asked, answer: Answer, instead: Answer) -> Answer {
    if asked.is_list() && asked.query("continuation-token").is_some() { instead } else { answer }
}

fn changed(asked: &Asked, answer: Answer, change: &dyn Fn(&str) -> String) -> Answer {
    if asked.is_list() {
        let text = change(std::str::from_utf8(&answer.body).unwrap());
        Answer { body: text.into_bytes(), ..answer }
    } else {
        answer
    }
}

/// Each page of the listing names a next one.
fn token(asked: &Asked, answer: Answer, next: fn(Option<&str>) -> &'static str) -> Answer {
    changed(asked, answer, &|text| {
        let text = without_token(text).replace("<IsTruncated>false", "<IsTruncated>true");
        let token = next(asked.query("continuation-token"));
        text.replace("</IsTruncated>", &format!("</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>"))
    })
}

fn without_token(text: &str) -> String {
    match (text.find("<NextContinuationToken>"), text.find("</NextContinuationToken>")) {
        (Some(from), Some(to)) => format!("{}{}", &text[..from], &text[to + "</NextContinuationToken>".len()..]),
        _ => text.to_owned(),
    }
}

/// Pages that are empty, keys that come again, keys that are left out.
#[test]
fn listings_that_are_odd() {
    let empty: Twist = |asked, answer| match (asked.is_list(), asked.query("continuation-token")) {
        (true, None) => Answer::of(200, super::endpoint::page(&[], Some("a/"))),
        _ => answer,
    };
    let again: Twist = |asked, answer| {
        changed(asked, answer, &|text| {
            let (head, entries) = text.split_once("<Contents>").unwrap();
            let (entries, tail) = entries.rsplit_once("</Contents>").unwrap();
            let entries = format!("<Contents>{entries}</Contents>");
            format!("{head}{entries}{entries}{tail}")
        })
    };
    let left_out: Twist = |asked, answer| {
        changed(asked, answer, &|text| {
            let (head, rest) = text.split_once("<Contents>").unwrap();
            format!("{head}{}", rest.split_once("</Contents>").unwrap().1)
        })
    };
    for (twist, read) in [(empty, OBJECTS), (again, OBJECTS), (left_out, OBJECTS - 3)] {
        let (place, endpoint) = (Place::new(), bucket());
        endpoint.twist(twist);
        let ended = ingest(&place, &endpoint);
        assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
        assert_eq!(place.flows(), u64::from(read));
        assert_completed(&place, &endpoint, u64::from(read));
    }
}

#[test]
fn credentials_that_expire_in_the_middle() {
    let (place, endpoint) = (Place::new(), bucket());
    endpoint.twist(|asked, answer| {
        if number(asked) < 6 || asked.key.is_empty() { answer } else { Answer::refusal(400, "ExpiredToken") }
    });
    let ended = ingest(&place, &endpoint);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{}", ended.err);
    assert!(ended.err.contains("ExpiredToken"), "{}", ended.err);
    let read = place.flows();
    assert!(read <= 6, "{read}");
    place.assert_sound();
    assert_completed(&place, &endpoint, read);
}

/// One object never comes; the end of the ingest does not wait for it.
#[test]
fn a_stalled_object_holds_up_nothing() {
    let (place, endpoint) = (Place::new(), bucket());
    endpoint.twist(|asked, answer| if number(asked) == 3 { answer.ending(End::Silent) } else { answer });
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("sightline"));
    command.args(["ingest", "--json", "s3://logs/a/", "--batch-time", "1"]).env_clear();
    command.env("AWS_ENDPOINT_URL", endpoint.url()).env("AWS_REGION", "us-east-1").env("HOME", place.folder.path());
    command.env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "x");
    command.env("AWS_EC2_METADATA_DISABLED", "true").env("SIGHTLINE_LAKE", place.lake());
    let child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    // What came is in the lake while the other is still awaited.
    while !place.lake().join("flow/_delta_log/00000000000000000001.json").exists() {
        sleep(Duration::from_millis(20));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(3), "{}", String::from_utf8_lossy(&ended.stderr));
    let told: Value = serde_json::from_slice(&ended.stdout).unwrap();
    assert_eq!(told["s3://logs/a/"]["cancelled"], true);
    let read = place.flows();
    assert!((1..u64::from(OBJECTS)).contains(&read), "{read}");
    assert_completed(&place, &endpoint, read);
}

/// Objects that are written over and over, delivered late, and out of order.
#[test]
fn late_objects_and_other_versions() {
    let (place, endpoint) = (Place::new(), bucket());
    ingest(&place, &endpoint);
    assert_eq!(place.rows("SELECT count(*) AS n FROM log_gap"), json!([{"n": 0}]));
    endpoint.put("a/late.log", flow(START - 3 * 3_600, 7));
    assert_eq!(summary(&ingest(&place, &endpoint))["late"], 1);
    let gap = place.rows("SELECT source, reason, object FROM log_gap");
    assert_eq!(gap, json!([{"source": "vpc_flow", "reason": "LATE", "object": "s3://logs/a/late.log"}]));
    // Another content is another object, the content of before is not.
    endpoint.put(&name(0), flow(START, 8));
    assert_eq!(summary(&ingest(&place, &endpoint))["objects"], 1);
    endpoint.put(&name(0), flow(START, 1_024));
    assert_eq!(summary(&ingest(&place, &endpoint))["skipped_already"], u64::from(OBJECTS) + 1);
    endpoint.put("a/copy.log", flow(START, 8));
    assert_eq!(summary(&ingest(&place, &endpoint))["duplicates"], 1);
    assert_eq!(place.flows(), u64::from(OBJECTS) + 2);
    place.assert_sound();
}

/// An object of several pieces of which one breaks: nothing of it is kept.
#[test]
fn a_large_object_that_breaks_in_its_middle() {
    let (place, records) = (Place::new(), 450_000);
    let large = flows(&flow_line(START, 1).repeat(records)).into_bytes();
    assert!(large.len() > 32 << 20, "it is streamed");
    let endpoint = Endpoint::start([("a/large.log".to_owned(), large), ("a/small.log".to_owned(), flow(START, 2))]);
    let broken: [Twist; 3] = [
        |_, answer| if is_third(&answer) { answer.ending(End::Reset) } else { answer },
        |_, answer| if is_third(&answer) { Answer::refusal(412, "PreconditionFailed") } else { answer },
        |_, answer| {
            if is_third(&answer) { header(answer, "content-range", "bytes 0-8388607/40000000") } else { answer }
        },
    ];
    for (round, twist) in broken.into_iter().enumerate() {
        endpoint.twist(twist);
        let ended = ingest(&place, &endpoint);
        assert_eq!((ended.code, &summary(&ended)["unreadable"]), (Some(3), &json!(1)), "{round}: {}", ended.out);
        assert_eq!(place.flows(), 1, "{round}");
    }
    endpoint.heal();
    assert_eq!(ingest(&place, &endpoint).code, Some(0));
    assert_eq!(place.flows(), u64::try_from(records).unwrap() + 1);
    place.assert_sound();
}

fn is_third(answer: &Answer) -> bool {
    answer.headers.iter().any(|(name, value)| *name == "content-range" && value.starts_with("bytes 16777216-"))
}
