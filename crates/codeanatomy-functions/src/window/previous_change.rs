//! `previous_change(value)`

use datafusion_common::Result;
use datafusion_common::arrow::array::{Array, ArrayRef, UInt64Array};
use datafusion_common::arrow::compute::take;
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::arrow::row::{RowConverter, SortField};
use datafusion_expr::PartitionEvaluator;

use super::Window;
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct PreviousChange;

impl Window for PreviousChange {
    const SPEC: &'static Spec = &Spec {
        name: "previous_change",
        kind: Kind::Window,
        section: "Windows",
        parameters: &[Parameter::required("value", Class::Ordered, "What changes.")],
        returns: "the type of the value",
        description: "The value before the last change: that of the rows before the run of equal values that the row is in, in the order of the window. Of the first run it is null. The frame does not matter.",
        nulls: "Null is a value of its own, equal to null.",
        example: "SELECT n, previous_change(v) OVER (ORDER BY n) FROM (VALUES (1, 'a'), (2, 'a'), (3, 'b'), (4, 'b')) AS t(n, v)",
        since: "0.1.0",
    };

    fn returns(types: &[DataType]) -> (DataType, bool) {
        (types[0].clone(), true)
    }

    fn evaluator(_types: &[DataType]) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Previous))
    }
}

/// For each row of a partition, whether its values differ from those of the row before; true of the first.
pub(super) fn changes(values: &[ArrayRef]) -> Result<Vec<bool>> {
    let fields = values.iter().map(|v| SortField::new(v.data_type().clone())).collect();
    let rows = RowConverter::new(fields)?.convert_columns(values)?;
    let is_change = |row| row == 0 || rows.row(row) != rows.row(row - 1);
    Ok((0..rows.num_rows()).map(is_change).collect())
}

#[derive(Debug)]
struct Previous;

impl PartitionEvaluator for Previous {
    fn evaluate_all(&mut self, values: &[ArrayRef], _rows: usize) -> Result<ArrayRef> {
        let (mut current, mut previous) = (None, None);
        let before = changes(&values[..1])?.into_iter().enumerate().map(|(row, change)| {
            if change {
                previous = current.replace(row as u64);
            }
            previous
        });
        Ok(take(&values[0], &before.collect::<UInt64Array>(), None)?)
    }
}
