//! A table's declaration as it stands in `tables/<service>.toml`. What is not written there is derived from the API model.
//!
//! ```toml
//! [[table]]
//! name = "aws_bedrock_guardrail"
//! about = "Guardrails with all their policies."
//! list = "bedrock:ListGuardrails"
//! arn = "arn"
//!
//! [[table.detail]]
//! op = "bedrock:GetGuardrail"
//! bind = { guardrailIdentifier = "id" }
//! ```
//!
//! What a resource is to others is declared below it, and gives the lineage:
//!
//! ```toml
//! [[table.relation]]
//! kind = "uses_model"
//! column = "prompt_override_configuration.promptConfigurations.*.foundationModel"
//! to = ["aws_bedrock_foundation_model", "aws_bedrock_inference_profile"]
//! ```
//!
//! Kinds and the way that data goes along each are in [`sightline_model::relation`]. The path must end at a text: `.` goes
//! into structures, `*` into lists and maps. A name matches the other's ARN, the end of its ARN, or the column that `key`
//! names; an `s3://` address matches its bucket. A name that no row has is kept as dangling.
//!
//! Names of inputs and of members that are renamed or dropped are the API's; all else speaks of columns, which are the
//! members' names in snake_case.

use serde::Deserialize;
use serde_json::{Map, Value};
use sightline_model::RelationKind;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;

/// One file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) table: Vec<TableDeclaration>,
}

/// Where a table is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// once an account
    Global,
    /// in every region
    #[default]
    Regional,
}

/// One `[[table]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TableDeclaration {
    pub(crate) name: String,
    /// One sentence for the catalogue.
    pub(crate) about: String,
    /// `service:Operation` that lists the resources.
    pub(crate) list: String,
    #[serde(default)]
    pub(crate) scope: Scope,
    /// The call answers one resource, not a list.
    #[serde(default)]
    pub(crate) single: bool,
    /// Path of the resources in the answer, where the paginator does not tell; lists on the way are entered, `.` is the whole answer.
    pub(crate) items: Option<String>,
    /// The column of resources that are plain texts.
    pub(crate) item: Option<String>,
    /// The call is made once for each; the text `{account_id}` stands for the account.
    #[serde(default = "one_empty")]
    pub(crate) inputs: Vec<Map<String, Value>>,
    /// Inputs that become columns.
    #[serde(default)]
    pub(crate) echo: Vec<String>,
    /// The table for whose every row the call is made.
    pub(crate) parent: Option<String>,
    /// Input → column of the parent. Each becomes a column.
    #[serde(default)]
    pub(crate) bind: BTreeMap<String, String>,
    /// Column → column of the parent.
    #[serde(default)]
    pub(crate) carry: BTreeMap<String, String>,
    /// A column or a template, or several of which the first that can be filled is taken.
    pub(crate) arn: OneOrMany,
    pub(crate) title: Option<String>,
    /// The column that names the row's region, in which its details are asked for.
    pub(crate) region: Option<String>,
    /// Several answers may hold the same resource: the first counts.
    #[serde(default)]
    pub(crate) unique: bool,
    /// So many resources of one listing are taken and no more, where the service lists the newest first.
    pub(crate) newest: Option<NonZeroUsize>,
    /// Column → patterns between `|`, an empty one for a column without a value; a row is left out when all columns match.
    #[serde(default)]
    pub(crate) skip: BTreeMap<String, String>,
    /// IAM action, where it is not the operation's name.
    pub(crate) action: Option<String>,
    /// Error codes that mean: there is nothing; `code: part of the message` where the code alone means more than that.
    #[serde(default)]
    pub(crate) absent: Vec<String>,
    /// Where there is nothing, that is a row of its own, with empty columns.
    #[serde(default)]
    pub(crate) absent_row: bool,
    /// Error codes that mean: not in this region or account.
    #[serde(default)]
    pub(crate) unsupported: Vec<String>,
    /// Member → column.
    #[serde(default)]
    pub(crate) rename: BTreeMap<String, String>,
    /// Members that are left out.
    #[serde(default)]
    pub(crate) drop: Vec<String>,
    /// Paths of texts that are JSON, percent-encoded or not.
    #[serde(default)]
    pub(crate) json: Vec<String>,
    /// Column → path of what it is made of.
    #[serde(default)]
    pub(crate) derived: BTreeMap<String, String>,
    /// Paths of texts that may be secret: only their length is kept.
    #[serde(default)]
    pub(crate) redact: Vec<String>,
    pub(crate) batch: Option<BatchDeclaration>,
    #[serde(default)]
    pub(crate) detail: Vec<DetailDeclaration>,
    #[serde(default)]
    pub(crate) relation: Vec<RelationDeclaration>,
}

/// One `[[table.relation]]`: a column that names rows of other tables.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RelationDeclaration {
    pub(crate) kind: RelationKind,
    /// Path of the names; each must be a text.
    pub(crate) column: String,
    /// The tables that they may be in, the likeliest first.
    pub(crate) to: OneOrMany,
    /// The column of those tables that holds the name.
    #[serde(default = "arn")]
    pub(crate) key: String,
}

fn arn() -> String {
    "arn".to_owned()
}

/// `[table.batch]`: the list brings names alone, and this call describes many of them at once.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BatchDeclaration {
    /// `service:Operation`; inputs of the list that it knows are given to it as well.
    pub(crate) op: String,
    /// The input that takes the names.
    pub(crate) names: String,
    /// How many names it takes.
    pub(crate) size: NonZeroUsize,
    /// Inputs that are the same for every call.
    #[serde(default)]
    pub(crate) input: Map<String, Value>,
    /// Path of the resources in the answer.
    pub(crate) items: String,
    pub(crate) action: Option<String>,
}

/// One `[[table.detail]]`: a call made for every row.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DetailDeclaration {
    /// `service:Operation`
    pub(crate) op: String,
    /// Input → column; required inputs that are not named take the column of their own name.
    #[serde(default)]
    pub(crate) bind: BTreeMap<String, String>,
    /// Inputs that are the same for every row.
    #[serde(default)]
    pub(crate) input: Map<String, Value>,
    /// Path of what is taken from the answer; default: the list that it pages, else its only structure, else all of it.
    pub(crate) pick: Option<String>,
    /// The column that it becomes; default: its members become columns.
    pub(crate) into: Option<String>,
    /// Text → text that replaces it; empty or absent is `""`.
    #[serde(default)]
    pub(crate) values: BTreeMap<String, String>,
    /// The call is made only where these columns read so.
    #[serde(default)]
    pub(crate) when: BTreeMap<String, String>,
    /// Rows that ask the same share one answer.
    #[serde(default)]
    pub(crate) once: bool,
    pub(crate) action: Option<String>,
    #[serde(default)]
    pub(crate) absent: Vec<String>,
    #[serde(default)]
    pub(crate) unsupported: Vec<String>,
}

/// A text or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub(crate) fn as_slice(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

fn one_empty() -> Vec<Map<String, Value>> {
    vec![Map::new()]
}
