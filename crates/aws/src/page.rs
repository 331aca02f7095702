//! Paging: where an answer holds the token of the next page, and where the next request takes it.

use serde_json::{Map, Value};

/// An operation's paginator. Source: botocore's `paginators-1.json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paginator {
    pub(crate) input_tokens: Vec<&'static str>,
    pub(crate) output_tokens: Vec<&'static str>,
    pub(crate) result_keys: Vec<&'static str>,
    pub(crate) more_results: Option<&'static str>,
    pub(crate) limit_key: Option<&'static str>,
}

impl Paginator {
    /// Input members that take the token.
    pub fn input_tokens(&self) -> &[&'static str] {
        &self.input_tokens
    }

    /// Expressions that find the token in an answer, one for each input member.
    pub fn output_tokens(&self) -> &[&'static str] {
        &self.output_tokens
    }

    /// Paths (`a.b`) of what is paged; the first is the list that the operation is for.
    pub fn result_keys(&self) -> &[&'static str] {
        &self.result_keys
    }

    /// The member that says whether there is more, where the token does not tell.
    pub fn more_results(&self) -> Option<&'static str> {
        self.more_results
    }

    /// The input member that bounds a page's size.
    pub fn limit_key(&self) -> Option<&'static str> {
        self.limit_key
    }

    /// The inputs of the next request, or nothing at the end.
    pub fn next(&self, page: &Value) -> Option<Map<String, Value>> {
        if let Some(more) = self.more_results
            && find(more, page) != Some(&Value::Bool(true))
        {
            return None;
        }
        let pairs = self.input_tokens.iter().zip(&self.output_tokens);
        let tokens: Map<String, Value> =
            pairs.filter_map(|(input, output)| Some(((*input).to_owned(), find(output, page)?.clone()))).collect();
        (!tokens.is_empty()).then_some(tokens)
    }
}

/// The part of JMESPath that paginators use: `a.b`, `a[-1].b`, and `x || y` for the first that is there. Empty text counts as absent.
fn find<'v>(expression: &str, page: &'v Value) -> Option<&'v Value> {
    expression.split("||").find_map(|alternative| walk(alternative.trim(), page))
}

fn walk<'v>(path: &str, page: &'v Value) -> Option<&'v Value> {
    let found = path.split('.').try_fold(page, |value, part| match part.strip_suffix("[-1]") {
        Some(name) => value.get(name)?.as_array()?.last(),
        None => value.get(part),
    })?;
    let absent = found.is_null() || found.as_str() == Some("");
    (!absent).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn paginator(input: &[&'static str], output: &[&'static str], more: Option<&'static str>) -> Paginator {
        Paginator {
            input_tokens: input.to_vec(),
            output_tokens: output.to_vec(),
            result_keys: vec![],
            more_results: more,
            limit_key: None,
        }
    }

    #[test]
    fn a_token_leads_on() {
        let p = paginator(&["nextToken"], &["nextToken"], None);
        assert_eq!(p.next(&json!({"nextToken": "t"})), json!({"nextToken": "t"}).as_object().cloned());
        for end in [json!({}), json!({"nextToken": null}), json!({"nextToken": ""})] {
            assert_eq!(p.next(&end), None);
        }
    }

    #[test]
    fn more_results_decides() {
        let p = paginator(&["Marker"], &["Marker"], Some("IsTruncated"));
        assert_eq!(p.next(&json!({"Marker": "m", "IsTruncated": false})), None);
        assert!(p.next(&json!({"Marker": "m", "IsTruncated": true})).is_some());
        assert_eq!(p.next(&json!({"IsTruncated": true})), None);
    }

    #[test]
    fn alternatives_and_last_elements() {
        let p = paginator(&["Marker"], &["NextMarker || Contents[-1].Key"], None);
        let page = json!({"Contents": [{"Key": "a"}, {"Key": "b"}]});
        assert_eq!(p.next(&page), json!({"Marker": "b"}).as_object().cloned());
        assert_eq!(p.next(&json!({"NextMarker": "n", "Contents": []})), json!({"Marker": "n"}).as_object().cloned());
        assert_eq!(p.next(&json!({"Contents": []})), None);
    }

    #[test]
    fn several_tokens_travel_together() {
        let p = paginator(&["Name", "Type"], &["NextName", "NextType"], None);
        assert_eq!(
            p.next(&json!({"NextName": "n", "NextType": "A"})),
            json!({"Name": "n", "Type": "A"}).as_object().cloned()
        );
    }
}
