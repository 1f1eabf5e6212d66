//! One group, kept by an accumulator of many: aggregates without GROUP BY, and over windows whose frames only grow.

use std::fmt::Debug;

use datafusion_common::arrow::array::{Array, ArrayRef, new_empty_array};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::{Result, ScalarValue};
use datafusion_expr::{Accumulator, EmitTo, GroupsAccumulator};

/// An accumulator of many groups that can be copied.
pub(super) trait Groups: GroupsAccumulator + Debug + Sync {
    fn copy(&self) -> Box<dyn Groups>;

    /// Makes what is kept small, before it is copied.
    fn settle(&mut self) {}
}

#[derive(Debug)]
pub(super) struct OneGroup {
    groups: Box<dyn Groups>,
    /// Of the arguments.
    types: Vec<DataType>,
    is_started: bool,
    /// The group of each row: the first one.
    rows: Vec<usize>,
}

impl OneGroup {
    pub(super) fn new(groups: Box<dyn Groups>, types: Vec<DataType>) -> Self {
        Self {
            groups,
            types,
            is_started: false,
            rows: vec![],
        }
    }

    /// A copy that has the group even if no row came.
    fn whole(&mut self) -> Result<Box<dyn Groups>> {
        if !self.is_started {
            let none: Vec<_> = self.types.iter().map(new_empty_array).collect();
            self.groups.update_batch(&none, &[], None, 1)?;
            self.is_started = true;
        }
        self.groups.settle();
        Ok(self.groups.copy())
    }
}

impl Accumulator for OneGroup {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.rows.resize(values.first().map_or(0, |v| v.len()), 0);
        self.groups.update_batch(values, &self.rows, None, 1)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.rows.resize(states.first().map_or(0, |v| v.len()), 0);
        self.groups.merge_batch(states, &self.rows, 1)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let columns = self.whole()?.state(EmitTo::First(1))?;
        columns
            .iter()
            .map(|column| ScalarValue::try_from_array(column, 0))
            .collect()
    }

    /// Windows ask for it after each row, so it leaves the state as it is.
    fn evaluate(&mut self) -> Result<ScalarValue> {
        let value = self.whole()?.evaluate(EmitTo::First(1))?;
        ScalarValue::try_from_array(&value, 0)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.groups.size() + self.rows.capacity() * size_of::<usize>()
    }
}
