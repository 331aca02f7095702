//! `sightline ingest [PLACE|NAME…]`: read log objects into the lake.

mod ahead;
mod chosen;
mod follow;
mod summary;

pub(crate) use chosen::{Chosen, Stores, chosen};

use super::Global;
use super::connection::Connection;
use super::keep::Kept;
use crate::config::{self, Config};
use crate::exit::Exit;
use crate::progress::IngestLine;
use crate::since::Since;
use crate::stage::log_places::Destinations;
use crate::{interrupt, lake_place, print, stage, world};
use clap::Args;
use serde_json::{Map, Value, json};
use sightline_collect::CollectError;
use sightline_collect::logs::{IngestOptions, LogStore, QueueOptions, Shard, ingest, survey};
use sightline_lake::{Lake, LakeError};
use sightline_model::untrusted::for_terminal;
use std::num::NonZeroUsize;
use std::time::Duration;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// Read logs into the lake, each object once: from S3, SQS, CloudWatch Logs, folders or standard input
#[derive(Debug, Args)]
#[command(after_help = "Without a place, all that the configuration names as `[[logs]]` are read.\n\
     Objects that no log source recognises are passed by and counted. A second run reads only what is new; one that was \
     interrupted goes on where it was. `sightline logs sources` tells what can be read, `sightline logs gaps` what is missing.")]
pub(crate) struct Ingest {
    /// `s3://bucket/prefix`, `s3://<access point's ARN>/prefix`, `sqs://<queue>` (what was read is removed from it),
    /// `logs://<log group>`, a folder, a file, `-` for standard input; or the name of a place in the configuration
    #[arg(value_name = "PLACE|NAME")]
    places: Vec<String>,
    /// Queue that S3 tells of new objects: its name, ARN or URL. The same as the place `sqs://…`; may be given several times
    #[arg(long = "queue", value_name = "URL|ARN|NAME")]
    queues: Vec<String>,
    /// For how long a queue keeps messages from other workers; extended as long as this one lives. What a killed worker held comes again then
    #[arg(long, default_value = "300", value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=43_200))]
    visibility: u64,
    /// How long one request to a queue waits for messages
    #[arg(long, default_value = "20", value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=20), hide = true)]
    queue_wait: u64,
    /// Stay at the queues and read their messages as they come, until Ctrl-C or SIGTERM. With `--json` a line for each round that brought something.
    /// A queue that cannot be read is tried again, ever more seldom
    #[arg(long, conflicts_with_all = ["discovered", "dry_run"])]
    follow: bool,
    /// For how long a queue that is followed may be gone
    #[arg(long, default_value = "600", value_name = "SECONDS", hide = true)]
    gone_for: u64,
    /// Read this worker's part of the objects: `2/3` is the second of three workers, each with another number. Of a queue each takes what it is
    /// given, and the number only tells workers apart
    #[arg(long, value_name = "I/N", env = "SIGHTLINE_SHARD")]
    shard: Option<Shard>,
    /// Read where the newest scan saw that logs are written
    #[arg(long, conflicts_with_all = ["places", "queues"])]
    discovered: bool,
    /// Only objects modified since then: a time (`2026-11-01T00:00:00Z`) or an age (`7d`, `12h`)
    #[arg(long, value_name = "TIME|AGE")]
    since: Option<Since>,
    /// Take every object for a log of this source [default: recognise it]
    #[arg(long, value_name = "NAME", value_parser = source)]
    source: Option<&'static str>,
    /// Say what would be read and what the requests would cost; reads and keeps nothing
    #[arg(long)]
    dry_run: bool,
    /// Objects fetched at once
    #[arg(long, default_value = "8", value_name = "N")]
    concurrency: NonZeroUsize,
    /// Threads that decode [default: as many as the machine runs at once]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// What was read is in the lake after this time at the latest
    #[arg(long, default_value = "30", value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    batch_time: u64,
    /// A batch has so many objects at the most
    #[arg(long, default_value = "10000", value_name = "N", hide = true)]
    batch_objects: NonZeroUsize,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    kept: Kept,
    #[command(flatten)]
    access: Connection,
}

