//! What a browser is known by between leaving for the provider and coming back: a cookie. State, nonce and the verifier of PKCE are worked out of it
//! with a key that only this process has, so that the server keeps nothing of sign-ins that were begun, however many are.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

/// How long a sign-in may take.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// The key that passes are worth something with.
pub(crate) type Key = [u8; 32];

/// One browser's sign-in.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Pass {
    began: i64,
    random: [u8; 32],
}

impl Pass {
    /// A sign-in that begins now. `entropy` is used up by it.
    pub(crate) fn new(entropy: [u8; 32], now: Timestamp) -> Self {
        Self { began: now.as_second(), random: entropy }
    }

    /// As the cookie has it.
    pub(crate) fn text(&self) -> String {
        format!("{}.{}", self.began, BASE64_URL_SAFE_NO_PAD.encode(self.random))
    }

    /// What a cookie says; nothing where it is none of ours.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let (began, random) = text.split_once('.')?;
        let random = BASE64_URL_SAFE_NO_PAD.decode(random).ok()?.try_into().ok()?;
        Some(Self { began: began.parse().ok()?, random })
    }

    /// Whether it took too long, or begins in the future.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        let age = now.as_second().saturating_sub(self.began);
        !(0..=PATIENCE.as_secs()).contains(&age)
    }

    /// Comes back beside the code.
    pub(crate) fn state(&self, key: &Key) -> String {
        self.derived(key, b"state")
    }

    /// Comes back in the ID token.
    pub(crate) fn nonce(&self, key: &Key) -> String {
        self.derived(key, b"nonce")
    }

    /// Is shown to the provider when the code is exchanged.
    pub(crate) fn verifier(&self, key: &Key) -> String {
        self.derived(key, b"proof")
    }

    /// What names it where it is not kept itself.
    pub(crate) fn hash(&self, key: &Key) -> String {
        self.derived(key, b"whose")
    }

    /// INVARIANT: all parts have a fixed length, so no two inputs run into each other and none can be made longer.
    fn derived(&self, key: &Key, purpose: &[u8; 5]) -> String {
        let digest = Sha256::new()
            .chain_update(key)
            .chain_update(purpose)
            .chain_update(self.began.to_be_bytes())
            .chain_update(self.random);
        BASE64_URL_SAFE_NO_PAD.encode(digest.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_comes_back_as_it_went_and_is_worth_nothing_elsewhere() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let pass = Pass::new([7; 32], now);
        let back = Pass::of(&pass.text()).unwrap();
        assert!(back == pass);
        let all = [pass.state(&[1; 32]), pass.nonce(&[1; 32]), pass.verifier(&[1; 32]), pass.hash(&[1; 32])];
        assert!(all.iter().all(|one| one.len() == 43 && all.iter().filter(|other| *other == one).count() == 1));
        assert_eq!(back.state(&[1; 32]), all[0]);
        assert_ne!(pass.state(&[2; 32]), all[0], "another process has another key");
        assert_ne!(
            Pass::new([7; 32], now + SignedDuration::from_secs(1)).state(&[1; 32]),
            all[0],
            "the time is part of it"
        );
    }

    #[test]
    fn a_pass_is_over_after_a_while() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let pass = Pass::new([7; 32], now);
        assert!(!pass.is_over(now) && !pass.is_over(now + SignedDuration::from_mins(10)));
        assert!(pass.is_over(now + SignedDuration::from_secs(601)) && pass.is_over(now - SignedDuration::from_secs(1)));
        for wrong in ["", ".", "1.", "x.AAAA", &pass.text()[..20], "99999999999999999999.AA"] {
            assert!(Pass::of(wrong).is_none(), "{wrong}");
        }
    }
}
