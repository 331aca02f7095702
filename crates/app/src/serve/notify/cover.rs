//! What is covered: by account and region, what was read of the inventory, and what telemetry shows. A row that says nothing of a place leaves it as it
//! was; a place is lost when somebody looked and could not see.

use super::notice::Item;
use sightline_model::{BlindSpot, Coverage, Sight};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What the newest scans and the newest map say of places.
#[derive(Debug, Default)]
pub(super) struct Cover {
    seen: BTreeSet<String>,
    lost: BTreeMap<String, Item>,
    /// accounts that have a newest scan, and their regions
    regions: BTreeMap<String, BTreeSet<String>>,
}

/// What changed.
#[derive(Debug, Default)]
pub(super) struct Changed {
    pub(super) gained: Vec<String>,
    pub(super) lost: Vec<(String, Item)>,
}

impl Cover {
    pub(super) fn of<'r>(
        coverage: impl Iterator<Item = &'r Coverage>,
        spots: impl Iterator<Item = &'r BlindSpot>,
    ) -> Self {
        let mut cover = Self::default();
        for row in coverage {
            cover.regions.entry(row.account_id.clone()).or_default().insert(row.region.clone());
            // What hinders one detail of one resource leaves the list as it is.
            if !row.target.is_empty() {
                continue;
            }
            let key = format!("table\u{1f}{}\u{1f}{}\u{1f}{}", row.account_id, row.region, row.table_name);
            match row.outcome.is_complete() {
                true => drop(cover.seen.insert(key)),
                false => {
                    let reason = format!("{}: {} {}", row.operation, row.outcome.as_str(), row.error_code);
                    let item = Item::coverage(
                        &key.replace('\u{1f}', "/"),
                        &row.account_id,
                        &row.region,
                        &row.table_name,
                        &reason,
                    );
                    cover.lost.insert(key, item);
                }
            }
        }
        for spot in spots {
            let key = format!("sight\u{1f}{}", spot.spot_id);
            match spot.sight {
                Sight::Seen | Sight::Partial => drop(cover.seen.insert(key)),
                Sight::Blind | Sight::Unknown => {
                    let subject = [&spot.telemetry, &spot.plane, &spot.subject];
                    let subject: Vec<&str> =
                        subject.into_iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
                    let item = Item::coverage(
                        &spot.spot_id,
                        &spot.account_id,
                        &spot.region,
                        &subject.join(" of "),
                        &spot.reason,
                    );
                    cover.lost.insert(key, item);
                }
            }
        }
        for (account, regions) in &cover.regions {
            cover.seen.extend(regions.iter().map(|region| format!("region\u{1f}{account}\u{1f}{region}")));
        }
        // A table of several calls is covered when all of them were answered.
        let Self { seen, lost, .. } = &mut cover;
        seen.retain(|key| !lost.contains_key(key));
        cover
    }

    /// Beside what was covered before.
    pub(super) fn since(&self, known: &HashSet<String>) -> Changed {
        let gained = self.seen.iter().filter(|key| !known.contains(*key)).cloned().collect();
        let mut lost: Vec<(String, Item)> = self
            .lost
            .iter()
            .filter(|(key, _)| known.contains(*key))
            .map(|(key, item)| (key.clone(), item.clone()))
            .collect();
        let mut gone: Vec<(String, Item)> =
            known.iter().filter_map(|key| Some((key.clone(), self.gone(key)?))).collect();
        gone.sort_by(|(a, _), (b, _)| a.cmp(b));
        lost.extend(gone);
        Changed { gained, lost }
    }

    /// A region that the newest scan of its account leaves out.
    fn gone(&self, key: &str) -> Option<Item> {
        let mut parts = key.split('\u{1f}');
        let ("region", account, region) = (parts.next()?, parts.next()?, parts.next()?) else { return None };
        let regions = self.regions.get(account)?;
        let why = "the newest scan of the account leaves it out";
        (!regions.contains(region))
            .then(|| Item::coverage(&key.replace('\u{1f}', "/"), account, region, "the whole region", why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(region: &str, table: &str, operation: &str, outcome: &str) -> Coverage {
        serde_json::from_value(json!({"scan_id": "s", "account_id": "1", "region": region, "table_name": table, "operation": operation,
            "action": "a", "target": "", "outcome": outcome, "error_code": "E", "error_message": "", "rows": 0, "calls": 1,
            "collected_at": "2026-11-20T10:00:00Z"}))
        .unwrap()
    }

    fn spot(id: &str, sight: &str) -> BlindSpot {
        serde_json::from_value(json!({"run_id": "r", "spot_id": id, "account_id": "1", "region": "eu", "plane": "bedrock-runtime",
            "telemetry": "cloudtrail-data", "subject": "", "sight": sight, "seen_since": null, "seen_until": null, "blind_from": null,
            "blind_until": null, "lost": "", "reason": "trail gone", "fix": ""}))
        .unwrap()
    }

    fn cover(rows: &[Coverage], spots: &[BlindSpot]) -> Cover {
        Cover::of(rows.iter(), spots.iter())
    }

    #[test]
    fn what_was_seen_and_is_not_is_lost_once() {
        let before = cover(
            &[row("eu", "t", "a", "ok"), row("eu", "t", "b", "ok"), row("us", "t", "a", "ok")],
            &[spot("x", "seen"), spot("y", "blind")],
        );
        let mut known: HashSet<String> = before.since(&HashSet::new()).gained.into_iter().collect();
        assert!(before.since(&known).lost.is_empty());
        // One call of two fails, a region is left out, the telemetry is gone; what never was seen is no loss.
        let after = cover(
            &[row("eu", "t", "a", "ok"), row("eu", "t", "b", "denied")],
            &[spot("x", "unknown"), spot("y", "blind")],
        );
        let changed = after.since(&known);
        let told: Vec<(&str, &str)> =
            changed.lost.iter().map(|(_, item)| (item.region.as_str(), item.subject.as_str())).collect();
        assert_eq!(told, [("eu", "cloudtrail-data of bedrock-runtime"), ("eu", "t"), ("us", "the whole region")]);
        known.retain(|key| !changed.lost.iter().any(|(lost, _)| lost == key));
        assert!(after.since(&known).lost.is_empty(), "it is told once");
        // It comes back, and may be lost again.
        let back = before.since(&known);
        assert_eq!(back.gained.len(), 3);
    }

    #[test]
    fn who_did_not_look_says_nothing() {
        let before = cover(&[row("eu", "t", "a", "ok")], &[spot("x", "seen")]);
        let known: HashSet<String> = before.since(&HashSet::new()).gained.into_iter().collect();
        let other = cover(&[row("eu", "other", "a", "ok")], &[]);
        assert!(other.since(&known).lost.is_empty(), "the scan asked for other tables");
        assert!(cover(&[], &[]).since(&known).lost.is_empty(), "no scan is there at all");
    }
}
