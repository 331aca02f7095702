//! What is new in the lake since it was last looked at, by this server or one before. What is there the first time is no news.

use super::cover::Cover;
use super::notice::{Item, Notice};
use crate::config::{Config, Notification, Topic};
use crate::serve::db::delivery::{Delivery, DeliveryStatus};
use crate::serve::db::known::Learned;
use crate::serve::held::{FindingRow, Held};
use crate::serve::page::Rows;
use crate::serve::state::App;
use crate::world;
use sightline_model::{Case, Severity, Status};
use std::collections::HashSet;
use std::sync::Arc;

/// Looks at each state of the lake, until the server ends.
pub(super) async fn keep(app: App) {
    let mut states = app.states();
    let mut watcher = Watcher::default();
    loop {
        let held = Arc::clone(&states.borrow_and_update());
        if let Err(error) = watcher.look(&app, &held).await {
            tracing::error!(error = format!("{error:#}"), "what is new cannot be told");
        }
        if states.changed().await.is_err() {
            return;
        }
    }
}

/// The findings and the cases of one state.
type Looked = (Option<Arc<Rows<FindingRow>>>, Option<Arc<Rows<Case>>>);

/// What is known, in memory.
#[derive(Default)]
struct Watcher {
    findings: Option<HashSet<String>>,
    cases: Option<HashSet<String>>,
    coverage: Option<HashSet<String>>,
    /// what was looked at last: rows that did not change are handed on from state to state
    looked: Looked,
}

/// What a look found.
struct News {
    learned: Learned,
    items: Vec<(Option<Severity>, Item)>,
}

impl Watcher {
    async fn look(&mut self, app: &App, held: &Held) -> anyhow::Result<()> {
        let notifications = &held.config.notifications;
        let wants = |topic| notifications.iter().any(|one| one.on.contains(&topic));
        if wants(Topic::Findings) {
            let rows = held.findings().await?;
            if self.looked.0.as_ref().is_none_or(|before| !Arc::ptr_eq(before, rows)) {
                take(app, &held.config, Topic::Findings, &mut self.findings, |known| findings(rows, known))?;
                self.looked.0 = Some(Arc::clone(rows));
            }
        }
        if wants(Topic::Cases) {
            let rows = held.cases().await?;
            if self.looked.1.as_ref().is_none_or(|before| !Arc::ptr_eq(before, rows)) {
                take(app, &held.config, Topic::Cases, &mut self.cases, |known| cases(rows, known))?;
                self.looked.1 = Some(Arc::clone(rows));
            }
        }
        if wants(Topic::Coverage) {
            let (coverage, spots) = (held.coverage().await?, held.blind_spots().await?);
            let cover = Cover::of(coverage.iter(), spots.iter());
            take(app, &held.config, Topic::Coverage, &mut self.coverage, |known| lost(&cover, known))?;
        }
        Ok(())
    }
}

/// Learns what is new of a topic, and writes down what is told of it.
fn take(
    app: &App,
    config: &Config,
    topic: Topic,
    known: &mut Option<HashSet<String>>,
    look: impl Fn(&HashSet<String>) -> News,
) -> anyhow::Result<()> {
    let before = match known {
        Some(before) => before,
        None => match app.db().known(topic.as_str())? {
            Some(kept) => known.insert(kept),
            None => {
                let first = look(&HashSet::new()).learned.added;
                app.db().begin_topic(topic.as_str(), &first)?;
                *known = Some(first.into_iter().collect());
                return Ok(());
            }
        },
    };
    let News { mut learned, items } = look(before);
    if learned.added.is_empty() && learned.forgotten.is_empty() {
        return Ok(());
    }
    learned.topic = topic.as_str();
    let interested = config.notifications.iter().filter(|one| one.on.contains(&topic));
    let told: Vec<Delivery> = interested.filter_map(|one| told(topic, one, &items)).collect();
    app.db().learn(&learned, &told)?;
    // INVARIANT: memory learns what the file has learned, and no more: what could not be written is told the next time.
    for key in &learned.forgotten {
        before.remove(key);
    }
    before.extend(learned.added);
    if !told.is_empty() {
        app.bell().ring();
    }
    Ok(())
}

/// The delivery for one notification; nothing where nothing is grave enough.
fn told(topic: Topic, to: &Notification, items: &[(Option<Severity>, Item)]) -> Option<Delivery> {
    let matters = |severity: &Option<Severity>| severity.is_none_or(|severity| severity >= to.severity);
    let own: Vec<Item> = items.iter().filter(|(severity, _)| matters(severity)).map(|(_, item)| item.clone()).collect();
    if own.is_empty() {
        return None;
    }
    let now = world::now();
    Some(delivery(to, topic.as_str(), &Notice::of(topic, &to.name, now, own)))
}

/// A delivery that is due at once.
pub(super) fn delivery(to: &Notification, about: &str, notice: &Notice) -> Delivery {
    Delivery {
        id: format!("{}-{:08x}", notice.at.strftime("%Y%m%dT%H%M%S.%6fZ"), world::seed() & 0xffff_ffff),
        notification: to.name.clone(),
        channel: to.channel.as_str().to_owned(),
        about: about.to_owned(),
        // Text and numbers: there is nothing in it that could not be written.
        notice: serde_json::to_value(notice).unwrap_or_default(),
        status: DeliveryStatus::Waiting,
        attempts: 0,
        next_at: Some(notice.at),
        error: String::new(),
        created_at: notice.at,
        ended_at: None,
    }
}

/// Those that fail, are not muted, and were not known. One that passes is forgotten: it is news when it fails again. So is one that is muted,
/// for when the mute ends. What nobody could decide, or what the newest run does not speak of, stays as it is.
fn findings(rows: &Rows<FindingRow>, known: &HashSet<String>) -> News {
    let (mut learned, mut items) = (Learned::default(), Vec::new());
    for row in rows.iter() {
        let is_known = known.contains(&*row.fingerprint);
        match (row.status, row.mute.is_some()) {
            (Status::Fail, false) if !is_known => {
                learned.added.push(row.fingerprint.to_string());
                items.push((Some(row.severity), Item::finding(row)));
            }
            (Status::Pass | Status::Skip, _) | (Status::Fail, true) if is_known => {
                learned.forgotten.push(row.fingerprint.to_string());
            }
            _ => {}
        }
    }
    items.sort_by(|(a, _), (b, _)| b.cmp(a));
    News { learned, items }
}

fn cases(rows: &Rows<Case>, known: &HashSet<String>) -> News {
    let new: Vec<&Case> = rows.iter().filter(|case| !known.contains(&case.case_id)).collect();
    let learned = Learned { added: new.iter().map(|case| case.case_id.clone()).collect(), ..Learned::default() };
    let mut items: Vec<_> = new.into_iter().map(|case| (Some(case.severity), Item::case(case))).collect();
    items.sort_by(|(a, _), (b, _)| b.cmp(a));
    News { learned, items }
}

fn lost(cover: &Cover, known: &HashSet<String>) -> News {
    let changed = cover.since(known);
    let forgotten = changed.lost.iter().map(|(key, _)| key.clone()).collect();
    let items = changed.lost.into_iter().map(|(_, item)| (None, item)).collect();
    News { learned: Learned { topic: "", added: changed.gained, forgotten }, items }
}
