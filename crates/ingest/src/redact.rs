//! Masks secrets and personal data in text that is kept: each is replaced by what it is, such as `[aws-access-key-id]`. Addresses of hosts
//! stay: they are what an investigation needs.
//!
//! The patterns are looked for in two passes of an automaton, in time that is linear in the text. A mask too many costs a word, one too few
//! a secret, so the patterns are generous; what looks like a number of a card or an account must also have its check digits.

use regex_automata::meta::{Config, Regex};
use regex_automata::util::syntax;
use regex_automata::{Input, Match};
use std::borrow::Cow;
use std::sync::LazyLock;

/// What is looked for. Where two begin at one place, the first in the list counts.
struct Pattern {
    name: &'static str,
    expression: &'static str,
    /// how much of a match is what it looks like; 0 where it is not
    check: fn(text: &[u8]) -> usize,
}

const fn plain(name: &'static str, expression: &'static str) -> Pattern {
    Pattern { name, expression, check: <[u8]>::len }
}

/// Secrets: whoever has one can do what its owner can.
const SECRETS: [Pattern; 9] = [
    // Also where its end is missing: the text may be cut.
    plain("private-key", r"-----BEGIN [A-Z0-9 ]+-----(?s:.)*?(?:-----END [A-Z0-9 ]+-----|\z)"),
    plain("aws-access-key-id", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}"),
    plain("aws-session-token", r"\b(?:IQoJ|FwoG|FQoG)[A-Za-z0-9/+=]{60,}"),
    plain("bedrock-api-key", r"\b(?:ABSK|bedrock-api-key-)[A-Za-z0-9+/=]{20,}"),
    plain(
        "api-key",
        r"\b(?:sk-[A-Za-z0-9_-]{16,}|AIza[A-Za-z0-9_-]{30,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[a-z]-[A-Za-z0-9-]{10,}|(?:hf|npm)_[A-Za-z0-9]{20,}|[rs]k_(?:live|test)_[A-Za-z0-9]{16,})",
    ),
    plain("jwt", r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?"),
    plain("bearer-token", r"\b(?i:bearer)[ \t]+[A-Za-z0-9._~+/=-]{16,}"),
    plain("url-credentials", r#"://[^/\s:@"]+:[^/\s@"]+@"#),
    plain(
        "secret",
        r#"\b(?i:[a-z0-9_-]*(?:api[_-]?key|access[_-]?key|secret|passwd|password|token))["'\\]*[ \t]*[:=][ \t]*["'\\]*[^\s"',;\\]{8,}"#,
    ),
];

/// Keys that nothing tells from other words but their length and their letters. Looked for where nothing else was found: such a word may
/// also hold one of the others.
const KEYS: [Pattern; 1] =
    [Pattern { name: "aws-secret-access-key", expression: r"[A-Za-z0-9/+]{40,}", check: secret_key }];

/// Personal data.
const PERSONAL: [Pattern; 5] = [
    plain("e-mail-address", r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
    Pattern { name: "iban", expression: r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}\b", check: iban },
    Pattern { name: "card-number", expression: r"\b[0-9](?:[ -]?[0-9]){12,18}\b", check: card },
    Pattern { name: "social-security-number", expression: r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b", check: social_security },
    plain(
        "phone-number",
        r"\+[0-9]{1,3}[ .()-]{0,2}(?:[0-9][ .()-]{0,2}){6,12}[0-9]\b|\(?\b[0-9]{3}\)?[ .-][0-9]{3}[ .-][0-9]{4}\b",
    ),
];

/// Masks secrets and personal data.
pub(crate) fn all(text: &str) -> Cow<'_, str> {
    static FINDER: LazyLock<Finder> = LazyLock::new(|| Finder::new(SECRETS.iter().chain(&PERSONAL)));
    keys(FINDER.mask(text))
}

/// Masks secrets alone.
pub(crate) fn secrets(text: &str) -> Cow<'_, str> {
    static FINDER: LazyLock<Finder> = LazyLock::new(|| Finder::new(SECRETS.iter()));
    keys(FINDER.mask(text))
}

fn keys(text: Cow<'_, str>) -> Cow<'_, str> {
    static FINDER: LazyLock<Finder> = LazyLock::new(|| Finder::new(KEYS.iter()));
    match FINDER.mask(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(masked) => Cow::Owned(masked),
    }
}

struct Finder {
    patterns: Vec<&'static Pattern>,
    /// INVARIANT: the expressions are constants that a test compiles; without it everything would be masked
    regex: Option<Regex>,
}

impl Finder {
    fn new(patterns: impl Iterator<Item = &'static Pattern>) -> Self {
        let patterns: Vec<_> = patterns.collect();
        let expressions: Vec<_> = patterns.iter().map(|pattern| pattern.expression).collect();
        // All patterns are of ASCII, and so are the boundaries of what they find.
        let ascii = syntax::Config::new().unicode(false).utf8(false);
        let regex = Regex::builder().configure(Config::new().utf8_empty(false)).syntax(ascii).build_many(&expressions);
        Self { patterns, regex: regex.ok() }
    }

    fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let Some(regex) = &self.regex else { return Cow::Borrowed("[masked]") };
        let mut masked = String::new();
        let (mut at, mut copied) = (0, 0);
        while let Some(found) = regex.search(&Input::new(text).span(at..text.len())) {
            let Some(pattern) = self.patterns.get(found.pattern().as_usize()) else { break };
            let length = (pattern.check)(bytes(text, &found));
            if length == 0 {
                at = behind(text, &found, pattern);
                continue;
            }
            masked.push_str(text.get(copied..found.start()).unwrap_or_default());
            masked.push('[');
            masked.push_str(pattern.name);
            masked.push(']');
            at = found.start() + length;
            copied = at;
        }
        if copied == 0 {
            return Cow::Borrowed(text);
        }
        masked.push_str(text.get(copied..).unwrap_or_default());
        Cow::Owned(masked)
    }
}

fn bytes<'t>(text: &'t str, found: &Match) -> &'t [u8] {
    text.as_bytes().get(found.range()).unwrap_or_default()
}

