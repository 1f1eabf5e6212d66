//! `row_index()`

use datafusion_common::Result;
use datafusion_common::arrow::array::ArrayRef;
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::PartitionEvaluator;

use super::Window;
use super::running::{Running, Step};
use crate::spec::{Kind, Spec};

#[derive(Debug)]
pub(super) struct RowIndex;

impl Window for RowIndex {
    const SPEC: &'static Spec = &Spec {
        name: "row_index",
        kind: Kind::Window,
        section: "Windows",
        parameters: &[],
        returns: "BIGINT",
        description: "The number of the row in its partition, from 0, in the order of the window: row_number() - 1, as an offset. The frame does not matter.",
        nulls: "Never null.",
        example: "SELECT v, row_index() OVER (ORDER BY v) FROM (VALUES ('a'), ('b')) AS t(v)",
        since: "0.1.0",
    };

    fn returns(_types: &[DataType]) -> (DataType, bool) {
        (DataType::Int64, false)
    }

    fn evaluator(_types: &[DataType]) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Running(Next(0))))
    }
}

/// The next number.
#[derive(Debug)]
struct Next(i64);

impl Step for Next {
    fn next(&mut self, _values: &[ArrayRef], _row: usize) -> Result<Option<i64>> {
        self.0 += 1;
        Ok(Some(self.0 - 1))
    }
}
