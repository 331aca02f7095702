//! Conditions: one operator, one key, its values.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.

mod instant;
mod network;
mod number;
mod operator;

pub use instant::Instant;
pub use network::Network;
pub use number::Number;
pub use operator::{Family, Operator, Qualifier};

use crate::context::{Context, Fact, Values};
use crate::template::{Filled, Piece, Template};
use sightline_model::untrusted::shortened;

/// One key of one operator of a `Condition` element.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Clause {
    /// How values compare.
    pub operator: Operator,
    /// The condition key, lower case.
    pub key: String,
    /// The key as the policy writes it.
    pub written: String,
    /// Any of these; of a negated operator none of these.
    pub values: Vec<Template>,
}

/// What a clause says in a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It does not.
    Fails,
    /// A key that it reads is not known.
    Open,
}

impl From<bool> for Verdict {
    fn from(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }
}

impl Clause {
    /// Reads one key of an operator.
    ///
    /// # Errors
    /// An operator that is not known, a variable that cannot be read, a value that its operator cannot.
    pub fn read(operator: &str, key: &str, values: &[String], has_variables: bool) -> Result<Self, String> {
        let operator = Operator::read(operator)?;
        if operator.family == Family::Null
            && let Some(bad) = values.iter().find(|value| !is_bool(value) && !value.contains("${"))
        {
            return Err(format!("`{}` is neither `true` nor `false`", shortened(bad, 100)));
        }
        // Without values a plain operator matches nothing; what the negation of that is, nobody says.
        if values.is_empty() && (operator.negated || operator.family == Family::Null) {
            return Err(format!("`{}` has no values", shortened(key, 100)));
        }
        let values = values.iter().map(|value| Template::parse(value, has_variables)).collect::<Result<Vec<_>, _>>()?;
        // What compares with nothing is none of the values of a plain operator; of a negated one nobody knows.
        let constant = values.iter().filter(|value| value.keys().next().is_none()).map(Template::text);
        if let Some(bad) = constant.into_iter().find(|value| operator.negated && !operator.family.can_read(value)) {
            return Err(format!("`{}` compares with nothing", shortened(bad, 100)));
        }
        Ok(Self { operator, key: key.to_lowercase(), written: key.to_owned(), values })
    }

    /// The keys that it reads: its own and those of variables.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.key.as_str()).chain(self.values.iter().flat_map(Template::keys))
    }

    /// Whether its values read no key.
    pub fn is_constant(&self) -> bool {
        self.values.iter().all(|value| value.keys().next().is_none())
    }

    /// The clause with the values of known variables put in; none where one is open.
    pub fn filled(&self, context: &Context) -> Option<Self> {
        let values = self.fill(context)?.into_iter().map(Template::of).collect();
        Some(Self { values, ..self.clone() })
    }

    /// What it says in `context`.
    pub fn verdict(&self, context: &Context) -> Verdict {
        match context.fact(&self.key) {
            Fact::Absent => self.when_absent(context),
            // "Absent", "null" and "empty" are one to AWS's set operators and to `Null`.
            Fact::Known(values) if values.values.is_empty() => self.when_absent(context),
            Fact::Known(values) => match self.fill(context) {
                Some(filled) => self.holds(values, &filled).into(),
                None => Verdict::Open,
            },
            Fact::Present if self.operator.family == Family::Null => self.null(true, context),
            Fact::Present | Fact::Unknown => Verdict::Open,
        }
    }

    /// Its values in a context; none where a variable is open. Values whose variable is absent are left out: they match nothing.
    pub fn fill(&self, context: &Context) -> Option<Vec<Vec<Piece>>> {
        let mut out = Vec::with_capacity(self.values.len());
        for value in &self.values {
            match value.fill(context) {
                Filled::Text(pieces) => out.push(pieces),
                Filled::Absent => {}
                Filled::Open => return None,
            }
        }
        Some(out)
    }

    fn when_absent(&self, context: &Context) -> Verdict {
        if self.operator.family == Family::Null {
            return self.null(false, context);
        }
        if self.operator.if_exists {
            // Of `ForAnyValue:…IfExists` the pages say both, and requests of users were seen denied: not to be told.
            let is_any = self.operator.qualifier == Some(Qualifier::Any);
            return if is_any { Verdict::Open } else { Verdict::Holds };
        }
        match self.operator.qualifier {
            Some(Qualifier::All) => Verdict::Holds,
            Some(Qualifier::Any) => Verdict::Fails,
            None => self.operator.negated.into(),
        }
    }

    fn null(&self, present: bool, context: &Context) -> Verdict {
        let Some(values) = self.fill(context) else { return Verdict::Open };
        let wanted = if present { "false" } else { "true" };
        values.iter().any(|value| text_of(value).eq_ignore_ascii_case(wanted)).into()
    }

    /// Whether it holds of the request's values, the key being in the request with at least one.
    pub fn holds(&self, request: &Values, filled: &[Vec<Piece>]) -> bool {
        if self.operator.family == Family::Null {
            return filled.iter().any(|value| text_of(value).eq_ignore_ascii_case("false"));
        }
        let one = |value: &String| self.operator.holds_of(value, filled);
        match self.operator.qualifier {
            Some(Qualifier::All) => request.values.iter().all(one),
            Some(Qualifier::Any) => request.values.iter().any(one),
            // A multivalued key wants a set operator; without one nothing equals it.
            None if request.is_list => self.operator.negated,
            None => request.single().map_or(self.operator.negated, |value| self.operator.holds_of(value, filled)),
        }
    }
}

fn is_bool(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
}

/// Pieces as text, wildcards included.
pub(crate) fn text_of(pieces: &[Piece]) -> String {
    let texts = pieces.iter().map(|piece| match piece {
        Piece::Text(text) | Piece::Literal(text) | Piece::Variable { key: text, .. } => text.as_ref(),
    });
    texts.collect()
}
