//! Selectors of events.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sightline_model::edge::Tri;

/// A kind of call, as a selector sees it.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Event<'e> {
    /// `Management` or `Data`
    pub(in super::super) category: &'static str,
    /// of the resource; empty for management events
    pub(in super::super) kind: &'static str,
    /// `bedrock.amazonaws.com`
    pub(in super::super) source: &'static str,
    pub(in super::super) name: &'e str,
    /// what the resource's ARN begins with
    pub(in super::super) arn: &'e str,
    /// whether that is all of it
    pub(in super::super) is_whole: bool,
    pub(in super::super) identity: &'e str,
}

/// Whether an event is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Kept {
    pub(in super::super) state: Tri,
    pub(in super::super) why: String,
}

/// What is kept: all that any of these takes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct Selectors(pub(in super::super) Vec<Selector>);

/// An advanced event selector.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(in super::super) struct Selector {
    pub(in super::super) name: String,
    pub(in super::super) field_selectors: Vec<Field>,
}

/// One field: all that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(in super::super) struct Field {
    pub(in super::super) field: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) equals: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) starts_with: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) ends_with: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) not_equals: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) not_starts_with: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) not_ends_with: Vec<String>,
}

/// A selector of the older form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Basic {
    read_write_type: String,
    include_management_events: Option<bool>,
    data_resources: Vec<DataResource>,
    exclude_management_event_sources: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct DataResource {
    r#type: String,
    values: Vec<String>,
}

impl Selectors {
    /// Advanced selectors, or older ones in their words. None where neither was read.
    pub(super) fn of(basic: Option<Vec<Value>>, advanced: Option<Vec<Value>>) -> Option<Self> {
        let advanced = advanced.filter(|all| !all.is_empty());
        if let Some(advanced) = advanced {
            return advanced.into_iter().map(|one| serde_json::from_value(one).ok()).collect::<Option<_>>().map(Self);
        }
        let basic: Vec<Basic> =
            basic?.into_iter().map(|one| serde_json::from_value(one).ok()).collect::<Option<_>>()?;
        Some(Self(basic.iter().flat_map(Basic::advanced).collect()))
    }

    /// Whether the event is kept.
    pub(super) fn keep(&self, event: &Event<'_>) -> Tri {
        let mut kept = Tri::No;
        for selector in &self.0 {
            match selector.takes(event) {
                Tri::Yes => return Tri::Yes,
                Tri::Unknown => kept = Tri::Unknown,
                Tri::No => {}
            }
        }
        kept
    }
}

impl Basic {
    fn advanced(&self) -> Vec<Selector> {
        let read_only = match self.read_write_type.as_str() {
            "ReadOnly" => Some(Field::equals("readOnly", "true")),
            "WriteOnly" => Some(Field::equals("readOnly", "false")),
            _ => None,
        };
        let named = |name: &str, fields: Vec<Field>| Selector {
            name: name.to_owned(),
            field_selectors: fields.into_iter().chain(read_only.clone()).collect(),
        };
        let mut all = vec![];
        if self.include_management_events.unwrap_or(true) {
            let mut fields = vec![Field::equals("eventCategory", "Management")];
            if !self.exclude_management_event_sources.is_empty() {
                let left_out = self.exclude_management_event_sources.clone();
                fields.push(Field { field: "eventSource".to_owned(), not_equals: left_out, ..Field::default() });
            }
            all.push(named("management", fields));
        }
        for resource in &self.data_resources {
            let mut fields =
                vec![Field::equals("eventCategory", "Data"), Field::equals("resources.type", &resource.r#type)];
            // `arn:aws:s3` alone means all of them.
            let values: Vec<String> =
                resource.values.iter().filter(|value| value.matches(':').count() > 2).cloned().collect();
            if values.len() == resource.values.len() && !values.is_empty() {
                fields.push(Field { field: "resources.ARN".to_owned(), starts_with: values, ..Field::default() });
            }
            all.push(named(&resource.r#type, fields));
        }
        all
    }
}

impl Selector {
    fn takes(&self, event: &Event<'_>) -> Tri {
        let mut taken = Tri::Yes;
        for field in &self.field_selectors {
            match field.holds(event) {
                Tri::No => return Tri::No,
                Tri::Unknown => taken = Tri::Unknown,
                Tri::Yes => {}
            }
        }
        taken
    }
}

impl Field {
    pub(in super::super) fn equals(field: &str, value: &str) -> Self {
        Self { field: field.to_owned(), equals: vec![value.to_owned()], ..Self::default() }
    }

    fn holds(&self, event: &Event<'_>) -> Tri {
        let (value, is_whole) = match self.field.as_str() {
            "eventCategory" => (event.category, true),
            "resources.type" => (event.kind, true),
            "eventSource" => (event.source, true),
            "eventName" => (event.name, !event.name.is_empty()),
            "eventType" => ("AwsApiCall", true),
            // Inference reads, whatever it costs.
            "readOnly" => ("true", true),
            "resources.ARN" => (event.arn, event.is_whole),
            "userIdentity.arn" if event.identity.contains(":user/") => (event.identity, true),
            _ => ("", false),
        };
        let one = |values: &[String], matches: fn(&str, &str, bool) -> Tri, negated: bool| {
            if values.is_empty() {
                return Tri::Yes;
            }
            let any = values.iter().map(|wanted| matches(value, wanted, is_whole)).fold(Tri::No, or);
            if negated { not(any) } else { any }
        };
        let all = [
            one(&self.equals, equals, false),
            one(&self.starts_with, starts_with, false),
            one(&self.ends_with, ends_with, false),
            one(&self.not_equals, equals, true),
            one(&self.not_starts_with, starts_with, true),
            one(&self.not_ends_with, ends_with, true),
        ];
        all.into_iter().fold(Tri::Yes, and)
    }
}

/// `value` is all of it, or what it begins with.
fn equals(value: &str, wanted: &str, is_whole: bool) -> Tri {
    match is_whole {
        true => of(value == wanted),
        false if wanted.starts_with(value) => Tri::Unknown,
        false => Tri::No,
    }
}

fn starts_with(value: &str, wanted: &str, is_whole: bool) -> Tri {
    match value.starts_with(wanted) {
        true => Tri::Yes,
        false if !is_whole && wanted.starts_with(value) => Tri::Unknown,
        false => Tri::No,
    }
}

fn ends_with(value: &str, wanted: &str, is_whole: bool) -> Tri {
    if is_whole { of(value.ends_with(wanted)) } else { Tri::Unknown }
}

fn of(holds: bool) -> Tri {
    if holds { Tri::Yes } else { Tri::No }
}

fn not(state: Tri) -> Tri {
    match state {
        Tri::Yes => Tri::No,
        Tri::No => Tri::Yes,
        Tri::Unknown => Tri::Unknown,
    }
}

fn or(a: Tri, b: Tri) -> Tri {
    match (a, b) {
        (Tri::Yes, _) | (_, Tri::Yes) => Tri::Yes,
        (Tri::No, Tri::No) => Tri::No,
        _ => Tri::Unknown,
    }
}

fn and(a: Tri, b: Tri) -> Tri {
    not(or(not(a), not(b)))
}
