//! Which log objects have records of which time.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use sightline_lake::Session;

use crate::DiscoverError;
use crate::query::query;

/// Objects of one source with the same first and last hour: a row of `sql/day/objects.sql`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Objects {
    pub(super) source: String,
    pub(super) first_hour: Option<Timestamp>,
    pub(super) last_hour: Option<Timestamp>,
    objects: i64,
    bytes: i64,
    newest: Option<Timestamp>,
    pub(super) first_seen: Option<Timestamp>,
    pub(super) last_seen: Option<Timestamp>,
}

const HOUR: SignedDuration = SignedDuration::from_hours(1);

impl Objects {
    /// All of them, in order.
    pub(super) async fn read(session: &Session) -> Result<Vec<Self>, DiscoverError> {
        let mut objects: Vec<Self> = query!("day/objects").rows(session).await?;
        objects.sort_by(|a, b| (&a.source, a.first_hour, a.last_hour).cmp(&(&b.source, b.first_hour, b.last_hour)));
        Ok(objects)
    }

    /// Whether a record of them may be in this time. Objects that tell no hours may be of any.
    pub(super) fn touch(&self, from: Timestamp, until: Timestamp) -> bool {
        match (self.first_hour, self.last_hour) {
            (Some(first), Some(last)) => first < until && from < last.checked_add(HOUR).unwrap_or(Timestamp::MAX),
            _ => true,
        }
    }

    /// Whether they have records before this moment.
    pub(super) fn begin_before(&self, moment: Timestamp) -> bool {
        self.first_seen.is_none_or(|first| first < moment)
    }

    /// Whether they have records from this moment on.
    pub(super) fn go_beyond(&self, moment: Timestamp) -> bool {
        self.last_seen.is_none_or(|last| last >= moment)
    }

    fn add_to(&self, digest: &mut Sha256) {
        let part = format!(
            "{}\0{:?}\0{:?}\0{}\0{}\0{:?}\n",
            self.source, self.first_hour, self.last_hour, self.objects, self.bytes, self.newest
        );
        digest.update(part.as_bytes());
    }
}

/// 32 hexadecimal digits that change when one of the objects does, or one comes.
pub(super) fn digest<'o>(form: &str, objects: impl Iterator<Item = &'o Objects>) -> String {
    let mut digest = Sha256::new();
    digest.update(form.as_bytes());
    objects.for_each(|one| one.add_to(&mut digest));
    hexadecimal(digest)
}

/// 32 hexadecimal digits.
pub(super) fn hexadecimal(digest: Sha256) -> String {
    digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
