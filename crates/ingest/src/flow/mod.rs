//! Flow logs: header, records, the decision which end is the client, and the rollup by hour.
//!
//! ```text
//! text ─► fast: known texts, numbers, addresses ─► groups ─► rows
//!           └► exact: word by word, with a reason for each reject ─┘
//! Parquet ─► exact
//! ```
//!
//! `exact` decides what a line is. `fast` takes the lines whose texts `exact` accepted before in other lines and whose numbers and
//! addresses are usual; it never takes a line in another way than `exact` would.

pub(crate) mod address;
#[cfg(test)]
mod agreement;
pub(crate) mod columns;
pub(crate) mod decode;
mod ends;
mod exact;
mod fast;
mod field;
mod group;
mod groups;
pub(crate) mod interner;
pub(crate) mod known;
mod memo;
mod number;
mod parquet;
mod plan;
mod raw;
pub(crate) mod record;
pub(crate) mod rollup;
pub(crate) mod write;

pub(crate) use groups::Entry;

use crate::Stats;
use rollup::Rollup;

/// Names the account and region of an object whose key tells them not: those of the first records that do.
pub(crate) fn name_owner(stats: &mut Stats, entries: &[Entry], rollup: &Rollup) {
    for entry in entries {
        if !stats.account_id.is_empty() && !stats.region.is_empty() {
            return;
        }
        let Some(context) = rollup.contexts.get(entry.key.parts().context) else {
            return;
        };
        for (name, number) in [(&mut stats.account_id, context.account_id), (&mut stats.region, context.region)] {
            if name.is_empty() {
                rollup.texts.get(number).clone_into(name);
            }
        }
    }
}