/// Where to look on behind what was no match after all. A run of letters is passed over as a whole, which keeps the time linear; a number
/// may be another one from its next digit on, and has a bounded length.
fn behind(text: &str, found: &Match, pattern: &Pattern) -> usize {
    if pattern.name == "aws-secret-access-key" {
        return found.end();
    }
    let next = text.get(found.start()..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
    found.start() + next
}

/// Forty characters of every kind, no more: a hash in hexadecimal digits, a path or a blob is none.
fn secret_key(text: &[u8]) -> usize {
    let has = |kind: fn(&u8) -> bool| text.iter().any(kind);
    let fits =
        text.len() == 40 && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit);
    if fits { 40 } else { 0 }
}

/// The longest beginning that has the check digits of ISO 7064.
fn iban(text: &[u8]) -> usize {
    longest(text, 15, |letters| {
        let (front, rest) = letters.split_at(letters.len().min(4));
        let digit = |sum: u64, byte: &u8| match byte {
            b'0'..=b'9' => (sum * 10 + u64::from(byte - b'0')) % 97,
            _ => (sum * 100 + u64::from(byte.saturating_sub(b'A')) + 10) % 97,
        };
        rest.iter().chain(front).fold(0, digit) == 1
    })
}

/// The longest beginning that has the check digit of ISO 7812.
fn card(text: &[u8]) -> usize {
    longest(text, 13, |digits| {
        let doubled = |(place, byte): (usize, &u8)| match (u32::from(byte - b'0'), place % 2) {
            (digit, 0) => digit,
            (digit, _) => digit * 2 / 10 + digit * 2 % 10,
        };
        digits.iter().any(|digit| *digit != b'0') && digits.iter().rev().enumerate().map(doubled).sum::<u32>() % 10 == 0
    })
}

/// The length of the longest beginning that passes, told without its blanks and dashes.
fn longest(text: &[u8], least: usize, passes: impl Fn(&[u8]) -> bool) -> usize {
    let ends = (1..=text.len()).rev().filter(|end| text.get(*end).is_none_or(|next| matches!(next, b' ' | b'-')));
    for end in ends {
        let kept = text.get(..end).unwrap_or_default().iter().filter(|byte| byte.is_ascii_alphanumeric());
        let kept: Vec<u8> = kept.copied().collect();
        if kept.len() >= least && passes(&kept) {
            return end;
        }
    }
    0
}

