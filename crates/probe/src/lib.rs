//! Red-team packs against models, within a budget. Floor 2.
//!
//! ```text
//! packs/*.toml ── pack ──┐
//! prices.toml ── price ──┼─► plan ──► run ── converse ──► judge ──► probe_attempt, summary
//! the target's facts ────┘            └ budget: reserved before each call, settled after it
//! ```
//! A probe is one file, see [`pack`]. Nothing is called that is not in a [`Plan`]; a plan has one target, named by the caller.
//! What could not be judged is `undecided` and what failed is `error`: neither counts as held.

mod attempt;
mod budget;
mod cards;
mod converse;
mod error;
mod fill;
mod fold;
mod judge;
mod money;
pub mod oracle;
pub mod pack;
mod plan;
mod price;
mod run;
mod stats;
mod summary;
mod target;

pub use attempt::{Attempt, Outcome};
pub use budget::Limits;
pub use cards::cards;
pub use error::ProbeError;
pub use money::Usd;
pub use pack::{Pack, Probe, packs};
pub use plan::{Plan, PlanOptions, PlannedProbe, plan};
pub use price::{Price, PriceList};
pub use run::{Progress, RunOptions, run};
pub use stats::{Interval, wilson};
pub use summary::{FamilySummary, RunSummary};
pub use target::{Guardrail, Target};
