//! Who is behind an identity: the session that took a role, and who made a user or its keys.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use sightline_lake::{LakeError, Session};
use sightline_model::Arn;

use crate::detect::macros::{DetectionWindow, expanded};
use crate::detect::signal::Row;

/// Roles that are taken one after the other.
const DEEPEST: usize = 5;
/// Keys that are asked for at once.
const MOST_KEYS: usize = 500;
/// Days for which what was made counts as its maker's.
const DAYS: i64 = 7;

/// Sessions that people and programs took, not those that a service hands to what it runs.
const TAKEN: &str = "select distinct issued_access_key_id as key, access_key_id as parent_key, $identity as parent from api_call \
     where event_source = 'sts.amazonaws.com' and event_name = 'AssumeRole' and event_time >= $history and event_time < $until \
     and identity_type in ('IAMUser', 'AssumedRole', 'Root', 'FederatedUser', 'IdentityCenterUser') and issued_access_key_id in ($keys)";

/// Users that somebody made, or made keys for.
const MADE: &str = "select distinct $identity as maker, account_id, coalesce(json_get_str(request_parameters, 'userName'), '') as name, event_time as at \
     from api_call where event_source = 'iam.amazonaws.com' and event_time >= $earliest and event_time < $until and error_code = '' \
     and event_name in ('CreateUser', 'CreateAccessKey', 'CreateLoginProfile', 'UpdateLoginProfile', 'CreateServiceSpecificCredential', 'ResetServiceSpecificCredential')";

#[derive(Debug, Deserialize)]
struct Taken {
    key: String,
    parent_key: String,
    parent: String,
}

/// Something that was made for a user by somebody else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) struct Made {
    pub(crate) maker: String,
    pub(crate) account_id: String,
    pub(crate) name: String,
    pub(crate) at: Timestamp,
}

/// What the logs tell of origins.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origins {
    /// key → identity that took the session, and its key
    pub(crate) taken: BTreeMap<String, (String, String)>,
    pub(crate) made: Vec<Made>,
}

impl Origins {
    /// Asks the logs about the keys of these rows.
    ///
    /// # Errors
    /// The logs cannot be read.
    pub(crate) async fn read<'r>(
        session: &Session,
        window: &DetectionWindow,
        rows: impl Iterator<Item = &'r Row>,
    ) -> Result<Self, LakeError> {
        let mut wanted: BTreeSet<String> = rows.flat_map(|row| row.access_key_ids.iter().cloned()).collect();
        let mut origins = Self::default();
        for _ in 0..DEEPEST {
            wanted.retain(|key| !origins.taken.contains_key(key));
            if wanted.is_empty() {
                break;
            }
            let asked: Vec<String> = std::mem::take(&mut wanted).into_iter().take(MOST_KEYS).collect();
            let list: Vec<String> = asked.iter().map(|key| format!("'{}'", key.replace('\'', "''"))).collect();
            let sql = expanded(TAKEN, window, &|name| (name == "keys").then(|| list.join(", ")));
            for taken in session.sql(&sql).await?.rows_as::<Taken>()? {
                wanted.insert(taken.parent_key.clone());
                origins.taken.insert(taken.key, (taken.parent, taken.parent_key));
            }
        }
        let earliest = window.from.checked_sub(SignedDuration::from_hours(24 * DAYS)).unwrap_or(window.from);
        let sql = expanded(MADE, window, &|name| (name == "earliest").then(|| crate::query::instant(earliest)));
        origins.made = session.sql(&sql).await?.rows_as()?;
        origins.made.retain(|made| !made.name.is_empty());
        origins.made.sort();
        Ok(origins)
    }

    /// Who stands at the beginning of the chain of roles that the row's keys belong to; the row's own identity where they do not agree.
    pub(crate) fn actor(&self, row: &Row) -> String {
        let own = || row.identity.clone();
        let roots: BTreeSet<Option<&str>> = row.access_key_ids.iter().map(|key| self.root(key)).collect();
        match (roots.len(), roots.into_iter().next()) {
            (1, Some(Some(root))) => root.to_owned(),
            _ => own(),
        }
    }

    fn root(&self, key: &str) -> Option<&str> {
        let mut taken = self.taken.get(key)?;
        for _ in 0..DEEPEST {
            match self.taken.get(&taken.1) {
                Some(next) => taken = next,
                None => break,
            }
        }
        Some(&taken.0)
    }
}

impl Made {
    /// Whether it was made for this identity by another.
    pub(crate) fn is_of(&self, identity: &str) -> bool {
        identity.parse::<Arn>().is_ok_and(|arn| {
            let is_user = arn.resource_type() == "user" && arn.name() == self.name;
            is_user && arn.account_id() == self.account_id && self.maker != identity
        })
    }

    /// Whether what was first seen then counts as its maker's.
    pub(crate) fn reaches(&self, first_seen: Timestamp) -> bool {
        first_seen >= self.at && first_seen.duration_since(self.at) <= SignedDuration::from_hours(24 * DAYS)
    }
}
