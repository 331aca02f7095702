//! How a session's token gets from the provider's answer to the console: by a code that stands behind the `#` of one link, is good once, for a
//! minute, and only in the browser that signed in.

use super::person::Person;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use subtle::ConstantTimeEq as _;

/// How long a code is good.
const GOOD_FOR: SignedDuration = SignedDuration::from_secs(60);

/// People who wait at once; beyond, the one who waited longest begins again.
const MOST: usize = 1_000;

/// Those who signed in, and did not fetch their token yet.
#[derive(Default)]
pub(crate) struct Handover(Mutex<VecDeque<Waiting>>);

struct Waiting {
    /// of the code, which is not kept
    hash: [u8; 32],
    /// the browser, as [`super::pass::Pass::hash`] names it
    browser: String,
    ends: Timestamp,
    person: Person,
}

impl Handover {
    fn waiting(&self) -> MutexGuard<'_, VecDeque<Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A code for this person in this browser. `entropy` is used up by it.
    pub(crate) fn put(&self, entropy: [u8; 32], browser: String, person: Person, now: Timestamp) -> String {
        let code = BASE64_URL_SAFE_NO_PAD.encode(entropy);
        let ends = now.saturating_add(GOOD_FOR).unwrap_or(now);
        let mut waiting = self.waiting();
        waiting.retain(|one| now < one.ends);
        if waiting.len() >= MOST {
            waiting.pop_front();
        }
        waiting.push_back(Waiting { hash: hash(&code), browser, ends, person });
        code
    }

    /// Whose code this is. It is used up, also where another browser brings it.
    pub(crate) fn take(&self, code: &str, browser: &str, now: Timestamp) -> Option<Person> {
        let wanted = hash(code);
        let mut waiting = self.waiting();
        let place = waiting.iter().position(|one| bool::from(one.hash.ct_eq(&wanted)))?;
        let found = waiting.remove(place)?;
        let is_theirs = bool::from(found.browser.as_bytes().ct_eq(browser.as_bytes()));
        (is_theirs && now < found.ends).then_some(found.person)
    }
}

fn hash(code: &str) -> [u8; 32] {
    Sha256::digest(code.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::auth::Role;

    fn person() -> Person {
        Person { issuer: "https://i".to_owned(), subject: "s".to_owned(), name: "n".to_owned(), role: Role::Viewer }
    }

    #[test]
    fn a_code_is_good_once_for_a_minute_in_one_browser() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let all = Handover::default();
        let code = all.put([1; 32], "a".to_owned(), person(), now);
        assert!(all.take(&code, "a", now).is_some());
        assert!(all.take(&code, "a", now).is_none(), "it was used");
        let code = all.put([2; 32], "a".to_owned(), person(), now);
        assert!(all.take(&code, "b", now).is_none(), "another browser");
        assert!(all.take(&code, "a", now).is_none(), "somebody tried it");
        let code = all.put([3; 32], "a".to_owned(), person(), now);
        assert!(all.take(&code, "a", now + GOOD_FOR).is_none(), "it is over");
        assert!(all.take("", "a", now).is_none());
    }

    #[test]
    fn few_wait_at_once() {
        let all = Handover::default();
        for number in 0..MOST as u32 + 5 {
            let mut entropy = [0; 32];
            entropy[..4].copy_from_slice(&number.to_be_bytes());
            all.put(entropy, String::new(), person(), Timestamp::UNIX_EPOCH);
        }
        assert_eq!(all.waiting().len(), MOST);
    }
}
