//! From the runtime's error to a [`CallError`].

use crate::error::{About, CallError};
use crate::fault::Fault;
use crate::kind::CallErrorKind;
use crate::watch::Watch;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{DispatchFailure, SdkError};
use aws_smithy_types::error::display::DisplayErrorContext;
use std::error::Error;

/// The code of a call whose host name nobody knows.
pub(crate) const UNKNOWN_HOST: &str = "UnknownHost";

/// What is said of a call that was not made.
pub(crate) const NOT_ASKED_AGAIN: &str = "the service asked for patience so often in a row that it was not asked again";

pub(crate) fn call_error(about: About<'_>, error: &SdkError<Fault, HttpResponse>, watch: &Watch) -> CallError {
    match error {
        SdkError::ServiceError(refused) => of_fault(about, refused.err()),
        SdkError::ConstructionFailure(_) => about.error(CallErrorKind::Invalid, "InvalidInput", Root(error)),
        SdkError::TimeoutError(_) if watch.was_held_back() => about.error(
            CallErrorKind::Throttled,
            "Throttled",
            "the service kept asking for patience until the time was up",
        ),
        SdkError::TimeoutError(_) => about.error(CallErrorKind::TimedOut, "TimedOut", "no answer in time"),
        SdkError::DispatchFailure(failure) => of_dispatch(about, failure),
        SdkError::ResponseError(response) => {
            let status = Some(response.raw().status().as_u16());
            let broken = if is_stalled(error) {
                about.error(CallErrorKind::TimedOut, "Stalled", "the answer began and then stopped coming")
            } else {
                about.error(CallErrorKind::Unreadable, "UnreadableAnswer", Root(error))
            };
            CallError { status, ..broken }
        }
        _ => about.error(CallErrorKind::Other, "Unknown", Root(error)),
    }
}

fn of_fault(about: About<'_>, fault: &Fault) -> CallError {
    let status = fault.status.to_string();
    let code = if fault.code().is_empty() { format!("Http{status}") } else { fault.code().to_owned() };
    CallError { status: Some(fault.status), ..about.error(fault.kind(), &code, fault.message()) }
}

fn of_dispatch(about: About<'_>, failure: &DispatchFailure) -> CallError {
    let reason: &(dyn Error + 'static) = match failure.as_connector_error() {
        Some(error) => error,
        None => return about.error(CallErrorKind::Other, "Unsent", "the request was not sent"),
    };
    if let Some(credentials) = chain(reason).find_map(|error| error.downcast_ref::<CredentialsError>()) {
        return of_credentials(about, credentials);
    }
    if failure.is_timeout() {
        return about.error(CallErrorKind::TimedOut, "TimedOut", Root(reason));
    }
    let kind = if failure.is_io() { CallErrorKind::Unreachable } else { CallErrorKind::Other };
    let unresolved = chain(reason).any(|error| error.to_string().contains("dns error"));
    about.error(kind, if unresolved { UNKNOWN_HOST } else { "Unreachable" }, Root(reason))
}

/// Providers wrap what they met as text, so that an expired session can be told from a missing one by words only.
pub(crate) fn of_credentials(about: About<'_>, error: &CredentialsError) -> CallError {
    let said = DisplayErrorContext(error).to_string();
    let lower = said.to_ascii_lowercase();
    if lower.contains("expired") {
        return about.error(CallErrorKind::ExpiredCredentials, "ExpiredCredentials", Root(error));
    }
    if lower.contains("accessdenied") {
        return about.error(CallErrorKind::Denied, "CredentialsDenied", Root(error));
    }
    match error {
        CredentialsError::CredentialsNotLoaded(_) => about.error(
            CallErrorKind::NoCredentials,
            "NoCredentials",
            "no AWS credentials found: set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with `aws sso login`",
        ),
        CredentialsError::ProviderTimedOut(_) => about.error(CallErrorKind::NoCredentials, "CredentialsTimedOut", Root(error)),
        _ => about.error(CallErrorKind::NoCredentials, "CredentialsFailed", Root(error)),
    }
}

/// What an error says, with its causes; of one in sending, what the connection said.
pub(crate) fn told(error: &SdkError<Fault, HttpResponse>) -> String {
    match error {
        SdkError::DispatchFailure(failure) => {
            failure.as_connector_error().map_or_else(|| Root(error).to_string(), |reason| Root(reason).to_string())
        }
        _ => Root(error).to_string(),
    }
}

/// The runtime's protection against stalled answers keeps its error to itself: the words are all there is.
fn is_stalled(error: &(dyn Error + 'static)) -> bool {
    chain(error).any(|error| error.to_string().contains("minimum throughput"))
}

fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    fn cause<'e>(error: &&'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
        (*error).source()
    }
    std::iter::successors(Some(error), cause)
}

/// The messages of an error and its causes, each once, from the outside in.
struct Root<'e, E: ?Sized>(&'e E);

impl<E: Error + ?Sized> std::fmt::Display for Root<'_, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut said = self.0.to_string();
        f.write_str(&said)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let next = error.to_string();
            if !said.contains(&next) {
                write!(f, ": {next}")?;
                said = next;
            }
            cause = error.source();
        }
        Ok(())
    }
}
