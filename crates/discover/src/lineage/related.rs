//! From declared relations and the inventory to `relation`.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use sightline_lake::Session;
use sightline_model::untrusted::shortened;
use sightline_model::{Relation, RelationKind, RelationRule, RunId};

use super::index::{Index, Place};
use super::name::forms;
use crate::DiscoverError;
use crate::query::Query;

/// The longest name that is kept, in characters: no ARN is longer.
const LONGEST: usize = 2_048;

/// What a table declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRelations {
    /// the table
    pub table: String,
    /// its relations
    pub rules: Vec<RelationRule>,
}

/// A row of the inventory.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Row {
    scan_id: String,
    pub(super) account_id: String,
    pub(super) region: String,
    pub(super) table_name: String,
    pub(super) arn: String,
    title: String,
    #[serde(deserialize_with = "object")]
    pub(super) config: Map<String, Value>,
}

/// A document that is nested too deep to be read stays text: it names nothing.
fn object<'d, D: Deserializer<'d>>(from: D) -> Result<Map<String, Value>, D::Error> {
    match Value::deserialize(from)? {
        Value::Object(members) => Ok(members),
        _ => Ok(Map::new()),
    }
}

impl Row {
    /// The name that it has under this key.
    pub(super) fn name(&self, key: &str) -> Option<&str> {
        match key {
            "arn" => Some(&self.arn),
            "title" => Some(&self.title),
            column => self.config.get(column).and_then(Value::as_str),
        }
    }
}

/// A resource that names another.
struct Naming<'r> {
    from: usize,
    rule: &'r RelationRule,
    value: String,
}

/// Every relation of the newest scans, sorted. Of the inventory only what is named, and what names it, is held.
///
/// # Errors
/// A query fails. That something was not collected is no error.
pub async fn relations(
    session: &Session,
    run: &RunId,
    tables: &[TableRelations],
) -> Result<Vec<Relation>, DiscoverError> {
    let rules: BTreeMap<&str, &[RelationRule]> =
        tables.iter().map(|table| (table.table.as_str(), table.rules.as_slice())).collect();
    let mut from = Vec::new();
    let mut naming = Vec::new();
    each(session, rules.keys().copied(), |row| {
        let Some(rules) = rules.get(row.table_name.as_str()) else { return };
        let before = naming.len();
        for rule in *rules {
            naming.extend(named(rule, &row.config).into_iter().map(|value| Naming { from: from.len(), rule, value }));
        }
        if naming.len() > before {
            from.push(Row { config: Map::new(), ..row });
        }
    })
    .await?;
    let index = index(session, &naming).await?;
    let relation = |naming: &Naming<'_>| {
        let from = from.get(naming.from)?;
        let place = Place { account: &from.account_id, region: &from.region };
        let found = index.find(naming.rule, &naming.value, place);
        let (to_arn, to_table, dangling) = match &found {
            Some((arn, table)) => (*arn, *table, false),
            None => (naming.value.as_str(), naming.rule.to.first()?.as_str(), true),
        };
        (to_arn != from.arn).then(|| Relation {
            run_id: run.to_string(),
            scan_id: from.scan_id.clone(),
            account_id: from.account_id.clone(),
            region: from.region.clone(),
            from_arn: from.arn.clone(),
            from_table: from.table_name.clone(),
            kind: naming.rule.kind,
            to_arn: to_arn.to_owned(),
            to_table: to_table.to_owned(),
            column: naming.rule.column.to_string(),
            dangling,
        })
    };
    let mut relations: Vec<Relation> = naming.iter().filter_map(relation).collect();
    relations.sort_by(|a, b| key(a).cmp(&key(b)));
    relations.dedup_by(|a, b| key(a) == key(b));
    Ok(relations)
}

fn key(relation: &Relation) -> impl Ord + '_ {
    (&relation.from_arn, &relation.account_id, relation.kind, &relation.to_arn, &relation.column)
}

/// The names in a row, each once.
fn named(rule: &RelationRule, config: &Map<String, Value>) -> BTreeSet<String> {
    let texts = rule.column.values(config).into_iter().filter_map(Value::as_str).map(str::trim);
    // `auto` and `AWS_OWNED_KMS_KEY` stand for a key that is AWS's own, and nobody's to look at.
    let is_name =
        |text: &&str| !text.is_empty() && (rule.kind != RelationKind::EncryptedWith || text.contains(['-', '/', ':']));
    texts.filter(is_name).map(|text| shortened(text, LONGEST)).collect()
}

async fn index(session: &Session, naming: &[Naming<'_>]) -> Result<Index, DiscoverError> {
    let mut index = Index::default();
    // What people call a key is not the key.
    if naming.iter().any(|naming| naming.value.contains("alias/")) {
        each(session, ["aws_kms_alias"], |row| index.add_alias(&row)).await?;
    }
    let mut wanted: HashSet<String> = naming.iter().flat_map(|naming| forms(&naming.value)).collect();
    wanted.extend(index.aliased());
    let rules: Vec<&RelationRule> = naming.iter().map(|naming| naming.rule).collect();
    let mut keys: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for rule in rules {
        rule.to.iter().for_each(|table| {
            keys.entry(table).or_default().insert(&rule.key);
        });
    }
    each(session, keys.keys().copied(), |row| {
        if let Some(keys) = keys.get(row.table_name.as_str()) {
            index.add(&row, keys, &wanted);
        }
    })
    .await?;
    Ok(index)
}

/// Every row of these tables, part by part.
async fn each<'t>(
    session: &Session,
    tables: impl IntoIterator<Item = &'t str>,
    mut take: impl FnMut(Row),
) -> Result<(), DiscoverError> {
    // Names of tables are snake_case: they cannot leave their quotes.
    let tables: Vec<String> = tables.into_iter().map(|table| format!("'{table}'")).collect();
    if tables.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "SELECT scan_id, account_id, region, table_name, arn, title, config FROM current_resource WHERE table_name IN ({})",
        tables.join(", ")
    );
    let query = Query { name: "lineage/resources", sql: "" };
    let failed = |source| DiscoverError::Query { query: query.name, source };
    let mut parts = session.parts(&sql).await.map_err(failed)?;
    while let Some(part) = parts.next().await.map_err(failed)? {
        query.rows_in(&part)?.into_iter().for_each(&mut take);
    }
    Ok(())
}
