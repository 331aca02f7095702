//! The result of a query, as rows of JSON values.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use arrow::json::WriterBuilder;
use arrow::json::writer::JsonArray;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion_functions_json::{JsonUnionEncoder, JsonUnionValue};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sightline_model::{Column, ColumnType};

use crate::LakeError;

/// Columns and rows that a statement gave.
#[derive(Debug, Clone)]
pub struct Answer {
    columns: Vec<Column>,
    batches: Vec<RecordBatch>,
}

impl Answer {
    pub(crate) fn new(schema: &Schema, batches: Vec<RecordBatch>) -> Result<Self, LakeError> {
        let names = unique_names(schema);
        let shown =
            |batch: RecordBatch| shown(&batch, &names).map_err(|error| LakeError::Query { message: error.to_string() });
        let empty = shown(RecordBatch::new_empty(Arc::new(schema.clone())))?;
        let columns = empty.schema().fields().iter().map(|field| sightline_columns::column(field)).collect();
        Ok(Self { columns, batches: batches.into_iter().map(shown).collect::<Result<_, _>>()? })
    }

    /// Name and type of each column, in order. A name that comes twice gets a number: `arn`, `arn_2`.
    pub fn columns(&self) -> Vec<Column> {
        self.columns.clone()
    }

    pub(crate) fn batches(&self) -> &[RecordBatch] {
        &self.batches
    }

    /// How many rows there are.
    pub fn row_count(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// The rows, every column named, NULL as `null`. Instants are RFC 3339 text in UTC. Columns of type JSON are parsed;
    /// text in them that is no JSON, or nested deeper than 128, stays text.
    ///
    /// # Errors
    /// A column's type has no JSON form.
    pub fn rows(&self) -> Result<Vec<Map<String, Value>>, LakeError> {
        let mut rows = Vec::with_capacity(self.row_count());
        for batch in &self.batches {
            rows.extend(self.rows_of(batch)?);
        }
        Ok(rows)
    }

    /// The rows as values of a type whose fields are named as the columns.
    ///
    /// # Errors
    /// A row lacks a field, has NULL where the type wants a value, or has another type.
    pub fn rows_as<T: DeserializeOwned>(&self) -> Result<Vec<T>, LakeError> {
        let read = |(index, row)| {
            serde_json::from_value(Value::Object(row))
                .map_err(|error| LakeError::Answer { row: index + 1, message: error.to_string() })
        };
        self.rows()?.into_iter().enumerate().map(read).collect()
    }

    fn rows_of(&self, batch: &RecordBatch) -> Result<Vec<Map<String, Value>>, LakeError> {
        let failed =
            |error: &dyn std::fmt::Display| LakeError::Query { message: format!("cannot show the answer: {error}") };
        let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, JsonArray>(Vec::new());
        writer.write(batch).and_then(|()| writer.finish()).map_err(|error| failed(&error))?;
        let bytes = writer.into_inner();
        if bytes.is_empty() {
            return Ok(vec![]);
        }
        let mut rows: Vec<Map<String, Value>> = serde_json::from_slice(&bytes).map_err(|error| failed(&error))?;
        for column in self.columns.iter().filter(|column| column.kind == ColumnType::Json) {
            for row in &mut rows {
                parse(row.get_mut(&column.name));
            }
        }
        Ok(rows)
    }
}

fn parse(value: Option<&mut Value>) {
    if let Some(value) = value
        && let Some(parsed) = value.as_str().and_then(|text| serde_json::from_str(text).ok())
    {
        *value = parsed;
    }
}

fn unique_names(schema: &Schema) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut names = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        let numbered = (2..).map(|number| format!("{}_{number}", field.name()));
        let name = std::iter::once(field.name().clone())
            .chain(numbered)
            .find(|name| !taken.contains(name))
            .unwrap_or_default();
        taken.insert(name.clone());
        names.push(name);
    }
    names
}

/// The batch with unique names and with types that have a JSON form.
fn shown(batch: &RecordBatch, names: &[String]) -> Result<RecordBatch, ArrowError> {
    let schema = batch.schema();
    let mut fields = Vec::with_capacity(names.len());
    let mut arrays = Vec::with_capacity(names.len());
    for ((field, array), name) in schema.fields().iter().zip(batch.columns()).zip(names) {
        let (field, array) = match array.data_type() {
            DataType::Union(..) => shown_union(array)?,
            DataType::Interval(_) => (Field::new("", DataType::Utf8, true), text_of(array)?),
            _ => (field.as_ref().clone(), Arc::clone(array)),
        };
        fields.push(field.with_name(name));
        arrays.push(array);
    }
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
}

/// What `->` gives is a union of the JSON types: back to JSON text.
fn shown_union(array: &ArrayRef) -> Result<(Field, ArrayRef), ArrowError> {
    match JsonUnionEncoder::from_union(array.as_union().clone()) {
        Some(union) => {
            let texts: StringArray = (0..union.len()).map(|row| json_text(union.get_value(row))).collect();
            Ok((sightline_columns::field("", ColumnType::Json), Arc::new(texts)))
        }
        None => Ok((Field::new("", DataType::Utf8, true), text_of(array)?)),
    }
}

fn json_text(value: JsonUnionValue<'_>) -> Option<String> {
    match value {
        JsonUnionValue::JsonNull => None,
        JsonUnionValue::Bool(value) => Some(value.to_string()),
        JsonUnionValue::Int(value) => Some(value.to_string()),
        JsonUnionValue::Float(value) => Some(Value::from(value).to_string()),
        JsonUnionValue::Str(value) => Some(Value::from(value).to_string()),
        JsonUnionValue::Array(json) | JsonUnionValue::Object(json) => Some(json.to_owned()),
    }
}

fn text_of(array: &dyn Array) -> Result<ArrayRef, ArrowError> {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array, &options)?;
    let texts: StringArray =
        (0..array.len()).map(|row| array.is_valid(row).then(|| formatter.value(row).to_string())).collect();
    Ok(Arc::new(texts))
}
