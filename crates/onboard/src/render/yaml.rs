//! YAML in block style with comments, in the subset that YAML 1.1 and 1.2 read alike.

use super::comment;
use super::node::{Entry, Item, Node};
use super::open::{self, Piece};
use std::fmt::Write as _;

/// A document: a comment at its head, then the map.
pub(crate) fn document(head: &str, root: &Node) -> String {
    let mut out = comment(head, "#", 0);
    match root {
        Node::Map(all) => entries(all, 0, false, &mut out),
        other => out.push_str(&format!("{}\n", scalar(other))),
    }
    out
}

/// `first_in_line`: the first key stands behind `- ` on a line that is indented already.
fn entries(all: &[Entry], indent: usize, mut first_in_line: bool, out: &mut String) {
    for entry in all {
        if !first_in_line {
            out.push_str(&entry.why.as_deref().map_or_else(String::new, |why| comment(why, "#", indent)));
            let _ = write!(out, "{:indent$}", "");
        }
        first_in_line = false;
        out.push_str(&text(&entry.key));
        out.push(':');
        value(&entry.value, indent, out);
    }
}

/// What stands behind `key:`.
fn value(node: &Node, indent: usize, out: &mut String) {
    match node {
        Node::Map(all) if !all.is_empty() => {
            out.push('\n');
            entries(all, indent + 2, false, out);
        }
        Node::List(all) if !all.is_empty() => {
            out.push('\n');
            items(all, indent + 2, out);
        }
        Node::Call(name, inner) if !inner.is_scalar() => {
            let _ = write!(out, " !{name}");
            value(inner, indent, out);
        }
        Node::Lines(text) if is_literal(text) => {
            out.push_str(" |\n");
            for line in text.lines() {
                let blanks = if line.is_empty() { 0 } else { indent + 2 };
                let _ = writeln!(out, "{:blanks$}{line}", "");
            }
        }
        other => {
            let _ = writeln!(out, " {}", scalar(other));
        }
    }
}

/// Whether a literal block gives the text back as it is.
fn is_literal(text: &str) -> bool {
    let is_printable = |c: char| c == '\n' || matches!(c, ' '..='~');
    text.starts_with(|c: char| c.is_ascii_graphic())
        && text.ends_with('\n')
        && !text.ends_with("\n\n")
        && text.chars().all(is_printable)
}

fn items(all: &[Item], indent: usize, out: &mut String) {
    for item in all {
        out.push_str(&item.why.as_deref().map_or_else(String::new, |why| comment(why, "#", indent)));
        let _ = write!(out, "{:indent$}-", "");
        match &item.value {
            Node::Map(map) if !map.is_empty() && map.first().is_some_and(|entry| entry.why.is_none()) => {
                out.push(' ');
                entries(map, indent + 2, true, out);
            }
            other => value(other, indent, out),
        }
    }
}

fn scalar(node: &Node) -> String {
    match node {
        Node::Text(plain) | Node::Lines(plain) => text(plain),
        Node::Int(number) => number.to_string(),
        Node::Bool(value) => value.to_string(),
        Node::Code(code) => code.clone(),
        Node::Call(name, value) => format!("!{name} {}", scalar(value)),
        Node::List(_) => "[]".to_owned(),
        Node::Map(_) => "{}".to_owned(),
    }
}

/// Plain where nobody can read it as anything else, double-quoted otherwise.
fn text(text: &str) -> String {
    if open::is_open(text) {
        return left_open(text);
    }
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_./:-".contains(c))
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n"
        );
    if plain { text.to_owned() } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            ' '..='~' => out.push(c),
            c if u32::from(c) > 0xffff => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
        }
    }
    out.push('"');
    out
}

/// A text with open places: `!Ref Name` for the whole of it, `!Sub "…${Name}…"` for parts.
fn left_open(whole: &str) -> String {
    match open::pieces(whole).as_slice() {
        [Piece::Open(_, name)] => format!("!Ref {name}"),
        pieces => {
            let piece = |piece: &Piece<'_>| match piece {
                Piece::Text(text) => text.replace("${", "${!"),
                Piece::Open(_, name) => format!("${{{name}}}"),
            };
            format!("!Sub {}", quoted(&pieces.iter().map(piece).collect::<String>()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_shape() {
        let root = Node::map([
            ("Version", "2012-10-17".into()),
            (
                "Statement",
                Node::List(vec![
                    Item {
                        why: Some("because".into()),
                        value: Node::map([("Sid", "A".into()), ("Action", Node::list(["s3:*"]))]),
                    },
                    Item { why: None, value: Node::call("Ref", "Thing") },
                ]),
            ),
            ("Is", Node::call("Equals", Node::list([Node::call("Ref", "AWS::Region"), "eu-west-1".into()]))),
            ("None", Node::Map(vec![])),
        ]);
        insta::assert_snapshot!(document("Head.", &root), @r#"
        # Head.
        Version: "2012-10-17"
        Statement:
          # because
          - Sid: A
            Action:
              - "s3:*"
          - !Ref Thing
        Is: !Equals
          - !Ref AWS::Region
          - eu-west-1
        None: {}
        "#);
    }

    proptest! {
        #[test]
        fn no_text_leaves_its_quotes(text in "(\\PC|[:#\"'\\\\{}\\[\\]&*!|>%@`\n\r\t\u{0}-\u{1f}\u{85}\u{2028}-]){0,40}") {
            let written = document("", &Node::map([("a", text.as_str().into()), ("b", Node::list([text.as_str()]))]));
            let read: serde_json::Value = serde_yaml_ng::from_str(&written).unwrap();
            prop_assert_eq!(read, serde_json::json!({"a": text, "b": [text]}));
        }

        #[test]
        fn lines_are_given_back(text in "([a-z#:{}'\" |>\\n\t-]|\\PC){0,60}\\n{0,2}") {
            let inner = Node::map([("b", Node::Lines(text.clone())), ("c", "d".into())]);
            let written = document("", &Node::map([("a", inner)]));
            let read: serde_json::Value = serde_yaml_ng::from_str(&written).unwrap();
            prop_assert_eq!(read, serde_json::json!({"a": {"b": text, "c": "d"}}));
        }
    }
}
