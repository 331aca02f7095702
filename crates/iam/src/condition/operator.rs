//! Condition operators, and how each compares one value of the request with those of the policy.

use super::{Instant, Network, Number, text_of};
use crate::arn_pattern;
use crate::glob::{self, Token};
use crate::template::{Piece, exact_tokens, like_tokens};
use std::cmp::Ordering;

/// An operator of the policy language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Operator {
    /// How two values compare.
    pub family: Family,
    /// `…Not…`: none of the values.
    pub negated: bool,
    /// `…IfExists`: an absent key holds.
    pub if_exists: bool,
    /// `ForAllValues:`, `ForAnyValue:`.
    pub qualifier: Option<Qualifier>,
}

/// Set operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Qualifier {
    /// `ForAllValues:`
    All,
    /// `ForAnyValue:`
    Any,
}

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// `StringEquals`
    Text,
    /// `StringEqualsIgnoreCase`
    TextFolded,
    /// `StringLike`
    Like,
    /// `ArnEquals` and `ArnLike`, which are the same.
    Arn,
    /// `NumericEquals` and its kin; the orderings that hold.
    Number(Orderings),
    /// `DateEquals` and its kin.
    Date(Orderings),
    /// `Bool`
    Bool,
    /// `BinaryEquals`
    Binary,
    /// `IpAddress`
    Address,
    /// `Null`
    Null,
}

/// Which orderings of the request's value to the policy's hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Orderings {
    less: bool,
    equal: bool,
    greater: bool,
}

impl Orderings {
    const EQUAL: Self = Self { less: false, equal: true, greater: false };

    fn named(name: &str) -> Option<(Self, bool)> {
        let of = |less, equal, greater| Self { less, equal, greater };
        Some(match name {
            "Equals" => (Self::EQUAL, false),
            "NotEquals" => (Self::EQUAL, true),
            "LessThan" => (of(true, false, false), false),
            "LessThanEquals" => (of(true, true, false), false),
            "GreaterThan" => (of(false, false, true), false),
            "GreaterThanEquals" => (of(false, true, true), false),
            _ => return None,
        })
    }

    /// As it is written between two values.
    pub fn symbol(self) -> &'static str {
        match (self.less, self.equal, self.greater) {
            (true, false, _) => "<",
            (true, true, _) => "≤",
            (false, false, _) => ">",
            (false, true, true) => "≥",
            (false, true, false) => "=",
        }
    }

    /// As its negation is written.
    pub fn opposite(self) -> &'static str {
        match (self.less, self.equal, self.greater) {
            (true, false, _) => "≥",
            (true, true, _) => ">",
            (false, false, _) => "≤",
            (false, true, true) => "<",
            (false, true, false) => "≠",
        }
    }

    fn hold(self, ordering: Ordering) -> bool {
        match ordering {
            Ordering::Less => self.less,
            Ordering::Equal => self.equal,
            Ordering::Greater => self.greater,
        }
    }
}

impl Operator {
    /// Reads an operator's name.
    ///
    /// # Errors
    /// The name is not an operator.
    pub fn read(name: &str) -> Result<Self, String> {
        let unknown = || format!("`{}` is not a condition operator", sightline_model::untrusted::shortened(name, 100));
        let (qualifier, rest) = match name.split_once(':') {
            Some(("ForAllValues", rest)) => (Some(Qualifier::All), rest),
            Some(("ForAnyValue", rest)) => (Some(Qualifier::Any), rest),
            Some(_) => return Err(unknown()),
            None => (None, name),
        };
        let (base, if_exists) = rest.strip_suffix("IfExists").map_or((rest, false), |base| (base, true));
        let (family, negated) = family(base).ok_or_else(unknown)?;
        if family == Family::Null && (if_exists || qualifier.is_some()) {
            return Err(unknown());
        }
        Ok(Self { family, negated, if_exists, qualifier })
    }

