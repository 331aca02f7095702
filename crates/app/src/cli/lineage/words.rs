//! Relations in words, from where the reader stands.

use sightline_discover::lineage::{Call, LinkKind, Node};
use sightline_model::RelationKind;

/// What the resource does with where its data comes from.
pub(super) fn up(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Declared(RelationKind::UsesModel) => "uses model",
        LinkKind::Declared(RelationKind::Reads) => "reads",
        LinkKind::Declared(RelationKind::Contains) => "contains",
        LinkKind::Declared(RelationKind::MadeFrom) => "made from",
        LinkKind::Declared(RelationKind::Invokes) => "invokes",
        LinkKind::Declared(RelationKind::Writes) => "written by",
        LinkKind::Declared(RelationKind::DeployedAs) => "deploys",
        LinkKind::Declared(kind) => beside(kind, true),
        LinkKind::Call(Call::Calls) => "calls",
        LinkKind::Call(Call::MayCall) => "may call",
    }
}

/// What becomes of the resource's data.
pub(super) fn down(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Declared(RelationKind::UsesModel) => "model of",
        LinkKind::Declared(RelationKind::Reads) => "read by",
        LinkKind::Declared(RelationKind::Contains) => "part of",
        LinkKind::Declared(RelationKind::MadeFrom) => "source of",
        LinkKind::Declared(RelationKind::Invokes) => "invoked by",
        LinkKind::Declared(RelationKind::Writes) => "writes",
        LinkKind::Declared(RelationKind::DeployedAs) => "deployed as",
        LinkKind::Declared(kind) => beside(kind, false),
        LinkKind::Call(Call::Calls) => "called by",
        LinkKind::Call(Call::MayCall) => "may be called by",
    }
}

/// What stands beside the path; `names`: the resource names the other.
pub(super) fn beside(kind: RelationKind, names: bool) -> &'static str {
    match (kind, names) {
        (RelationKind::RunsAs, true) => "runs as",
        (RelationKind::RunsAs, false) => "role of",
        (RelationKind::GuardedBy, true) => "guarded by",
        (RelationKind::GuardedBy, false) => "guards",
        (RelationKind::EncryptedWith, true) => "encrypted with",
        (RelationKind::EncryptedWith, false) => "encrypts",
        (RelationKind::InNetwork, true) => "in network",
        (RelationKind::InNetwork, false) => "network of",
        (RelationKind::LogsTo, true) => "logs to",
        (RelationKind::LogsTo, false) => "logs of",
        (other, _) => other.as_str(),
    }
}

/// `bedrock knowledge base` for `aws_bedrock_knowledge_base`.
pub(super) fn kind(node: &Node) -> String {
    let table = node.table.strip_prefix("aws_").unwrap_or(&node.table);
    table.replace(['_', '-'], " ")
}
