//! Jobs that look after the lake: who may begin them, and with what.

use super::*;
use crate::serve::schedule::begin_due;

const JOBS: &str = "/api/v1/jobs";
const SCHEDULES: &str = "/api/v1/schedules";

fn nightly(job: &Value) -> Value {
    json!({ "name": "nightly", "cron": "0 3 * * *", "job": job })
}

/// A job's status, once it has ended.
async fn ended(served: &mut Served, id: &str) -> Value {
    for _ in 0..600 {
        let (_, job) = served.json(&Method::GET, &format!("{JOBS}/{id}"), Role::Viewer, None).await;
        if job["status"] != "running" {
            return job;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{id} still runs");
}

/// What is counted alone is for operators, and what is put together: nothing is lost by it.
#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_have_something_taken_out() {
    let mut served = served().await;
    let post = Method::POST;
    let takes = [json!({ "kind": "retain", "days": { "flow": 90 } }), json!({ "kind": "vacuum" })];
    for job in &takes {
        for (path, body) in [(JOBS, job.clone()), (SCHEDULES, nightly(job))] {
            let (status, problem) = served.json(&post, path, Role::Operator, Some(&body)).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{body}: {problem}");
            let detail = problem["detail"].as_str().unwrap();
            assert!(detail.contains("needs the role `admin`") && detail.contains("`dry_run`"), "{detail}");
        }
    }
    let counts = [
        json!({ "kind": "retain", "days": { "flow": 90 }, "dry_run": true }),
        json!({ "kind": "vacuum", "dry_run": true }),
        json!({ "kind": "compact" }),
    ];
    for (role, job) in counts.iter().map(|job| (Role::Operator, job)).chain(takes.iter().map(|job| (Role::Admin, job)))
    {
        let (status, begun) = served.json(&post, JOBS, role, Some(job)).await;
        assert_eq!(status, StatusCode::CREATED, "{job} by a {role}: {begun}");
        let job = ended(&mut served, begun["id"].as_str().unwrap()).await;
        assert_eq!(job["status"], "succeeded", "over an empty lake: {job}");
    }
    let (_, kept) = served.json(&post, SCHEDULES, Role::Operator, Some(&nightly(&counts[0]))).await;
    let path = format!("{SCHEDULES}/{}", kept["id"].as_str().unwrap());
    let (status, _) = served.json(&Method::PUT, &path, Role::Operator, Some(&nightly(&takes[0]))).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "a schedule that only counted");
}

/// A job of an administrator that was cut off is not for an operator to go on with.
#[tokio::test(flavor = "multi_thread")]
async fn who_goes_on_may_also_begin() {
    let mut served = served().await;
    let body = json!({ "kind": "vacuum" });
    let (_, begun) = served.json(&Method::POST, JOBS, Role::Admin, Some(&body)).await;
    let id = begun["id"].as_str().unwrap();
    ended(&mut served, id).await;
    let cut_off = crate::serve::db::job::JobStatus::Interrupted;
    served.app.db().end_job(id, cut_off, &Value::Null, "", served.app.now()).unwrap();
    let path = format!("{JOBS}/{id}/resume");
    let (status, problem) = served.json(&Method::POST, &path, Role::Operator, None).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{problem}");
    let (status, again) = served.json(&Method::POST, &path, Role::Admin, None).await;
    assert_eq!(status, StatusCode::CREATED, "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_tables_and_ages_are_refused_before_anything_begins() {
    let mut served = served().await;
    for (job, says) in [
        (json!({ "kind": "compact", "tables": ["flows"] }), "`flows`: the lake has no such table; it has "),
        (json!({ "kind": "compact", "tables": ["resource"] }), "table `resource` is parted by scan or run"),
        (json!({ "kind": "compact", "tables": "flow" }), "invalid type"),
        (json!({ "kind": "compact", "table": ["flow"] }), "unknown field `table`"),
        (json!({ "kind": "retain" }), "`days` names no table"),
        (json!({ "kind": "retain", "days": { "flow": 0 } }), "`flow`: days are a number from 1 to 36500"),
        (json!({ "kind": "retain", "days": { "flow": 40_000 } }), "`flow`: days are a number from 1 to 36500"),
        (json!({ "kind": "retain", "days": { "flow": -1 } }), "invalid value"),
        (
            json!({ "kind": "retain", "days": { "log_object": 90 } }),
            "`log_object`: no such table, or its rows are kept",
        ),
        (json!({ "kind": "vacuum", "tables": ["../flow"] }), "`../flow`: the lake has no such table"),
        (json!({ "kind": "vacuum", "older_than_hours": 0 }), "`older_than_hours`: hours are a number from 1 to 8760"),
    ] {
        for (path, body) in [(JOBS, job.clone()), (SCHEDULES, nightly(&job))] {
            let (status, problem) = served.json(&Method::POST, path, Role::Admin, Some(&body)).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {problem}");
            assert!(problem["detail"].as_str().unwrap().contains(says), "{body}: {problem}");
        }
    }
    let (_, jobs) = served.json(&Method::GET, JOBS, Role::Viewer, None).await;
    let (_, schedules) = served.json(&Method::GET, SCHEDULES, Role::Viewer, None).await;
    assert_eq!((&jobs["items"], &schedules["items"]), (&json!([]), &json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_begins_its_job_with_its_arguments() {
    let mut served = served().await;
    let days = json!({ "flow": 90, "api_call": 400 });
    let wanted = nightly(&json!({ "kind": "retain", "days": days }));
    let (status, made) = served.json(&Method::POST, SCHEDULES, Role::Admin, Some(&wanted)).await;
    assert_eq!((status, &made["job"]["days"]), (StatusCode::CREATED, &days), "{made}");
    let id = made["id"].as_str().unwrap();
    let mut schedule = served.app.db().schedule(id).unwrap().unwrap();
    schedule.next_at = Some(served.app.now());
    served.app.db().keep_schedule(&schedule).unwrap();
    begin_due(&served.app).unwrap();
    let schedule = served.app.db().schedule(id).unwrap().unwrap();
    assert_eq!(schedule.last_error, "");
    let job = ended(&mut served, &schedule.last_job.unwrap()).await;
    assert_eq!((&job["kind"], &job["status"]), (&json!("retain"), &json!("succeeded")), "{job}");
    assert_eq!((&job["arguments"]["days"], &job["arguments"]["dry_run"]), (&days, &json!(false)), "{job}");
    assert_eq!(job["requested_by"], format!("schedule {id}"));
    assert_eq!(job["result"]["tables"]["flow"]["rows"], 0, "{job}");
}
