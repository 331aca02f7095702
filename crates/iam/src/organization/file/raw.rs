//! The form of the file. Each document becomes a policy as it is read and shares its parts with those before it: beside the
//! text and the policies no more than one document is ever held.

use super::Question;
use super::each::{Items, Members};
use crate::organization::{PrincipalKind, Workload};
use crate::policy::json::Json;
use crate::policy::{Interner, Policy};
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A document that has no name yet.
#[derive(Debug)]
pub(super) struct Document(Policy);

/// What the file has.
#[derive(Default)]
pub(super) struct Raw {
    pub(super) org_id: Option<String>,
    pub(super) accounts: Vec<String>,
    pub(super) scps: BTreeMap<String, Vec<Arc<Policy>>>,
    pub(super) scp_attachments: BTreeMap<String, Option<Vec<(String, String)>>>,
    pub(super) managed_policies: BTreeMap<String, Arc<Policy>>,
    pub(super) boundaries: BTreeMap<String, Arc<Policy>>,
    pub(super) groups: BTreeMap<String, Vec<Group>>,
    pub(super) principals: Vec<RawPrincipal<Document>>,
    pub(super) resource_policies: BTreeMap<String, Arc<Policy>>,
    pub(super) workloads: Vec<Workload>,
    pub(super) expected: Vec<Question>,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Field {
    OrgId,
    Accounts,
    Scps,
    ScpAttachments,
    ManagedPolicies,
    Boundaries,
    Groups,
    Principals,
    ResourcePolicies,
    Workloads,
    Expected,
    #[serde(other)]
    Other,
}

/// A group with its inline policies named.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) managed: Vec<String>,
    pub(super) inline: Vec<Arc<Policy>>,
}

#[derive(Deserialize)]
struct RawGroup<D> {
    name: String,
    #[serde(default)]
    managed: Vec<String>,
    #[serde(default = "Vec::new")]
    inline: Vec<D>,
}

/// `D`: a document, as it stands in the text or read.
#[derive(Deserialize)]
pub(super) struct RawPrincipal<D> {
    pub(super) arn: String,
    pub(super) account: String,
    pub(super) kind: PrincipalKind,
    #[serde(default)]
    pub(super) managed: Vec<String>,
    #[serde(default = "Vec::new")]
    pub(super) inline: Vec<D>,
    #[serde(default)]
    pub(super) groups: Vec<String>,
    pub(super) boundary: Option<String>,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
    pub(super) trust: Option<D>,
}

impl Document {
    fn read(document: &Json<'_>, parts: &mut Interner) -> Self {
        Self(Policy::of_json("", document, parts))
    }

    /// The policy under a name: its own `Id` counts only where there is none.
    pub(super) fn named(mut self, name: &str) -> Arc<Policy> {
        if !name.is_empty() {
            name.clone_into(&mut self.0.id);
        }
        Arc::new(self.0)
    }
}

/// The names of inline policies.
pub(super) fn inline(documents: Vec<Document>, place: &str) -> Vec<Arc<Policy>> {
    let all = documents.into_iter().enumerate();
    all.map(|(at, document)| document.named(&format!("inline policy {} of {place}", at + 1))).collect()
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Raw;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an organization")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut file: A) -> Result<Raw, A::Error> {
        let mut raw = Raw::default();
        let mut has_accounts = false;
        let parts = &mut Interner::default();
        while let Some(field) = file.next_key()? {
            match field {
                Field::OrgId => raw.org_id = file.next_value()?,
                Field::Accounts => {
                    raw.accounts = file.next_value()?;
                    has_accounts = true;
                }
                Field::ScpAttachments => raw.scp_attachments = file.next_value()?,
                Field::Workloads => raw.workloads = file.next_value()?,
                Field::Expected => raw.expected = file.next_value()?,
                Field::Scps => file.next_value_seed(Members::each(|name: String, all: Vec<Json<'_>>| {
                    let policies = all.iter().map(|document| Document::read(document, parts).named(&name)).collect();
                    raw.scps.insert(name, policies);
                }))?,
                Field::ManagedPolicies => file.next_value_seed(policies(parts, "", &mut raw.managed_policies))?,
                Field::Boundaries => file.next_value_seed(policies(parts, "", &mut raw.boundaries))?,
                Field::ResourcePolicies => {
                    file.next_value_seed(policies(parts, "policy of ", &mut raw.resource_policies))?;
                }
                Field::Groups => {
                    file.next_value_seed(Members::each(|account: String, groups: Vec<RawGroup<Json<'_>>>| {
                        raw.groups.insert(account, groups.into_iter().map(|group| named(group, parts)).collect());
                    }))?
                }
                Field::Principals => file.next_value_seed(Items::each(|principal: RawPrincipal<Json<'_>>| {
                    raw.principals.push(principal.read(parts));
                }))?,
                Field::Other => {
                    file.next_value::<IgnoredAny>()?;
                }
            }
        }
        if has_accounts { Ok(raw) } else { Err(A::Error::missing_field("accounts")) }
    }
}

/// Reads policies by name.
fn policies<'a>(
    parts: &mut Interner,
    prefix: &str,
    out: &mut BTreeMap<String, Arc<Policy>>,
) -> Members<Json<'a>, impl FnMut(String, Json<'a>)> {
    Members::each(move |name: String, document: Json<'a>| {
        let policy = Document::read(&document, parts).named(&format!("{prefix}{name}"));
        out.insert(name, policy);
    })
}

impl RawPrincipal<Json<'_>> {
    fn read(self, parts: &mut Interner) -> RawPrincipal<Document> {
        let inline = self.inline.iter().map(|document| Document::read(document, parts)).collect();
        let trust = self.trust.as_ref().map(|document| Document::read(document, parts));
        let Self { arn, account, kind, managed, groups, boundary, tags, .. } = self;
        RawPrincipal { arn, account, kind, managed, inline, groups, boundary, tags, trust }
    }
}

fn named(group: RawGroup<Json<'_>>, parts: &mut Interner) -> Group {
    let RawGroup { name, managed, inline: documents } = group;
    let documents = documents.iter().map(|document| Document::read(document, parts)).collect();
    Group { inline: inline(documents, &format!("group {name}")), name, managed }
}
