//! What Sightline knows, as files for people and machines. Floor 2: no AWS, no lake; the caller reads the lake, fills a
//! [`Report`] and names the outputs.
//!
//! Each format is one file in `src/format/`, see [`format`]; those of a run of probes are in `src/probe_format/`, see [`probe_format`].
//! [`OutputSpec`] and [`ProbeOutputSpec`] are `-o FORMAT[=PATH]`.

mod asff;
mod bom;
mod cells;
mod count;
mod error;
mod event_output;
pub mod format;
mod garak;
mod html;
mod json_lines;
mod junit;
mod markup;
pub mod ocsf;
mod output;
mod place;
pub mod probe_format;
mod probed;
pub mod promptfoo;
mod report;
mod sarif;

pub use count::{CheckCount, Counts, MissingAction, OutcomeCount, TableCount};
pub use error::ReportError;
pub use event_output::EventOutputSpec;
pub use format::{FolderFormat, Format};
pub use output::{OutputSpec, ProbeOutputSpec};
pub use probe_format::ProbeFormat;
pub use probed::{
    ProbeReport, ProbedAttempt, ProbedFamily, ProbedGate, ProbedInterval, ProbedPack, ProbedPrompt, ProbedRun,
};
pub use report::{Check, FixBlock, LogProblem, LogSource, Logs, ModelResource, Models, Report, ReportedFinding, Scan};

/// The inventory tables that a bill of materials is made of: what [`Models::resources`] holds.
pub fn model_tables() -> impl Iterator<Item = &'static str> {
    bom::tables()
}
