//! Texts made of a row's columns: ARNs and titles.

use std::collections::BTreeSet;

/// Either the name of a column, or a text with `{column}` in it; `{a|b}` is the first of both that is there, `{a/}` what
/// follows its last slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Columns(Vec<Named>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    column: String,
    after_last_slash: bool,
}

impl Named {
    fn parse(text: &str) -> Self {
        let column = text.strip_suffix('/');
        Self { column: column.unwrap_or(text).to_owned(), after_last_slash: column.is_some() }
    }

    /// The part of the column's text that is meant; an empty one is as good as none.
    fn pick(&self, text: String) -> Option<String> {
        let picked = match text.rsplit_once('/') {
            Some((_, last)) if self.after_last_slash => last.to_owned(),
            _ => text,
        };
        Some(picked).filter(|text| !text.is_empty())
    }
}

impl Template {
    /// Reads a template; a text without braces is a column's name.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let unbalanced = || format!("the braces of `{text}` are not balanced");
        if !text.contains('{') {
            return Ok(Self { parts: vec![Part::Columns(vec![Named::parse(text)])] });
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('{') {
            let (columns, after) = behind.split_once('}').ok_or_else(unbalanced)?;
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Columns(columns.split('|').map(Named::parse).collect()));
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self { parts })
    }

    /// The columns that it names.
    pub(crate) fn columns(&self) -> BTreeSet<&str> {
        let columns = self.parts.iter().flat_map(|part| match part {
            Part::Columns(columns) => columns.as_slice(),
            Part::Text(_) => &[],
        });
        columns.map(|named| named.column.as_str()).collect()
    }

    /// The text, or nothing when a column is absent or empty.
    pub(crate) fn fill(&self, column: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        let fill = |part: &Part| match part {
            Part::Text(text) => Some(text.clone()),
            Part::Columns(names) => names.iter().find_map(|named| named.pick(column(&named.column)?)),
        };
        self.parts.iter().map(fill).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str) -> Option<String> {
        match name {
            "id" => Some("i-1".to_owned()),
            "url" => Some("https://example.com/123/queue".to_owned()),
            "empty" => Some(String::new()),
            _ => None,
        }
    }

    #[test]
    fn columns_and_text() {
        let fill = |text: &str| Template::parse(text).unwrap().fill(&column);
        assert_eq!(fill("id").as_deref(), Some("i-1"));
        assert_eq!(fill("arn:x:{id}/{empty|none|id}").as_deref(), Some("arn:x:i-1/i-1"));
        assert_eq!(fill("arn:x:{url/}").as_deref(), Some("arn:x:queue"));
        assert_eq!(fill("arn:x:{id/}").as_deref(), Some("arn:x:i-1"));
        assert_eq!(fill("arn:x:{none}"), None);
        assert_eq!(fill("none"), None);
        assert!(Template::parse("a{b").is_err());
    }
}
