//! What others said, in a statement: as text that cannot leave its quotes.

/// A text as a literal of SQL.
pub(crate) fn text(value: &str) -> String {
    // Nothing else ends a literal: backslashes have no meaning in it.
    format!("'{}'", value.replace('\'', "''"))
}

/// Whether a column is like a pattern, in which `*` stands for any text.
pub(crate) fn like(column: &str, pattern: &str) -> String {
    if !pattern.contains('*') {
        return format!("{column} = {}", text(pattern));
    }
    let mut escaped = String::with_capacity(pattern.len() + 8);
    for letter in pattern.chars() {
        match letter {
            '*' => escaped.push('%'),
            '%' | '_' | '\\' => escaped.extend(['\\', letter]),
            other => escaped.push(other),
        }
    }
    format!("{column} LIKE {}", text(&escaped))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sightline_lake::Session;

    async fn is_like(value: &str, pattern: &str) -> bool {
        let session = Session::in_memory(&[], Vec::new()).unwrap();
        let sql = format!("SELECT {} AS found FROM (SELECT {} AS v)", like("v", pattern), text(value));
        session.sql(&sql).await.unwrap().rows().unwrap()[0]["found"] == true
    }

    #[tokio::test]
    async fn patterns_mean_what_they_mean_elsewhere() {
        for value in ["arn:a_b%c/d", "arn:axb%c/d", "it's", "a\\b", "a\\_b", ""] {
            for pattern in ["*", "arn:a_b*", "*%c*", "it's", "it's*", "a\\b", "a\\*", "*\\_b", "", "a*b"] {
                let wanted = sightline_model::pattern::matches(pattern, value);
                assert_eq!(is_like(value, pattern).await, wanted, "`{value}` like `{pattern}`");
            }
        }
    }

    proptest! {
        #[test]
        fn a_text_comes_back_as_it_was(value in "[^\0]{0,40}") {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let found = runtime.block_on(async {
                let session = Session::in_memory(&[], Vec::new()).unwrap();
                session.sql(&format!("SELECT {} AS v", text(&value))).await.unwrap().rows().unwrap()
            });
            prop_assert_eq!(found[0]["v"].as_str(), Some(value.as_str()));
        }
    }
}
