//! Values that are left open: texts whose places hold an expression of the language instead of what the account's owner would have
//! given. Terraform modules and templates with parameters are the same renderings with such texts.
//!
//! The expression stands between two characters of Unicode's private use, which no checked parameter and no text of ours holds.

use std::fmt::Write as _;

const BEGIN: char = '\u{e000}';
const END: char = '\u{e001}';

/// What stands for `amazonaws.com` where the partition is open, in Terraform.
pub(crate) const DNS_SUFFIX: &str = "\u{e000}1data.aws_partition.current.dns_suffix\u{e001}";

/// How many values an expression stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// one
    One,
    /// one or none: what hinges on it is then left out
    Perhaps,
    /// any number
    Many,
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'t> {
    Text(&'t str),
    Open(Kind, &'t str),
}

/// A text that stands for this expression.
pub(crate) fn open(kind: Kind, expression: &str) -> String {
    let mark = match kind {
        Kind::One => '1',
        Kind::Perhaps => '?',
        Kind::Many => '*',
    };
    format!("{BEGIN}{mark}{expression}{END}")
}

pub(crate) fn is_open(text: &str) -> bool {
    text.contains(BEGIN)
}

/// The parts of a text, in their order.
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for part in text.split(BEGIN) {
        let (before, after) = part.split_once(END).map_or((None, part), |(open, rest)| (Some(open), rest));
        if let Some(open) = before {
            let mut chars = open.chars();
            let kind = match chars.next() {
                Some('?') => Kind::Perhaps,
                Some('*') => Kind::Many,
                _ => Kind::One,
            };
            pieces.push(Piece::Open(kind, chars.as_str()));
        }
        if !after.is_empty() {
            pieces.push(Piece::Text(after));
        }
    }
    pieces
}

/// The first expression of a text that may stand for none or for many.
pub(crate) fn varying(text: &str) -> Option<(Kind, &str)> {
    pieces(text).into_iter().find_map(|piece| match piece {
        Piece::Open(kind @ (Kind::Perhaps | Kind::Many), expression) => Some((kind, expression)),
        _ => None,
    })
}

/// For people: the expressions in backticks.
pub(crate) fn shown(text: &str) -> String {
    pieces(text).into_iter().fold(String::new(), |mut out, piece| {
        // Writing to a string cannot fail.
        let _ = match piece {
            Piece::Text(text) => write!(out, "{text}"),
            Piece::Open(_, expression) => write!(out, "`{expression}`"),
        };
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_pieces() {
        let text = format!("arn:{}:x:{}", open(Kind::One, "local.p"), open(Kind::Many, "var.ids"));
        let expected = [
            Piece::Text("arn:"),
            Piece::Open(Kind::One, "local.p"),
            Piece::Text(":x:"),
            Piece::Open(Kind::Many, "var.ids"),
        ];
        assert_eq!(pieces(&text), expected);
        assert_eq!(varying(&text), Some((Kind::Many, "var.ids")));
        assert_eq!(shown(&text), "arn:`local.p`:x:`var.ids`");
        assert_eq!(pieces("plain"), [Piece::Text("plain")]);
        assert!(!is_open("plain") && is_open(&text));
    }
}
