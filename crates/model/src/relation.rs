//! How resources belong together: what a table declares, and what comes of it for each resource.

use crate::path::Path;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What one resource is to another. Read it from the resource that names to the one that is named: `A runs as B`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// its calls are made with this role
    RunsAs,
    /// it infers with this model
    UsesModel,
    /// it takes data from there
    Reads,
    /// it puts data there, a data source into its knowledge base among others
    Writes,
    /// a guardrail or a firewall stands before it
    GuardedBy,
    /// the key that its data is encrypted with
    EncryptedWith,
    /// the network that it lives in
    InNetwork,
    /// it is made up of these
    Contains,
    /// what serves it
    DeployedAs,
    /// what it was trained, copied, configured or built from; the agent of an alias
    MadeFrom,
    /// where it reports to
    LogsTo,
    /// it calls this while it works
    Invokes,
}

/// Which way data goes along a relation, so that data → training or knowledge base → model → endpoint → caller is one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataFlow {
    /// from what is named to the resource that names it
    FromNamed,
    /// from the resource to what it names
    ToNamed,
    /// the relation tells of the resource, not of its data
    Beside,
}

impl RelationKind {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::RunsAs,
        Self::UsesModel,
        Self::Reads,
        Self::Writes,
        Self::GuardedBy,
        Self::EncryptedWith,
        Self::InNetwork,
        Self::Contains,
        Self::DeployedAs,
        Self::MadeFrom,
        Self::LogsTo,
        Self::Invokes,
    ];

    /// The word of the lake and of declarations.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RunsAs => "runs_as",
            Self::UsesModel => "uses_model",
            Self::Reads => "reads",
            Self::Writes => "writes",
            Self::GuardedBy => "guarded_by",
            Self::EncryptedWith => "encrypted_with",
            Self::InNetwork => "in_network",
            Self::Contains => "contains",
            Self::DeployedAs => "deployed_as",
            Self::MadeFrom => "made_from",
            Self::LogsTo => "logs_to",
            Self::Invokes => "invokes",
        }
    }

    /// Which way data goes. Answers of what is invoked reach the one that invokes it; parts reach the whole.
    pub fn data_flow(self) -> DataFlow {
        match self {
            Self::UsesModel | Self::Reads | Self::Contains | Self::MadeFrom | Self::Invokes => DataFlow::FromNamed,
            Self::Writes | Self::DeployedAs => DataFlow::ToNamed,
            Self::RunsAs | Self::GuardedBy | Self::EncryptedWith | Self::InNetwork | Self::LogsTo => DataFlow::Beside,
        }
    }
}

impl fmt::Display for RelationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a table declares: a column of its rows names rows of other tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationRule {
    /// what the row is to what it names
    pub kind: RelationKind,
    /// where in the row the names stand
    pub column: Path,
    /// the tables that they may be in; the first is the likeliest
    pub to: Vec<String>,
    /// the column of those tables that holds the name
    pub key: String,
}

/// A row of `relation`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// the discovery that found it
    pub run_id: String,
    /// the scan that saw the resource
    pub scan_id: String,
    /// twelve digits: whose resource it is
    pub account_id: String,
    /// the resource's region, or `global`
    pub region: String,
    /// the resource
    pub from_arn: String,
    /// its table
    pub from_table: String,
    /// what it is to the other
    pub kind: RelationKind,
    /// the other; where it is dangling, as the resource names it
    pub to_arn: String,
    /// the other's table; where it is dangling, the likeliest
    pub to_table: String,
    /// where in the row the name stands
    pub column: String,
    /// The inventory does not have the other: it is in another account or region, could not be read, or is gone.
    pub dangling: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_declarations() {
        for kind in RelationKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
