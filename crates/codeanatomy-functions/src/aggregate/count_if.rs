//! `count_if(condition)`

use std::sync::Arc;

use datafusion_common::arrow::array::{ArrayRef, AsArray, BooleanArray, Int64Array};
use datafusion_common::arrow::datatypes::{DataType, Int64Type};
use datafusion_common::{Result, ScalarValue, internal_err, plan_err};
use datafusion_expr::function::AccumulatorArgs;
use datafusion_expr::{Accumulator, EmitTo, GroupsAccumulator};

use super::one_group::Groups;
use super::{Aggregate, passes};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct CountIf;

impl Aggregate for CountIf {
    const SPEC: &'static Spec = &Spec {
        name: "count_if",
        kind: Kind::Aggregate,
        section: "Counting",
        parameters: &[Parameter::required(
            "condition",
            Class::Boolean,
            "What is counted where it is true.",
        )],
        returns: "BIGINT",
        description: "How many rows the condition is true of: count(*) FILTER (WHERE condition).",
        nulls: "A null condition is not true; never null.",
        example: "SELECT count_if(v > 1) FROM (VALUES (1), (2), (3), (NULL)) AS t(v)",
        since: "0.1.0",
    };

    fn returns(_types: &[DataType]) -> DataType {
        DataType::Int64
    }

    fn of_nothing(_ty: &DataType) -> Result<ScalarValue> {
        Ok(ScalarValue::Int64(Some(0)))
    }

    fn state(_types: &[DataType], _returns: &DataType) -> Vec<DataType> {
        vec![DataType::Int64]
    }

    fn groups(args: &AccumulatorArgs<'_>) -> Result<Box<dyn Groups>> {
        refuse_distinct(args)?;
        Ok(Box::<Counts>::default())
    }

    fn sliding(args: &AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        refuse_distinct(args)?;
        Ok(Box::<Count>::default())
    }
}

fn refuse_distinct(args: &AccumulatorArgs<'_>) -> Result<()> {
    if args.is_distinct {
        return plan_err!("count_if(DISTINCT ...) is not there: there is but one true condition");
    }
    Ok(())
}

#[derive(Debug, Default, Clone)]
struct Counts(Vec<i64>);

impl Groups for Counts {
    fn copy(&self) -> Box<dyn Groups> {
        Box::new(self.clone())
    }
}

impl GroupsAccumulator for Counts {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.0.resize(total_num_groups, 0);
        let conditions = values[0].as_boolean();
        for (row, group) in group_indices.iter().enumerate() {
            self.0[*group] += i64::from(passes(Some(conditions), row) && passes(filter, row));
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        self.0.resize(total_num_groups, 0);
        for (count, group) in states[0].as_primitive::<Int64Type>().iter().zip(group_indices) {
            self.0[*group] += count.unwrap_or_default();
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        Ok(Arc::new(Int64Array::from(emit_to.take_needed(&mut self.0))))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.evaluate(emit_to)?])
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let conditions = values[0].as_boolean();
        let counts = (0..conditions.len()).map(|row| i64::from(passes(Some(conditions), row) && passes(filter, row)));
        Ok(vec![Arc::new(Int64Array::from_iter_values(counts))])
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.0.capacity() * size_of::<i64>()
    }
}

/// The count of a frame.
#[derive(Debug, Default)]
struct Count(i64);

impl Count {
    fn trues(values: &[ArrayRef]) -> i64 {
        let conditions = values[0].as_boolean();
        (0..conditions.len())
            .filter(|row| passes(Some(conditions), *row))
            .count() as i64
    }
}

impl Accumulator for Count {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.0 += Self::trues(values);
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.0 -= Self::trues(values);
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Int64(Some(self.0)))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        internal_err!("a frame of a window has no state that is merged")
    }

    fn merge_batch(&mut self, _states: &[ArrayRef]) -> Result<()> {
        internal_err!("a frame of a window has no state that is merged")
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }
}
