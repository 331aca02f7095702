//! `sightline ingest --follow`: stays at queues and reads their messages as they come, until it is asked to stop.
//!
//! A round is an ingest like any other: it claims what it reads, and completes what killed workers left. It ends when the queue has been quiet
//! for as long as a batch takes, or after some minutes. What it received and could not read is let go with it, and comes again.

use super::chosen::{Chosen, Stores};
use super::{Ingest, summary};
use crate::cli::Global;
use crate::config::Config;
use crate::exit::Exit;
use crate::progress::IngestLine;
use crate::{interrupt, print, stage};
use anyhow::{anyhow, bail};
use serde_json::{Value, json};
use sightline_collect::CollectError;
use sightline_collect::logs::{Address, IngestSummary, LogStore, QueueOptions, QueueTrouble, Trouble, ingest};
use sightline_model::untrusted::for_terminal;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// How long a round takes at most where messages keep coming, unless a batch takes longer.
const ROUND: Duration = Duration::from_secs(300);
/// The longest time between two tries of a queue that cannot be read.
const LONGEST_PAUSE: u64 = 60;

impl Ingest {
    /// Reads the queues in turn, round after round.
    ///
    /// # Errors
    /// A place is no queue; the lake cannot be written; the only queue cannot be read, and waiting would not help.
    pub(super) async fn follow(
        &self,
        global: &Global,
        config: &Config,
        places: &[Chosen],
        stores: &mut Stores<'_>,
    ) -> anyhow::Result<Exit> {
        if let Some(other) = places.iter().find(|place| !matches!(place.address, Address::Queue(_))) {
            bail!("`--follow` stays at queues, and `{}` is none: have S3 tell a queue of new objects", other.label);
        }
        let lake = stage::create(&global.lake).await?;
        let (cancel, mut exit) = (interrupt::token(), Exit::Clean);
        let mut turns: Vec<Turn<'_>> = places.iter().map(|place| Turn::new(place, self.gone_for)).collect();
        while let Some(turn) = turns.iter_mut().min_by_key(|turn| turn.due) {
            if cancel.run_until_cancelled(sleep_until(turn.due)).await.is_none() {
                break;
            }
            // A store of its own each round: with it go the messages that came and were not read.
            let store = self.staying(stores.open(turn.place).await?);
            let options = self.options(turn.place, config, &cancel)?;
            let ended = Box::pin(ingest(&store, &lake, options, &IngestLine::new())).await;
            let trouble = store.queue_trouble();
            match ended {
                Ok(summary) => {
                    turn.was_read = true;
                    exit = exit.or_worse(self.tell(turn.place, &summary, &store)?);
                }
                Err(CollectError::LogList { .. }) if trouble.is_some() => {}
                // A lake that cannot be written, and credentials that have expired.
                Err(error) => return Err(error.into()),
            }
            match turn.after(trouble.as_ref(), Instant::now()) {
                After::Readable => {}
                After::ReadAgain => print::note(&for_terminal(&format!("`{}` is read again", turn.place.label))),
                After::Pause(text) => self.tell_trouble(turn.place, &text)?,
                After::Never(text) => {
                    let label = turn.place.label.clone();
                    let error = anyhow!("cannot read the queue `{label}`: {text}");
                    if turns.len() == 1 {
                        return Err(error);
                    }
                    print::error(&error);
                    exit = exit.or_worse(Exit::CouldNotRun);
                    turns.retain(|turn| turn.place.label != label);
                }
            }
        }
        // A queue that could not be read at the end may hold what nobody has.
        let is_unread = turns.iter().any(|turn| turn.failed > 0);
        Ok(if is_unread { exit.or_worse(Exit::Incomplete) } else { exit })
    }

    /// The queue, read for a round.
    fn staying(&self, store: LogStore) -> LogStore {
        let queue = match self.patient(store) {
            LogStore::Queue(queue) => queue,
            other => return other,
        };
        let options = queue.options();
        // Quiet for as long as a batch takes at most: a round that ended sooner would make more batches than were asked for.
        let turns = self.batch_time.div_ceil(options.wait.as_secs().max(1));
        let empty = usize::try_from(turns).unwrap_or(usize::MAX).max(options.empty);
        let longest = Some(ROUND.max(Duration::from_secs(self.batch_time)));
        LogStore::Queue(queue.with(QueueOptions { empty, longest, ..options }))
    }

    /// What a round brought, where it brought anything.
    fn tell(&self, place: &Chosen, summary: &IngestSummary, store: &LogStore) -> anyhow::Result<Exit> {
        let left = store.queue_counts().map_or(0, |counts| counts.rejected);
        if is_idle(summary) && left == 0 {
            return Ok(Exit::Clean);
        }
        if self.json {
            line(place, serde_json::to_value(summary)?)?;
        } else {
            print::line(&for_terminal(&place.label))?;
            summary::show(summary, left)?;
        }
        // To be asked to stop is how this ends.
        let is_whole = !IngestSummary { cancelled: false, ..summary.clone() }.is_incomplete() && left == 0;
        Ok(if is_whole { Exit::Clean } else { Exit::Incomplete })
    }

    fn tell_trouble(&self, place: &Chosen, text: &str) -> anyhow::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        print::warning(&format!("cannot read the queue `{}`: {text}", place.label));
        if self.json { line(place, json!({ "error": text })) } else { Ok(()) }
    }
}

