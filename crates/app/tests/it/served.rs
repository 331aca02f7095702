//! What programs of others see of `sightline serve`: a client of the Model Context Protocol, a provider of OpenID Connect, a collector of OpenTelemetry,
//! and schemathesis, each from PyPI and pinned in `tests/python/requirements.txt`.

use super::support::{passes, run, sightline, write_every_log};
use tempfile::TempDir;

/// A lake of a few logs, with a map and cases.
fn small_lake() -> TempDir {
    let folder = TempDir::new().unwrap();
    let logs = folder.path().join("logs");
    std::fs::create_dir(&logs).unwrap();
    write_every_log(&logs);
    for arguments in [vec!["ingest", logs.to_str().unwrap()], vec!["map"], vec!["detect"]] {
        let ended = run(sightline(&folder).args(&arguments));
        assert!(ended.code != Some(2), "{arguments:?}: {}{}", ended.out, ended.err);
    }
    folder
}

/// The script holds against a server over a small lake.
fn holds(script: &str, more: &[&str]) {
    let folder = small_lake();
    let lake = folder.path().join("lake");
    let binary = assert_cmd::cargo::cargo_bin("sightline");
    let arguments = [binary.to_str().unwrap(), lake.to_str().unwrap()];
    passes(script, arguments.iter().chain(more));
}

#[test]
fn models_find_the_same_tools_over_http_as_over_pipes() {
    holds("mcp_client.py", &[]);
}

#[test]
fn people_sign_in_by_a_provider() {
    holds("oidc_sign_in.py", &[]);
}

#[test]
fn a_collector_gets_traces_and_metrics_and_nobody_waits_for_it() {
    holds("otlp_receiver.py", &[]);
}

#[test]
fn answers_are_as_the_document_says() {
    let document = crate::root().join("docs/openapi.json");
    holds("api_schema.py", &[document.canonicalize().unwrap().to_str().unwrap()]);
}
