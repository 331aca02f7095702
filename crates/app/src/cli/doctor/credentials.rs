//! Which credentials are found, where, whether AWS takes them, and how long they last.

use super::clock::duration;
use super::key;
use super::line::Line;
use crate::world;
use jiff::Timestamp;
use sightline_aws::{Aws, CallError, CallErrorKind, Caller, Found, Origin};
use std::time::Duration;
use tokio::time::timeout;

const CHECK: &str = "credentials";

/// Credentials that nothing renews should last a scan, in seconds.
const SOON: i64 = 1800;

const SIGN_IN: &str =
    "sign in with `aws sso login` and set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";

/// Looks for credentials, then asks AWS whose they are.
pub(super) async fn check(aws: &Aws, profile: Option<&str>, limit: Duration) -> Vec<Line> {
    let profile = profile.map(str::to_owned).or_else(|| world::variable("AWS_PROFILE"));
    let found = match timeout(limit, aws.credentials()).await {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => return vec![not_found(&error, profile.as_deref())],
        Err(_) => {
            let told = format!(
                "none were found in {}: whoever should give them (a role, a metadata service, a program of the profile) does not answer",
                duration(limit.as_secs().cast_signed())
            );
            let fix = format!("{SIGN_IN}; on a machine outside EC2, AWS_EC2_METADATA_DISABLED=true ends the wait");
            return vec![Line::cannot_tell(CHECK, told, fix)];
        }
    };
    let mut lines = vec![of_found(&found, profile.as_deref())];
    lines.extend(expiry(&found, world::variable("AWS_CREDENTIAL_EXPIRATION").as_deref(), world::now()));
    lines.extend(match timeout(limit, aws.caller()).await {
        Ok(Ok(caller)) => taken(&caller),
        Ok(Err(error)) => vec![not_taken(&error)],
        Err(_) => vec![Line::cannot_tell(CHECK, "sts:GetCallerIdentity did not answer in time", "see `network`")],
    });
    lines
}

fn named(profile: Option<&str>) -> String {
    profile.map_or_else(|| "the default profile".to_owned(), |name| format!("the profile `{name}`"))
}

fn of_found(found: &Found, profile: Option<&str>) -> Line {
    let named = named(profile);
    let origin = |origin: &Origin| match origin {
        Origin::Environment => "the environment",
        Origin::Profile => named.as_str(),
        Origin::Role => "an assumed role",
        Origin::WebIdentity => "a role by web identity",
        Origin::Sso => "IAM Identity Center",
        Origin::Login => "`aws login`",
        Origin::Process => "a program that the profile names",
        Origin::Container => "the container's endpoint (ECS, EKS Pod Identity)",
        Origin::Instance => "the instance's metadata service",
    };
    let origins: Vec<&str> = found.origins.iter().map(origin).collect();
    let from = if origins.is_empty() { "a source that does not tell".to_owned() } else { origins.join(", by ") };
    let told = format!("access key {} from {from}", found.access_key_id);
    if let Some(reason) = key::pretended(&found.access_key_id) {
        let fix = "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN, or take the key out of the profile";
        return Line::warning(CHECK, format!("{told}: it {reason}"), fix);
    }
    if found.is_temporary {
        return Line::ok(CHECK, format!("{told}, temporary"));
    }
    Line::warning(
        CHECK,
        format!("{told}: a long-lived key, good until somebody deletes it"),
        "use a role or `aws sso login`, and delete the key where nothing else needs it",
    )
}

/// Nothing is said of credentials that never run out, or are renewed before they do.
fn expiry(found: &Found, variable: Option<&str>, now: Timestamp) -> Option<Line> {
    let in_environment = found.origins.contains(&Origin::Environment);
    let told = variable.filter(|_| in_environment).and_then(|text| text.parse().ok());
    let expires = found.expires_at.and_then(|at| Timestamp::try_from(at).ok()).or(told)?;
    let left = expires.as_second().saturating_sub(now.as_second());
    let at = expires.strftime("%Y-%m-%d %H:%M:%S UTC");
    if left <= 0 {
        return Some(Line::wrong(
            CHECK,
            format!("they ran out at {at}"),
            "ask for new ones: `aws sso login`, or as you got these",
        ));
    }
    let told = format!("they last until {at}, {} from now", duration(left));
    if found.origins.iter().any(|origin| origin.renews()) {
        Some(Line::ok(CHECK, format!("{told}, and are renewed before")))
    } else if left < SOON {
        Some(Line::warning(CHECK, format!("{told}: a scan may take longer"), "ask for new ones before you scan"))
    } else {
        Some(Line::ok(CHECK, told))
    }
}