/// One line a round, in the shape of an ingest that ends.
fn line(place: &Chosen, value: Value) -> anyhow::Result<()> {
    let mut answer = serde_json::Map::new();
    answer.insert(place.label.clone(), value);
    Ok(print::line(&serde_json::to_string(&answer)?)?)
}

/// Whether a round found nothing at all.
fn is_idle(summary: &IngestSummary) -> bool {
    let nothing = IngestSummary { requests: summary.requests, cancelled: summary.cancelled, ..Default::default() };
    *summary == nothing
}

/// A queue, and when it is looked at next.
struct Turn<'p> {
    place: &'p Chosen,
    due: Instant,
    /// for how long it may be gone
    gone_for: Duration,
    /// whether it was ever read
    was_read: bool,
    /// tries in a row that failed
    failed: u32,
    gone_since: Option<Instant>,
    /// what was said last
    told: String,
}

/// What follows a round.
#[derive(Debug, PartialEq, Eq)]
enum After {
    /// the next
    Readable,
    /// the next, after some that failed
    ReadAgain,
    /// the same again later; the text is for people, and empty where it would say the same again
    Pause(String),
    /// nothing: waiting would not help
    Never(String),
}

impl<'p> Turn<'p> {
    fn new(place: &'p Chosen, gone_for: u64) -> Self {
        let (due, gone_for) = (Instant::now(), Duration::from_secs(gone_for));
        Self { place, due, gone_for, was_read: false, failed: 0, gone_since: None, told: String::new() }
    }

    fn after(&mut self, trouble: Option<&QueueTrouble>, now: Instant) -> After {
        let Some(trouble) = trouble else {
            (self.due, self.was_read, self.gone_since) = (now, true, None);
            self.told.clear();
            return if std::mem::take(&mut self.failed) > 0 { After::ReadAgain } else { After::Readable };
        };
        let is_gone = trouble.trouble == Trouble::Gone;
        let gone_since = *self.gone_since.get_or_insert(now);
        if !is_gone {
            self.gone_since = None;
        }
        let is_over = is_gone && (!self.was_read || now.duration_since(gone_since) >= self.gone_for);
        if is_over || trouble.trouble == Trouble::Lasting {
            return After::Never(trouble.error.clone());
        }
        let seconds = pause(self.failed);
        // The same again, as seldom as before.
        let is_said = self.told == trouble.error && self.failed.checked_sub(1).map(pause) == Some(seconds);
        self.due = now + Duration::from_secs(seconds);
        self.failed = self.failed.saturating_add(1);
        self.told.clone_from(&trouble.error);
        After::Pause(if is_said { String::new() } else { format!("{}; trying again in {seconds} s", trouble.error) })
    }
}

/// Seconds until the next try, after so many that failed.
fn pause(failed: u32) -> u64 {
    1_u64.checked_shl(failed).unwrap_or(u64::MAX).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(trouble: Trouble) -> QueueTrouble {
        QueueTrouble { trouble, error: "so it said".to_owned() }
    }

    fn place() -> Chosen {
        Chosen::address("sqs://told").unwrap()
    }

    #[tokio::test]
    async fn a_queue_that_refuses_is_tried_ever_more_seldom_and_for_ever() {
        let (place, mut now) = (place(), Instant::now());
        let mut turn = Turn::new(&place, 600);
        let mut pauses = vec![];
        for _ in 0..200 {
            let After::Pause(text) = turn.after(Some(&trouble(Trouble::Passing)), now) else { panic!("it gave up") };
            pauses.push((turn.due - now).as_secs());
            assert_eq!(text.is_empty(), pauses.len() > 7, "{pauses:?}: {text}");
            now = turn.due;
        }
        assert_eq!(pauses[..8], [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(turn.after(None, now), After::ReadAgain);
        assert_eq!(turn.after(None, now), After::Readable);
        assert!(turn.due == now && turn.failed == 0);
    }

    #[tokio::test]
    async fn where_waiting_cannot_help_it_ends() {
        let (place, now) = (place(), Instant::now());
        let never = After::Never("so it said".to_owned());
        assert_eq!(Turn::new(&place, 600).after(Some(&trouble(Trouble::Lasting)), now), never);
        // It was never there: the name is wrong.
        assert_eq!(Turn::new(&place, 600).after(Some(&trouble(Trouble::Gone)), now), never);
        // It was, and may be made again.
        let mut turn = Turn::new(&place, 600);
        assert_eq!(turn.after(None, now), After::Readable);
        let later = |seconds: u64| now + Duration::from_secs(seconds);
        assert!(matches!(turn.after(Some(&trouble(Trouble::Gone)), now), After::Pause(_)));
        assert!(matches!(turn.after(Some(&trouble(Trouble::Passing)), later(500)), After::Pause(_)));
        assert!(matches!(turn.after(Some(&trouble(Trouble::Gone)), later(700)), After::Pause(_)));
        assert!(matches!(turn.after(Some(&trouble(Trouble::Gone)), later(1_299)), After::Pause(_)));
        assert_eq!(turn.after(Some(&trouble(Trouble::Gone)), later(1_300)), never);
    }

    #[test]
    fn a_round_that_brought_nothing_is_not_told() {
        let mut summary = IngestSummary { cancelled: true, ..IngestSummary::default() };
        summary.requests.calls = 3;
        assert!(is_idle(&summary));
        assert!(!is_idle(&IngestSummary { skipped_already: 1, ..summary }));
    }
}
