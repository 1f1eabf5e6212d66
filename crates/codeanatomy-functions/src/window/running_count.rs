//! `running_count(value)`

use datafusion_common::Result;
use datafusion_common::arrow::array::{Array, ArrayRef};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::PartitionEvaluator;

use super::Window;
use super::running::{Running, Step};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct RunningCount;

impl Window for RunningCount {
    const SPEC: &'static Spec = &Spec {
        name: "running_count",
        kind: Kind::Window,
        section: "Windows",
        parameters: &[Parameter::optional(
            "value",
            Class::Any,
            "NULL",
            "What is counted where it is not null; left out, every row.",
        )],
        returns: "BIGINT",
        description: "How many rows of the partition there are up to this one, in the order of the window, whose value is not null. The frame does not matter: unlike count, peers of a row that come behind it do not count.",
        nulls: "A null value does not count; never null.",
        example: "SELECT v, running_count(v) OVER (ORDER BY n) FROM (VALUES (1, 'a'), (2, NULL), (3, 'b')) AS t(n, v)",
        since: "0.1.0",
    };

    fn returns(_types: &[DataType]) -> (DataType, bool) {
        (DataType::Int64, false)
    }

    fn evaluator(types: &[DataType]) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Running(Count {
            of_rows: types.first().is_none_or(DataType::is_null),
            count: 0,
        })))
    }
}

#[derive(Debug)]
struct Count {
    /// Whether all rows count.
    of_rows: bool,
    count: i64,
}

impl Step for Count {
    fn next(&mut self, values: &[ArrayRef], row: usize) -> Result<Option<i64>> {
        self.count += i64::from(self.of_rows || values[0].is_valid(row));
        Ok(Some(self.count))
    }
}
