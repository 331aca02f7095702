//! What a lake needs now and then: small files put together, old rows taken out, files that nobody names removed. The command line and the
//! server's jobs do the same here, and refuse the same in the same words.

use anyhow::{Context as _, bail};
use jiff::{Span, Timestamp};
use sightline_lake::{Compacted, Lake, Retained, Swept};
use sightline_model::LakeTable;
use sightline_model::lake_table::ALL;

/// For how many hours a file that nobody names is kept at least, where nothing is said: longer than any scan or batch takes.
pub(crate) const KEPT_HOURS: u32 = 24;

/// A table, and for how many days its rows are kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept {
    pub(crate) table: &'static LakeTable,
    days: u32,
}

/// The table of this name.
///
/// # Errors
/// There is none: the text says which there are.
pub(crate) fn table(name: &str) -> Result<&'static LakeTable, String> {
    LakeTable::by_name(name).ok_or_else(|| {
        let names: Vec<&str> = ALL.iter().map(|table| table.name).collect();
        format!("the lake has no such table; it has {}", names.join(", "))
    })
}

/// These tables, each once; without any, all that fit.
///
/// # Errors
/// One of them does not fit.
pub(crate) fn chosen(
    given: &[&'static LakeTable],
    fits: impl Fn(&LakeTable) -> bool,
    why_not: &str,
) -> anyhow::Result<Vec<&'static LakeTable>> {
    if let Some(table) = given.iter().find(|table| !fits(table)) {
        bail!("table `{}` {why_not}", table.name);
    }
    if given.is_empty() {
        return Ok(ALL.iter().copied().filter(|table| fits(table)).collect());
    }
    let mut tables: Vec<&'static LakeTable> = Vec::with_capacity(given.len());
    for table in given {
        if tables.iter().all(|known| known.name != table.name) {
            tables.push(table);
        }
    }
    Ok(tables)
}

/// The tables whose small files are put together: these, or all that can be.
///
/// # Errors
/// One of them has no small files to put together.
pub(crate) fn to_compact(given: &[&'static LakeTable]) -> anyhow::Result<Vec<&'static LakeTable>> {
    let fits = |table: &LakeTable| table.partition_by.is_empty();
    chosen(given, fits, "is parted by scan or run, and its files are whole as they are")
}

/// Puts small files of the table together. A table that was never written has none.
///
/// # Errors
/// The table cannot be read or written; others keep committing first.
pub(crate) async fn compact(lake: &Lake, table: &'static LakeTable) -> anyhow::Result<Compacted> {
    if lake.table_status(table).await?.is_none() {
        return Ok(Compacted::default());
    }
    Ok(lake.compact(table).await?)
}

/// A table and the days of its rows, as given; no days where they are no number.
///
/// # Errors
/// There is no such table, or its rows do not grow old; nobody keeps rows for so many days.
pub(crate) fn kept(name: &str, days: Option<u32>) -> Result<Kept, String> {
    let days = days.filter(|days| (1..=36_500).contains(days)).ok_or("days are a number from 1 to 36500")?;
    let table = Lake::retainable().find(|table| table.name == name).ok_or_else(|| {
        let names: Vec<&str> = Lake::retainable().map(|table| table.name).collect();
        format!("no such table, or its rows are kept; choose from {}", names.join(", "))
    })?;
    Ok(Kept { table, days })
}

/// Takes the rows out of the table that are too old at `now`; with `dry` it counts them alone.
///
/// # Errors
/// The table cannot be read or written.
pub(crate) async fn retain(lake: &Lake, kept: Kept, now: Timestamp, dry: bool) -> anyhow::Result<Retained> {
    Ok(lake.retain(kept.table, kept.days, now, dry).await?)
}

/// For how many hours files are kept, as given; nothing where that is no number.
///
/// # Errors
/// It is none, or too long.
pub(crate) fn hours(given: Option<u32>) -> Result<u32, String> {
    given.filter(|hours| (1..=8_760).contains(hours)).ok_or_else(|| "hours are a number from 1 to 8760".to_owned())
}

/// The time so many hours before.
///
/// # Errors
/// There is none.
pub(crate) fn hours_before(now: Timestamp, hours: u32) -> anyhow::Result<Timestamp> {
    now.checked_sub(Span::new().hours(i64::from(hours))).context("there is no such time")
}

/// Removes files of the table that nobody names and that are older than `before`; with `dry` it counts them alone.
///
/// # Errors
/// The table, its files or a claim cannot be read; a file cannot be removed.
pub(crate) async fn vacuum(
    lake: &Lake,
    table: &'static LakeTable,
    before: Timestamp,
    dry: bool,
) -> anyhow::Result<Swept> {
    Ok(if dry { lake.would_sweep(table, before).await? } else { lake.sweep(table, before).await? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(tables: &[&'static LakeTable]) -> Vec<&'static str> {
        tables.iter().map(|table| table.name).collect()
    }

    #[test]
    fn which_tables_are_put_together() {
        let flow = table("flow").unwrap();
        assert_eq!(names(&to_compact(&[flow, flow]).unwrap()), ["flow"]);
        let all = names(&to_compact(&[]).unwrap());
        assert!(all.contains(&"flow") && all.contains(&"log_object") && !all.contains(&"resource"), "{all:?}");
        let parted = to_compact(&[table("resource").unwrap()]).unwrap_err().to_string();
        assert!(parted.contains("table `resource` is parted"), "{parted}");
        assert!(table("flows").unwrap_err().contains("it has ") && table("").is_err());
    }

    #[test]
    fn how_long_is_kept() {
        assert_eq!(kept("flow", Some(90)).map(|kept| (kept.table.name, kept.days)), Ok(("flow", 90)));
        for (name, days, says) in [
            ("flow", Some(0), "from 1 to 36500"),
            ("flow", Some(36_501), "from 1 to 36500"),
            ("flow", None, "from 1 to 36500"),
            ("log_object", Some(90), "its rows are kept"),
            ("flows", Some(90), "choose from "),
        ] {
            assert!(kept(name, days).unwrap_err().contains(says), "{name} {days:?}");
        }
        assert_eq!((hours(Some(24)), hours(Some(8_760))), (Ok(24), Ok(8_760)));
        assert!([None, Some(0), Some(8_761)].into_iter().all(|given| hours(given).is_err()));
    }
}
