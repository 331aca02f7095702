//! What of a request is not kept, by the names of its members and by the look of its texts.

use super::text::Text;
use hashbrown::HashMap;
use memchr::memmem::Finder;

/// What AWS writes in place of a value it keeps to itself. It is kept, because it tells that something was there.
pub(crate) const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";
/// Set to true at the outermost object where parameters had to be removed to keep to the bound; no request may claim it.
pub(crate) const CUT: &str = "sightline:cut";
/// Names whose judgement is remembered.
const MOST_NAMES: usize = 4096;
/// Bytes of a name that is remembered.
const LONGEST_NAME: usize = 64;

/// Names, in small letters and without separators, of what holds content: prompts, documents, code, variables.
const CONTENT: [&str; 27] = [
    "additionalmodelrequestfields",
    "body",
    "content",
    "contents",
    "contentblocks",
    "document",
    "documents",
    "environment",
    "input",
    "inputbody",
    "inputdocument",
    "inputs",
    "inputtext",
    "instruction",
    "instructions",
    "messages",
    "payload",
    "prompt",
    "prompts",
    "promptvariables",
    "query",
    "retrievalquery",
    "sessionattributes",
    "sessionstate",
    "system",
    "text",
    "userdata",
];
/// Parts of names of what holds secrets.
const SECRET: [&str; 12] = [
    "apikey",
    "assertion",
    "authorization",
    "connectionstring",
    "cookie",
    "credential",
    "passphrase",
    "password",
    "passwd",
    "privatekey",
    "secret",
    "token",
];
/// Endings of names that hold the identity of a secret, not the secret.
const IDENTIFIER: [&str; 3] = ["id", "arn", "name"];

/// What a member's name says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// it may be kept
    Plain,
    /// it is content
    Content,
    /// it is a secret, unless it is a flag
    Secret,
    /// it is a secret, unless it is a flag or a number, such as a count of tokens
    SecretOrCount,
}

/// Judges names and remembers them: the same few stand in every event.
#[derive(Debug)]
pub(crate) struct Judge {
    known: HashMap<Box<str>, Verdict>,
    begin: Finder<'static>,
    bedrock_key: Finder<'static>,
}

impl Default for Judge {
    fn default() -> Self {
        Self { known: HashMap::new(), begin: Finder::new("-----BEGIN"), bedrock_key: Finder::new("ABSK") }
    }
}

impl Judge {
    /// What the name says.
    #[inline]
    pub(crate) fn name(&mut self, name: &str) -> Verdict {
        if let Some(verdict) = self.known.get(name) {
            return *verdict;
        }
        let verdict = verdict(name);
        if name.len() <= LONGEST_NAME && self.known.len() < MOST_NAMES {
            self.known.insert(name.into(), verdict);
        }
        verdict
    }

    /// Whether no text of this JSON can hold what looks like a secret by what stands in the middle of it.
    pub(crate) fn is_harmless(&self, json: &str) -> bool {
        let json = json.as_bytes();
        let has = |finder: &Finder<'_>| finder.find(json).is_some();
        memchr::memchr(b'\\', json).is_none() && !has(&self.begin) && !has(&self.bedrock_key)
    }

    /// Whether a text is a secret whatever its name says: a PEM block, a JSON web token, a Bedrock API key.
    pub(crate) fn looks_secret(&self, text: &str, harmless: bool) -> bool {
        let has = |finder: &Finder<'_>| finder.find(text.as_bytes()).is_some();
        (text.starts_with("eyJ") && text.split('.').count() == 3)
            || (!harmless && (has(&self.begin) || has(&self.bedrock_key)))
    }
}

/// Whether AWS has put a word in place of the value.
pub(crate) fn is_hidden(text: Text<'_>) -> bool {
    let text = text.whole();
    text.len() <= 2 * HIDDEN.len() && text.contains(HIDDEN)
}

fn verdict(name: &str) -> Verdict {
    if name == CUT {
        return Verdict::Content;
    }
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    if CONTENT.contains(&name.as_str()) {
        Verdict::Content
    } else if !SECRET.iter().any(|part| name.contains(part)) || IDENTIFIER.iter().any(|ending| name.ends_with(ending)) {
        Verdict::Plain
    } else if name.contains("token") {
        // Counts and flags, such as `maxTokens` and `callWithBearerToken`, give nothing away.
        Verdict::SecretOrCount
    } else {
        Verdict::Secret
    }
}
