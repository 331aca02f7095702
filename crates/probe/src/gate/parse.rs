//! The grammar: `[family("NAME").]METRIC.BOUND RELATION NUMBER`.

use super::{Bound, Gate, Metric, Relation};
use sightline_model::untrusted::shortened;

/// A gate that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{gate}`: at character {at}, {help}")]
pub struct GateError {
    /// what was given, shortened
    pub gate: String,
    /// the character at fault, from 1
    pub at: usize,
    /// what is wrong and what to write
    pub help: String,
}

const METRICS: &[(&str, Metric)] = &[
    ("broken", Metric::Broken),
    ("over_refusal", Metric::OverRefusal),
    ("blocked", Metric::Blocked),
    ("undecided", Metric::Undecided),
    ("error", Metric::Error),
];
const BOUNDS: &[(&str, Bound)] = &[("lower", Bound::Lower), ("rate", Bound::Rate), ("upper", Bound::Upper)];
/// Longer ones first: `>=` begins with `>`.
const RELATIONS: &[(&str, Relation)] =
    &[(">=", Relation::AtLeast), ("<=", Relation::AtMost), (">", Relation::Above), ("<", Relation::Below)];

pub(super) fn gate(text: &str) -> Result<Gate, GateError> {
    let mut reader = Reader { text, rest: text };
    reader.skip();
    let family = match reader.eat("family") {
        true => Some(reader.family()?),
        false => None,
    };
    let metric = reader.word(METRICS, "a metric")?;
    reader.expect(".", "a bound follows: write `.lower`, `.rate` or `.upper`")?;
    let bound = reader.word(BOUNDS, "a bound")?;
    reader.skip();
    let relation = RELATIONS.iter().find(|(sign, _)| reader.eat(sign)).map(|(_, relation)| *relation);
    let relation = relation.ok_or_else(|| reader.fault("a comparison follows: write `>`, `>=`, `<` or `<=`"))?;
    reader.skip();
    let limit = reader.number()?;
    Ok(Gate { text: shortened(text.trim(), 200), family, metric, bound, relation, limit })
}

struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
}

impl Reader<'_> {
    fn fault(&self, help: impl Into<String>) -> GateError {
        let read = self.text.len() - self.rest.len();
        let at = self.text.get(..read).map_or(0, |before| before.chars().count()) + 1;
        GateError { gate: shortened(self.text, 200), at, help: help.into() }
    }

    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, token: &str) -> bool {
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, token: &str, help: &str) -> Result<(), GateError> {
        if self.eat(token) { Ok(()) } else { Err(self.fault(help)) }
    }

    /// `("NAME").`
    fn family(&mut self) -> Result<String, GateError> {
        const HELP: &str = "a family is written `family(\"encoding\").`";
        self.expect("(\"", HELP)?;
        let (name, rest) = self
            .rest
            .split_once('"')
            .ok_or_else(|| self.fault("the family's name does not end; write `\"` behind it"))?;
        if name.trim().is_empty() {
            return Err(self.fault(HELP));
        }
        self.rest = rest;
        self.expect(").", HELP)?;
        Ok(name.to_owned())
    }

    fn word<T: Copy>(&mut self, words: &[(&str, T)], kind: &str) -> Result<T, GateError> {
        let end = self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        let Some((_, meant)) = words.iter().find(|(name, _)| *name == word) else {
            let names: Vec<String> = words.iter().map(|(name, _)| format!("`{name}`")).collect();
            let names = names.join(", ");
            return Err(match word {
                "" => self.fault(format!("{kind} follows: one of {names}")),
                _ => self.fault(format!("`{}` is not {kind}: write one of {names}", shortened(word, 40))),
            });
        };
        self.rest = rest;
        Ok(*meant)
    }

    fn number(&self) -> Result<f64, GateError> {
        let text = self.rest.trim_end();
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        match text.parse::<f64>() {
            Ok(number) if plain && number <= 1.0 => Ok(number),
            Ok(number) if plain => {
                Err(self.fault(format!("`{number}` is more than all: rates go from 0 to 1, so 5 % is `0.05`")))
            }
            _ => {
                Err(self
                    .fault(format!("`{}` is no rate: write a number from 0 to 1 such as `0.05`", shortened(text, 40))))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::gate;
    use proptest::prelude::*;

    #[test]
    fn faults_say_where_and_what_to_write() {
        for (text, at, help) in [
            ("", 1, "a metric follows: one of `broken`, `over_refusal`"),
            ("brocken.lower > 0.05", 1, "`brocken` is not a metric"),
            ("broken > 0.05", 7, "write `.lower`, `.rate` or `.upper`"),
            ("broken.lowr > 0.05", 8, "`lowr` is not a bound: write one of `lower`, `rate`, `upper`"),
            ("broken.lower = 0.05", 14, "write `>`, `>=`, `<` or `<=`"),
            ("broken.lower > 5", 16, "so 5 % is `0.05`"),
            ("broken.lower > 5%", 16, "`5%` is no rate"),
            ("broken.lower > -0.1", 16, "no rate"),
            ("broken.lower > nan", 16, "no rate"),
            ("broken.lower >", 15, "no rate"),
            ("broken.lower > 0.1 and error.rate > 0", 16, "is no rate"),
            ("family(encoding).broken.rate > 0", 7, "written `family(\"encoding\").`"),
            ("family(\"enc.broken.rate > 0", 9, "does not end"),
            ("family(\"\").broken.rate > 0", 9, "written `family(\"encoding\").`"),
            ("family(\"é\")broken.rate > 0", 11, "written `family("),
        ] {
            let fault = gate(text).unwrap_err();
            assert_eq!(fault.at, at, "{fault}");
            assert!(fault.help.contains(help), "{fault}");
            assert!(!fault.to_string().contains('\n'));
        }
    }

    #[test]
    fn spaces_do_not_matter() {
        for text in ["broken.lower>0.05", "  broken.lower   >  0.05 ", "family(\"encoding\").broken.lower > 0.05"] {
            gate(text).unwrap();
        }
        assert_eq!(gate("family(\"a b\").error.rate <= 1").unwrap().family(), Some("a b"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
            if let Err(fault) = gate(&text) {
                prop_assert!(fault.at <= text.chars().count() + 1);
            }
        }
    }
}
