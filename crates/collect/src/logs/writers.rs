//! Rows of one thread on their way into staged files.

use crate::CollectError;
use sightline_ingest::Part;
use sightline_lake::{Lake, LakeError, Stage, Staged};
use std::collections::BTreeMap;
use tokio::runtime::Handle;

/// The stages of one thread, one a table, each opened when it gets its first rows. After a failure it takes rows and does nothing with them.
pub(super) struct Writers {
    lake: Lake,
    runtime: Handle,
    stages: BTreeMap<&'static str, Stage>,
    failure: Option<LakeError>,
}

impl Writers {
    pub(super) fn new(lake: Lake, runtime: Handle) -> Self {
        Self { lake, runtime, stages: BTreeMap::new(), failure: None }
    }

    /// Stages rows. Blocks: call it off the async threads.
    pub(super) fn write(&mut self, part: &Part) {
        if self.failure.is_none()
            && let Err(error) = self.try_write(part)
        {
            self.failure = Some(error);
        }
    }

    fn try_write(&mut self, part: &Part) -> Result<(), LakeError> {
        if !self.stages.contains_key(part.table.name) {
            let stage = self.runtime.block_on(self.lake.stage(part.table))?;
            self.stages.insert(part.table.name, stage);
        }
        self.stages.get_mut(part.table.name).map_or(Ok(()), |stage| stage.write_here(&part.rows))
    }

    /// Closes the files. Blocks likewise.
    pub(super) fn finish(self) -> Result<Vec<Staged>, CollectError> {
        if let Some(failure) = self.failure {
            return Err(failure.into());
        }
        let closed = self.stages.into_values().map(Stage::finish_here);
        Ok(closed.collect::<Result<_, _>>()?)
    }
}
