//! A selector for the kind of event that is missing, beside those that the trail has: selectors are replaced as a whole.

use sightline_model::edge::Fix;

use super::super::trail::{Field, Selector, Source};
use super::super::{Subject, data_events};
use super::{cli, fill, list, safe, safe_in_quotes, terraform, text};
use crate::estate::Estate;

const CLI: &str = "\
aws cloudtrail put-event-selectors --region {{region}} --trail-name {{trail}} \\
  --advanced-event-selectors '{{selectors}}'
";

const STORE_CLI: &str = "\
aws cloudtrail update-event-data-store --region {{region}} --event-data-store {{trail}} \\
  --advanced-event-selectors '{{selectors}}'
";

const NEW_CLI: &str = "\
aws cloudtrail create-trail --region {{region}} --name sightline-ai --s3-bucket-name REPLACE_BUCKET --is-multi-region-trail
aws cloudtrail put-event-selectors --region {{region}} --trail-name sightline-ai \\
  --advanced-event-selectors '{{selectors}}'
aws cloudtrail start-logging --region {{region}} --name sightline-ai
";

const TERRAFORM: &str = r#"resource "aws_cloudtrail" "events" {
  name                  = "{{name}}"
  s3_bucket_name        = "{{bucket}}"
  is_multi_region_trail = {{everywhere}}
{{selectors}}}
"#;

const STORE_TERRAFORM: &str = r#"resource "aws_cloudtrail_event_data_store" "events" {
  name = "{{name}}"
{{selectors}}}
"#;

/// Selectors of one trail at most, as AWS has it for their conditions.
const MOST: usize = 50;

pub(super) fn of(subject: &Subject, estate: &Estate) -> Vec<Fix> {
    let Some(kind) = data_events::missing(subject, estate) else {
        return vec![text(
            "No trail of AWS sees these calls: let the application keep a record, or call the model in Bedrock.",
        )];
    };
    let wanted = selector(kind);
    let best = estate.controls.trails.of(&subject.account, &subject.region).filter(|source| source.selectors.is_some());
    // One that is on, that is the account's own, that sees all regions; trails before stores.
    let best = best.max_by_key(|source| {
        (source.is_on == Some(true), source.account == subject.account, source.is_everywhere, source.is_trail)
    });
    match best {
        Some(source) => beside(source, wanted, subject),
        None => anew(wanted, subject),
    }
}

fn selector(kind: Option<&str>) -> Selector {
    let fields = match kind {
        None => vec![Field::equals("eventCategory", "Management")],
        Some(kind) => vec![Field::equals("eventCategory", "Data"), Field::equals("resources.type", kind)],
    };
    Selector { name: kind.map_or("management", |kind| kind).replace("::", "-"), field_selectors: fields }
}

fn beside(source: &Source, wanted: Selector, subject: &Subject) -> Vec<Fix> {
    let selectors = source.selectors.iter().flat_map(|selectors| &selectors.0).take(MOST).map(harmless);
    // A selector of management events that takes writes alone is taken the place of.
    let is_same = |one: &Selector| {
        one.field_selectors.first() == wanted.field_selectors.first() && wanted.field_selectors.len() == 1
    };
    let mut all: Vec<Selector> = selectors.filter(|one| !is_same(one)).collect();
    all.push(wanted);
    let mut said = format!("The selectors that {} has, and one more: they are replaced as a whole.", shown(source));
    if source.account != subject.account {
        said.push_str(&format!(" It belongs to account {}: run it there.", safe(&source.account, "ACCOUNT")));
    }
    if source.is_on != Some(true) {
        said.push_str(" It is off: start it, too.");
    }
    let region = safe(&source.region, "REGION");
    let (arn, name, bucket) =
        (safe(&source.arn, "TRAIL"), safe_in_quotes(&source.title, "NAME"), safe(&source.bucket, "BUCKET"));
    let (shell, hcl) = (compact(&all), blocks(&all));
    let everywhere = source.is_everywhere.to_string();
    let (command, resource) = if source.is_trail { (CLI, TERRAFORM) } else { (STORE_CLI, STORE_TERRAFORM) };
    vec![
        text(said),
        cli(fill(command, &[("region", &region), ("trail", &arn), ("selectors", &shell)])),
        terraform(fill(
            resource,
            &[("name", &name), ("bucket", &bucket), ("everywhere", &everywhere), ("selectors", &hcl)],
        )),
    ]
}

fn anew(wanted: Selector, subject: &Subject) -> Vec<Fix> {
    let management = selector(None);
    let all = if wanted == management { vec![management] } else { vec![management, wanted] };
    let region = safe(&subject.region, "REGION");
    let (shell, hcl) = (compact(&all), blocks(&all));
    let values = [("name", "sightline-ai"), ("bucket", "REPLACE_BUCKET"), ("everywhere", "true"), ("selectors", &hcl)];
    vec![
        text("A trail for all regions. The bucket's policy lets cloudtrail.amazonaws.com write."),
        cli(fill(NEW_CLI, &[("region", &region), ("selectors", &shell)])),
        terraform(fill(TERRAFORM, &values)),
    ]
}

fn shown(source: &Source) -> String {
    let what = if source.is_trail { "the trail" } else { "the event data store" };
    format!("{what} {}", safe_in_quotes(&source.title, "NAME"))
}

/// Its texts are the account's: each that is not harmless between quotes is a word to replace.
fn harmless(selector: &Selector) -> Selector {
    let texts = |values: &[String]| values.iter().map(|value| safe_in_quotes(value, "VALUE")).collect();
    let field = |field: &Field| Field {
        field: safe_in_quotes(&field.field, "FIELD"),
        equals: texts(&field.equals),
        starts_with: texts(&field.starts_with),
        ends_with: texts(&field.ends_with),
        not_equals: texts(&field.not_equals),
        not_starts_with: texts(&field.not_starts_with),
        not_ends_with: texts(&field.not_ends_with),
    };
    let name = if selector.name.is_empty() { String::new() } else { safe_in_quotes(&selector.name, "NAME") };
    Selector { name, field_selectors: selector.field_selectors.iter().map(field).collect() }
}

fn compact(selectors: &[Selector]) -> String {
    serde_json::to_string(selectors).unwrap_or_default()
}

fn blocks(selectors: &[Selector]) -> String {
    selectors.iter().map(block).collect()
}

fn block(selector: &Selector) -> String {
    let fields: String = selector.field_selectors.iter().map(field_block).collect();
    format!("  advanced_event_selector {{\n    name = \"{}\"\n{fields}  }}\n", selector.name)
}

fn field_block(field: &Field) -> String {
    let operators = [
        ("equals", &field.equals),
        ("starts_with", &field.starts_with),
        ("ends_with", &field.ends_with),
        ("not_equals", &field.not_equals),
        ("not_starts_with", &field.not_starts_with),
        ("not_ends_with", &field.not_ends_with),
    ];
    let given = operators.iter().filter(|(_, values)| !values.is_empty());
    let lines: String = given.map(|(name, values)| format!("      {name} = {}\n", list(values))).collect();
    format!("    field_selector {{\n      field = \"{}\"\n{lines}    }}\n", field.field)
}