fn taken(caller: &Caller) -> Vec<Line> {
    let Caller { account_id, arn, partition } = caller;
    let mut lines = vec![Line::ok(CHECK, format!("account {account_id} (partition {partition}) as {arn}"))];
    if arn.ends_with(":root") {
        let told = "they are the account's root user, whom no policy limits";
        lines.push(Line::warning(
            CHECK,
            told,
            "use a role with the policies of `sightline permissions`, and delete root's keys",
        ));
    }
    lines
}

fn not_found(error: &CallError, profile: Option<&str>) -> Line {
    match error.kind {
        CallErrorKind::NoCredentials if error.code == "NoCredentials" => {
            let of = |profile: &str| {
                format!("`aws configure list-profiles` tells whether there is a profile `{profile}`; {SIGN_IN}")
            };
            let told = format!(
                "none are found: not in the environment, in {}, nor with a container or instance",
                named(profile)
            );
            Line::wrong(CHECK, told, profile.map_or_else(|| SIGN_IN.to_owned(), of))
        }
        CallErrorKind::NoCredentials if is_of_the_way(error) => Line::cannot_tell(
            CHECK,
            format!("whoever gives them out (a role, IAM Identity Center) was not reached: {}", error.message),
            "see `network`",
        ),
        // The last of the chain: nothing before it had any.
        CallErrorKind::NoCredentials if error.message.contains("IMDS") => {
            let reason = error.message.trim_start_matches("an error occurred while loading credentials: ");
            let told = "none are found: not in the environment nor in the profile, and the instance's metadata service gives none";
            Line::wrong(CHECK, format!("{told} ({reason})"), SIGN_IN)
        }
        CallErrorKind::ExpiredCredentials => {
            Line::wrong(CHECK, said(error), "sign in again: `aws sso login`, or as you got them")
        }
        CallErrorKind::Denied => Line::wrong(
            CHECK,
            said(error),
            "let the role's trust policy name these credentials, and give the external id that it asks for",
        ),
        CallErrorKind::NoCredentials if error.code == "CredentialsTimedOut" => {
            Line::cannot_tell(CHECK, said(error), SIGN_IN)
        }
        CallErrorKind::NoCredentials | CallErrorKind::Invalid => {
            Line::wrong(CHECK, said(error), "correct the profile; `aws configure list` shows what is taken from where")
        }
        _ => Line::cannot_tell(CHECK, said(error), "see `network`"),
    }
}

fn not_taken(error: &CallError) -> Line {
    match error.kind {
        CallErrorKind::ExpiredCredentials => {
            Line::wrong(CHECK, said(error), "ask for new ones: `aws sso login`, or as you got these")
        }
        CallErrorKind::NoCredentials if is_of_time(error) => {
            Line::wrong(CHECK, said(error), "set the clock: see `clock`")
        }
        CallErrorKind::NoCredentials => Line::wrong(
            CHECK,
            said(error),
            "compare the key with the account's (deleted, switched off, of another partition?), and the secret with what was given out",
        ),
        CallErrorKind::Denied => Line::wrong(
            CHECK,
            said(error),
            "sts:GetCallerIdentity needs no permission: look at the policy of the endpoint that is on the way",
        ),
        CallErrorKind::Unreachable | CallErrorKind::TimedOut => {
            Line::cannot_tell(CHECK, "whether AWS takes them is not known: sts was not reached", "see `network`")
        }
        // Not even an error of AWS's own.
        _ if error.code.starts_with("Http4") => Line::cannot_tell(
            CHECK,
            format!(
                "whether AWS takes them is not known: what answers in place of sts says {} {}",
                error.code, error.message
            ),
            "look at the endpoint variables and the proxy: what answers is not AWS",
        ),
        _ => Line::cannot_tell(CHECK, format!("whether AWS takes them: {}", said(error)), "see `network`"),
    }
}

/// Whether AWS refuses a signature for its time, not for its key.
fn is_of_time(error: &CallError) -> bool {
    let message = error.message.to_ascii_lowercase();
    let words = ["signature expired", "signature not yet current", "too large", "too skewed"];
    matches!(error.code.as_str(), "RequestTimeTooSkewed" | "RequestInTheFuture" | "RequestExpired")
        || words.iter().any(|words| message.contains(words))
}

/// Whether credentials are not there because nobody could be asked for them.
fn is_of_the_way(error: &CallError) -> bool {
    let message = error.message.to_ascii_lowercase();
    ["dispatch failure", "timed out", "timeout"].iter().any(|words| message.contains(words))
}