    /// Whether the operator holds of one value, all of the policy's values taken together.
    pub fn holds_of(self, value: &str, filled: &[Vec<Piece>]) -> bool {
        // A value that is no number or date compares with nothing: neither equal nor known to differ.
        let comparable = match self.family {
            Family::Number(_) => Number::read(value).is_some(),
            Family::Date(_) => Instant::read(value).is_some(),
            _ => true,
        };
        comparable && filled.iter().any(|pattern| self.family.matches(value, pattern)) != self.negated
    }
}

fn family(base: &str) -> Option<(Family, bool)> {
    if let Some(name) = base.strip_prefix("Numeric") {
        return Orderings::named(name).map(|(orderings, negated)| (Family::Number(orderings), negated));
    }
    if let Some(name) = base.strip_prefix("Date") {
        return Orderings::named(name).map(|(orderings, negated)| (Family::Date(orderings), negated));
    }
    Some(match base {
        "StringEquals" => (Family::Text, false),
        "StringNotEquals" => (Family::Text, true),
        "StringEqualsIgnoreCase" => (Family::TextFolded, false),
        "StringNotEqualsIgnoreCase" => (Family::TextFolded, true),
        "StringLike" => (Family::Like, false),
        "StringNotLike" => (Family::Like, true),
        "ArnEquals" | "ArnLike" => (Family::Arn, false),
        "ArnNotEquals" | "ArnNotLike" => (Family::Arn, true),
        "Bool" => (Family::Bool, false),
        "BinaryEquals" => (Family::Binary, false),
        "IpAddress" => (Family::Address, false),
        "NotIpAddress" => (Family::Address, true),
        "Null" => (Family::Null, false),
        _ => return None,
    })
}

impl Family {
    /// Whether one value of the request matches one of the policy.
    pub fn matches(self, value: &str, pattern: &[Piece]) -> bool {
        match self {
            Self::Number(orderings) => compare(Number::read(value), Number::read(&text_of(pattern)), orderings),
            Self::Date(orderings) => compare(Instant::read(value), Instant::read(&text_of(pattern)), orderings),
            Self::Bool => {
                let pattern = text_of(pattern);
                value.eq_ignore_ascii_case(&pattern)
                    && matches!(pattern.to_ascii_lowercase().as_str(), "true" | "false")
            }
            Self::Binary => text_of(pattern) == value,
            Self::Address => match (Network::read(&text_of(pattern)), Network::read(value)) {
                (Some(range), Some(address)) => range.holds(&address),
                _ => false,
            },
            Self::Null => false,
            Self::Text | Self::TextFolded | Self::Like | Self::Arn => {
                self.tokens(pattern).is_some_and(|tokens| glob::matches(&tokens, value))
            }
        }
    }

    /// Whether a value of the policy is of the family's form.
    pub fn can_read(self, text: &str) -> bool {
        match self {
            Self::Number(_) => Number::read(text).is_some(),
            Self::Date(_) => Instant::read(text).is_some(),
            Self::Address => Network::read(text).is_some(),
            _ => true,
        }
    }

    /// The pattern that values of text are held against; none for other families and for what can match nothing.
    pub(crate) fn tokens(self, pattern: &[Piece]) -> Option<Vec<Token>> {
        match self {
            Self::Text => Some(exact_tokens(pattern)),
            Self::TextFolded => Some(exact_tokens(pattern).into_iter().map(folded).collect()),
            Self::Like => Some(like_tokens(pattern)),
            Self::Arn => arn_pattern::condition_tokens(pattern),
            _ => None,
        }
    }
}

fn folded(token: Token) -> Token {
    match token {
        Token::Char(c) => Token::folded(c),
        other => other,
    }
}

fn compare<T: Ord>(value: Option<T>, pattern: Option<T>, orderings: Orderings) -> bool {
    match (value, pattern) {
        (Some(value), Some(pattern)) => orderings.hold(value.cmp(&pattern)),
        _ => false,
    }
}
