//! Makes the statement that runs from the query that was written: parameters are put in, shared queries are put before it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::check::{Check, Param};
use crate::shared::SharedQuery;

/// The check's statement at the time `now`: the shared queries that it needs stand before it as common table expressions.
pub fn statement(check: &Check, now: Timestamp) -> String {
    Query::new(check, now).whole()
}

/// A check's query and the shared queries that it needs, with parameters put in.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    own: String,
    /// each behind those that it needs itself
    pub(crate) shared: Vec<SharedQuery>,
}

impl Query {
    pub(crate) fn new(check: &Check, now: Timestamp) -> Self {
        let put_in = |sql: &str| with_params(sql, &check.declaration.params, now);
        let shared = |query: &SharedQuery| SharedQuery { name: query.name.clone(), sql: put_in(&query.sql) };
        Self { own: put_in(&check.sql), shared: check.shared.iter().map(shared).collect() }
    }

    /// A query whose parameters have been put in, and the shared queries that it needs.
    pub(crate) fn of(own: String, shared: Vec<SharedQuery>) -> Self {
        Self { own, shared }
    }

    /// One statement that needs nothing else.
    pub(crate) fn whole(&self) -> String {
        self.after(&self.shared)
    }

    /// The check's own statement, with only these before it.
    pub(crate) fn after(&self, shared: &[SharedQuery]) -> String {
        with_shared(&self.own, shared)
    }
}

/// Whether the statement has this word in it.
pub(crate) fn names(sql: &str, word: &str) -> bool {
    words(sql).contains(word)
}

/// The words of a statement.
pub(crate) fn words(sql: &str) -> BTreeSet<&str> {
    sql.split(|c| !is_word(c)).collect()
}

/// Names that follow a `$`, in order.
pub(crate) fn placeholders(sql: &str) -> Vec<&str> {
    sql.split('$').skip(1).map(identifier).filter(|name| !name.is_empty()).collect()
}

/// The identifier that a text begins with.
pub(crate) fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !is_word(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn with_params(sql: &str, params: &BTreeMap<String, Param>, now: Timestamp) -> String {
    let mut pieces = sql.split('$');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let name = identifier(piece);
        match (name, params.get(name)) {
            ("now", _) => out.push_str(&instant(now)),
            (_, Some(Param::Int(value))) => out.push_str(&value.to_string()),
            (_, Some(Param::Text(value))) => out.push_str(&format!("'{}'", value.replace('\'', "''"))),
            (_, None) => {
                out.push('$');
                out.push_str(name);
            }
        }
        out.push_str(piece.get(name.len()..).unwrap_or_default());
    }
    out
}

/// An instant of the type that the lake's time columns have.
pub(crate) fn instant(now: Timestamp) -> String {
    format!("arrow_cast({}, 'Timestamp(Microsecond, Some(\"UTC\"))')", now.as_microsecond())
}

/// The statement with these before it.
pub(crate) fn with_shared(sql: &str, shared: &[SharedQuery]) -> String {
    if shared.is_empty() {
        return sql.to_owned();
    }
    let before: Vec<String> =
        shared.iter().map(|query| format!("{} as (\n{}\n)", query.name, query.sql.trim_end())).collect();
    let own = sql.trim_start();
    let is_with = own.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("with"));
    let (separator, rest) = match own.get(4..) {
        Some(rest) if is_with && rest.starts_with(char::is_whitespace) => (", ", rest.trim_start()),
        _ => ("\n", own),
    };
    format!("with {}{separator}{rest}", before.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_put_in_and_quoted() {
        let params =
            BTreeMap::from([("n".to_owned(), Param::Int(90)), ("who".to_owned(), Param::Text("o'neil".to_owned()))]);
        let sql = with_params("a > $n and b = $who and c < $now", &params, Timestamp::UNIX_EPOCH);
        assert_eq!(sql, "a > 90 and b = 'o''neil' and c < arrow_cast(0, 'Timestamp(Microsecond, Some(\"UTC\"))')");
    }

    #[test]
    fn names_are_whole_words() {
        assert_eq!(placeholders("$now - $max_age_days, $1"), ["now", "max_age_days", "1"]);
    }
}
