//! What could not be read, at the resources where it would show: the difference between "nothing" and "nobody looked".

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sightline_lake::Session;
use sightline_model::resource::GLOBAL;
use sightline_model::{Arn, DataFlow};

use super::callers::over;
use super::graph::{Lineage, Link, LinkKind, Node, Unseen, Wanted};
use super::related::TableRelations;
use crate::DiscoverError;
use crate::coverage::Coverage;
use crate::query::query;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DetailGap {
    target: String,
    table_name: String,
    outcome: String,
    action: String,
}

/// What is not known of the nodes of one lineage.
pub(super) struct Gaps<'t> {
    coverage: Coverage,
    details: BTreeMap<String, BTreeSet<Unseen>>,
    /// Table → the tables whose rows name its rows, as what gives data and as what takes it.
    named_by: BTreeMap<&'t str, Named<'t>>,
    /// Table and column → the tables that are named.
    leads_to: BTreeMap<&'t str, BTreeMap<String, &'t [String]>>,
}

#[derive(Default)]
struct Named<'t> {
    giving: BTreeSet<&'t str>,
    taking: BTreeSet<&'t str>,
}

impl<'t> Gaps<'t> {
    pub(super) async fn read(
        session: &Session,
        tables: &'t [TableRelations],
        nodes: &BTreeMap<String, Node>,
    ) -> Result<Self, DiscoverError> {
        let arns: Vec<String> = nodes.keys().cloned().collect();
        let gaps: Vec<DetailGap> = over(session, query!("lineage/detail_gaps"), &arns).await?;
        let mut details: BTreeMap<String, BTreeSet<Unseen>> = BTreeMap::new();
        for gap in gaps {
            let reason = format!("details of it could not be read ({}: {})", gap.outcome, gap.action);
            details.entry(gap.target).or_default().insert(Unseen { reason, table: String::new() });
        }
        let mut named_by: BTreeMap<&str, Named<'_>> = BTreeMap::new();
        let mut leads_to: BTreeMap<&str, BTreeMap<String, &[String]>> = BTreeMap::new();
        for (table, rule) in tables.iter().flat_map(|table| table.rules.iter().map(move |rule| (table, rule))) {
            leads_to.entry(&table.table).or_default().insert(rule.column.to_string(), &rule.to);
            for to in &rule.to {
                let named = named_by.entry(to).or_default();
                match rule.kind.data_flow() {
                    DataFlow::FromNamed => named.taking.insert(&table.table),
                    DataFlow::ToNamed => named.giving.insert(&table.table),
                    DataFlow::Beside => false,
                };
            }
        }
        Ok(Self { coverage: Coverage::read(session).await?, details, named_by, leads_to })
    }

    /// Says at each node what may be missing there.
    pub(super) fn tell(&self, lineage: &mut Lineage, wanted: Wanted) {
        let scanned: BTreeSet<String> = self.coverage.accounts().map(str::to_owned).collect();
        let is_up = lineage.ends(&lineage.up, |link| &link.source);
        let is_down = lineage.ends(&lineage.down, |link| &link.target);
        let named = self.named(lineage);
        let root = lineage.root.clone();
        for (arn, node) in &mut lineage.nodes {
            let mut unseen = BTreeSet::new();
            if node.dangling {
                unseen.extend(self.of_dangling(node, named.get(arn).copied().unwrap_or_default(), &scanned));
            } else {
                unseen.extend(self.details.get(arn).into_iter().flatten().cloned());
            }
            let is_asked = !node.dangling || *arn == root;
            if let Some(by) = self.named_by.get(node.table.as_str()).filter(|_| is_asked) {
                let giving = by.giving.iter().filter(|_| wanted.up && is_up.contains(arn));
                let taking = by.taking.iter().filter(|_| wanted.down && is_down.contains(arn));
                unseen.extend(giving.chain(taking).filter_map(|table| self.gap(table, node)));
            }
            node.unseen = unseen.into_iter().collect();
        }
    }

    /// The tables in which a dangling node was looked for.
    fn named(&self, lineage: &Lineage) -> BTreeMap<String, &'t [String]> {
        let links = lineage.up.iter().chain(&lineage.down).chain(&lineage.beside);
        let mut named = BTreeMap::new();
        for link in links {
            for (from, to) in [(&link.source, &link.target), (&link.target, &link.source)] {
                let table = lineage.nodes.get(from).map_or("", |node| node.table.as_str());
                if let Some(tables) = self.leads_to.get(table).and_then(|columns| columns.get(&link.detail)) {
                    named.insert(to.clone(), *tables);
                }
            }
        }
        named
    }

    /// Why the inventory may not have it.
    fn of_dangling(&self, node: &Node, tables: &[String], scanned: &BTreeSet<String>) -> Vec<Unseen> {
        let own = |reason: &str| vec![Unseen { reason: reason.to_owned(), table: String::new() }];
        let arn = node.arn.parse::<Arn>().ok();
        let account = arn.as_ref().map_or("", Arn::account_id);
        if !account.is_empty() && !scanned.contains(account) {
            return own(&format!("it is in account {account}, which no scan has read"));
        }
        let region = arn.as_ref().map(Arn::region).filter(|region| !region.is_empty()).unwrap_or(&node.region);
        let account = if account.is_empty() { node.account_id.as_str() } else { account };
        let why =
            |table: &String| Some(Unseen { reason: self.coverage.why(table, account, region)?, table: table.clone() });
        let gaps: Vec<Unseen> = tables.iter().filter_map(why).collect();
        if gaps.is_empty() { own("no scan saw it: it may be gone, or not of this account") } else { gaps }
    }

    fn gap(&self, table: &str, node: &Node) -> Option<Unseen> {
        let why = match node.region.as_str() {
            _ if node.account_id.is_empty() => None,
            "" | GLOBAL => self.coverage.why_anywhere(table, &node.account_id),
            region => self.coverage.why(table, &node.account_id, region),
        };
        Some(Unseen { reason: why?, table: table.to_owned() })
    }
}

impl Lineage {
    /// The root, and the nodes at one end of these links.
    fn ends(&self, links: &[Link], end: impl Fn(&Link) -> &String) -> BTreeSet<String> {
        let declared = links.iter().filter(|link| matches!(link.kind, LinkKind::Declared(_)));
        declared.map(|link| end(link).clone()).chain([self.root.clone()]).collect()
    }
}
