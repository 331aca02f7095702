//! Columns of an answer as they are: for answers of millions of rows, where a JSON document a row is too dear.

use arrow::array::{ArrayRef, AsArray};
use arrow::datatypes::{DataType, Int64Type, TimeUnit, TimestampMicrosecondType};

use crate::answer::Answer;
use crate::error::LakeError;

impl Answer {
    /// A column of text or JSON, row by row; NULL is `None`.
    ///
    /// # Errors
    /// There is no such column, or it has another type.
    pub fn texts<'a>(&'a self, name: &'a str) -> Result<Vec<Option<&'a str>>, LakeError> {
        let mut texts = Vec::with_capacity(self.row_count());
        for array in self.arrays(name) {
            let array = array?;
            match array.data_type() {
                DataType::Utf8 => texts.extend(array.as_string::<i32>()),
                DataType::LargeUtf8 => texts.extend(array.as_string::<i64>()),
                DataType::Utf8View => texts.extend(array.as_string_view()),
                DataType::Null => texts.extend((0..array.len()).map(|_| None)),
                other => return Err(unfit(name, other, "text")),
            }
        }
        Ok(texts)
    }

    /// A column of whole numbers, or of instants as microseconds since 1970, row by row; NULL is `None`.
    ///
    /// # Errors
    /// There is no such column, or it has another type.
    pub fn ints(&self, name: &str) -> Result<Vec<Option<i64>>, LakeError> {
        let mut numbers = Vec::with_capacity(self.row_count());
        for array in self.arrays(name) {
            let array = array?;
            match array.data_type() {
                DataType::Int64 => numbers.extend(array.as_primitive::<Int64Type>()),
                DataType::Timestamp(TimeUnit::Microsecond, _) => {
                    numbers.extend(array.as_primitive::<TimestampMicrosecondType>());
                }
                DataType::Null => numbers.extend((0..array.len()).map(|_| None)),
                other => return Err(unfit(name, other, "whole numbers or instants")),
            }
        }
        Ok(numbers)
    }

    fn arrays<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Result<&'a ArrayRef, LakeError>> {
        self.batches().iter().map(move |batch| {
            batch
                .column_by_name(name)
                .ok_or_else(|| LakeError::Query { message: format!("the answer has no column `{name}`") })
        })
    }
}

fn unfit(name: &str, found: &DataType, wanted: &str) -> LakeError {
    LakeError::Query { message: format!("the column `{name}` is no {wanted}: it is {found}") }
}
