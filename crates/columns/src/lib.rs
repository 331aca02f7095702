//! The product's tables in Arrow: the schema of a [`LakeTable`](sightline_model::LakeTable), and a builder that takes its rows value by
//! value. What makes rows (`ingest`) and what stores them (`lake`) meet here.

mod builder;
mod row;
mod schema;

pub use builder::TableBuilder;
pub use row::Row;
pub use schema::{column, field, json_metadata, schema, time_type};
