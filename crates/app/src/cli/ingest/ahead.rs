//! What an ingest would read, and what that would cost.

use super::summary::list;
use crate::figures::{bytes, count, counted, dollars};
use crate::print;
use crate::table::{Table, Tone};
use serde_json::Value;
use sightline_collect::logs::{PRICES_OF, Survey};

/// Prints one place's survey.
pub(super) fn show(survey: &Survey) -> anyhow::Result<()> {
    if !survey.by_source.is_empty() {
        let mut table = Table::new(&["SOURCE", "OBJECTS", "BYTES"]);
        (1..3).for_each(|column| table.align_right(column));
        for (name, share) in &survey.by_source {
            let cells = [name.clone(), count(share.objects), bytes(share.bytes)];
            table.row(cells.iter().map(|cell| (cell.as_str(), Tone::Plain)));
        }
        print::line(table.to_string().trim_end())?;
        print::line("")?;
    }
    print::line(&format!("would read {}, {}", counted(survey.objects, "object"), bytes(survey.bytes)))?;
    let lists = survey.requests.lists;
    if lists + survey.gets > 0 {
        print::line(&format!(
            "would cost {} for {} LIST and {} GET requests (us-east-1, {PRICES_OF}), and the transfer where that leaves the region",
            dollars(survey.usd),
            count(lists),
            count(survey.gets)
        ))?;
    }
    let left_out = [
        (survey.skipped_already, "read before"),
        (survey.skipped_old, "older than asked for"),
        (survey.passed_over, "objects without records, such as digests"),
    ];
    list("left out", Tone::Plain, &left_out.map(|(number, text)| (number, text.to_owned())))?;
    let unlisted: Vec<_> = survey.unlisted.iter().map(|one| (1, format!("{}: {}", one.place, one.error))).collect();
    list("not listed to the end", Tone::Bad, &unlisted)?;
    print::line("")?;
    Ok(())
}

/// The same for machines.
pub(super) fn json(survey: &Survey) -> anyhow::Result<Value> {
    let mut value = serde_json::to_value(survey)?;
    if let Some(members) = value.as_object_mut() {
        members.insert("prices_of".to_owned(), PRICES_OF.into());
    }
    Ok(value)
}
