//! Who may ask the server: tokens, of which only the hash is kept.

use super::{Db, instant, maybe_instant, word};
use crate::serve::auth::Role;
use crate::serve::stamp::Stamp;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension as _, Row, params};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::str::FromStr;
use subtle::ConstantTimeEq as _;
use utoipa::ToSchema;

/// What every token begins with, so that scanners for secrets find those that leaked.
const PREFIX: &str = "sightline";

/// The use of a token is written down at most so often.
const NOTICED_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// Sessions that ended are kept for so long.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How a token came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TokenKind {
    /// Somebody made it
    Key,
    /// Somebody signed in
    Session,
}

impl TokenKind {
    /// The word for it.
    fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Session => "session",
        }
    }
}

impl FromStr for TokenKind {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        [Self::Key, Self::Session].into_iter().find(|kind| kind.as_str() == word).ok_or(())
    }
}

/// Whose a token is to be.
pub(crate) struct Whose<'w> {
    pub(crate) name: &'w str,
    pub(crate) role: Role,
    pub(crate) kind: TokenKind,
    /// who signed in: the provider and its name for them; nothing for keys
    pub(crate) subject: &'w str,
}

/// A token as it is kept and shown: never the secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Token {
    /// Names it; the first part of the secret
    pub(crate) id: String,
    /// Whose it is, for people
    pub(crate) name: String,
    /// What it may do
    pub(crate) role: Role,
    /// How it came to be
    pub(crate) kind: TokenKind,
    /// Who signed in: the provider, and its name for them; empty for keys
    pub(crate) subject: String,
    /// When it was made
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
    /// When it ends; nothing where it does not
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) expires_at: Option<Timestamp>,
    /// When somebody took it back
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) last_used_at: Option<Timestamp>,
}

impl Token {
    fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            name: row.get("name")?,
            role: word(row, "role")?,
            kind: word(row, "kind")?,
            subject: row.get("subject")?,
            created_at: instant(row, "created_at")?,
            expires_at: maybe_instant(row, "expires_at")?,
            revoked_at: maybe_instant(row, "revoked_at")?,
            last_used_at: maybe_instant(row, "last_used_at")?,
        })
    }
}

/// A new token. `secret` is shown once, and not kept.
pub(crate) struct Minted {
    pub(crate) token: Token,
    pub(crate) secret: String,
}

