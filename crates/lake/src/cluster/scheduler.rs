//! A scheduler: it takes plans, cuts them into stages and gives these to executors. It reads no file and keeps nothing on disk.

use std::net::SocketAddr;
use std::sync::Arc;

use ballista_core::config::TaskSchedulingPolicy;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::{SchedulerConfig, TaskDistributionPolicy};
use ballista_scheduler::scheduler_process::{create_scheduler, start_grpc_service_with_listener};
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::prelude::SessionConfig;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use tokio::net::TcpListener;

use super::lost::Executors;
use super::{LARGEST_MESSAGE, executor, functions, release};
use crate::LakeError;

/// After how long without a sign of life an executor is taken for lost, in seconds: three heartbeats.
const LOST_AFTER: u64 = 3 * executor::HEARTBEAT;
/// How often lost executors are looked for, in seconds.
const LOOKED_FOR: u64 = 2;
/// How long work waits for an executor when the last one is lost, in seconds.
const WITHOUT_EXECUTOR: u64 = 60;
/// How long rows of an answer stay on executors for a client that reads slowly, in seconds.
const ANSWERS_KEPT: u64 = 1800;

/// How a scheduler is run.
#[derive(Debug, Clone)]
pub struct SchedulerOptions {
    /// Where it listens; port 0 takes a free one
    pub listen: SocketAddr,
    /// The name or address that executors reach it by; where it listens otherwise
    pub advertise: Option<String>,
    /// The version of the plans that it takes: [`super::VERSION`]
    pub version: String,
}

/// A scheduler that has its port.
#[derive(Debug)]
pub struct Scheduler {
    options: SchedulerOptions,
    listener: TcpListener,
    address: SocketAddr,
}

impl Scheduler {
    /// Takes the port.
    ///
    /// # Errors
    /// It is taken, or no address of this machine.
    pub async fn bind(options: SchedulerOptions) -> Result<Self, LakeError> {
        let failed = |error: std::io::Error| cluster_error(&options.listen, format!("cannot be listened on: {error}"));
        let listener = TcpListener::bind(options.listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { options, listener, address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Runs until it is dropped.
    ///
    /// # Errors
    /// It cannot serve.
    pub async fn run(self) -> Result<(), LakeError> {
        let address = self.address;
        let failed = |error: &dyn std::fmt::Display| cluster_error(&address, format!("cannot be served: {error}"));
        let config = Arc::new(config(&self.options, address));
        let cluster = BallistaCluster::new_from_config(&config).await.map_err(|error| failed(&error))?;
        let executors = Arc::new(Executors::of(&cluster));
        let cluster = BallistaCluster::new(Arc::<Executors>::clone(&executors), cluster.job_state());
        let scheduler = create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, config)
            .await
            .map_err(|error| failed(&error))?;
        executors.tell(scheduler.clone());
        start_grpc_service_with_listener(self.listener, scheduler).await.map_err(|error| failed(&error))
    }
}

fn config(options: &SchedulerOptions, address: SocketAddr) -> SchedulerConfig {
    let version = options.version.clone();
    let session = move |config: SessionConfig| {
        release::check(&config, &version, "scheduler")?;
        functions::state(config, Arc::new(RuntimeEnv::default()))
    };
    SchedulerConfig {
        bind_host: address.ip().to_string(),
        bind_port: address.port(),
        external_host: options.advertise.clone().unwrap_or_else(|| address.ip().to_string()),
        scheduling_policy: TaskSchedulingPolicy::PullStaged,
        // Not one executor after the other: that leaves all but the first idle.
        task_distribution: TaskDistributionPolicy::RoundRobin,
        executor_timeout_seconds: LOST_AFTER,
        expire_dead_executor_interval_seconds: LOOKED_FOR,
        no_executors_grace_period_seconds: WITHOUT_EXECUTOR,
        // What cannot be read from an executor ends the query: see `lost`.
        stage_max_failures: 1,
        finished_job_data_clean_up_interval_seconds: ANSWERS_KEPT,
        finished_job_state_clean_up_interval_seconds: ANSWERS_KEPT,
        grpc_server_max_decoding_message_size: LARGEST_MESSAGE,
        grpc_server_max_encoding_message_size: LARGEST_MESSAGE,
        grpc_client_max_message_size: LARGEST_MESSAGE,
        override_config_producer: Some(Arc::new(release::config)),
        override_session_builder: Some(Arc::new(session)),
        ..SchedulerConfig::default()
    }
}

fn cluster_error(address: &SocketAddr, reason: String) -> LakeError {
    LakeError::Cluster { url: format!("http://{address}"), reason }
}
