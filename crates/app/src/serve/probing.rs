//! Probes as the API asks for them: what is to be sent to whom, and what that comes to. It is what `sightline probe plan` takes and tells,
//! but for what would let a token reach beyond AWS: servers named by an address, files and variables of the server's own machine.

mod asked;
mod members;
mod planned;

pub(crate) use asked::{AssumedPrice, ProbeAsked};
pub(crate) use members::as_members;
pub(crate) use planned::{NotProbed, ProbePlans, guardrail};

/// An amount of a request.
///
/// # Errors
/// It is negative, or more than anybody spends on this.
pub(crate) fn usd(name: &str, amount: f64) -> anyhow::Result<sightline_probe::Usd> {
    const MOST: f64 = 1_000_000.0;
    anyhow::ensure!((0.0..=MOST).contains(&amount), "`{name}` is {amount}: it must be 0 to {MOST} US dollars");
    Ok(sightline_probe::Usd::from_nanos((amount * 1e9).round() as u64))
}
