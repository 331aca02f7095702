//! What a user declares of an application, and whether a workload is of it.

use std::collections::BTreeMap;
use std::fmt;

use sightline_model::pattern::matches;

use super::known::Known;

/// One entry of a declaration: everything that it asks for must hold. In texts `*` stands for any text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Criteria {
    /// the application's name; several entries may have it
    pub name: String,
    /// tags of AWS, labels of Kubernetes: every one of them, key as it is written → pattern of the value
    pub tags: BTreeMap<String, String>,
    /// patterns of Kubernetes namespaces, any of which holds
    pub namespaces: Vec<String>,
    /// patterns of names of EKS and ECS clusters
    pub clusters: Vec<String>,
    /// patterns of VPC ids
    pub vpcs: Vec<String>,
    /// patterns of account ids
    pub accounts: Vec<String>,
    /// patterns of workloads' ARNs
    pub workloads: Vec<String>,
}

/// What a list is called, its patterns, and what of a workload they are held against.
type Asked<'c> = (&'static str, &'c [String], fn(&Known) -> &str);

impl Criteria {
    /// Whether it asks for nothing, and so would take everything.
    pub fn is_empty(&self) -> bool {
        self.tags.is_empty() && self.lists().iter().all(|(_, patterns, _)| patterns.is_empty())
    }

    /// What holds for this workload, in words; nothing where anything does not.
    pub(super) fn takes(&self, known: &Known) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        let mut held = Vec::new();
        for (key, pattern) in &self.tags {
            let value = known.tags.get(key).filter(|value| matches(pattern, value))?;
            held.push(format!("tag {key} = {value}"));
        }
        for (word, patterns, of) in self.lists() {
            if !patterns.is_empty() {
                let text = of(known);
                let fits = |pattern: &&String| !text.is_empty() && matches(pattern, text);
                held.push(format!("{word} {}", patterns.iter().find(fits)?));
            }
        }
        Some(held.join("; "))
    }

    fn lists(&self) -> [Asked<'_>; 5] {
        [
            ("namespace", &self.namespaces, |known| &known.namespace),
            ("cluster", &self.clusters, |known| &known.cluster),
            ("vpc", &self.vpcs, |known| &known.vpc_id),
            ("account", &self.accounts, |known| &known.account_id),
            ("workload", &self.workloads, |known| &known.arn),
        ]
    }
}

/// What it asks for, without its name.
impl fmt::Display for Criteria {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tags = self.tags.iter().map(|(key, value)| format!("tag {key} = {value}"));
        let lists = self.lists().into_iter().filter(|(_, patterns, _)| !patterns.is_empty());
        let lists = lists.map(|(word, patterns, _)| format!("{word} {}", patterns.join(" or ")));
        f.write_str(&tags.chain(lists).collect::<Vec<_>>().join("; "))
    }
}
