//! Open values in Terraform: `var.x` for a whole text, `"…${var.x}…"` for a part of one; a list whose elements vary is flattened, and a
//! policy statement that would speak of nothing is left out.

use super::hcl::{escaped, expression, plain_list};
use super::node::{Item, Node};
use super::open::{self, Kind, Piece};

/// A text with open places, or nothing where it has none.
pub(super) fn text(text: &str) -> Option<String> {
    if !open::is_open(text) {
        return None;
    }
    Some(match open::pieces(text).as_slice() {
        [Piece::Open(_, expression)] => (*expression).to_owned(),
        pieces => template(pieces, None),
    })
}

/// A quoted template; `one` stands for the expression that a list is made over.
fn template(pieces: &[Piece<'_>], one: Option<&str>) -> String {
    let piece = |piece: &Piece<'_>| match piece {
        Piece::Text(text) => escaped(text),
        Piece::Open(Kind::Many, _) if one.is_some() => format!("${{{}}}", one.unwrap_or_default()),
        Piece::Open(_, expression) => format!("${{{expression}}}"),
    };
    format!("\"{}\"", pieces.iter().map(piece).collect::<String>())
}

/// A list with elements that vary, or nothing where none does.
pub(super) fn list(items: &[Item], indent: usize) -> Option<String> {
    if items.iter().any(|item| hinges(&item.value)) {
        let all = plain_list(items, indent);
        return Some(format!("[for statement in {all} : statement if try(length(statement.Resource) > 0, true)]"));
    }
    let varies = |item: &Item| matches!(&item.value, Node::Text(text) if open::varying(text).is_some());
    if !items.iter().any(varies) {
        return None;
    }
    let elements: Vec<String> = items.iter().map(|item| element(&item.value, indent)).collect();
    Some(match elements.as_slice() {
        [only] => only.clone(),
        all => {
            let lines: String = all.iter().map(|line| format!("{:indent$}  {line},\n", "")).collect();
            format!("flatten([\n{lines}{:indent$}])", "")
        }
    })
}

/// A list of what the element stands for, or the element.
fn element(node: &Node, indent: usize) -> String {
    let Node::Text(text) = node else { return expression(node, indent) };
    let pieces = open::pieces(text);
    match (open::varying(text), pieces.as_slice()) {
        (Some((Kind::Many, all)), [_]) => all.to_owned(),
        (Some((Kind::Many, all)), pieces) => format!("[for one in {all} : {}]", template(pieces, Some("one"))),
        (Some((Kind::Perhaps, it)), [_]) => format!("compact([{it}])"),
        (Some((_, it)), pieces) => format!("{it} == null ? [] : [{}]", template(pieces, None)),
        (None, _) => expression(node, indent),
    }
}

/// Whether a policy statement speaks of nothing where its open resources are none.
fn hinges(node: &Node) -> bool {
    let Node::Map(entries) = node else { return false };
    let resources = entries.iter().find(|entry| entry.key == "Resource").map(|entry| &entry.value);
    let Some(Node::List(items)) = resources else { return false };
    let varies = |item: &Item| matches!(&item.value, Node::Text(text) if open::varying(text).is_some());
    !items.is_empty() && items.iter().all(varies)
}
