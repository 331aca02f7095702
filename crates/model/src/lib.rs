//! The words of the product, shared by every crate: ids, ARNs, rows, coverage, findings, edges and the
//! declarations of the lake's tables. Floor 0: no I/O, no clock, no AWS.

pub mod application;
pub mod arn;
pub mod blind_spot;
pub mod case;
pub mod column;
pub mod control;
pub mod coverage;
pub mod day_group;
pub mod edge;
pub mod evidence;
pub mod finding;
pub mod lake_table;
pub mod log;
pub mod missing;
pub mod model_access;
pub mod money;
pub mod mute;
pub mod partition;
pub mod path;
pub mod pattern;
pub mod price;
pub mod relation;
pub mod resource;
pub mod run;
pub mod run_record;
pub mod self_hosted_model;
pub mod untrusted;

pub use application::Application;
pub use arn::Arn;
pub use blind_spot::{BlindSpot, Sight};
pub use case::{Case, Signal};
pub use column::{Column, ColumnType, TableSchema};
pub use coverage::{Coverage, Outcome};
pub use day_group::DayGroup;
pub use evidence::{EdgeEvidence, Evidence};
pub use finding::{Finding, Severity, Status};
pub use lake_table::LakeTable;
pub use model_access::ModelAccess;
pub use money::Usd;
pub use mute::Mute;
pub use relation::{DataFlow, Relation, RelationKind, RelationRule};
pub use resource::Resource;
pub use run::RunId;
pub use run_record::RunRecord;
pub use self_hosted_model::SelfHostedModel;
