//! What goes wrong with a lake, in words that name the place and the fix.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use datafusion::error::DataFusionError;
use deltalake::DeltaTableError;
use sightline_model::untrusted::shortened;

/// The longest message of an engine that is passed on, in characters.
const MESSAGE_LIMIT: usize = 1_000;

/// Why the lake could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The folder holds no lake.
    #[error("there is no lake at `{}`; run `sightline scan` to make one, or name another folder", path.display())]
    Missing {
        /// the folder
        path: PathBuf,
    },
    /// A newer version of the product wrote it.
    #[error(
        "the lake at `{}` has format {found}, written by sightline {written_by}; this version reads format {known} at most: upgrade sightline",
        path.display()
    )]
    Newer {
        /// the folder
        path: PathBuf,
        /// the lake's format
        found: u64,
        /// the newest format that this version reads
        known: u64,
        /// the version that wrote it
        written_by: String,
    },
    /// A file or table of the lake is not what the product writes.
    #[error("`{}` is damaged: {reason}", path.display())]
    Damaged {
        /// the file or table
        path: PathBuf,
        /// what is wrong with it
        reason: String,
    },
    /// Another process holds the lock.
    #[error("`{stage}` is already writing to this lake: {holder}; wait for it or end it (`{}`)", path.display())]
    Locked {
        /// the stage, such as `scan`
        stage: String,
        /// what the holder wrote: `pid 4711, since …`
        holder: String,
        /// the lock's file
        path: PathBuf,
    },
    /// The library below cannot work in this folder.
    #[error("the lake cannot be at `{}`: the path {reason}; name another folder", path.display())]
    Folder {
        /// the folder
        path: PathBuf,
        /// what is wrong with its path
        reason: &'static str,
    },
    /// An address of a bucket that is none.
    #[error("`{address}` is no place for a lake: it {reason}; write `s3://bucket/prefix`")]
    Address {
        /// what was given
        address: String,
        /// what is wrong with it
        reason: &'static str,
    },
    /// The object store refused, or could not be asked.
    #[error("cannot {doing} `{}`: {message}", path.display())]
    Store {
        /// a verb, such as `write`
        doing: &'static str,
        /// the object
        path: PathBuf,
        /// what the store said
        message: String,
    },
    /// Rows were to be taken out of a table that has to keep them.
    #[error("table `{table}` {reason}")]
    Retention {
        /// the table
        table: &'static str,
        /// why not
        reason: &'static str,
    },
    /// A lock was asked for by a name that is none.
    #[error("`{stage}` is no name of a stage; use letters, digits and `-`")]
    Stage {
        /// the name
        stage: String,
    },
    /// The file system refused.
    #[error("cannot {doing} `{}`: {}", path.display(), file_reason(source))]
    Io {
        /// a verb, such as `write`
        doing: &'static str,
        /// the file or folder
        path: PathBuf,
        /// what the system said
        source: io::Error,
    },
    /// A row does not fit its table.
    #[error("row {row} of `{table}`, column `{column}`: {reason}")]
    Row {
        /// the table
        table: &'static str,
        /// the row's place in what was written, from 1
        row: usize,
        /// the column
        column: String,
        /// what is wrong
        reason: String,
    },
    /// Rows in Arrow do not fit their table.
    #[error("rows for `{table}`: {reason}")]
    Batch {
        /// the table
        table: &'static str,
        /// what is wrong
        reason: &'static str,
    },
    /// A table whose files are parted by a column was to be staged.
    #[error("table `{table}` is parted by a column: only tables without such columns are staged")]
    Partitioned {
        /// the table
        table: &'static str,
    },
    /// A stage was used after its end.
    #[error("rows for `{table}` cannot be staged any more: writing failed or was cut off before; stage them anew")]
    StageEnded {
        /// the table
        table: &'static str,
    },
    /// A file that was staged is not there any more.
    #[error(
        "table `{table}`: the staged file `{}` {reason}, so its rows cannot be added; bring it back from a copy of the lake and run again",
        path.display()
    )]
    StagedLost {
        /// the table
        table: &'static str,
        /// the file
        path: PathBuf,
        /// what became of it
        reason: String,
    },
    /// A claim was asked for by a name that is none.
    #[error("`{app}` is no name of an application; use letters, digits, `-` and `_`")]
    App {
        /// the name
        app: String,
    },
    /// Other writers kept committing first.
    #[error("table `{table}`: other writers committed first {attempts} times in a row; try again when they are done")]
    Contended {
        /// the table
        table: &'static str,
        /// how often it was tried
        attempts: u32,
    },
    /// Delta could not read or write a table.
    #[error("table `{table}` at `{}`: {message}", path.display())]
    Table {
        /// the table
        table: &'static str,
        /// its folder
        path: PathBuf,
        /// what Delta said
        message: String,
    },
    /// A statement names a table or view that does not exist.
    #[error("there is no table `{name}`{}; `SHOW TABLES` lists all", did_you_mean(near))]
    UnknownTable {
        /// the name
        name: String,
        /// names like it, the nearest first
        near: Vec<String>,
    },
    /// A statement would do more than read.
    #[error("`{what}` is refused: the lake is only read through SQL; use SELECT, EXPLAIN, DESCRIBE or SHOW TABLES")]
    Refused {
        /// the first words of the statement
        what: String,
    },
    /// A statement could not be planned or run.
    #[error("{message}")]
    Query {
        /// what the engine said
        message: String,
    },
    /// A cluster cannot be used, or could not give an answer.
    #[error("the cluster at `{url}` {reason}")]
    Cluster {
        /// where its scheduler is, or is to be
        url: String,
        /// what is wrong, and the fix
        reason: String,
    },
    /// The result does not fit into memory.
    #[error("the answer is larger than {} MB; select fewer columns or rows (LIMIT), or aggregate", limit / 1_000_000)]
    TooLarge {
        /// the bound, in bytes
        limit: usize,
    },
    /// A row of an answer does not fit the type it is read into.
    #[error("row {row} of the answer: {message}")]
    Answer {
        /// the row's place, from 1
        row: usize,
        /// what is wrong
        message: String,
    },
}

