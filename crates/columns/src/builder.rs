//! Rows on their way into Arrow.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Float64Builder, Int64Builder, RecordBatch, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow::datatypes::SchemaRef;
use sightline_model::{ColumnType, LakeTable};

use crate::row::Row;
use crate::schema::{schema, time_type};

/// Builds Arrow batches of one lake table, row by row, each row column by column in the order of the declaration.
///
/// ```text
/// builder.row().text("uri", uri).int("size", 7)….time("ingested_at", micros);
/// ```
#[derive(Debug)]
pub struct TableBuilder {
    table: &'static LakeTable,
    schema: SchemaRef,
    columns: Vec<ColumnBuilder>,
    rows: usize,
    bytes: usize,
    /// the first row of a builder is compared with the declaration, name by name
    compared: bool,
}

/// The values of one column.
#[derive(Debug)]
pub(crate) enum ColumnBuilder {
    Bool(BooleanBuilder),
    Int(Int64Builder),
    Float(Float64Builder),
    Text(StringBuilder),
    Time(TimestampMicrosecondBuilder),
}

impl TableBuilder {
    /// A builder without rows.
    pub fn new(table: &'static LakeTable) -> Self {
        let columns = table.columns.iter().map(|(_, kind)| ColumnBuilder::new(*kind)).collect();
        Self { table, schema: schema(table), columns, rows: 0, bytes: 0, compared: false }
    }

    /// The table that it builds rows of.
    pub fn table(&self) -> &'static LakeTable {
        self.table
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// About how many bytes the values take.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Begins a row. It is complete when each column has got its value.
    pub fn row(&mut self) -> Row<'_> {
        self.rows += 1;
        let compare = !std::mem::replace(&mut self.compared, true);
        Row::new(self.table, &mut self.columns, &mut self.bytes, compare)
    }

    /// Takes the rows out and begins anew; `None` where there are none.
    ///
    /// # Panics
    /// When a row was left incomplete: a mistake in the code that the first row of any test shows.
    pub fn take(&mut self) -> Option<RecordBatch> {
        if std::mem::take(&mut self.rows) == 0 {
            return None;
        }
        self.bytes = 0;
        let columns = self.columns.iter_mut().map(ColumnBuilder::finish).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns);
        assert!(batch.is_ok(), "a row of `{}` is incomplete: {:?}", self.table.name, batch.err());
        batch.ok()
    }
}

impl ColumnBuilder {
    fn new(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Bool => Self::Bool(BooleanBuilder::new()),
            ColumnType::Int => Self::Int(Int64Builder::new()),
            ColumnType::Float => Self::Float(Float64Builder::new()),
            ColumnType::Text | ColumnType::Json => Self::Text(StringBuilder::new()),
            ColumnType::Time => Self::Time(TimestampMicrosecondBuilder::new().with_data_type(time_type())),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Bool(values) => Arc::new(values.finish()),
            Self::Int(values) => Arc::new(values.finish()),
            Self::Float(values) => Arc::new(values.finish()),
            Self::Text(values) => {
                // The next batch will be about as large: memory that grows by doubling is copied, and its pages are new each time.
                let (rows, bytes) = (values.offsets_slice().len(), values.values_slice().len());
                let next = StringBuilder::with_capacity(rows + rows / 8, bytes + bytes / 8);
                Arc::new(std::mem::replace(values, next).finish())
            }
            Self::Time(values) => Arc::new(values.finish()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::AsArray;
    use sightline_model::lake_table::{LOG_GAP, LOG_OBJECT};

    fn gap(builder: &mut TableBuilder, subject: &str) {
        let mut row = builder.row();
        row.text("source", "vpc_flow").text("account_id", "").text("region", "eu-west-1").text("subject", subject);
        row.text("reason", "SKIPDATA").time("first_seen", 1).maybe_time("last_seen", None);
        row.text("object", "s3://b/k").int("line", 7);
    }

    #[test]
    fn rows_come_out_as_they_went_in() {
        let mut builder = TableBuilder::new(LOG_GAP);
        assert!(builder.take().is_none());
        gap(&mut builder, "eni-1");
        gap(&mut builder, "eni-2");
        assert_eq!(builder.rows(), 2);
        assert!(builder.bytes() > 20);
        let batch = builder.take().unwrap();
        assert_eq!(batch.schema(), schema(LOG_GAP));
        assert_eq!(batch.column_by_name("subject").unwrap().as_string::<i32>().value(1), "eni-2");
        assert_eq!(batch.column_by_name("last_seen").unwrap().null_count(), 2);
        assert_eq!((builder.rows(), builder.bytes()), (0, 0));
    }

    #[test]
    #[should_panic(expected = "column 0 of `log_object` is `uri`, not `version`")]
    fn names_are_compared_with_the_declaration() {
        TableBuilder::new(LOG_OBJECT).row().text("version", "");
    }

    #[test]
    #[should_panic(expected = "is incomplete")]
    fn an_incomplete_row_is_noticed() {
        let mut builder = TableBuilder::new(LOG_GAP);
        builder.row().text("source", "");
        builder.take();
    }

    #[test]
    #[should_panic(expected = "`source` of `log_gap` holds no integer")]
    fn types_are_compared() {
        TableBuilder::new(LOG_GAP).row().int("source", 1);
    }
}
