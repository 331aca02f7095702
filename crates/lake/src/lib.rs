//! The lake: a folder of Delta tables, and SQL over them.
//!
//! This is the only crate that stores and queries. A [`Lake`] writes rows of `sightline_model` into the tables that
//! [`sightline_model::lake_table`] declares, each commit atomic and, where asked, exactly once. A [`Session`] is one
//! consistent picture of all tables, with a typed view for each inventory table, and answers read-only SQL.
//!
//! # The folder
//! ```text
//! lake.json          {"format":1,"written_by":"0.1.0"}
//! locks/scan.lock    held by the process that scans
//! tmp/               what queries spill
//! resource/          a Delta table: Parquet files and _delta_log/
//! …
//! ```
//!
//! # Exactly once over several tables
//! Delta has no transaction over two tables. A stage that must apply one batch to several tables claims it first (one
//! commit that fixes what belongs to the batch), then calls [`Lake::append_once`] with the same `app` and `seq` for each
//! table; after a crash it repeats the calls, and those that had happened are skipped. One `app` has one writer and its
//! `seq` only grows: Delta keeps the last number alone.

mod answer;
mod conflict;
mod current;
mod error;
mod folder;
mod function;
mod guard;
mod lock;
mod rows;
mod schema;
mod session;
mod snapshot;
mod table;
mod view;
mod views;

pub use answer::Answer;
pub use error::LakeError;
pub use folder::{FORMAT, Lake};
pub use function::TextFunction;
pub use lock::LakeLock;
pub use session::Session;
pub use table::Appended;
