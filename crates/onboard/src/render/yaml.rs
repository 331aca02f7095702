//! YAML in block style with comments, in the subset that YAML 1.1 and 1.2 read alike.

use super::comment;
use super::node::{Entry, Item, Node};
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
        other => {
            let _ = writeln!(out, " {}", scalar(other));
        }
    }
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
        Node::Text(plain) => text(plain),
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
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_./:-".contains(c))
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n"
        );
    if plain {
        return text.to_owned();
    }
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
    }
}
