//! Red-team packs against models, within a budget. Floor 2.
//!
//! ```text
//! packs/*.toml ── pack ──┐
//! the price list, `model` ┼─► plan ──► run ── surface ───► judge ──► probe_attempt, summary
//! the target's facts ────┘            └ budget: reserved before each call, settled after it
//! ```
//! A probe is one file, see [`pack`]. Nothing is called that is not in a [`Plan`]; a plan has one target, named by the caller. [`found()`] tells which
//! targets the lake knows, and [`agreement()`] whether a call of one could make a contract. Plans of several targets share a [`Budget`].
//! What could not be judged is `undecided` and what failed is `error`: neither counts as held.
//!
//! The judge asks, in this order: the guardrail's verdict, the probe's own rules, the [`refusal`] detector, and, where one is given, a
//! model that understands text ([`llm_judge`]). Figures are of prompts, see [`stats`]; a [`gate`] and [`compare`] rest on their bounds.
//! `probe_run` has a row when a run begins and one when it ends, so that it can go on ([`Resumed`]).

mod agreement;
mod answer;
mod asset;
mod attempt;
mod budget;
mod cards;
mod consult;
mod conversation;
mod error;
mod family;
mod fill;
mod finding;
mod fold;
mod found;
pub mod gate;
mod import;
mod judge;
mod keeper;
pub mod llm_judge;
pub mod oracle;
pub mod pack;
mod paired;
mod plan;
mod portable;
mod prompt;
mod record;
pub mod refusal;
mod resume;
mod run;
pub mod stats;
mod summary;
mod surface;
mod target;
mod three_ways;
mod transform;

pub use agreement::{Agreement, agreement, models_behind};
pub use attempt::{Attempt, Outcome};
pub use budget::{Budget, Limits};
pub use cards::cards;
pub use consult::JudgeReport;
pub use error::ProbeError;
pub use family::{Family, families};
pub use finding::{findings, findings_of};
pub use found::{Found, FoundTargets, Pricing, found};
pub use gate::{Gate, GateError, GateReport, GateVerdict};
pub use import::{ImportOptions, Imported, LARGEST_FILE, import, write};
pub use llm_judge::LlmJudge;
pub use pack::{Pack, Probe, load, packs, requirements};
pub use paired::{Change, Comparison, FamilyChange, Unpaired, compare};
pub use plan::{Plan, PlanOptions, PlannedProbe, plan};
pub use portable::{Expectation, Portable, portable};
pub use prompt::PromptResult;
pub use record::{PackUsed, ProbeRun, RunStatus, Settings, recorded, runs};
pub use resume::Resumed;
pub use run::{Progress, RunOptions, run, run_within};
pub use sightline_model::Usd;
pub use sightline_model::price::{Price, PriceError, PriceList};
pub use stats::{Interval, wilson};
pub use summary::{FamilySummary, RunSummary};
pub use surface::{Body, Dialect, Form, Surface, Template};
pub use target::{Guardrail, Target, Token};
pub use three_ways::{Alone, ThreeWays, three_ways};
