//! Integers that depend on the rows so far: computed while rows stream, or for a whole partition.

use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

use datafusion_common::arrow::array::{ArrayRef, Int64Array};
use datafusion_common::{Result, ScalarValue};
use datafusion_expr::PartitionEvaluator;

/// What is carried from row to row.
pub(super) trait Step: Debug + Send + 'static {
    /// The number of the next row, which is `row` of `values`.
    fn next(&mut self, values: &[ArrayRef], row: usize) -> Result<Option<i64>>;
}

#[derive(Debug)]
pub(super) struct Running<S>(pub(super) S);

impl<S: Step> PartitionEvaluator for Running<S> {
    fn is_causal(&self) -> bool {
        true
    }

    fn supports_bounded_execution(&self) -> bool {
        true
    }

    fn evaluate(&mut self, values: &[ArrayRef], range: &Range<usize>) -> Result<ScalarValue> {
        Ok(ScalarValue::Int64(self.0.next(values, range.start)?))
    }

    fn evaluate_all(&mut self, values: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        let numbers: Int64Array = (0..rows).map(|row| self.0.next(values, row)).collect::<Result<_>>()?;
        Ok(Arc::new(numbers))
    }
}
