//! How large the lake is.

use super::super::Global;
use crate::exit::Exit;
use crate::figures::{bytes, count};
use crate::table::{Table, Tone};
use crate::{print, stage};
use clap::Args;
use serde_json::json;
use sightline_model::lake_table::ALL;

/// Size of each table, how many of its files are small, and batches that are claimed and not applied yet
#[derive(Debug, Args)]
pub(super) struct Status {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Status {
    pub(super) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let lake = stage::open(&global.lake).await?;
        let mut found = Vec::new();
        for table in ALL {
            found.extend(lake.table_status(table).await?.map(|status| (table.name, status)));
        }
        let claims = lake.claims().await?;
        if self.json {
            let tables: serde_json::Map<_, _> = found
                .iter()
                .map(|(name, one)| {
                    let told = json!({"version": one.version, "files": one.files, "small_files": one.small, "bytes": one.bytes, "rows": one.rows});
                    ((*name).to_owned(), told)
                })
                .collect();
            let claims: Vec<_> = claims.iter().map(|claim| json!({"app": claim.app, "seq": claim.seq})).collect();
            print::json(
                &json!({"lake": lake.root(), "state": lake.place().state(), "tables": tables, "claims": claims}),
            )?;
            return Ok(Exit::Clean);
        }
        let mut shown = Table::new(&["TABLE", "VERSION", "FILES", "SMALL", "BYTES", "ROWS"]);
        (1..6).for_each(|column| shown.align_right(column));
        for (name, one) in &found {
            let cells =
                [one.version.to_string(), count(one.files), count(one.small), bytes(one.bytes), count(one.rows)];
            let cells = cells.iter().map(|cell| (cell.as_str(), Tone::Plain));
            shown.row(std::iter::once((*name, Tone::Plain)).chain(cells));
        }
        print::line(shown.to_string().trim_end())?;
        if !claims.is_empty() {
            print::line("")?;
            print::line(&format!(
                "{} claimed by an ingest and not dropped yet: the next ingest looks after them",
                count(claims.len() as u64)
            ))?;
        }
        Ok(Exit::Clean)
    }
}
