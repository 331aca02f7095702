//! The path as rows.

use sightline_discover::lineage::{Lineage, Link};
use sightline_model::untrusted::for_spreadsheet;

const HEAD: [&str; 9] =
    ["direction", "source", "source_table", "kind", "target", "target_table", "detail", "dangling", "unknown"];

/// One row a link. Texts that a spreadsheet would run are made harmless.
pub(super) fn csv(lineage: &Lineage) -> anyhow::Result<()> {
    let mut out = csv::Writer::from_writer(crate::print::lines());
    out.write_record(HEAD)?;
    for (direction, links) in [("up", &lineage.up), ("down", &lineage.down), ("beside", &lineage.beside)] {
        for link in links {
            out.write_record(row(lineage, direction, link)?.iter().map(|cell| for_spreadsheet(cell)))?;
        }
    }
    out.flush()?;
    Ok(())
}

fn row(lineage: &Lineage, direction: &str, link: &Link) -> anyhow::Result<[String; 9]> {
    let ends = [&link.source, &link.target].map(|arn| lineage.nodes.get(arn));
    let [source, target] = ends.map(|node| node.map_or("", |node| node.table.as_str()).to_owned());
    let is_dangling = ends.iter().flatten().any(|node| node.dangling);
    let unseen = ends.iter().flatten().flat_map(|node| &node.unseen);
    let unknown: Vec<String> = unseen.map(|one| format!("{} {}", one.table, one.reason).trim().to_owned()).collect();
    let kind = serde_json::to_value(link.kind)?.as_str().unwrap_or_default().to_owned();
    Ok([
        direction.to_owned(),
        link.source.clone(),
        source,
        kind,
        link.target.clone(),
        target,
        link.detail.clone(),
        is_dangling.to_string(),
        unknown.join("; "),
    ])
}