impl LakeError {
    pub(crate) fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { doing, path, source }
    }

    /// A failure of Delta: where the file system is at the bottom of it, that is what is told.
    pub(crate) fn delta(table: &'static str, folder: &Path, doing: &'static str, error: DeltaTableError) -> Self {
        match io_cause(&error) {
            Some(source) => Self::Io { doing, path: folder.to_owned(), source },
            None => {
                Self::Table { table, path: folder.to_owned(), message: shortened(&error.to_string(), MESSAGE_LIMIT) }
            }
        }
    }

    pub(crate) fn query(error: &DataFusionError) -> Self {
        let message = match error.find_root() {
            DataFusionError::SQL(parser, _) => parser.to_string(),
            _ => error.strip_backtrace(),
        };
        let message = message.replace(".\n", "; ").replace('\n', " ");
        let mut chars = message.trim_end_matches('.').chars();
        let lower: String = chars.next().into_iter().flat_map(char::to_lowercase).chain(chars).collect();
        Self::Query { message: shortened(&lower, MESSAGE_LIMIT) }
    }
}

/// The I/O error at the bottom of a chain of causes. Its kind and text are copied, since the chain owns it.
fn io_cause(error: &(dyn Error + 'static)) -> Option<io::Error> {
    let mut found = None;
    let mut next = Some(error);
    while let Some(error) = next {
        found = error.downcast_ref::<io::Error>().or(found);
        next = error.source();
    }
    found.map(|cause| {
        cause
            .raw_os_error()
            .map_or_else(|| io::Error::new(cause.kind(), cause.to_string()), io::Error::from_raw_os_error)
    })
}

fn file_reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "the disk is full; free space and run again".into()
        }
        io::ErrorKind::PermissionDenied => "permission denied; make it writable for this user".into(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only; name another folder".into(),
        _ => error.to_string(),
    }
}

fn did_you_mean(near: &[String]) -> String {
    if near.is_empty() {
        return String::new();
    }
    format!(", did you mean {}?", near.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or "))
}
