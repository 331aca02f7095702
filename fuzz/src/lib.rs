//! What the fuzz targets share. Each log source has a target of its own, so that its corpus is of its own format.

#[cfg(feature = "ingest")]
mod log;

#[cfg(feature = "ingest")]
pub use log::decode;
