//! A CloudTrail object, record by record.

use super::call::{Required, Writer};
use super::cursor::Cursor;
use super::event::Event;
use super::place;
use super::split::{Element, Record, Splitter};
use crate::content::Content;
use crate::{Batch, ObjectRef, Stats};
use memchr::memmem;

/// What a reject shows of a record ends before these: behind them stands content.
const WITHHELD: [&str; 4] =
    ["\"requestParameters\"", "\"responseElements\"", "\"additionalEventData\"", "\"insightDetails\""];

/// Decodes the object's content into the batch.
pub(crate) fn decode(object: &ObjectRef<'_>, content: &mut Content<'_>, batch: &mut Batch<'_>) -> Stats {
    let mut splitter = if is_bare(content.head()) { Splitter::bare() } else { Splitter::default() };
    let mut decoder = Decoder { uri: object.uri, writer: Writer::default(), stats: Stats::default(), place: 0, batch };
    (decoder.stats.account_id, decoder.stats.region) = place::of_key(object);
    loop {
        let chunk = content.chunk();
        if chunk.is_empty() {
            break;
        }
        splitter.push(chunk, &mut |element| decoder.take(&element));
        let length = chunk.len();
        content.consume(length);
    }
    if content.fault().is_none()
        && content.bytes() > 0
        && let Some(missing) = splitter.missing()
    {
        decoder.stats.fault(missing);
    }
    decoder.stats
}

/// Whether records stand alone, as in what Firehose writes of EventBridge's events, and not in the `Records` of a trail's file.
pub(crate) fn is_bare(head: &[u8]) -> bool {
    let find = |text: &str| memmem::find(head, text.as_bytes());
    find("\"eventSource\"").is_some_and(|event| find("\"Records\"").is_none_or(|records| event < records))
}

struct Decoder<'o, 'b, 's> {
    uri: &'o str,
    writer: Writer,
    stats: Stats,
    /// of the record, from 1
    place: i64,
    batch: &'b mut Batch<'s>,
}

impl Decoder<'_, '_, '_> {
    fn take(&mut self, element: &Element<'_>) {
        self.place += 1;
        let reason = match element {
            Element::Record(record) => {
                return self
                    .record(record)
                    .unwrap_or_else(|reason| self.stats.reject(self.place, reason, &sample(record)));
            }
            Element::TooLarge => "the record is too large for an event",
            Element::Stray => "something that is no record stands here",
        };
        self.stats.reject(self.place, reason, "");
    }

    fn record(&mut self, record: &Record<'_>) -> Result<(), String> {
        let mut event = Event::default();
        Cursor::new(record).and_then(|cursor| event.read(cursor)).map_err(|fault| fault.to_string())?;
        if event.is_aggregated() {
            self.stats.passed_over += 1;
            return Ok(());
        }
        let required = Required::of(&event)?;
        self.stats.records += 1;
        self.stats.saw(required.time, required.time);
        if self.stats.account_id.is_empty() {
            self.stats.account_id = event.kept(event.account_id).into_owned();
        }
        if self.stats.region.is_empty() {
            self.stats.region = event.kept(event.region).into_owned();
        }
        self.writer.write(&event, &required, self.uri, self.place, self.batch);
        Ok(())
    }
}

fn sample(record: &Record<'_>) -> String {
    let bytes = record.bytes;
    let text = String::from_utf8_lossy(bytes.get(..bytes.len().min(1024)).unwrap_or_default());
    let end = WITHHELD.iter().filter_map(|name| text.find(name)).min().unwrap_or(text.len());
    text.get(..end).unwrap_or_default().to_owned()
}
