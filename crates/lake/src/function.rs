//! Functions that others bring to SQL: texts in, a text out.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use arrow::datatypes::DataType;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use datafusion::scalar::ScalarValue;

/// What a function makes of one row's arguments; NULL is none.
pub type TextFunction = Arc<dyn Fn(&[Option<&str>]) -> Option<String> + Send + Sync>;

/// `name(text, …) -> text`. Constant arguments are answered once, not row by row.
pub(crate) fn of_texts(name: &str, arity: usize, function: TextFunction) -> ScalarUDF {
    let implementation = move |arguments: &[ColumnarValue]| evaluate(arguments, &function);
    create_udf(name, vec![DataType::Utf8; arity], DataType::Utf8, Volatility::Immutable, Arc::new(implementation))
}

fn evaluate(arguments: &[ColumnarValue], function: &TextFunction) -> Result<ColumnarValue, DataFusionError> {
    let constant = arguments.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
    let arrays: Vec<ArrayRef> = ColumnarValue::values_to_arrays(arguments)?;
    let texts: Vec<&StringArray> = arrays.iter().map(|array| array.as_string()).collect();
    let rows = texts.first().map_or(0, |array| array.len());
    let mut row_arguments = Vec::with_capacity(texts.len());
    let mut answer = |row: usize| {
        row_arguments.clear();
        row_arguments.extend(texts.iter().map(|array| array.is_valid(row).then(|| array.value(row))));
        function(&row_arguments)
    };
    if constant {
        return Ok(ColumnarValue::Scalar(ScalarValue::Utf8((rows > 0).then(|| answer(0)).flatten())));
    }
    let answers: StringArray = (0..rows).map(answer).collect();
    Ok(ColumnarValue::Array(Arc::new(answers)))
}
