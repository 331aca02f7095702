//! The lake: Delta tables in a folder or in a bucket, and SQL over them.
//!
//! This is the only crate that stores and queries. A [`Lake`] writes rows of `sightline_model` into the tables that
//! [`sightline_model::lake_table`] declares, each commit atomic and, where asked, exactly once. A [`Session`] is one
//! consistent picture of all tables, with a typed view for each inventory table, and answers read-only SQL.
//!
//! # What lies where
//! ```text
//! lake.json          {"format":1,"written_by":"0.1.0"}
//! claims/            what was staged for a number and may not be in each table yet
//! resource/          a Delta table: Parquet files and _delta_log/
//! …
//! locks/scan.lock    held by the process that scans
//! journals/          what a scan that is not finished has read so far
//! tmp/               what queries spill
//! ```
//! The last three are for one machine; of a lake in a bucket they are in a local folder: see [`Place`].
//!
//! # Exactly once over several tables
//! Delta has no transaction over two tables. A batch of work goes into several ones by these steps, under one number `seq`
//! of one application `app`:
//!
//! 1. **stage**: [`Lake::stage`] writes the rows of each table beside its files, where no reader sees them. It takes as long
//!    as it takes, in many threads, and needs no lock.
//! 2. **claim**: [`Lake::save_claim`] keeps the names of the staged files under a number that is given once; then
//!    [`Lake::claim_rows`] commits what the batch was made of to the table that says so (`log_object`), unless another writer has
//!    some of it, or another process works as `app`. With this commit the batch has happened.
//! 3. **commit**: [`Lake::commit_staged`] makes the files rows of their table, one short commit a table.
//! 4. **drop**: [`Lake::drop_claim`], when each table has the number.
//!
//! Each step may be repeated. A process that begins looks at the claims there are ([`Lake::claims`]): where the last number of an `app`
//! ([`Lake::transaction`]) is a claim's, whoever finds it goes on with step 3 from [`Lake::load_claim`]; nothing is read again for that.
//! What is killed before the commit of step 2 has not happened: its files are orphans that [`Lake::sweep`] takes away.
//! What a call has answered survives a loss of power.
//!
//! One `app` has one writer and its `seq` only grows: Delta keeps the last number alone. Locks keep this so on one machine, the check of
//! the last number in step 2 on several. No step needs a lock that machines share, only that of two writers of one object one fails.
//!
//! # Many commits
//! Each hundredth commit writes a checkpoint, so that a table is opened without reading its log from the start. Each commit with rows
//! adds a file: with more than a hundred small ones ([`Lake::small_files`]) call [`Lake::compact`].

mod answer;
mod cells;
mod claim;
mod claim_rows;
pub mod cluster;
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
mod here;
mod journal;
mod lock;
mod made;
mod mark;
mod marks;
mod parquet_file;
mod place;
mod retain;
mod rows;
mod session;
mod snapshot;
mod stage;
mod staged;
mod staging;
mod statistics;
mod status;
mod sweep;
mod table;
mod typed;
mod view;
mod views;

pub use answer::Answer;
pub use claim::Claimed;
pub use claim_rows::{Claimant, Claiming, Looked};
pub use cluster::Cluster;
pub use commit::Appended;
pub use compact::Compacted;
pub use error::LakeError;
pub use examine::Writer;
pub use folder::{FORMAT, Lake};
pub use function::TextFunction;
pub use journal::{Entry, Journal, JournalReader, JournalRecords};
pub use lock::LakeLock;
pub use mark::Mark;
pub use place::{Lender, Lent, Place, S3Access};
pub use retain::Retained;
pub use session::{Parts, Session, Statement, Workspace};
pub use stage::{Stage, StageLimits};
pub use staged::Staged;
pub use status::TableStatus;
pub use sweep::Swept;