impl Db {
    /// Makes a token of 256 random bits. `entropy` is used up by it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn mint(
        &self,
        entropy: [u8; 32],
        id: String,
        name: &str,
        role: Role,
        now: Timestamp,
        expires_at: Option<Timestamp>,
    ) -> anyhow::Result<Minted> {
        self.mint_for(entropy, id, Whose { name, role, kind: TokenKind::Key, subject: "" }, now, expires_at)
    }

    /// As [`Db::mint`], of any kind. Sessions that ended long ago are forgotten.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn mint_for(
        &self,
        entropy: [u8; 32],
        id: String,
        whose: Whose<'_>,
        now: Timestamp,
        expires_at: Option<Timestamp>,
    ) -> anyhow::Result<Minted> {
        let secret = format!("{PREFIX}_{id}_{}", BASE64_URL_SAFE_NO_PAD.encode(entropy));
        let token = Token {
            id,
            name: whose.name.to_owned(),
            role: whose.role,
            kind: whose.kind,
            subject: whose.subject.to_owned(),
            created_at: now,
            expires_at,
            revoked_at: None,
            last_used_at: None,
        };
        let long_ago = now.saturating_sub(REMEMBERED)?;
        self.with(|db| {
            if whose.kind == TokenKind::Session {
                db.execute("DELETE FROM token WHERE kind = 'session' AND expires_at < ?1", [long_ago.stamp()])?;
            }
            db.execute(
                "INSERT INTO token (id, name, role, kind, subject, hash, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    token.id,
                    token.name,
                    token.role.as_str(),
                    token.kind.as_str(),
                    token.subject,
                    hash(&secret).as_slice(),
                    now.stamp(),
                    expires_at.map(|end| end.stamp())
                ],
            )
        })?;
        Ok(Minted { token, secret })
    }

    /// Whose secret this is; nobody's where it is wrong, over or taken back.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn holder(&self, secret: &str, now: Timestamp) -> anyhow::Result<Option<Token>> {
        let Some(id) = secret.strip_prefix(PREFIX).and_then(|rest| rest.strip_prefix('_')?.split('_').next()) else {
            return Ok(None);
        };
        let found = self.with(|db| {
            let mut statement = db.prepare_cached("SELECT * FROM token WHERE id = ?1")?;
            statement.query_row([id], |row| Ok((Token::of(row)?, row.get::<_, Vec<u8>>("hash")?))).optional()
        })?;
        let Some((token, kept)) = found else { return Ok(None) };
        let is_it = bool::from(hash(secret).as_slice().ct_eq(&kept));
        if !is_it || !token.is_valid(now) {
            return Ok(None);
        }
        if token.last_used_at.is_none_or(|last| now.duration_since(last) > NOTICED_EVERY) {
            self.with(|db| {
                db.execute("UPDATE token SET last_used_at = ?2 WHERE id = ?1", params![token.id, now.stamp()])
            })?;
        }
        Ok(Some(token))
    }

    /// All tokens, those of now first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn tokens(&self) -> anyhow::Result<Vec<Token>> {
        self.with(|db| {
            let mut statement =
                db.prepare("SELECT * FROM token ORDER BY revoked_at IS NOT NULL, created_at DESC, id")?;
            statement.query_map([], Token::of)?.collect()
        })
    }

    /// Takes a token back; nothing where none has this id.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn revoke(&self, id: &str, now: Timestamp) -> anyhow::Result<Option<Token>> {
        self.with(|db| {
            db.execute(
                "UPDATE token SET revoked_at = coalesce(revoked_at, ?2) WHERE id = ?1",
                params![id, now.stamp()],
            )?;
            db.query_row("SELECT * FROM token WHERE id = ?1", [id], Token::of).optional()
        })
    }
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_until_it_is_over_or_taken_back() {
        let db = Db::in_memory().unwrap();
        let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let later = |hours| now.checked_add(SignedDuration::from_hours(hours)).unwrap();
        let made = db.mint([7; 32], "abcd".to_owned(), "ci", Role::Viewer, now, Some(later(2))).unwrap();
        let holder = |secret: &str, at| db.holder(secret, at).unwrap().map(|token| token.name);
        assert_eq!(holder(&made.secret, later(1)).as_deref(), Some("ci"));
        assert_eq!(db.tokens().unwrap()[0].last_used_at, Some(later(1)));
        assert_eq!(holder(&made.secret, later(2)), None, "it is over");
        let wrong = format!("{}A", &made.secret[..made.secret.len() - 1]);
        for wrong in [wrong.as_str(), "", "sightline", "sightline_abcd", "sightline_abcd_", "x_abcd_y"] {
            assert_eq!(holder(wrong, now), None, "{wrong}");
        }
        assert!(db.revoke("abcd", later(1)).unwrap().is_some());
        assert_eq!(holder(&made.secret, later(1)), None, "it is taken back");
        assert!(db.revoke("none", now).unwrap().is_none());
    }

    #[test]
    fn a_session_is_told_from_a_key_and_forgotten_after_a_while() {
        let db = Db::in_memory().unwrap();
        let begun: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let session = |id: &str, now: Timestamp| {
            let whose = Whose { name: "a@b", role: Role::Viewer, kind: TokenKind::Session, subject: "https://i 17" };
            let ends = now.checked_add(SignedDuration::from_hours(1)).unwrap();
            db.mint_for([1; 32], id.to_owned(), whose, now, Some(ends)).unwrap().secret
        };
        let first = session("one", begun);
        db.mint([2; 32], "key".to_owned(), "ci", Role::Viewer, begun, Some(begun)).unwrap();
        let found = db.holder(&first, begun).unwrap().unwrap();
        assert_eq!((found.kind, found.subject.as_str()), (TokenKind::Session, "https://i 17"));
        session("two", begun.checked_add(SignedDuration::from_hours(40 * 24)).unwrap());
        let left: Vec<String> = db.tokens().unwrap().into_iter().map(|token| token.id).collect();
        assert_eq!(left, ["two", "key"], "a key is kept though it is over");
    }

    #[test]
    fn secrets_are_not_kept() {
        let db = Db::in_memory().unwrap();
        let made = db.mint([7; 32], "abcd".to_owned(), "ci", Role::Admin, Timestamp::UNIX_EPOCH, None).unwrap();
        let tail = made.secret.rsplit('_').next().unwrap().to_owned();
        let kept: String =
            db.with(|db| db.query_row("SELECT quote(hash) || id || name FROM token", [], |row| row.get(0))).unwrap();
        assert!(!kept.contains(&tail) && tail.len() == 43);
    }
}
