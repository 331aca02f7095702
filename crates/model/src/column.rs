//! Columns and schemas, free of any engine's types: the lake turns them into Arrow, the catalogue into prose.

use serde::{Deserialize, Serialize};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// true or false
    Bool,
    /// a 64-bit integer
    Int,
    /// a 64-bit floating-point number
    Float,
    /// UTF-8 text
    Text,
    /// an instant, in microseconds, UTC
    Time,
    /// a JSON document as text: read it with `->` and `->>`
    Json,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// snake_case
    pub name: String,
    /// what it holds
    #[serde(rename = "type")]
    pub kind: ColumnType,
}

impl Column {
    /// A column of this name and type.
    pub fn new(name: impl Into<String>, kind: ColumnType) -> Self {
        Self { name: name.into(), kind }
    }
}

/// The schema of an inventory table: the view over `resource` that people and checks query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSchema {
    /// such as `aws_bedrock_guardrail`
    pub name: String,
    /// The columns of the resource's own; the standard ones ([`STANDARD_COLUMNS`]) come beside them.
    pub columns: Vec<Column>,
}

/// Columns that every inventory table has, before its own.
pub const STANDARD_COLUMNS: &[(&str, ColumnType)] = &[
    ("arn", ColumnType::Text),
    ("account_id", ColumnType::Text),
    ("partition", ColumnType::Text),
    ("region", ColumnType::Text),
    ("title", ColumnType::Text),
    ("tags", ColumnType::Json),
    ("collected_at", ColumnType::Time),
];

/// `someAPIName` and `SomeAPIName` as `some_api_name`.
pub fn snake_case(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 4);
    let mut before: Option<char> = None;
    for (index, &c) in chars.iter().enumerate() {
        let next_is_lower = chars.get(index + 1).is_some_and(|n| n.is_lowercase());
        let starts_word = c.is_uppercase() && before.is_some_and(|b| b != '_' && (!b.is_uppercase() || next_is_lower));
        if starts_word {
            out.push('_');
        }
        out.extend(c.to_lowercase().map(|c| if c == '-' || c == '.' { '_' } else { c }));
        before = Some(c);
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn snake_case_of_api_names() {
        for (name, expected) in [
            ("guardrailId", "guardrail_id"),
            ("ARN", "arn"),
            ("VpcId", "vpc_id"),
            ("KMSKeyId", "kms_key_id"),
            ("modelARN", "model_arn"),
            ("ImageURI", "image_uri"),
            ("Ipv6CidrBlock", "ipv6_cidr_block"),
        ] {
            assert_eq!(super::snake_case(name), expected);
        }
    }
}
