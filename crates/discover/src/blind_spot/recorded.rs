//! What a selector of a trail or an event data store takes.
//!
//! Source: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html>.

use serde_json::Value;

/// An event that is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// a management event of this service that only reads
    ManagementRead(&'static str),
    /// a data event on this type of resource
    Data(&'static str),
}

/// How much of such events is taken; the greater is the more.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Taken {
    #[default]
    Nothing,
    /// what is left out, in words
    Part(String),
    All,
}

/// What classic and advanced selectors take together.
pub(super) fn taken(classic: &[Value], advanced: &[Value], wanted: Wanted) -> Taken {
    let classic = classic.iter().map(|selector| of_classic(selector, wanted));
    let advanced = advanced.iter().map(|selector| of_advanced(selector, wanted));
    classic.chain(advanced).max().unwrap_or_default()
}

fn of_classic(selector: &Value, wanted: Wanted) -> Taken {
    let kind = text(selector, "ReadWriteType").unwrap_or("All");
    match wanted {
        Wanted::ManagementRead(source) => {
            let includes = selector.get("IncludeManagementEvents").and_then(Value::as_bool).unwrap_or(true);
            let is_excluded = texts(selector, "ExcludeManagementEventSources").contains(&source);
            if includes && kind != "WriteOnly" && !is_excluded { Taken::All } else { Taken::Nothing }
        }
        Wanted::Data(wanted) => {
            let resources = selector.get("DataResources").and_then(Value::as_array);
            let of_type = resources.into_iter().flatten().filter(|resource| text(resource, "Type") == Some(wanted));
            // A value that ends with the type's part alone is all of them: `arn:aws:s3`, `arn:aws:lambda`.
            let is_all = |arn: &&str| arn.split(':').count() <= 3;
            let of = |resource: &Value| match (texts(resource, "Values").iter().any(is_all), kind) {
                (true, "All") => Taken::All,
                (true, _) => Taken::Part(format!("events of kind {kind} alone")),
                (false, _) => Taken::Part("some resources alone".to_owned()),
            };
            of_type.map(of).max().unwrap_or_default()
        }
    }
}

fn of_advanced(selector: &Value, wanted: Wanted) -> Taken {
    let fields = selector.get("FieldSelectors").and_then(Value::as_array);
    let mut left_out = Vec::new();
    let mut has_type = matches!(wanted, Wanted::ManagementRead(_));
    for field in fields.into_iter().flatten() {
        let name = text(field, "Field").unwrap_or_default();
        let value = match (name, wanted) {
            ("eventCategory", Wanted::ManagementRead(_)) => Some("Management"),
            ("eventCategory", Wanted::Data(_)) => Some("Data"),
            ("readOnly", Wanted::ManagementRead(_)) => Some("true"),
            ("eventSource", Wanted::ManagementRead(source)) => Some(source),
            ("resources.type", Wanted::Data(kind)) => Some(kind),
            // Anything else narrows what is taken, we do not know how far.
            _ => None,
        };
        has_type |= name == "resources.type";
        match value {
            Some(value) if !lets_pass(field, value) => return Taken::Nothing,
            Some(_) => {}
            None => left_out.push(name),
        }
    }
    match (has_type, left_out.as_slice()) {
        (false, _) => Taken::Nothing,
        (true, []) => Taken::All,
        (true, names) => Taken::Part(format!("events that a selector by {} takes", names.join(", "))),
    }
}

/// Whether every operator of the field lets the value pass.
fn lets_pass(field: &Value, value: &str) -> bool {
    let operators = field.as_object().into_iter().flatten().filter(|(name, _)| *name != "Field");
    operators.into_iter().all(|(operator, values)| {
        let mut values = values.as_array().into_iter().flatten().filter_map(Value::as_str);
        match operator.as_str() {
            "Equals" => values.any(|one| one == value),
            "NotEquals" => values.all(|one| one != value),
            "StartsWith" => values.any(|one| value.starts_with(one)),
            "NotStartsWith" => values.all(|one| !value.starts_with(one)),
            "EndsWith" => values.any(|one| value.ends_with(one)),
            "NotEndsWith" => values.all(|one| !value.ends_with(one)),
            // An operator that we do not know may leave out anything.
            _ => false,
        }
    })
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name)?.as_str()
}

fn texts<'v>(value: &'v Value, name: &str) -> Vec<&'v str> {
    value.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const READ: Wanted = Wanted::ManagementRead("bedrock.amazonaws.com");
    const MANTLE: Wanted = Wanted::Data("AWS::BedrockMantle::Project");

    #[test]
    fn classic_selectors() {
        let of = |selector: Value, wanted| taken(&[selector], &[], wanted);
        assert_eq!(of(json!({"ReadWriteType": "All"}), READ), Taken::All);
        assert_eq!(of(json!({"ReadWriteType": "WriteOnly"}), READ), Taken::Nothing);
        assert_eq!(of(json!({"ReadWriteType": "All", "IncludeManagementEvents": false}), READ), Taken::Nothing);
        let excluded = json!({"ReadWriteType": "All", "ExcludeManagementEventSources": ["kms.amazonaws.com"]});
        assert_eq!(of(excluded, READ), Taken::All);
        let lambda = |arn: &str| json!({"ReadWriteType": "All", "DataResources": [{"Type": "AWS::Lambda::Function", "Values": [arn]}]});
        let wanted = Wanted::Data("AWS::Lambda::Function");
        assert_eq!(of(lambda("arn:aws:lambda"), wanted), Taken::All);
        assert!(matches!(of(lambda("arn:aws:lambda:eu-west-1:1:function:f"), wanted), Taken::Part(_)));
        assert_eq!(of(lambda("arn:aws:lambda"), MANTLE), Taken::Nothing);
    }

    #[test]
    fn advanced_selectors() {
        let of = |fields: Value, wanted| taken(&[], &[json!({"FieldSelectors": fields})], wanted);
        let field = |name: &str, operator: &str, value: &str| json!({"Field": name, operator: [value]});
        let (management, data) =
            (field("eventCategory", "Equals", "Management"), field("eventCategory", "Equals", "Data"));
        let mantle = field("resources.type", "Equals", "AWS::BedrockMantle::Project");
        for (fields, wanted, expected) in [
            (json!([management]), READ, Taken::All),
            (json!([management]), MANTLE, Taken::Nothing),
            (json!([management, field("readOnly", "Equals", "false")]), READ, Taken::Nothing),
            (json!([management, field("eventSource", "NotEquals", "kms.amazonaws.com")]), READ, Taken::All),
            (json!([management, field("eventSource", "NotStartsWith", "bedrock")]), READ, Taken::Nothing),
            (json!([management, field("eventSource", "Resembles", "bedrock")]), READ, Taken::Nothing),
            (json!([data, mantle]), MANTLE, Taken::All),
            (json!([data]), MANTLE, Taken::Nothing),
            (
                json!([data, mantle, field("readOnly", "Equals", "true")]),
                MANTLE,
                Taken::Part("events that a selector by readOnly takes".to_owned()),
            ),
        ] {
            assert_eq!(of(fields.clone(), wanted), expected, "{fields}");
        }
        assert!(Taken::All > Taken::Part(String::new()) && Taken::Part(String::new()) > Taken::Nothing);
    }
}
