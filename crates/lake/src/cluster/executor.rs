//! An executor: it runs the stages of plans over the lake's files, and keeps their rows on disk until others have read them.

use std::net::{IpAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ballista_core::RuntimeProducer;
use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::prelude::SessionConfig;
use url::Url;

use super::{LARGEST_MESSAGE, LakeFiles, functions, http, release, unusable};
use crate::LakeError;

/// How often an executor that has no room for more work asks for it all the same, which is its sign of life, in seconds: Ballista's own figure.
pub(super) const HEARTBEAT: u64 = 5;
/// How long an executor waits for its scheduler to start, in tries of a second.
const TRIES: u32 = 30;

/// How an executor is run.
#[derive(Debug, Clone)]
pub struct ExecutorOptions {
    /// A name that no other executor has
    pub id: String,
    /// Where the scheduler is: `http://host:50050`
    pub scheduler: String,
    /// Where it listens
    pub listen: IpAddr,
    /// The name or address that clients and other executors reach it by; that which the scheduler sees otherwise
    pub advertise: Option<String>,
    /// The port that rows are read from; 0 takes a free one
    pub port: u16,
    /// How many parts of plans it runs at once
    pub cores: usize,
    /// What these hold in memory before they spill to disk, in bytes; 70 % of the machine's otherwise
    pub memory: Option<u64>,
    /// A folder of its own, which must exist
    pub work: PathBuf,
    /// The lake that it may read
    pub files: LakeFiles,
    /// The version of the plans that it runs: [`super::VERSION`]
    pub version: String,
}

/// Runs an executor until Ctrl-C or SIGTERM; then it lets its work end first. It waits half a minute for the scheduler to start.
///
/// # Errors
/// The scheduler does not answer; a port is taken.
pub async fn run_executor(options: ExecutorOptions) -> Result<(), LakeError> {
    let scheduler = http::scheduler(&options.scheduler).map_err(|reason| unusable(&options.scheduler, reason))?;
    wait_for(&scheduler).await?;
    let config = config(&options, &scheduler)?;
    let failed = |error| unusable(&options.scheduler, format!("the executor cannot run: {error}"));
    start_executor_process(Arc::new(config)).await.map_err(failed)
}

async fn wait_for(scheduler: &Url) -> Result<(), LakeError> {
    let mut tries = 0;
    while let Err(reason) = http::alive(scheduler).await {
        tries += 1;
        if tries >= TRIES {
            return Err(unusable(scheduler.as_str(), reason));
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

fn config(options: &ExecutorOptions, scheduler: &Url) -> Result<ExecutorProcessConfig, LakeError> {
    let known = functions::state(release::config(), Arc::new(RuntimeEnv::default()));
    let known = known.map_err(|error| LakeError::query(&error))?;
    Ok(ExecutorProcessConfig {
        executor_id: options.id.clone(),
        bind_host: shown(options.listen),
        external_host: options.advertise.clone(),
        port: free(options, options.port)?,
        scheduler_host: scheduler.host_str().unwrap_or_default().to_owned(),
        scheduler_port: scheduler.port_or_known_default().unwrap_or_default(),
        vcores: options.cores,
        work_dir: Some(options.work.display().to_string()),
        memory_pool_size: options.memory,
        // Executors fetch their work: a scheduler that gives it out keeps count of each one's cores, and never gets those back whose work it
        // took away because another executor was lost.
        task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
        grpc_max_decoding_message_size: LARGEST_MESSAGE,
        grpc_max_encoding_message_size: LARGEST_MESSAGE,
        override_function_registry: Some(Arc::new(BallistaFunctionRegistry::from(&known))),
        override_config_producer: Some(Arc::new(release::config)),
        override_runtime_producer: Some(runtime(options)),
        ..ExecutorProcessConfig::default()
    })
}

/// What a session's work runs in: plans of this version alone, and files of the lake alone.
fn runtime(options: &ExecutorOptions) -> RuntimeProducer {
    let (version, work, files) = (options.version.clone(), options.work.clone(), options.files.clone());
    Arc::new(move |config: &SessionConfig| {
        release::check(config, &version, "executor")?;
        let runtime = RuntimeEnvBuilder::new().with_temp_file_path(&work).build_arc()?;
        let nothing = LakeFiles::in_folder(&work).map_err(|error| error.to_string());
        if let Ok(nothing) = nothing {
            // Where the lake is elsewhere, this machine's files are none of it.
            runtime.register_object_store(ObjectStoreUrl::local_filesystem().as_ref(), Arc::new(nothing));
        }
        runtime.register_object_store(&files.url, Arc::new(files.clone()));
        Ok(runtime)
    })
}

/// This port, or a free one for 0.
fn free(options: &ExecutorOptions, port: u16) -> Result<u16, LakeError> {
    let failed = |error| unusable(&options.scheduler, format!("port {port} of `{}` is taken: {error}", options.listen));
    TcpListener::bind((options.listen, port))
        .and_then(|listener| listener.local_addr())
        .map(|a| a.port())
        .map_err(failed)
}

/// An address as it stands before a port.
fn shown(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}
