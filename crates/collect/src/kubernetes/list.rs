//! A list of a cluster, page by page.

use super::client::{Client, TOO_LARGE};
use super::page::Page;
use super::refusal::Refusal;
use crate::catalogue::Call;
use crate::scan::Visit;
use kube::core::Request;
use kube::core::params::ListParams;
use serde_json::Value;
use std::collections::HashSet;
use tokio::sync::OwnedSemaphorePermit;

/// Objects of a page: a hundred pods with all that others write into them are some two megabytes.
const LIMIT: u32 = 100;

/// Objects of a page where only their metadata is asked for.
const METADATA_LIMIT: u32 = 500;

/// Objects that are read of one list, so that no cluster, or whoever plays one, keeps a scan for ever.
const OBJECTS: usize = 500_000;

/// How often a list that went stale is begun anew.
const RESTARTS: u32 = 3;

/// Objects of one page, and the place that they take while rows are made of them.
pub(super) struct Objects {
    pub(super) items: Vec<Value>,
    _place: Option<OwnedSemaphorePermit>,
}

/// A list that is being read.
pub(super) struct Pages<'p> {
    visit: &'p Visit<'p>,
    client: &'p Client,
    call: &'p Call,
    path: String,
    metadata: bool,
    limit: u32,
    next: Option<String>,
    is_done: bool,
    restarts: u32,
    /// INVARIANT: an object is handed out once, also where the list had to be begun anew.
    seen: HashSet<String>,
}

impl<'p> Pages<'p> {
    /// All objects of a kind, whole.
    pub(super) fn of(visit: &'p Visit<'p>, client: &'p Client, call: &'p Call, path: &str) -> Self {
        Self {
            visit,
            client,
            call,
            path: path.to_owned(),
            metadata: false,
            limit: LIMIT,
            next: None,
            is_done: false,
            restarts: 0,
            seen: HashSet::new(),
        }
    }

    /// Of each object its metadata alone.
    pub(super) fn metadata(self) -> Self {
        Self { metadata: true, limit: METADATA_LIMIT, ..self }
    }

    /// The next objects; nothing when there are no more, or when the coverage says why there are none.
    pub(super) async fn next(&mut self) -> Option<Objects> {
        while !self.is_done {
            let asked = async { (self.visit.clusters().place().await, self.ask().await) };
            let Some((place, answer)) = self.visit.unless_cancelled(asked).await else {
                self.visit.not_asked(self.call, &self.client.cluster.arn);
                self.is_done = true;
                return None;
            };
            match answer {
                Ok(page) => return Some(Objects { items: self.taken(page), _place: place }),
                Err(refusal) => self.meet(refusal),
            }
        }
        None
    }

    async fn ask(&self) -> Result<Page, Refusal> {
        let params = ListParams { limit: Some(self.limit), continue_token: self.next.clone(), ..ListParams::default() };
        let request = Request::new(self.path.as_str());
        let request = if self.metadata { request.list_metadata(&params) } else { request.list(&params) };
        let request = request.map_err(|error| Refusal::failed("Invalid", error))?;
        let visit = self.visit;
        let body = self.client.get(visit.aws(), &|| visit.now(), request, &self.call.operation).await?;
        Page::parse(&body)
    }

    fn taken(&mut self, page: Page) -> Vec<Value> {
        self.visit.answered(self.call);
        let is_only = page.next.is_none() && self.seen.is_empty();
        if page.next.is_some() && (page.items.is_empty() || page.next == self.next) {
            self.fail(&Refusal::failed("Unreadable", "the list does not go on: the cluster repeats itself"));
        }
        self.is_done |= page.next.is_none();
        self.next = page.next;
        let mut items = page.items;
        if !is_only {
            items.retain(|item| match item.pointer("/metadata/uid").and_then(Value::as_str) {
                Some(uid) => self.seen.insert(uid.to_owned()),
                None => true,
            });
        }
        if self.seen.len() > OBJECTS {
            self.fail(&Refusal::failed("TooMany", "more than 500,000 objects: the rest was not read"));
        }
        items
    }

    fn meet(&mut self, refusal: Refusal) {
        match refusal.code {
            // Fewer objects at a time are smaller answers.
            TOO_LARGE if self.limit > 1 => self.limit = (self.limit / 4).max(1),
            // <https://kubernetes.io/docs/reference/using-api/api-concepts/#410-gone-responses>
            "Expired" if self.restarts < RESTARTS => {
                self.restarts += 1;
                self.next.clone_from(&refusal.resume);
            }
            _ => self.fail(&refusal),
        }
    }

    fn fail(&mut self, refusal: &Refusal) {
        let Refusal { outcome, code, message, .. } = refusal;
        self.visit.refused(self.call, &self.client.cluster.arn, *outcome, code, message);
        self.is_done = true;
    }
}
