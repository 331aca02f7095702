//! What the process takes from the world around it. Libraries get these as arguments, so that they can be replayed.

#![expect(
    clippy::disallowed_methods,
    reason = "the one place where the clock, randomness and the environment are read"
)]

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sightline_collect::scan::Clock;
use sightline_model::RunId;
use std::path::PathBuf;
use std::sync::Arc;

/// Now.
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// The day that it is, in UTC: on it mutes end.
pub(crate) fn today() -> Date {
    now().to_zoned(TimeZone::UTC).date()
}

/// Reads the time whenever it is asked.
pub(crate) fn clock() -> Clock {
    Arc::new(Timestamp::now)
}

/// A new id for a run that begins now.
pub(crate) fn new_run() -> RunId {
    let (_, tail) = uuid::Uuid::new_v4().as_u64_pair();
    RunId::new(now(), u32::try_from(tail & 0xff_ffff).unwrap_or_default())
}

/// A seed for what must not repeat between runs.
pub(crate) fn seed() -> u64 {
    uuid::Uuid::new_v4().as_u64_pair().1
}

/// 256 bits that nobody can guess.
///
/// # Errors
/// The system has no randomness to give.
pub(crate) fn secret() -> anyhow::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("the system gives no random numbers: {error}"))?;
    Ok(bytes)
}

/// Whether the environment has this variable with any text in it.
pub(crate) fn has_variable(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// The width that the environment asks for: `COLUMNS`.
pub(crate) fn columns() -> Option<u16> {
    std::env::var("COLUMNS").ok()?.parse().ok()
}

/// The text of a variable of the environment; none where it is empty.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// All variables of the environment. What is not Unicode is shown with `�` in place of it.
pub(crate) fn variables() -> Vec<(String, String)> {
    let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect()
}

/// The folder of temporary files.
pub(crate) fn temporary() -> PathBuf {
    std::env::temp_dir()
}

/// How many threads this machine runs at once.
pub(crate) fn parallelism() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
