//! `sightline cluster executor`.

use super::super::Global;
use super::check_listen;
use crate::exit::Exit;
use crate::{lake_place, print, world};
use anyhow::Context as _;
use clap::Args;
use sightline_lake::cluster::{ExecutorOptions, LakeFiles, VERSION, run_executor};
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// Run an executor: it runs stages of plans over the lake's files, and hands out their rows
#[derive(Debug, Args)]
#[command(
    after_help = "It reads files of the lake of `--lake` and no others, and writes to no lake.\nOn Ctrl-C or SIGTERM it takes no more work and \
     lets what it has end first. One that is gone without a word is missed after fifteen seconds, and\n\
     queries that it may have had a part in are begun again."
)]
pub(crate) struct ExecutorCommand {
    /// URL of the scheduler; it may start half a minute later
    #[arg(long, default_value = "http://127.0.0.1:50050", value_name = "URL")]
    scheduler: String,
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1", value_name = "ADDRESS")]
    listen: IpAddr,
    /// Port that rows are read from; 0 takes a free one
    #[arg(long, default_value_t = 50051, value_name = "PORT")]
    port: u16,
    /// Name or address that clients and other executors reach it by [default: the address that the scheduler sees]
    #[arg(long, value_name = "HOST")]
    advertise: Option<String>,
    /// Parts of plans to run at once [default: one a core]
    #[arg(long, value_name = "N")]
    cores: Option<usize>,
    /// Memory for all of these together, beyond which they spill to disk [default: 70 % of the machine's or the container's]
    #[arg(long, value_name = "MB")]
    memory_mb: Option<u64>,
    /// Folder for rows between stages and for what is spilled; give each executor its own [default: a temporary one]
    #[arg(long, value_name = "FOLDER")]
    work: Option<PathBuf>,
    /// Listen on an address that other machines reach. The ports ask nobody who they are: keep them in a network of their own
    #[arg(long)]
    allow_remote: bool,
}

impl ExecutorCommand {
    /// Runs until Ctrl-C or SIGTERM.
    pub(super) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        check_listen(self.listen, self.allow_remote)?;
        let id = format!("executor-{:016x}", world::seed());
        let (work, is_temporary) = match self.work {
            Some(work) => (work, false),
            None => (world::temporary().join(format!("sightline-{id}")), true),
        };
        make_private(&work).with_context(|| format!("cannot make the folder `{}`", work.display()))?;
        let work = work.canonicalize().with_context(|| format!("cannot use the folder `{}`", work.display()))?;
        let options = ExecutorOptions {
            id,
            scheduler: self.scheduler,
            listen: self.listen,
            advertise: self.advertise,
            port: self.port,
            cores: self.cores.unwrap_or_else(world::parallelism).max(1),
            memory: self.memory_mb.map(|mb| mb << 20),
            work: work.clone(),
            files: files(&global.lake).await?,
            version: VERSION.to_owned(),
        };
        let end = run_executor(options).await;
        if is_temporary && let Err(error) = fs::remove_dir_all(&work) {
            print::warning(&format!("cannot remove `{}`: {error}", work.display()));
        }
        end?;
        print::note("stopped");
        Ok(Exit::Clean)
    }
}

/// The lake's files. Its folder may be mounted later, but its path must be known.
async fn files(lake: &Path) -> anyhow::Result<LakeFiles> {
    if lake_place::is_bucket(lake) {
        return Ok(LakeFiles::of(&lake_place::place(lake).await?));
    }
    let lake = lake.canonicalize().or_else(|_| std::path::absolute(lake))?;
    Ok(LakeFiles::in_folder(&lake)?)
}

/// Rows of the lake lie there: nobody else may read them.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
