//! What stops a collection as a whole. A call that fails while others work is no error: it is a row of `coverage`.

use sightline_aws::{AwsError, CallError, CallErrorKind};
use sightline_lake::LakeError;

/// Why nothing, or nothing more, could be collected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CollectError {
    /// A file of table declarations is no such file.
    #[error("cannot read tables/{file}: {reason}")]
    TableFile {
        /// below `tables/`
        file: String,
        /// what the TOML reader said
        reason: String,
    },
    /// A table's declaration does not fit the API model.
    #[error("tables/{file}, table `{table}`: {reason}")]
    TableDeclaration {
        /// below `tables/`
        file: String,
        /// its name
        table: String,
        /// what does not fit
        reason: String,
    },
    /// A pattern of `--table` or `--skip-table` names nothing.
    #[error("no table matches `{0}`: names are those of the catalogue, such as `aws_iam_role`, with `*` for any text")]
    NoSuchTable(String),
    /// A region's name that cannot be one.
    #[error("`{0}` is no region's name: it would be one such as `eu-west-1`")]
    NoSuchRegion(String),
    /// The very first call failed: nothing else can work.
    #[error("cannot tell which account this is: {source}{}", hint(source))]
    Caller {
        /// that of `sts:GetCallerIdentity`
        source: Box<CallError>,
    },
    /// The organization's accounts could not be listed.
    #[error(
        "cannot list the organization's accounts: {source} (use credentials of its management account, or of one that it delegates to)"
    )]
    Organization {
        /// that of Organizations
        source: Box<CallError>,
    },
    /// `--account` names one that the organization does not have.
    #[error("account `{0}` is not in the organization, or not below the units that are named")]
    NotInOrganization(String),
    /// What is left out leaves nothing.
    #[error("no account is left to scan")]
    NoAccounts,
    /// An account's id that cannot be one.
    #[error("`{0}` is no account's id: it would be twelve digits")]
    NoSuchAccount(String),
    /// A role's name that cannot be one.
    #[error("`{0}` is no role's name: it would be one such as `sightline-scanner`, with its path where it has one")]
    NoSuchRole(String),
    /// There is no scan to go on with.
    #[error("there is no unfinished scan{} in this lake: `sightline scan` begins one", of_id(_0))]
    NothingToResume(String),
    /// A scan cannot be gone on with.
    #[error("scan {scan_id} cannot be gone on with: {reason} (`sightline scan --discard {scan_id}` drops it)")]
    CannotResume {
        /// its id
        scan_id: String,
        /// why not
        reason: String,
    },
    /// Two processes ingest as the same shard.
    #[error("another process ingests as `{app}` too, and was first: end one of them, or give each its own `--shard`")]
    Fenced {
        /// the shard's application
        app: String,
    },
    /// No place of logs can be told from this.
    #[error("`{address}` is no place of logs: {reason}")]
    LogAddress {
        /// as it was written, shortened
        address: String,
        /// what would be one
        reason: &'static str,
    },
    /// A folder of logs cannot be looked at.
    #[error("cannot read logs from `{}`: {reason}", path.display())]
    LogFolder {
        /// the folder or file
        path: std::path::PathBuf,
        /// what the system said
        reason: String,
    },
    /// No log object could be listed.
    #[error("cannot list the log objects of `{place}`: {reason}")]
    LogList {
        /// `s3://bucket/prefix` or a path
        place: String,
        /// what was said
        reason: String,
    },
    /// No log object can be fetched any more.
    #[error("cannot go on reading logs: {reason}")]
    LogCredentials {
        /// what AWS said
        reason: String,
    },
    /// A task that reads logs stopped.
    #[error("the reader of a log object stopped, please report it: {reason}")]
    LogDecoder {
        /// what the runtime said
        reason: String,
    },
    /// The client could not be made.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// The lake could not be written.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

fn of_id(id: &str) -> String {
    if id.is_empty() { String::new() } else { format!(" `{id}`") }
}

/// What to do about a first call that fails.
fn hint(error: &CallError) -> &'static str {
    match error.kind {
        CallErrorKind::NoCredentials => " (sign in to AWS, or name a profile with `--profile`)",
        CallErrorKind::ExpiredCredentials => " (sign in to AWS again)",
        CallErrorKind::Unreachable | CallErrorKind::TimedOut => {
            " (check the network, the region, and the variables `AWS_ENDPOINT_URL` and `HTTPS_PROXY`)"
        }
        _ => "",
    }
}
