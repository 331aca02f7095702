//! Programs that a kubeconfig names to make tokens. They run only where the user asked for it: whoever writes a kubeconfig would
//! otherwise run what they like.
//!
//! Protocol: <https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins>.

use super::access::no_token;
use super::refusal::Refusal;
use jiff::Timestamp;
use kube::config::ExecConfig;
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::process::Command;

/// How long a program may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Longest answer that is read, in bytes.
const ANSWER: u64 = 256 * 1024;

const DEFAULT_VERSION: &str = "client.authentication.k8s.io/v1";

/// The token that the program says, and when it expires.
///
/// # Errors
/// It does not run, takes too long, or says no token.
pub(crate) async fn token(program: &ExecConfig) -> Result<(String, Option<Timestamp>), Refusal> {
    let name = program.command.as_deref().unwrap_or_default();
    let fault = |reason: String| no_token(format!("the program `{name}` of the kubeconfig {reason}"));
    let answer = tokio::time::timeout(PATIENCE, output(program, name)).await;
    let answer = answer.map_err(|_| fault("took more than a minute".to_owned()))?.map_err(&fault)?;
    let said: Value = serde_json::from_slice(&answer).map_err(|_| fault("did not answer with JSON".to_owned()))?;
    let token = said.pointer("/status/token").and_then(Value::as_str);
    let token = token.ok_or_else(|| fault("answered without a token".to_owned()))?;
    let expires = said.pointer("/status/expirationTimestamp").and_then(Value::as_str);
    Ok((token.to_owned(), expires.and_then(|time| time.parse().ok())))
}

async fn output(program: &ExecConfig, name: &str) -> Result<Vec<u8>, String> {
    let version = program.api_version.as_deref().unwrap_or(DEFAULT_VERSION);
    let asked = json!({ "kind": "ExecCredential", "apiVersion": version, "spec": { "interactive": false } });
    let mut command = Command::new(name);
    command
        .args(program.args.iter().flatten())
        .env("KUBERNETES_EXEC_INFO", asked.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    for variable in program.env.iter().flatten() {
        if let (Some(name), Some(value)) = (variable.get("name"), variable.get("value")) {
            command.env(name, value);
        }
    }
    let mut child = command.spawn().map_err(|error| format!("does not run: {error}"))?;
    let mut answer = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        stdout.take(ANSWER).read_to_end(&mut answer).await.map_err(|error| format!("cannot be read: {error}"))?;
    }
    let status = child.wait().await.map_err(|error| format!("cannot be waited for: {error}"))?;
    if status.success() { Ok(answer) } else { Err(format!("failed: {status}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn said(script: &str) -> Result<(String, Option<Timestamp>), String> {
        let program = ExecConfig {
            command: Some("sh".to_owned()),
            args: Some(vec!["-c".to_owned(), script.to_owned()]),
            env: Some(vec![[("name", "WHO"), ("value", "me")].map(|(k, v)| (k.to_owned(), v.to_owned())).into()]),
            ..ExecConfig::default()
        };
        token(&program).await.map_err(|refusal| refusal.message)
    }

    #[tokio::test]
    async fn a_program_says_a_token() {
        let answer =
            r#"echo "{\"status\": {\"token\": \"of-$WHO\", \"expirationTimestamp\": \"2026-01-02T03:04:05Z\"}}""#;
        assert_eq!(said(answer).await, Ok(("of-me".to_owned(), "2026-01-02T03:04:05Z".parse().ok())));
        let asked = r#"case "$KUBERNETES_EXEC_INFO" in *ExecCredential*) echo '{"status": {"token": "asked"}}';; esac"#;
        assert_eq!(said(asked).await, Ok(("asked".to_owned(), None)));
    }

    #[tokio::test]
    async fn a_program_that_fails_says_so_and_shows_nothing_else() {
        for (script, expected) in [
            ("echo a-secret; exit 3", "failed: exit status: 3"),
            ("echo a-secret", "did not answer with JSON"),
            ("echo '{\"status\": {\"clientKeyData\": \"a-secret\"}}'", "answered without a token"),
        ] {
            let refused = said(script).await.unwrap_err();
            assert!(refused.contains(expected) && !refused.contains("a-secret"), "{refused}");
        }
    }
}
