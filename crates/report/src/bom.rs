//! The bill of materials of models, as CycloneDX has it: what is there, what is called, by whom, and what it is made from.
//!
//! Every model that the accounts own is in it, and of what AWS and others offer what is called or named by something that is. Names
//! of things in it (`bom-ref`) are ARNs; the dependency graph is that of [`Relation`](sightline_model::Relation) and of the map's
//! edges. Source: <https://cyclonedx.org/docs/1.6/json/>.
//!
//! # Contract
//! - The same content has the same serial number, whenever it is written: UUID version 5 of the document without its time.
//! - Each `bom-ref` is there once, and every dependency names one that is there.
//! - Texts are made safe for a terminal and bounded; what was not inspected is told in the metadata, and makes the whole
//!   `incomplete`.

mod assemble;
mod card;
mod document;
mod kind;
mod text;
mod used;

use crate::{Report, ReportError};
use std::io;
use uuid::Uuid;

pub(crate) use kind::tables;

/// The edition of CycloneDX.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edition {
    V1_6,
    V1_7,
}

impl Edition {
    fn version(self) -> &'static str {
        match self {
            Self::V1_6 => "1.6",
            Self::V1_7 => "1.7",
        }
    }

    fn schema(self) -> &'static str {
        match self {
            Self::V1_6 => "http://cyclonedx.org/schema/bom-1.6.schema.json",
            Self::V1_7 => "http://cyclonedx.org/schema/bom-1.7.schema.json",
        }
    }
}

/// Writes the bill of materials.
pub(crate) fn write(
    report: &Report,
    edition: Edition,
    format: &'static str,
    out: &mut dyn io::Write,
) -> Result<(), ReportError> {
    let failed = |error: serde_json::Error| match error.io_error_kind() {
        Some(_) => ReportError::Stream(error.into()),
        None => ReportError::render(format, &error),
    };
    let mut document = assemble::assemble(report, edition);
    let content = serde_json::to_vec(&document).map_err(failed)?;
    document.serial_number = format!("urn:uuid:{}", Uuid::new_v5(&Uuid::NAMESPACE_URL, &content));
    document.metadata.timestamp = report.generated_at.to_string();
    serde_json::to_writer_pretty(&mut *out, &document).map_err(failed)?;
    writeln!(out)?;
    Ok(())
}