/// A log source's name, as an argument.
pub(super) fn source(text: &str) -> Result<&'static str, String> {
    let known = sightline_ingest::by_name(text).map(|source| source.name());
    known.ok_or_else(|| format!("no log source has this name; there are {}", config::sources()))
}

impl Ingest {
    /// Reads the places and prints what was read and what was not.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let config = Config::load(global.config.as_deref())?;
        let places = if self.discovered { discovered(global).await? } else { chosen(&self.named(), &config)? };
        if places.is_empty() && self.discovered {
            return self.nothing_discovered();
        }
        if places.is_empty() {
            nothing_chosen(global).await;
            return Ok(Exit::CouldNotRun);
        }
        let mut stores = Stores::new(&self.access);
        if self.follow {
            return self.follow(global, &config, &places, &mut stores).await;
        }
        let mut opened = Vec::with_capacity(places.len());
        for place in &places {
            opened.push((place, self.patient(stores.open(place).await?)));
        }
        if self.dry_run { self.look(global, &config, &opened).await } else { self.read(global, &config, &opened).await }
    }

    /// A scan that saw no logs is an answer, and an incomplete one: jobs go on with what the scan itself has.
    fn nothing_discovered(&self) -> anyhow::Result<Exit> {
        print::warning(
            "the newest scan saw no place where logs are written, and none were read: `sightline onboard plan` says how to have some",
        );
        if self.json {
            print::json(&Map::new())?;
        }
        Ok(Exit::Incomplete)
    }

    /// A queue, read as the arguments say.
    fn patient(&self, store: LogStore) -> LogStore {
        let (wait, visibility) = (Duration::from_secs(self.queue_wait), Duration::from_secs(self.visibility));
        match store {
            LogStore::Queue(queue) => {
                LogStore::Queue(queue.with(QueueOptions { wait, visibility, ..QueueOptions::default() }))
            }
            other => other,
        }
    }

    /// Places and queues, as addresses.
    fn named(&self) -> Vec<String> {
        let address =
            |queue: &String| if queue.starts_with("sqs://") { queue.clone() } else { format!("sqs://{queue}") };
        self.places.iter().cloned().chain(self.queues.iter().map(address)).collect()
    }

    async fn read(&self, global: &Global, config: &Config, stores: &[(&Chosen, LogStore)]) -> anyhow::Result<Exit> {
        let lake = stage::create(&global.lake).await?;
        let cancel = interrupt::token();
        let (mut exit, mut answers) = (Exit::Clean, Map::new());
        for (place, store) in stores {
            if cancel.is_cancelled() {
                print::warning(&format!("`{}` was not read any more", place.label));
                exit = exit.or_worse(Exit::Incomplete);
                continue;
            }
            let options = self.options(place, config, &cancel)?;
            let line = IngestLine::new();
            // Boxed, or the compiler gives up on the depth of what waits for what.
            let ended = Box::pin(ingest(store, &lake, options, &line)).await;
            let summary = match or_next(ended, place, stores.len())? {
                Ok(summary) => summary,
                Err(told) => {
                    answers.insert(place.label.clone(), told);
                    exit = exit.or_worse(Exit::CouldNotRun);
                    continue;
                }
            };
            let left = store.queue_counts().map_or(0, |counts| counts.rejected);
            if summary.is_incomplete() || left > 0 {
                exit = exit.or_worse(Exit::Incomplete);
            }
            if !self.json {
                print::line(&for_terminal(&place.label))?;
                summary::show(&summary, left)?;
            }
            answers.insert(place.label.clone(), serde_json::to_value(&summary)?);
        }
        if self.json {
            print::json(&answers)?;
        }
        Ok(exit)
    }

    async fn look(&self, global: &Global, config: &Config, stores: &[(&Chosen, LogStore)]) -> anyhow::Result<Exit> {
        let (lake, _folder) = existing_or_empty(global).await?;
        let cancel = interrupt::token();
        let (mut exit, mut answers) = (Exit::Clean, Map::new());
        for (place, store) in stores {
            let options = self.options(place, config, &cancel)?;
            let found = match or_next(Box::pin(survey(store, &lake, &options)).await, place, stores.len())? {
                Ok(found) => found,
                Err(told) => {
                    answers.insert(place.label.clone(), told);
                    exit = exit.or_worse(Exit::CouldNotRun);
                    continue;
                }
            };
            if !found.unlisted.is_empty() || cancel.is_cancelled() {
                exit = exit.or_worse(Exit::Incomplete);
            }
            if !self.json {
                print::line(&for_terminal(&place.label))?;
                ahead::show(&found)?;
            }
            answers.insert(place.label.clone(), ahead::json(&found)?);
        }
        if self.json {
            print::json(&answers)?;
        }
        Ok(exit)
    }

    fn options(&self, place: &Chosen, config: &Config, cancel: &CancellationToken) -> anyhow::Result<IngestOptions> {
        let since = self.since.as_ref().or(place.since.as_ref());
        Ok(IngestOptions {
            shard: self.shard,
            since: since.map(|since| since.before(world::now())).transpose()?,
            source: self.source.or(place.source),
            concurrency: self.concurrency.get(),
            workers: self.threads.map_or_else(world::parallelism, NonZeroUsize::get),
            keep: self.kept.over(config),
            batch_time: Duration::from_secs(self.batch_time),
            batch_objects: self.batch_objects.get(),
            cancel: cancel.clone(),
            ..IngestOptions::new(world::clock())
        })
    }
}

