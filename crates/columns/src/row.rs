//! One row, written from its first column to its last.

use sightline_model::LakeTable;

use crate::builder::ColumnBuilder;

/// A row under construction: one call a column, in the order of the table's declaration. The calls name their column for the reader's sake;
/// the names are compared with the declaration in the first row of a builder.
///
/// # Panics
/// All methods: when the column is another one or of another type. That is a mistake in the code, and the first row shows it.
#[derive(Debug)]
pub struct Row<'b> {
    table: &'static LakeTable,
    columns: std::slice::IterMut<'b, ColumnBuilder>,
    place: usize,
    bytes: &'b mut usize,
    compare: bool,
}

impl<'b> Row<'b> {
    pub(crate) fn new(
        table: &'static LakeTable,
        columns: &'b mut [ColumnBuilder],
        bytes: &'b mut usize,
        compare: bool,
    ) -> Self {
        Self { table, columns: columns.iter_mut(), place: 0, bytes, compare }
    }

    /// Text, also where it is empty.
    #[inline]
    pub fn text(&mut self, name: &str, value: &str) -> &mut Self {
        self.maybe_text(name, Some(value))
    }

    /// Text or nothing.
    #[inline]
    pub fn maybe_text(&mut self, name: &str, value: Option<&str>) -> &mut Self {
        match self.column(name, value.map_or(1, str::len)) {
            Some(ColumnBuilder::Text(column)) => column.append_option(value),
            other => unfit(self.table, name, "text", other.is_some()),
        }
        self
    }

    /// A JSON document as text.
    #[inline]
    pub fn json(&mut self, name: &str, value: &str) -> &mut Self {
        self.maybe_text(name, Some(value))
    }

    /// An integer.
    #[inline]
    pub fn int(&mut self, name: &str, value: i64) -> &mut Self {
        self.maybe_int(name, Some(value))
    }

    /// An integer or nothing.
    #[inline]
    pub fn maybe_int(&mut self, name: &str, value: Option<i64>) -> &mut Self {
        match self.column(name, size_of::<i64>()) {
            Some(ColumnBuilder::Int(column)) => column.append_option(value),
            other => unfit(self.table, name, "integer", other.is_some()),
        }
        self
    }

    /// A number or nothing.
    #[inline]
    pub fn maybe_float(&mut self, name: &str, value: Option<f64>) -> &mut Self {
        match self.column(name, size_of::<f64>()) {
            Some(ColumnBuilder::Float(column)) => column.append_option(value),
            other => unfit(self.table, name, "number", other.is_some()),
        }
        self
    }

    /// True or false.
    #[inline]
    pub fn bool(&mut self, name: &str, value: bool) -> &mut Self {
        self.maybe_bool(name, Some(value))
    }

    /// True, false or nothing.
    #[inline]
    pub fn maybe_bool(&mut self, name: &str, value: Option<bool>) -> &mut Self {
        match self.column(name, 1) {
            Some(ColumnBuilder::Bool(column)) => column.append_option(value),
            other => unfit(self.table, name, "boolean", other.is_some()),
        }
        self
    }

    /// An instant, in microseconds since 1970, UTC.
    #[inline]
    pub fn time(&mut self, name: &str, microseconds: i64) -> &mut Self {
        self.maybe_time(name, Some(microseconds))
    }

    /// An instant in microseconds since 1970, UTC, or nothing.
    #[inline]
    pub fn maybe_time(&mut self, name: &str, microseconds: Option<i64>) -> &mut Self {
        match self.column(name, size_of::<i64>()) {
            Some(ColumnBuilder::Time(column)) => column.append_option(microseconds),
            other => unfit(self.table, name, "time", other.is_some()),
        }
        self
    }

    #[inline]
    fn column(&mut self, name: &str, bytes: usize) -> Option<&'b mut ColumnBuilder> {
        if self.compare {
            let declared = self.table.columns.get(self.place).map_or("", |(name, _)| name);
            let (place, table) = (self.place, self.table.name);
            assert!(declared == name, "column {place} of `{table}` is `{declared}`, not `{name}`");
            self.place += 1;
        }
        *self.bytes += bytes;
        self.columns.next()
    }
}

#[cold]
fn unfit(table: &LakeTable, name: &str, kind: &str, exists: bool) {
    assert!(!exists, "`{name}` of `{}` holds no {kind}", table.name);
    assert!(exists, "`{}` has no column left for `{name}`", table.name);
}
