//! The product's column types in Arrow and back.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use sightline_model::{Column, ColumnType, LakeTable};

/// Key of the field metadata that tells JSON text from other text; kept in the Delta schema.
const TYPE_KEY: &str = "sightline.type";

/// Metadata of a field that holds JSON text.
pub fn json_metadata() -> HashMap<String, String> {
    HashMap::from([(TYPE_KEY.to_owned(), "json".to_owned())])
}

/// An instant: microseconds, UTC, as Delta's `timestamp`.
pub fn time_type() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// Every column may be null: a lake written before the column existed has no value for it.
pub fn field(name: &str, kind: ColumnType) -> Field {
    let data_type = match kind {
        ColumnType::Bool => DataType::Boolean,
        ColumnType::Int => DataType::Int64,
        ColumnType::Float => DataType::Float64,
        ColumnType::Text | ColumnType::Json => DataType::Utf8,
        ColumnType::Time => time_type(),
    };
    let field = Field::new(name, data_type, true);
    if kind == ColumnType::Json { field.with_metadata(json_metadata()) } else { field }
}

/// A lake table's schema, in the order of its declaration.
pub fn schema(table: &LakeTable) -> SchemaRef {
    Arc::new(Schema::new(table.columns.iter().map(|(name, kind)| field(name, *kind)).collect::<Vec<_>>()))
}

/// What a field of an answer holds, in the product's words. Lists and structures come out as JSON.
pub fn column(field: &Field) -> Column {
    Column::new(field.name(), kind(field))
}

fn kind(field: &Field) -> ColumnType {
    if field.metadata().get(TYPE_KEY).is_some_and(|kind| kind == "json") {
        return ColumnType::Json;
    }
    match field.data_type() {
        DataType::Boolean => ColumnType::Bool,
        DataType::Timestamp(..) => ColumnType::Time,
        data_type if data_type.is_integer() => ColumnType::Int,
        data_type if data_type.is_numeric() => ColumnType::Float,
        data_type if data_type.is_nested() => ColumnType::Json,
        _ => ColumnType::Text,
    }
}
