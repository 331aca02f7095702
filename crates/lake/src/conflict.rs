//! Which failures of a commit mean that another writer was first.

use deltalake::DeltaTableError;
use deltalake::kernel::transaction::{CommitConflictError, TransactionError};

/// Whether reading the table anew and trying again is right: another writer committed the same application's
/// transaction, or changed the columns, or kept taking the version that this commit wanted.
pub(crate) fn another_was_first(error: &DeltaTableError) -> bool {
    match error {
        DeltaTableError::VersionAlreadyExists(_) => true,
        DeltaTableError::Transaction { source } => matches!(
            source,
            TransactionError::CommitConflict(
                CommitConflictError::ConcurrentTransaction | CommitConflictError::MetadataChanged
            ) | TransactionError::VersionAlreadyExists(_)
                | TransactionError::MaxCommitAttempts(_)
        ),
        _ => false,
    }
}
