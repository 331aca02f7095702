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
//! claims/            what was staged for a number and may not be in each table yet
//! journals/          what a scan that is not finished has read so far
//! tmp/               what queries spill
//! resource/          a Delta table: Parquet files and _delta_log/
//! …
//! ```
//!
//! # Exactly once over several tables
//! Delta has no transaction over two tables. A batch of work goes into several ones by these steps, under one number `seq`
//! of one application `app`:
//!
//! 1. **stage**: [`Lake::stage`] writes the rows of each table into its folder, where no reader sees them. It takes as long
//!    as it takes, in many threads, and needs no lock.
//! 2. **claim**: [`Lake::save_claim`] keeps the names of the staged files, then [`Lake::append_once`] commits what the batch
//!    was made of to the table that says so (`log_object`). With this commit the batch has happened.
//! 3. **commit**: [`Lake::commit_staged`] makes the files rows of their table, one short commit a table.
//! 4. **drop**: [`Lake::drop_claim`], when each table has the number.
//!
//! Each step may be repeated. A process that begins looks for the last number of `app` ([`Lake::transaction`]): where the claim was
//! committed and a table lacks the number, it goes on with step 3 from [`Lake::load_claim`]; nothing is read again for that.
//! What is killed before the commit of step 2 has not happened: its files are orphans that [`Lake::sweep`] takes away.
//! What a call has answered survives a loss of power.
//!
//! One `app` has one writer and its `seq` only grows: Delta keeps the last number alone.
//!
//! # Many commits
//! Each hundredth commit writes a checkpoint, so that a table is opened without reading its log from the start. Each commit with rows
//! adds a file: with more than a hundred small ones ([`Lake::small_files`]) call [`Lake::compact`].

mod answer;
mod cells;
mod claim;
mod commit;
mod compact;
mod conflict;
mod current;
mod durable;
mod error;
mod examine;
mod folder;
mod function;
mod guard;
mod journal;
mod lock;
mod made;
mod mark;
mod parquet_file;
mod rows;
mod session;
mod snapshot;
mod stage;
mod staged;
mod staging;
mod statistics;
mod sweep;
mod table;
mod typed;
mod view;
mod views;

pub use answer::Answer;
pub use commit::Appended;
pub use compact::Compacted;
pub use error::LakeError;
pub use examine::Writer;
pub use folder::{FORMAT, Lake};
pub use function::TextFunction;
pub use journal::{Entry, Journal, JournalReader, JournalRecords};
pub use lock::LakeLock;
pub use mark::Mark;
pub use session::{Parts, Session, Statement, Workspace};
pub use stage::{Stage, StageLimits};
pub use staged::Staged;
pub use sweep::Swept;