/// What came of one place. One of several that cannot be read is told, and the others are read still; a lake that cannot be written
/// stops all.
fn or_next<T>(ended: Result<T, CollectError>, place: &Chosen, places: usize) -> anyhow::Result<Result<T, Value>> {
    match ended {
        Ok(answer) => Ok(Ok(answer)),
        Err(error @ CollectError::Lake(_)) => Err(error.into()),
        Err(error) if places == 1 => Err(error.into()),
        Err(error) => {
            let error = anyhow::Error::from(error).context(format!("`{}`", place.label));
            print::error(&error);
            Ok(Err(json!({ "error": format!("{error:#}") })))
        }
    }
}

/// The lake; where there is none, an empty one for the time being: to look must not make one.
async fn existing_or_empty(global: &Global) -> anyhow::Result<(Lake, Option<TempDir>)> {
    if lake_place::is_bucket(&global.lake) {
        match stage::open(&global.lake).await {
            Err(error) if is_missing(&error) => {}
            opened => return Ok((opened?, None)),
        }
    } else if global.lake.exists() {
        return Ok((Lake::open(&global.lake).await?, None));
    }
    let folder = TempDir::new()?;
    Ok((Lake::create(folder.path()).await?, Some(folder)))
}

fn is_missing(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref::<LakeError>(), Some(LakeError::Missing { .. }))
}

async fn discovered(global: &Global) -> anyhow::Result<Vec<Chosen>> {
    let lake = stage::open(&global.lake).await?;
    let session = stage::session(&lake).await?;
    let found = Destinations::read(&session).await?;
    found.elsewhere.iter().for_each(|text| print::warning(text));
    if found.places.is_empty() && session.sql("SELECT scan_id FROM scan LIMIT 1").await?.rows()?.is_empty() {
        anyhow::bail!("no scan has seen where logs are written: run `sightline scan`, or name a place");
    }
    found.places.iter().map(|one| Chosen::address(&one.place)).collect()
}

/// Says what to name, with what the newest scan saw.
async fn nothing_chosen(global: &Global) {
    print::note("error: no place of logs is given, and no `[[logs]]` are configured");
    let found = async {
        let lake = stage::open(&global.lake).await?;
        Destinations::read(&stage::session(&lake).await?).await
    };
    match found.await {
        Ok(found) if !found.places.is_empty() => {
            print::note(
                "The newest scan saw these; `sightline ingest --discovered` reads them all. As commands, or for `sightline.toml`:\n",
            );
            found.ready_to_paste().iter().for_each(|line| print::note(&for_terminal(line)));
        }
        _ => print::note(
            "Name one, as in `sightline ingest s3://YOUR-LOG-BUCKET/AWSLogs/`; after a `sightline scan` this tells where logs are written.",
        ),
    }
}
