//! Terraform files, in the shape that `terraform fmt` leaves alone: two blanks a level, and the `=` of neighbouring one-line
//! attributes below each other (a comment, a blank line or a value of several lines ends the neighbourhood).

use super::node::{Entry, Item, Node};
use super::{comment, hcl_open};
use std::fmt::Write as _;

/// `kind "label" … { … }`
#[derive(Debug, Clone)]
pub(crate) struct Block {
    why: Option<String>,
    kind: &'static str,
    labels: Vec<String>,
    attributes: Vec<Entry>,
    blocks: Vec<Block>,
}

impl Block {
    pub(crate) fn new<const N: usize>(kind: &'static str, labels: [&str; N]) -> Self {
        let labels = labels.iter().map(|&label| label.to_owned()).collect();
        Self { why: None, kind, labels, attributes: Vec::new(), blocks: Vec::new() }
    }

    pub(crate) fn resource(kind: &str, name: &str) -> Self {
        Self::new("resource", [kind, name])
    }

    pub(crate) fn because(mut self, why: &str) -> Self {
        self.why = Some(why.to_owned());
        self
    }

    pub(crate) fn with(self, key: &str, value: impl Into<Node>) -> Self {
        self.entry(Entry::new(key, value))
    }

    pub(crate) fn entry(mut self, entry: Entry) -> Self {
        self.attributes.push(entry);
        self
    }

    pub(crate) fn block(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    fn write(&self, indent: usize, out: &mut String) {
        out.push_str(&self.why.as_deref().map_or_else(String::new, |why| comment(why, "#", indent)));
        let _ = write!(out, "{:indent$}{}", "", self.kind);
        for label in &self.labels {
            let _ = write!(out, " {}", quoted(label));
        }
        if self.attributes.is_empty() && self.blocks.is_empty() {
            out.push_str(" {}\n");
            return;
        }
        out.push_str(" {\n");
        entries(&self.attributes, indent + 2, plain_key, out);
        for (index, block) in self.blocks.iter().enumerate() {
            if index > 0 || !self.attributes.is_empty() {
                out.push('\n');
            }
            block.write(indent + 2, out);
        }
        let _ = writeln!(out, "{:indent$}}}", "");
    }
}

/// A file: a comment at its head, then the blocks.
pub(crate) fn file(head: &str, blocks: &[Block]) -> String {
    let mut out = comment(head, "#", 0);
    for block in blocks {
        out.push('\n');
        block.write(0, &mut out);
    }
    out
}

/// `jsonencode(…)`: the form in which Terraform takes policy documents.
pub(crate) fn jsonencode(value: Node) -> Node {
    Node::call("jsonencode", value)
}

/// Attributes of a block or keys of an object, `=` aligned.
fn entries(entries: &[Entry], indent: usize, key: fn(&str) -> String, out: &mut String) {
    let rows: Vec<(Option<&str>, String, String)> =
        entries.iter().map(|entry| (entry.why.as_deref(), key(&entry.key), expression(&entry.value, indent))).collect();
    let mut rest = rows.as_slice();
    while let Some((first, _)) = rest.split_first() {
        let one_line = |row: &(Option<&str>, String, String)| !row.2.contains('\n');
        let more = rest.iter().skip(1).take_while(|row| row.0.is_none() && one_line(row)).count();
        let (chain, others) = rest.split_at(if one_line(first) { more + 1 } else { 1 });
        let width = chain.iter().map(|(_, key, _)| key.chars().count()).max().unwrap_or_default();
        for (why, key, value) in chain {
            out.push_str(&why.map_or_else(String::new, |why| comment(why, "#", indent)));
            let _ = writeln!(out, "{:indent$}{key:width$} = {value}", "");
        }
        rest = others;
    }
}

/// The text of a value whose first line stands on a line indented by `indent`.
pub(super) fn expression(node: &Node, indent: usize) -> String {
    match node {
        Node::Text(text) | Node::Lines(text) => hcl_open::text(text).unwrap_or_else(|| quoted(text)),
        Node::Int(number) => number.to_string(),
        Node::Bool(value) => value.to_string(),
        Node::Code(code) => code.clone(),
        Node::Call(name, value) => format!("{name}({})", expression(value, indent)),
        Node::List(items) => hcl_open::list(items, indent).unwrap_or_else(|| plain_list(items, indent)),
        Node::Map(all) if all.is_empty() => "{}".to_owned(),
        Node::Map(all) => {
            let mut out = "{\n".to_owned();
            entries(all, indent + 2, object_key, &mut out);
            out + &format!("{:indent$}}}", "")
        }
    }
}

/// A list whose elements are as many as they are.
pub(super) fn plain_list(items: &[Item], indent: usize) -> String {
    match items {
        [] => "[]".to_owned(),
        [item] if item.why.is_none() && item.value.is_scalar() => format!("[{}]", expression(&item.value, indent)),
        items => {
            let mut out = "[\n".to_owned();
            let inner = indent + 2;
            for item in items {
                out.push_str(&item.why.as_deref().map_or_else(String::new, |why| comment(why, "#", inner)));
                let _ = writeln!(out, "{:inner$}{},", "", expression(&item.value, inner));
            }
            out + &format!("{:indent$}]", "")
        }
    }
}

fn plain_key(key: &str) -> String {
    key.to_owned()
}

fn object_key(key: &str) -> String {
    let is_identifier = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !matches!(key, "true" | "false" | "null" | "for" | "if" | "in" | "else" | "endif" | "endfor");
    if is_identifier { key.to_owned() } else { quoted(key) }
}

/// A quoted template without templates: `${` is written `$${`, or with the code point of `$` where another `$` stands before it, which
/// would be read differently; `%{` likewise.
fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// What stands between the quotes.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if chars.peek() == Some(&'{') && !out.ends_with(c) => out.extend([c, c]),
            '$' | '%' if chars.peek() == Some(&'{') => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            ' '..='~' => out.push(c),
            c if u32::from(c) > 0xffff => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
            c => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_shape_of_terraform_fmt() {
        let block = Block::resource("aws_thing", "this")
            .with("name", "a")
            .with("force_destroy", false)
            .entry(Entry::new(
                "policy",
                jsonencode(Node::map([("Version", "1".into()), ("aws:X", Node::list(["a", "b"]))])),
            ))
            .entry(Entry::new("id", Node::code("aws_other.this.id")).because("made elsewhere"))
            .with("tags", Node::list(["one"]))
            .block(Block::new("rule", ["x"]).with("on", true));
        insta::assert_snapshot!(file("Head.", &[block]), @r#"
        # Head.

        resource "aws_thing" "this" {
          name          = "a"
          force_destroy = false
          policy = jsonencode({
            Version = "1"
            "aws:X" = [
              "a",
              "b",
            ]
          })
          # made elsewhere
          id   = aws_other.this.id
          tags = ["one"]

          rule "x" {
            on = true
          }
        }
        "#);
    }

    proptest! {
        #[test]
        fn no_text_leaves_its_quotes(text in "(\\PC|[${}%\"\\\\\n\r\t\u{0}-\u{1f}]){0,40}") {
            let written = file("", &[Block::new("a", []).with("b", text.as_str()).with("c", Node::map([(text.as_str(), "d".into())]))]);
            let body: hcl::Body = hcl::from_str(&written).unwrap();
            let read: Vec<_> = body.blocks().flat_map(|block| block.body.attributes()).collect();
            prop_assert_eq!(read.len(), 2);
            let hcl::Expression::String(value) = read[0].expr() else { return Err(TestCaseError::fail(format!("{:?}", read[0]))) };
            prop_assert_eq!(value, &text);
        }
    }
}