fn said(error: &CallError) -> String {
    if error.message.is_empty() { error.code.clone() } else { format!("{}: {}", error.code, error.message) }
}

#[cfg(test)]
mod tests {
    use super::super::line::Status;
    use super::*;

    fn found(origins: &[Origin], expires: Option<&str>) -> Found {
        let at = expires.map(|text| text.parse::<Timestamp>().unwrap().into());
        Found {
            access_key_id: "ASIAQWERTYUIOPASDFGH".to_owned(),
            is_temporary: true,
            expires_at: at,
            origins: origins.to_vec(),
        }
    }

    fn error(kind: CallErrorKind, code: &str, message: &str) -> CallError {
        CallError {
            kind,
            code: code.to_owned(),
            message: message.to_owned(),
            status: None,
            service: "sts".to_owned(),
            operation: "GetCallerIdentity".to_owned(),
            region: "eu-west-1".to_owned(),
        }
    }

    #[test]
    fn credentials_that_nobody_renews_run_out() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let status =
            |origins: &[Origin], at, variable| expiry(&found(origins, at), variable, now).map(|line| line.status);
        assert_eq!(status(&[Origin::Profile], None, None), None);
        assert_eq!(status(&[Origin::Role], Some("2026-11-22T12:05:00Z"), None), Some(Status::Ok));
        assert_eq!(status(&[Origin::Environment], None, Some("2026-11-22T12:05:00Z")), Some(Status::Warning));
        assert_eq!(status(&[Origin::Environment], None, Some("2026-11-22T11:59:00Z")), Some(Status::Wrong));
        assert_eq!(status(&[Origin::Environment], None, Some("2026-11-22T20:00:00+00:00")), Some(Status::Ok));
        assert_eq!(status(&[Origin::Profile], None, Some("2026-11-22T11:59:00Z")), None, "it is the environment's");
    }

    #[test]
    fn what_is_no_answer_is_no_verdict() {
        use CallErrorKind::*;
        for (kind, code, message, status, fix) in [
            (NoCredentials, "InvalidClientTokenId", "invalid", Status::Wrong, "compare the key"),
            (
                NoCredentials,
                "SignatureDoesNotMatch",
                "Signature expired: 2026 is earlier",
                Status::Wrong,
                "set the clock",
            ),
            (ExpiredCredentials, "ExpiredToken", "", Status::Wrong, "ask for new ones"),
            (Unreachable, "Unreachable", "refused", Status::CannotTell, "network"),
            (Throttled, "Throttling", "", Status::CannotTell, "network"),
            (Server, "Http500", "", Status::CannotTell, "network"),
        ] {
            let line = not_taken(&error(kind, code, message));
            assert_eq!(line.status, status, "{code}");
            assert!(line.fix.contains(fix), "{code}: {}", line.fix);
        }
    }

    #[test]
    fn where_nobody_could_be_asked_there_may_be_credentials() {
        use CallErrorKind::*;
        for (kind, code, message, status) in [
            (NoCredentials, "NoCredentials", "", Status::Wrong),
            (NoCredentials, "CredentialsFailed", "failed to load IMDS session token: 403", Status::Wrong),
            (NoCredentials, "CredentialsFailed", "loading: dispatch failure: io error", Status::CannotTell),
            (NoCredentials, "CredentialsFailed", "the program ended with 1", Status::Wrong),
            (Denied, "CredentialsDenied", "AccessDenied", Status::Wrong),
            (ExpiredCredentials, "ExpiredCredentials", "", Status::Wrong),
            (Server, "Http500", "", Status::CannotTell),
        ] {
            assert_eq!(not_found(&error(kind, code, message), None).status, status, "{code}: {message}");
        }
    }

    #[test]
    fn root_and_long_lived_keys_are_said() {
        let caller =
            |arn: &str| Caller { account_id: "1".to_owned(), arn: arn.to_owned(), partition: "aws".to_owned() };
        assert_eq!(taken(&caller("arn:aws:iam::123456789012:root")).len(), 2);
        assert_eq!(taken(&caller("arn:aws:iam::123456789012:user/root")).len(), 1);
        let long_lived = Found { is_temporary: false, ..found(&[Origin::Environment], None) };
        assert_eq!(of_found(&long_lived, None).status, Status::Warning);
        let line = of_found(&found(&[Origin::Sso, Origin::Profile], None), Some("dev"));
        assert_eq!(
            line.told,
            "access key ASIAQWERTYUIOPASDFGH from IAM Identity Center, by the profile `dev`, temporary"
        );
    }
}
