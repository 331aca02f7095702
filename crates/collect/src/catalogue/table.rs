//! A table whose declaration agrees with the API model: everything a scan needs is here.

use super::declaration::Scope;
use super::template::Template;
use crate::special::Special;
use serde_json::{Map, Value};
use sightline_model::path::Path;
use sightline_model::{Column, RelationRule, TableSchema};
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

/// What stands for a service in calls that a cluster answers.
pub(crate) const KUBERNETES: &str = "kubernetes";

/// An inventory table.
#[derive(Clone)]
pub struct Table {
    /// such as `aws_bedrock_guardrail`
    pub name: String,
    /// one sentence
    pub about: String,
    /// the file that declares it
    pub file: String,
    /// where it is asked for
    pub scope: Scope,
    /// the columns beside [`sightline_model::column::STANDARD_COLUMNS`]
    pub columns: Vec<Column>,
    /// what its rows are to those of other tables
    pub relations: Vec<RelationRule>,
    /// how its rows are read
    pub source: Source,
}

/// How a table's rows are read.
#[derive(Clone)]
pub enum Source {
    /// as a declaration says
    Declared(Box<Declared>),
    /// by code of its own
    Special(&'static dyn Special),
}

/// One call of the API and what allows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    /// the API model's name, such as `bedrock-agent`
    pub service: String,
    /// such as `ListAgents`
    pub operation: String,
    /// the IAM action, such as `bedrock:ListAgents`
    pub action: String,
}

/// The rules of a declared table.
#[derive(Debug, Clone)]
pub struct Declared {
    /// the call that lists
    pub list: List,
    /// the call that describes what the list names, if it only names them
    pub batch: Option<Batch>,
    /// the calls made for every row, in order
    pub details: Vec<Detail>,
    /// what is made of an answer
    pub(crate) row: RowRules,
}

/// The call that lists a table's resources.
#[derive(Debug, Clone)]
pub struct List {
    /// the call
    pub call: Call,
    /// it is made once for each
    pub(crate) inputs: Vec<Map<String, Value>>,
    pub(crate) echo: Vec<String>,
    pub(crate) parent: Option<Parent>,
    /// Names that lead to the resources; empty for the whole answer.
    pub(crate) items: Vec<String>,
    pub(crate) single: bool,
    /// So many resources of one listing are taken and no more.
    pub(crate) newest: Option<NonZeroUsize>,
    pub(crate) item: Option<String>,
    pub(crate) absent: BTreeSet<String>,
    pub(crate) absent_row: bool,
    pub(crate) unsupported: BTreeSet<String>,
}

/// The table for whose every row a list is asked.
#[derive(Debug, Clone)]
pub(crate) struct Parent {
    pub(crate) table: String,
    /// Input → column of the parent.
    pub(crate) bind: BTreeMap<String, String>,
    /// Column → column of the parent.
    pub(crate) carry: BTreeMap<String, String>,
}

/// A call that describes many resources by their names.
#[derive(Debug, Clone)]
pub struct Batch {
    /// the call
    pub call: Call,
    /// The input that takes the names.
    pub(crate) names: String,
    pub(crate) size: NonZeroUsize,
    pub(crate) input: Map<String, Value>,
    /// Inputs of the list that it is given as well.
    pub(crate) shared: BTreeSet<String>,
    /// Names that lead to the resources.
    pub(crate) items: Vec<String>,
}

/// A call made for every row.
#[derive(Debug, Clone)]
pub struct Detail {
    /// the call
    pub call: Call,
    /// Input → column.
    pub(crate) bind: BTreeMap<String, String>,
    pub(crate) input: Map<String, Value>,
    /// Names that lead to what is taken; empty for the whole answer.
    pub(crate) pick: Vec<String>,
    pub(crate) into: Option<String>,
    pub(crate) values: BTreeMap<String, String>,
    pub(crate) when: BTreeMap<String, String>,
    /// Rows that ask the same share one answer.
    pub(crate) once: bool,
    pub(crate) absent: BTreeSet<String>,
    pub(crate) unsupported: BTreeSet<String>,
}

/// What is made of an answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct RowRules {
    pub(crate) arn: Vec<Template>,
    pub(crate) title: Option<Template>,
    pub(crate) region: Option<String>,
    pub(crate) unique: bool,
    pub(crate) skip: BTreeMap<String, String>,
    pub(crate) rename: BTreeMap<String, String>,
    /// Columns that are left out once the row is whole.
    pub(crate) drop: BTreeSet<String>,
    pub(crate) json: Vec<Path>,
    pub(crate) derived: BTreeMap<String, Path>,
    pub(crate) redact: Vec<Path>,
    pub(crate) tags: Option<String>,
}

impl Call {
    /// Whether IAM allows or denies it; Kubernetes has its own say.
    pub fn is_of_iam(&self) -> bool {
        self.service != KUBERNETES
    }

    /// `service:Operation`, as coverage names it.
    pub fn name(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }
}

impl Table {
    /// The schema of its view.
    pub fn schema(&self) -> TableSchema {
        TableSchema { name: self.name.clone(), columns: self.columns.clone() }
    }

    /// Every call that a scan of it makes, the list first.
    pub fn calls(&self) -> Vec<&Call> {
        match &self.source {
            Source::Declared(declared) => {
                let batch = declared.batch.iter().map(|batch| &batch.call);
                let details = declared.details.iter().map(|detail| &detail.call);
                std::iter::once(&declared.list.call).chain(batch).chain(details).collect()
            }
            Source::Special(special) => special.calls().iter().collect(),
        }
    }

    /// The calls without which it is not known which resources there are.
    pub(crate) fn listing_calls(&self) -> impl Iterator<Item = &Call> {
        let batch = match &self.source {
            Source::Declared(declared) => declared.batch.as_ref().map(|batch| &batch.call),
            Source::Special(_) => None,
        };
        self.calls().into_iter().take(1).chain(batch)
    }

    /// Columns of the parent's rows that its listing needs.
    pub(crate) fn wanted_above(&self) -> Vec<String> {
        match &self.source {
            Source::Declared(declared) => {
                let parent = declared.list.parent.iter();
                parent.flat_map(|parent| parent.bind.values().chain(parent.carry.values())).cloned().collect()
            }
            Source::Special(special) => {
                let columns = special.parent().map_or(&[][..], |(_, columns)| columns);
                columns.iter().map(|column| (*column).to_owned()).collect()
            }
        }
    }

    /// The table for whose every row this one is asked.
    pub fn parent(&self) -> Option<&str> {
        match &self.source {
            Source::Declared(declared) => declared.list.parent.as_ref().map(|parent| parent.table.as_str()),
            Source::Special(special) => special.parent().map(|(parent, _)| parent),
        }
    }
}