fn social_security(text: &[u8]) -> usize {
    let unused = text.starts_with(b"000") || text.starts_with(b"666") || text.starts_with(b"9");
    if unused { 0 } else { text.len() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_kind_is_masked() {
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        let cases = [
            ("id AKIAIOSFODNN7EXAMPLE.", "id [aws-access-key-id]."),
            (&format!("it is {secret}!"), "it is [aws-secret-access-key]!"),
            (&format!("it is no {secret}x"), "it is no wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEYx"),
            (&format!("aws_secret_access_key = {secret}\n"), "[secret]\n"),
            (r#"{"password": "hunter2hunter2", "a": 1}"#, r#"{"[secret]", "a": 1}"#),
            (r#"{\"apiKey\": \"hunter2hunter2\"}"#, r#"{\"[secret]\"}"#),
            ("k ABSKQmVkcm9ja0FQSUtleS1abcdefghij= x", "k [bedrock-api-key] x"),
            ("sk-proj-abcdefghijklmnop1234", "[api-key]"),
            ("ghp_abcdefghijklmnopqrstuvwxyz0123456789 xoxb-123456789012-abc", "[api-key] [api-key]"),
            ("AIzaSyA1234567890abcdefghijklmnopqrstuv", "[api-key]"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_1", "[jwt]"),
            ("Authorization: Bearer abcdefghijklmnop1234", "Authorization: [bearer-token]"),
            ("postgres://u:p4ss@db.local/x", "postgres[url-credentials]db.local/x"),
            ("a -----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY----- b", "a [private-key] b"),
            ("a -----BEGIN PRIVATE KEY-----\nMII", "a [private-key]"),
            ("write to jane.doe+x@mail.example.com.", "write to [e-mail-address]."),
            ("call +49 (30) 1234-5678 or 555-123-4567", "call [phone-number] or [phone-number]"),
            ("DE89 3704 0044 0532 0130 00 AND more", "[iban] AND more"),
            ("DE89370400440532013001", "DE89370400440532013001"),
            ("4111 1111 1111 1111 12", "[card-number] 12"),
            ("4111-1111-1111-1112", "4111-1111-1111-1112"),
            ("078-05-1120 and 000-12-3456", "[social-security-number] and 000-12-3456"),
            (
                "10.0.0.1 and 192.168.100.200 at 2026-11-22T03:04:05Z",
                "10.0.0.1 and 192.168.100.200 at 2026-11-22T03:04:05Z",
            ),
            ("da39a3ee5e6b4b0d3255bfef95601890afd80709", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ("çé plain ✓ text", "çé plain ✓ text"),
        ];
        for (text, expected) in cases {
            assert_eq!(all(text), expected);
        }
        assert_eq!(secrets("a@b.example AKIAIOSFODNN7EXAMPLE"), "a@b.example [aws-access-key-id]");
    }

    proptest! {
        #[test]
        fn what_surrounds_a_secret_does_not_hide_it(before in "(?s).{0,40}", after in ".{0,40}") {
            let masked = all(&format!("{before}AKIAIOSFODNN7EXAMPLE{after}")).into_owned();
            prop_assert!(!masked.contains("AKIAIOSFODNN7"), "{}", masked);
        }

        #[test]
        fn any_text_is_passed(text in r"(?s)[A-Z0-9a-eé@.+/= :\n-]{0,200}") {
            all(&text);
            secrets(&text);
        }

        #[test]
        fn card_numbers_are_told_by_their_check_digit(digits in "4[0-9]{14}", check in 0u8..10) {
            let number = format!("{digits}{check}");
            let sum: u32 = number.bytes().rev().enumerate().map(|(place, byte)| {
                let digit = u32::from(byte - b'0') * (1 + place as u32 % 2);
                digit / 10 + digit % 10
            }).sum();
            prop_assert_eq!(all(&format!("pay {number} now")).contains("[card-number]"), sum.is_multiple_of(10));
        }
    }
}
