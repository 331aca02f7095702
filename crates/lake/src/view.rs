//! The typed view of one inventory table: columns read by name from the JSON document `resource.config`.

use std::collections::BTreeSet;

use datafusion::common::metadata::FieldMetadata;
use datafusion::functions::expr_fn::nullif;
use datafusion::logical_expr::{Expr, cast, col, lit, try_cast};
use datafusion_functions_json::udfs;
use sightline_model::column::STANDARD_COLUMNS;
use sightline_model::{ColumnType, TableSchema};

/// The standard columns, then the table's own. A column of its own with a standard one's name, or with the name of one
/// before it, is left out: the standard one wins.
pub(crate) fn columns(schema: &TableSchema) -> Vec<Expr> {
    let mut names: BTreeSet<&str> = STANDARD_COLUMNS.iter().map(|(name, _)| *name).collect();
    let mut columns: Vec<Expr> = STANDARD_COLUMNS.iter().map(|(name, _)| col(*name)).collect();
    for column in &schema.columns {
        if names.insert(&column.name) {
            columns.push(member(&column.name, column.kind));
        }
    }
    columns
}

/// One member of the document. What is absent, `null` or of another type is NULL, with two exceptions: a column of text
/// takes any JSON, a string without its quotes and everything else as it is written; a number may stand in a string.
fn member(name: &str, kind: ColumnType) -> Expr {
    let path = vec![col("config"), lit(name)];
    let text = || udfs::json_as_text_udf().call(path.clone());
    match kind {
        ColumnType::Text => text().alias(name),
        ColumnType::Int => udfs::json_get_int_udf().call(path).alias(name),
        ColumnType::Float => udfs::json_get_float_udf().call(path).alias(name),
        ColumnType::Bool => udfs::json_get_bool_udf().call(path).alias(name),
        ColumnType::Time => try_cast(text(), sightline_columns::time_type()).alias(name),
        ColumnType::Json => {
            let json = cast(udfs::json_get_json_udf().call(path), arrow::datatypes::DataType::Utf8);
            nullif(json, lit("null"))
                .alias_with_metadata(name, Some(FieldMetadata::from(sightline_columns::json_metadata())))
        }
    }
}
