//! What Sightline knows, as files for people and machines. Floor 2: no AWS, no lake; the caller reads the lake, fills a
//! [`Report`] and names the outputs.
//!
//! Each format is one file in `src/format/`, see [`format`]. [`OutputSpec`] is `-o FORMAT[=PATH]`.

mod bom;
mod cells;
mod count;
mod error;
pub mod format;
mod html;
mod output;
mod report;

pub use count::{CheckCount, Counts, MissingAction, OutcomeCount, TableCount};
pub use error::ReportError;
pub use format::Format;
pub use output::OutputSpec;
pub use report::{Check, FixBlock, LogProblem, LogSource, Logs, ModelResource, Models, Report, ReportedFinding, Scan};

/// The inventory tables that a bill of materials is made of: what [`Models::resources`] holds.
pub fn model_tables() -> impl Iterator<Item = &'static str> {
    bom::tables()
}
