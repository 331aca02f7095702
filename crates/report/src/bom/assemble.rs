//! Report → document: components, then who calls them, then what they are made from.

mod called;
mod hosted;
mod related;

use super::document::{
    Component, ComponentType, Composition, Data, Dependency, Document, Lifecycle, Metadata, Property, Service, Tools,
};
use super::kind::{self, Kind};
use super::text::{name, property, reference, short};
use super::{Edition, card};
use crate::{ModelResource, Report};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Operations that could not be inspected and are named; the others are counted.
const MOST_GAPS: usize = 50;

/// What stands for the accounts as a whole.
const ESTATE: &str = "sightline:estate";

/// The document in the making.
struct Assembly<'r> {
    report: &'r Report,
    inventory: HashMap<&'r str, &'r ModelResource>,
    components: BTreeMap<String, Component>,
    services: BTreeMap<String, Service>,
    depends: BTreeMap<String, BTreeSet<String>>,
}

pub(super) fn assemble(report: &Report, edition: Edition) -> Document {
    let inventory = report.models.resources.iter().map(|resource| (resource.arn.as_str(), resource)).collect();
    let mut assembly = Assembly {
        report,
        inventory,
        components: BTreeMap::new(),
        services: BTreeMap::new(),
        depends: BTreeMap::new(),
    };
    assembly.own();
    assembly.called();
    assembly.hosted();
    assembly.related();
    assembly.document(edition)
}

impl Assembly<'_> {
    /// What the accounts own, called or not.
    fn own(&mut self) {
        for resource in &self.report.models.resources {
            if let Some(kind) = kind::of_table(&resource.table_name).filter(|kind| kind.owned || is_own(resource)) {
                self.of_inventory(resource, kind);
            }
        }
    }

    fn of_inventory(&mut self, resource: &ModelResource, kind: &Kind) -> String {
        let reference = reference(&resource.arn);
        if !self.components.contains_key(&reference) {
            let mut component = plain(&resource.arn, &resource.title, kind.kind, kind.word, kind.data);
            // What AWS offers is nobody's.
            if !resource.account_id.is_empty() && resource.arn.contains(&resource.account_id) {
                component.properties.push(property("account", &resource.account_id));
            }
            component.properties.push(property("region", &resource.region));
            card::fill(&mut component, resource);
            self.components.insert(reference.clone(), component);
        }
        reference
    }

    /// What the inventory does not have, or of which its name is all that is told.
    fn named(&mut self, arn: &str, title: &str, kind: (ComponentType, Option<&'static str>), word: &str) -> String {
        let reference = reference(arn);
        let component = || plain(arn, if title.is_empty() { short(arn) } else { title }, kind.0, word, kind.1);
        self.components.entry(reference.clone()).or_insert_with(component);
        reference
    }

    fn tell(&mut self, reference: &str, properties: impl IntoIterator<Item = Property>) {
        if let Some(component) = self.components.get_mut(reference) {
            for property in properties {
                if !component.properties.contains(&property) {
                    component.properties.push(property);
                }
            }
        }
    }

    fn depend(&mut self, from: &str, on: &str) {
        if from != on {
            self.depends.entry(from.to_owned()).or_default().insert(on.to_owned());
        }
    }

    fn document(mut self, edition: Edition) -> Document {
        // What nothing else depends on hangs on the whole.
        let needed: BTreeSet<&String> = self.depends.values().flatten().collect();
        let all = || self.components.keys().chain(self.services.keys());
        let roots: BTreeSet<String> = all().filter(|reference| !needed.contains(reference)).cloned().collect();
        let references: Vec<String> = std::iter::once(ESTATE.to_owned()).chain(all().cloned()).collect();
        self.depends.insert(ESTATE.to_owned(), roots);
        let dependency = |reference: String| Dependency {
            depends_on: self.depends.get(&reference).into_iter().flatten().cloned().collect(),
            reference,
        };
        Document {
            schema: edition.schema(),
            bom_format: "CycloneDX",
            spec_version: edition.version(),
            serial_number: String::new(),
            version: 1,
            metadata: metadata(self.report),
            dependencies: references.into_iter().map(dependency).collect(),
            components: self.components.into_values().collect(),
            services: self.services.into_values().collect(),
            compositions: vec![Composition {
                aggregate: if self.report.is_whole() { "complete" } else { "incomplete" },
                assemblies: vec![ESTATE.to_owned()],
            }],
        }
    }
}

/// Profiles and routers that AWS defines are there in every account.
fn is_own(resource: &ModelResource) -> bool {
    let kind = resource.config.get("type").and_then(serde_json::Value::as_str).unwrap_or_default();
    kind.eq_ignore_ascii_case("application") || kind.eq_ignore_ascii_case("custom")
}

fn plain(arn: &str, title: &str, kind: ComponentType, word: &str, data: Option<&'static str>) -> Component {
    let name = name(title);
    Component {
        kind,
        reference: reference(arn),
        data: data.map(|kind| Data { kind, name: name.clone() }).into_iter().collect(),
        name,
        properties: vec![property("arn", arn), property("kind", word)],
        ..Component::default()
    }
}

fn metadata(report: &Report) -> Metadata {
    let accounts: Vec<&str> = report.scans.iter().map(|scan| scan.account_id.as_str()).collect();
    let told = if accounts.is_empty() { "no account was scanned".to_owned() } else { accounts.join(", ") };
    let tool = Component {
        kind: ComponentType::Application,
        name: "sightline".to_owned(),
        version: report.version.clone(),
        ..Component::default()
    };
    Metadata {
        timestamp: String::new(),
        lifecycles: ["discovery", "operations"].map(|phase| Lifecycle { phase }).into(),
        tools: Tools { components: vec![tool] },
        component: Component {
            kind: ComponentType::Platform,
            reference: ESTATE.to_owned(),
            name: "AWS accounts".to_owned(),
            properties: vec![property("accounts", told)],
            ..Component::default()
        },
        properties: gaps(report),
    }
}

/// What could not be inspected of models.
fn gaps(report: &Report) -> Vec<Property> {
    let incomplete =
        report.coverage.iter().filter(|row| !row.outcome.is_complete() && kind::is_told_by(&row.table_name));
    let told: BTreeSet<String> = incomplete
        .map(|row| {
            format!("{} in {} of {}: {} ({})", row.table_name, row.region, row.account_id, row.outcome, row.action)
        })
        .collect();
    let more = told.len().saturating_sub(MOST_GAPS);
    let mut out: Vec<Property> = told.iter().take(MOST_GAPS).map(|text| property("not_inspected", text)).collect();
    if more > 0 {
        out.push(property("not_inspected", format!("and {more} more")));
    }
    out
}
