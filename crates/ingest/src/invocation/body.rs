//! Where the body of a request or an answer is: in the record, in an object beside it, or nowhere.

use super::node::{Node, Parser};
use crate::{Batch, Content, Input, Sidecar};

/// Bytes of a body that are held.
const LARGEST: usize = 32 << 20;

/// What became of a body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// `inline`, `sidecar`, …: the words of the columns `input_body` and `output_body`
    pub(crate) state: &'static str,
    /// bytes of it; nothing where it was not read
    pub(crate) bytes: Option<i64>,
}

impl Found {
    fn unread(state: &'static str) -> Self {
        Self { state, bytes: None }
    }
}

/// Shows the body to `see`: the one in the record, else the one at `path`, if that is wanted.
pub(crate) fn visit(
    inline: Node<'_>,
    path: &str,
    wanted: bool,
    batch: &Batch<'_>,
    see: &mut dyn FnMut(Node<'_>),
) -> Found {
    if inline.is_told() {
        return visit_inline(inline, see);
    }
    if path.is_empty() {
        return Found::unread("absent");
    }
    if !wanted {
        return Found::unread("not_read");
    }
    match batch.sidecar(path) {
        Sidecar::Found(stored) => visit_beside(&stored, batch, see),
        Sidecar::Missing => Found::unread("sidecar_missing"),
        Sidecar::Denied => Found::unread("sidecar_denied"),
        Sidecar::TooLarge => Found::unread("sidecar_too_large"),
        Sidecar::Unread(_) => Found::unread("sidecar_unreadable"),
        Sidecar::NotAsked => Found::unread("not_read"),
    }
}

fn visit_inline(body: Node<'_>, see: &mut dyn FnMut(Node<'_>)) -> Found {
    let Some(text) = body.str() else {
        see(body);
        return Found { state: "inline", bytes: Some(body.json_length()) };
    };
    visit_text(text.as_bytes(), body, see);
    Found { state: "inline", bytes: i64::try_from(text.len()).ok() }
}

/// Shows what the text holds as JSON, or the text itself.
pub(crate) fn visit_text(text: &[u8], otherwise: Node<'_>, see: &mut dyn FnMut(Node<'_>)) {
    let json = text.trim_ascii();
    let may_be = matches!(json.first(), Some(b'{' | b'['));
    let mut parser = Parser::default();
    match may_be.then(|| parser.read(json)) {
        Some(Ok(tape)) => see(Node::of(&tape)),
        _ => see(otherwise),
    }
}

fn visit_beside(stored: &[u8], batch: &Batch<'_>, see: &mut dyn FnMut(Node<'_>)) -> Found {
    let mut content = Content::open(Input::Whole(stored), batch.limits());
    let mut body = Vec::new();
    loop {
        let chunk = content.chunk();
        if chunk.is_empty() {
            break;
        }
        if body.len() + chunk.len() > LARGEST {
            return Found::unread("sidecar_too_large");
        }
        body.extend_from_slice(chunk);
        let length = chunk.len();
        content.consume(length);
    }
    let bytes = i64::try_from(body.len()).ok();
    match Parser::default().read(&body) {
        Ok(tape) if content.fault().is_none() => {
            see(Node::of(&tape));
            Found { state: "sidecar", bytes }
        }
        _ => Found::unread("sidecar_unreadable"),
    }
}
