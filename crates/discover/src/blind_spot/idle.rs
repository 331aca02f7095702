//! Regions in which nothing of AI is, that was not called, and of which no log was read: one short row each.

use sightline_model::Sight;

use super::place::Known;
use super::row::{About, Spots, Told, plane, telemetry};
use super::seen::Span;
use super::verdict::Made;

pub(super) fn tell(
    spots: &mut Spots,
    (account, region): &(String, String),
    known: Known,
    made: &Made,
    span: Option<Span>,
) {
    // That nobody scanned is told by the inventory's row.
    if !known.is_scanned {
        return;
    }
    let about = About { account, region, plane: plane::NETWORK, telemetry: telemetry::MANAGEMENT, subject: "" };
    let verdict = made.weigh(span, span.map_or(jiff::Timestamp::UNIX_EPOCH, |span| span.last), "cloudtrail");
    let (sight, lost) = match verdict.sight {
        // Data events and flows are not asked for where nothing is.
        Sight::Seen => {
            (Sight::Partial, "nothing of AI is here; calls of agents, Mantle and endpoints would not be seen")
        }
        other => (other, "nothing of AI is here; whoever began to call models would not be seen"),
    };
    let told =
        Told { span, lost: lost.to_owned(), reason: verdict.reason, fix: "cloudtrail".to_owned(), ..Told::default() };
    spots.add(about, sight, told);
}
