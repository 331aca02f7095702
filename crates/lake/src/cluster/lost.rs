//! When an executor is lost, the queries that it may have had a part of are ended, and who asked begins them again.
//!
//! Ballista would do the lost part again and go on. It keeps, though, what tasks of a stage have already handed on when it has to begin that
//! stage anew, and the rows of those tasks come twice. A query that is begun again has none of the first time's rows.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use ballista_core::JobId;
use ballista_core::config::BALLISTA_CLIENT_IO_RETRY_WAIT_TIME_MS;
use ballista_core::error::Result;
use ballista_core::extension::SessionConfigExt;
use ballista_core::serde::protobuf::job_status::Status;
use ballista_core::serde::protobuf::{ExecutorHeartbeat, JobStatus};
use ballista_core::serde::scheduler::{ExecutorData, ExecutorMetadata};
use ballista_scheduler::cluster::{
    BallistaCluster, BoundTask, ClusterState, ClusterStateEventStream, ExecutorSlot, JobState,
};
use ballista_scheduler::config::TaskDistributionPolicy;
use ballista_scheduler::scheduler_server::SchedulerServer;
use ballista_scheduler::state::task_manager::JobInfoCache;
use datafusion::prelude::SessionConfig;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};

/// After how long an executor that cannot be reached is tried again, in milliseconds; it is tried three times.
const TRIED_AGAIN_AFTER: u64 = 1000;
/// After how long without a word an executor that rows are read from is asked whether it lives.
const ASKED_AFTER: Duration = Duration::from_secs(2);
/// How long it has to answer. Tasks that wait for one that stands still hold cores that the query needs when it begins again.
const ANSWERS_WITHIN: Duration = Duration::from_secs(6);

/// A configuration for what reads rows from executors: one that is gone or stands still is noticed within seconds. Without a word it would be
/// waited for without an end.
pub(super) fn noticed_in_seconds(config: SessionConfig) -> SessionConfig {
    config
        .set_u64(BALLISTA_CLIENT_IO_RETRY_WAIT_TIME_MS, TRIED_AGAIN_AFTER)
        .with_ballista_override_create_grpc_client_endpoint(Arc::new(|executor| {
            Ok(executor
                .connect_timeout(ANSWERS_WITHIN)
                .http2_keep_alive_interval(ASKED_AFTER)
                .keep_alive_timeout(ANSWERS_WITHIN)
                .keep_alive_while_idle(true))
        }))
}

/// The scheduler, as it ends queries.
pub(super) type Server = SchedulerServer<LogicalPlanNode, PhysicalPlanNode>;

/// The executors of a scheduler. It is told of each loss before the scheduler does anything about it.
pub(super) struct Executors {
    known: Arc<dyn ClusterState>,
    jobs: Arc<dyn JobState>,
    /// It holds these executors in turn: both live as long as the process.
    server: OnceLock<Server>,
}

impl Executors {
    pub(super) fn of(cluster: &BallistaCluster) -> Self {
        Self { known: cluster.cluster_state(), jobs: cluster.job_state(), server: OnceLock::new() }
    }

    /// Whom to tell.
    pub(super) fn tell(&self, server: Server) {
        // INVARIANT: a scheduler is made once, and tells of itself once.
        let _ = self.server.set(server);
    }

    /// Queries that run and were asked before this executor's last sign of life, with which it may have got a part of them.
    async fn touched_by(&self, executor_id: &str) -> Result<Vec<JobId>> {
        let last_seen = self.known.get_executor_heartbeat(executor_id).map(|heartbeat| heartbeat.timestamp);
        let ended = self.jobs.get_jobs().await?;
        let mut touched = vec![];
        for job in self.jobs.get_all_jobs().await?.difference(&ended) {
            let asked = self.jobs.get_job_status(job).await?.as_ref().and_then(asked_at);
            let is_later = asked.zip(last_seen).is_some_and(|(asked, seen)| asked / 1000 > seen);
            if !is_later {
                touched.push(job.clone());
            }
        }
        Ok(touched)
    }
}

/// When a query that runs was asked, in milliseconds since 1970.
fn asked_at(job: &JobStatus) -> Option<u64> {
    match job.status.as_ref()? {
        Status::Queued(queued) => Some(queued.queued_at),
        Status::Running(running) => Some(running.queued_at),
        _ => None,
    }
}

#[async_trait]
impl ClusterState for Executors {
    async fn remove_executor(&self, executor_id: &str) -> Result<()> {
        if let Some(server) = self.server.get() {
            for job in self.touched_by(executor_id).await? {
                server.cancel_job(job).await?;
            }
        }
        self.known.remove_executor(executor_id).await
    }

    async fn init(&self) -> Result<()> {
        self.known.init().await
    }

    async fn bind_schedulable_tasks(
        &self,
        distribution: TaskDistributionPolicy,
        active_jobs: Arc<HashMap<JobId, JobInfoCache>>,
        executors: Option<HashSet<String>>,
    ) -> Result<Vec<BoundTask>> {
        self.known.bind_schedulable_tasks(distribution, active_jobs, executors).await
    }

    async fn unbind_tasks(&self, executor_slots: Vec<ExecutorSlot>) -> Result<()> {
        self.known.unbind_tasks(executor_slots).await
    }

    async fn register_executor(&self, metadata: ExecutorMetadata, spec: ExecutorData) -> Result<()> {
        self.known.register_executor(metadata, spec).await
    }

    async fn save_executor_metadata(&self, metadata: ExecutorMetadata) -> Result<()> {
        self.known.save_executor_metadata(metadata).await
    }

    async fn get_executor_metadata(&self, executor_id: &str) -> Result<ExecutorMetadata> {
        self.known.get_executor_metadata(executor_id).await
    }

    async fn registered_executor_metadata(&self) -> Vec<ExecutorMetadata> {
        self.known.registered_executor_metadata().await
    }

    async fn save_executor_heartbeat(&self, heartbeat: ExecutorHeartbeat) -> Result<()> {
        self.known.save_executor_heartbeat(heartbeat).await
    }

    fn executor_heartbeats(&self) -> HashMap<String, ExecutorHeartbeat> {
        self.known.executor_heartbeats()
    }

    fn get_executor_heartbeat(&self, executor_id: &str) -> Option<ExecutorHeartbeat> {
        self.known.get_executor_heartbeat(executor_id)
    }

    async fn cluster_state_events(&self) -> Result<ClusterStateEventStream> {
        self.known.cluster_state_events().await
    }
}
