//! Reads logs, each object once.

use super::{Came, Desk, Told};
use crate::cli::connection::Connection;
use crate::cli::ingest::{Chosen, Stores, chosen};
use crate::config::Config;
use crate::serve::state::App;
use crate::world;
use anyhow::bail;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use sightline_collect::CollectError;
use sightline_collect::logs::{
    Address, Ahead, IngestOptions, IngestSummary, ObjectDone, Progress, ingest as read_logs,
};
use utoipa::ToSchema;

/// What is read.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = IngestJob)]
pub(crate) struct Ingest {
    /// Names of `[[logs]]` in `sightline.toml`, or places such as `s3://bucket/prefix`; all that are configured where none is named
    places: Vec<String>,
}

impl Ingest {
    /// Folders of the server's own disk are read where the configuration names them, not where a request does.
    pub(super) fn check(&self, app: &App) -> anyhow::Result<()> {
        self.chosen(&app.held().config).map(drop)
    }

    fn chosen(&self, config: &Config) -> anyhow::Result<Vec<Chosen>> {
        for place in self.places.iter().filter(|place| config.place(place).is_none()) {
            if matches!(place.parse::<Address>()?, Address::Folder(_) | Address::Stdin) {
                bail!("`{place}` is no place in AWS: folders are read where `sightline.toml` names them");
            }
        }
        let found = chosen(&self.places, config)?;
        if found.is_empty() {
            bail!("`sightline.toml` names no `[[logs]]`: name a place, such as `s3://bucket/prefix`");
        }
        Ok(found)
    }

    pub(super) async fn run(&self, desk: &Desk) -> anyhow::Result<Came> {
        let held = desk.app.held();
        let access = Connection::default();
        let mut stores = Stores::new(&access);
        let (mut answers, mut is_incomplete) = (Map::new(), false);
        for place in self.chosen(&held.config)? {
            if desk.cancel.is_cancelled() {
                break;
            }
            desk.told.tell(|told| told.stage = format!("reading {}", place.label));
            let store = stores.open(&place).await?;
            let options = IngestOptions {
                since: place.since.as_ref().map(|since| since.before(world::now())).transpose()?,
                source: place.source,
                workers: world::parallelism(),
                keep: held.config.keep(None, None),
                cancel: desk.cancel.clone(),
                ..IngestOptions::new(world::clock())
            };
            match Box::pin(read_logs(&store, desk.app.lake(), options, &*desk.told)).await {
                Ok(summary) => {
                    is_incomplete |= summary.is_incomplete();
                    answers.insert(place.label.clone(), serde_json::to_value(&summary)?);
                }
                Err(error @ CollectError::Lake(_)) => return Err(error.into()),
                // The others are read still.
                Err(error) => {
                    is_incomplete = true;
                    answers.insert(place.label.clone(), json!({ "error": error.to_string() }));
                }
            }
        }
        Came::to(&answers, is_incomplete)
    }
}

impl Progress for Told {
    fn ahead(&self, ahead: Ahead) {
        self.tell(|told| told.total = told.total.max(ahead.objects));
    }

    fn object_done(&self, _: &ObjectDone) {
        self.tell(|told| told.done += 1);
    }

    fn written(&self, _: &IngestSummary) {}

    fn finished(&self, _: &IngestSummary) {}
}
