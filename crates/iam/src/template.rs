//! Text with wildcards and policy variables, as it stands in the Resource element and in condition values.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>.

use crate::context::{Context, Fact};
use crate::glob::Token;
use sightline_model::untrusted::shortened;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// One piece of a template.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Piece {
    /// Text that stands for itself, and `*` and `?` that may be wildcards.
    Text(Arc<str>),
    /// Text that stands for itself even where it is `*` or `?`: what `${*}`, `${?}` and `${$}` mean.
    Literal(Arc<str>),
    /// `${key}` or `${key, 'default'}`.
    Variable {
        /// The condition key, lower case.
        key: Arc<str>,
        /// What stands for an absent key.
        default: Option<Arc<str>>,
    },
}

/// A text as a policy writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Form);

/// Most texts are one piece that is the text: they need neither twice, nor a list.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// Of [`Piece::Text`].
    Plain(Piece),
    Written {
        text: Arc<str>,
        pieces: Box<[Piece]>,
    },
}

/// What is equal has the same text, and texts that are the same are seldom anything else.
impl Hash for Template {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text().hash(state);
    }
}

impl Ord for Template {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text().cmp(other.text()).then_with(|| self.pieces().cmp(other.pieces()))
    }
}

impl PartialOrd for Template {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A template in a context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filled {
    /// All variables have their values.
    Text(Vec<Piece>),
    /// A variable has no value and no default: matches nothing.
    Absent,
    /// A variable's value is not known.
    Open,
}

impl Template {
    /// Reads `text`. Variables are read only where the policy's version has them (`2012-10-17`).
    ///
    /// # Errors
    /// The text of a variable that is not closed or empty.
    pub fn parse(text: &str, has_variables: bool) -> Result<Self, String> {
        if !has_variables || !text.contains("${") {
            return Ok(Self(Form::Plain(Piece::Text(text.into()))));
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            if !before.is_empty() {
                pieces.push(Piece::Text(before.into()));
            }
            let Some((inside, behind)) = split_at_brace(after) else {
                return Err(format!("the variable in `{}` is not closed", shortened(text, 100)));
            };
            pieces
                .push(variable(inside).ok_or_else(|| format!("`${{{}}}` is not a variable", shortened(inside, 100)))?);
            rest = behind;
        }
        if !rest.is_empty() || pieces.is_empty() {
            pieces.push(Piece::Text(rest.into()));
        }
        Ok(Self(Form::Written { text: text.into(), pieces: pieces.into() }))
    }

    /// A template of these pieces.
    pub fn of(pieces: Vec<Piece>) -> Self {
        match <[Piece; 1]>::try_from(pieces) {
            Ok([one @ Piece::Text(_)]) => Self(Form::Plain(one)),
            Ok([other]) => Self::written(vec![other]),
            Err(many) => Self::written(many),
        }
    }

    fn written(pieces: Vec<Piece>) -> Self {
        Self(Form::Written { text: crate::condition::text_of(&pieces).into(), pieces: pieces.into() })
    }

    /// As the policy writes it.
    pub fn text(&self) -> &str {
        match &self.0 {
            Form::Plain(Piece::Text(text) | Piece::Literal(text) | Piece::Variable { key: text, .. })
            | Form::Written { text, .. } => text,
        }
    }

    /// Whether it is text alone: neither a variable nor what stands for a wildcard itself.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.0, Form::Plain(_))
    }

    /// Its pieces in order.
    pub fn pieces(&self) -> &[Piece] {
        match &self.0 {
            Form::Plain(piece) => std::slice::from_ref(piece),
            Form::Written { pieces, .. } => pieces,
        }
    }

    /// The keys that it reads.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.pieces().iter().filter_map(|piece| match piece {
            Piece::Variable { key, .. } => Some(key.as_ref()),
            _ => None,
        })
    }

    /// Puts the context's values in place of variables. Substituted text is literal.
    pub fn fill(&self, context: &Context) -> Filled {
        let mut out = Vec::with_capacity(self.pieces().len());
        let mut open = false;
        for piece in self.pieces() {
            let Piece::Variable { key, default } = piece else {
                out.push(piece.clone());
                continue;
            };
            match (context.fact(key), default) {
                (Fact::Known(values), _) if !values.is_list => match values.single() {
                    Some(value) => out.push(Piece::Literal(value.into())),
                    None => return Filled::Absent,
                },
                (Fact::Absent, Some(default)) => out.push(Piece::Literal(default.clone())),
                // A list has no one value to put in.
                (Fact::Absent | Fact::Known(_), _) => return Filled::Absent,
                (Fact::Present | Fact::Unknown, _) => open = true,
            }
        }
        if open { Filled::Open } else { Filled::Text(out) }
    }
}

/// What stands before the closing brace, and after; braces within quotes belong to a default.
fn split_at_brace(text: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '}' if !quoted => return Some((text.get(..at)?, text.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

fn variable(inside: &str) -> Option<Piece> {
    if matches!(inside, "*" | "?" | "$") {
        return Some(Piece::Literal(inside.into()));
    }
    let (key, default) = match inside.split_once(',') {
        Some((key, rest)) => (key, Some(rest.trim().strip_prefix('\'')?.strip_suffix('\'')?.into())),
        None => (inside, None),
    };
    let key = key.trim();
    (!key.is_empty() && !key.contains(['*', '?', '$', '{']))
        .then(|| Piece::Variable { key: key.to_lowercase().into(), default })
}

/// The tokens of filled pieces: wildcards anywhere that cross everything.
pub(crate) fn like_tokens(pieces: &[Piece]) -> Vec<Token> {
    let mut out = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.extend(text.chars().map(|c| match c {
                '*' => Token::Any,
                '?' => Token::One,
                c => Token::Char(c),
            })),
            Piece::Literal(text) | Piece::Variable { key: text, .. } => out.extend(text.chars().map(Token::Char)),
        }
    }
    out
}

/// The tokens of filled pieces where wildcards are ordinary characters.
pub(crate) fn exact_tokens(pieces: &[Piece]) -> Vec<Token> {
    let text = pieces.iter().map(|piece| match piece {
        Piece::Text(text) | Piece::Literal(text) | Piece::Variable { key: text, .. } => text,
    });
    text.flat_map(|text| text.chars()).map(Token::Char).collect()
}
