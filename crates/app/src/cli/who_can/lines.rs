//! Answers as JSON lines.

use super::Shown;
use super::found::Found;
use crate::print;
use crate::stage::access::words;
use sightline_iam::formula::Formula;
use sightline_iam::organization::Organization;
use sightline_iam::reach::{Ask, Reached};
use sightline_iam::solve::Tri;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::Write as _;

/// Residuals that are kept in words: many rows have the same.
const KEPT: usize = 10_000;

/// A line for every principal and question, with what does not need its way: there may be millions.
pub(super) fn principals(
    organization: &Organization,
    asks: &[Ask],
    reached: &Reached<'_>,
    shown: Shown,
) -> anyhow::Result<()> {
    let mut out = print::lines();
    let starts =
        organization.principals.iter().map(|principal| quoted(&principal.arn)).collect::<Result<Vec<_>, _>>()?;
    let mut residuals = Residuals::default();
    let mut line = Vec::new();
    for (at, ask) in asks.iter().enumerate() {
        let middle = format!(
            ",\"action\":{},\"resource\":{},\"resource_account\":{},\"decision\":\"",
            quoted(&ask.action)?,
            quoted(&ask.resource)?,
            quoted(&ask.resource_account)?
        );
        for row in reached.rows(at).filter(|row| shown.takes(row.tri, row.hops)) {
            let Some(principal) = starts.get(row.principal) else { continue };
            line.clear();
            line.extend_from_slice(b"{\"principal\":");
            line.extend_from_slice(principal.as_bytes());
            line.extend_from_slice(middle.as_bytes());
            line.extend_from_slice(row.tri.as_str().as_bytes());
            line.extend_from_slice(b"\",\"residual\":");
            match Some(row).filter(|row| row.tri == Tri::Conditional).and_then(|row| reached.access(at, row.principal))
            {
                Some(access) => line.extend_from_slice(residuals.quoted(access.allowed)?.as_bytes()),
                None => line.extend_from_slice(b"null"),
            }
            writeln!(line, ",\"hops\":{}}}", row.hops)?;
            out.write_all(&line)?;
        }
    }
    out.flush()?;
    Ok(())
}

/// Residuals as JSON texts, each put into words once.
#[derive(Default)]
struct Residuals(HashMap<Formula, String>);

impl Residuals {
    fn quoted(&mut self, residual: Formula) -> serde_json::Result<&str> {
        if self.0.len() > KEPT {
            self.0.clear();
        }
        Ok(match self.0.entry(residual) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let text = quoted(&words(new.key()).unwrap_or_default())?;
                new.insert(text)
            }
        })
    }
}

/// A line for each of these.
pub(super) fn all(found: &[Found]) -> anyhow::Result<()> {
    let mut out = print::lines();
    for one in found {
        serde_json::to_writer(&mut out, one)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}

fn quoted(text: &str) -> serde_json::Result<String> {
    serde_json::to_string(text)
}
