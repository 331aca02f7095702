//! Whether an answer is whole, and an answer to what was asked. The official codecs read what is there and do not miss what is not: cut off in the middle of a list,
//! an XML answer gives the first half of it. A sign-in page of a proxy gives an empty one. Neither must pass for a complete inventory. Nesting is bounded here too,
//! before anything recursive reads the answer.

use serde::de::IgnoredAny;
use std::collections::BTreeMap;
use xmlparser::{ElementEnd, Token, Tokenizer};

/// No real answer comes near this; serde_json's own bound is the same.
const MAX_DEPTH: usize = 127;

/// Why a text is not one whole document.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Broken {
    #[error("the answer is no UTF-8 text")]
    Encoding,
    #[error("the answer is no {format}: {reason}")]
    Syntax { format: &'static str, reason: String },
    #[error("the answer ends inside the element `{0}`")]
    Ends(String),
    #[error("the answer closes the element `{found}` inside `{open}`")]
    Crossed { open: String, found: String },
    #[error("the answer is empty")]
    Empty,
    #[error("the answer is nested more than {MAX_DEPTH} deep")]
    Deep,
    #[error("the answer is `{0}`, not what was asked for")]
    Foreign(String),
}

/// Checks that the body is one JSON object, and unless it is empty has one of the `members`.
pub(crate) fn json<'n>(body: &[u8], mut members: impl Iterator<Item = &'n str>) -> Result<(), Broken> {
    if body.trim_ascii().is_empty() {
        return Err(Broken::Empty);
    }
    let read: Result<BTreeMap<String, IgnoredAny>, _> = serde_json::from_slice(body);
    let object = read.map_err(|error| Broken::Syntax { format: "JSON", reason: error.to_string() })?;
    match object.keys().next() {
        Some(key) if !members.any(|member| object.contains_key(member)) => Err(Broken::Foreign(shown(("", key)))),
        _ => Ok(()),
    }
}

/// Checks that the body is one XML document, and an answer by its root element: `root`, or where the models do not tell it,
/// anything but a page or an error.
pub(crate) fn xml(body: &[u8], root: Option<&str>) -> Result<(), Broken> {
    let found = root_of(body)?;
    let answers = match root {
        Some(root) => found == root,
        None => !found.eq_ignore_ascii_case("html") && found != "Error",
    };
    if answers { Ok(()) } else { Err(Broken::Foreign(shown(("", found)))) }
}

/// Checks that every element is closed, in order, and that there is one; gives its name.
fn root_of(body: &[u8]) -> Result<&str, Broken> {
    let text = std::str::from_utf8(body).map_err(|_| Broken::Encoding)?;
    let mut open = Vec::new();
    let mut root = None;
    for token in Tokenizer::from(text) {
        match token.map_err(|error| Broken::Syntax { format: "XML", reason: error.to_string() })? {
            Token::ElementStart { prefix, local, .. } if open.len() < MAX_DEPTH => {
                root.get_or_insert(local.as_str());
                open.push((prefix.as_str(), local.as_str()));
            }
            Token::ElementStart { .. } => return Err(Broken::Deep),
            Token::ElementEnd { end: ElementEnd::Empty, .. } => drop(open.pop()),
            Token::ElementEnd { end: ElementEnd::Close(prefix, local), .. } => {
                let found = (prefix.as_str(), local.as_str());
                match open.pop() {
                    Some(name) if name == found => {}
                    name => {
                        return Err(Broken::Crossed { open: name.map(shown).unwrap_or_default(), found: shown(found) });
                    }
                }
            }
            _ => {}
        }
    }
    match open.pop() {
        Some(name) => Err(Broken::Ends(shown(name))),
        None => root.ok_or(Broken::Empty),
    }
}

fn shown((prefix, local): (&str, &str)) -> String {
    let name = if prefix.is_empty() { local.to_owned() } else { format!("{prefix}:{local}") };
    sightline_model::untrusted::shortened(&name, 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str =
        "<?xml version=\"1.0\"?>\n<!-- c --><a xmlns=\"u\"><n:b x=\"/&gt;\">t &amp; <![CDATA[</a>]]></n:b><c/></a>\n";

    #[test]
    fn whole_documents() {
        for text in [WHOLE, "<a/>", "<a></a>"] {
            assert_eq!(root_of(text.as_bytes()), Ok("a"), "{text}");
        }
    }

    #[test]
    fn every_cut_is_noticed() {
        let end = WHOLE.trim_end().len();
        for cut in 0..end {
            assert!(root_of(&WHOLE.as_bytes()[..cut]).is_err(), "{}", &WHOLE[..cut]);
        }
        assert_eq!(root_of(b"<a><b></a></b>").unwrap_err().to_string(), "the answer closes the element `a` inside `b`");
        assert!(root_of(b"not xml").is_err());
        assert_eq!(root_of(b"\xff"), Err(Broken::Encoding));
    }

    #[test]
    fn nesting_is_bounded() {
        assert_eq!(root_of("<a>".repeat(100_000).as_bytes()), Err(Broken::Deep));
        assert!(json(format!("{{\"a\":{}", "[".repeat(100_000)).as_bytes(), ["a"].into_iter()).is_err());
    }

    #[test]
    fn json_documents() {
        let json = |body: &str| json(body.as_bytes(), ["items", "nextToken"].into_iter());
        for whole in ["{}", " {\"items\": [1], \"new\": 1}\n", "{\"nextToken\": null}"] {
            assert_eq!(json(whole), Ok(()), "{whole}");
        }
        assert_eq!(json(" "), Err(Broken::Empty));
        assert_eq!(json("{\"error\": \"sign in\"}"), Err(Broken::Foreign("error".to_owned())));
        for broken in ["{\"items\": [1]", "{} {}", "<html>", "[]"] {
            assert!(json(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn a_page_is_no_answer() {
        assert_eq!(xml(b"<ListRolesResponse/>", Some("ListRolesResponse")), Ok(()));
        assert!(xml(b"<html/>", Some("ListRolesResponse")).is_err());
        assert_eq!(xml(b"<ListAllMyBucketsResult/>", None), Ok(()));
        assert!(xml(b"<HTML/>", None).is_err() && xml(b"<Error/>", None).is_err());
    }
}
