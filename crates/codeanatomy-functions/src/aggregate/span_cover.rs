//! `span_cover(bstart, bend)`

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion_common::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, StructArray};
use datafusion_common::arrow::buffer::NullBuffer;
use datafusion_common::arrow::datatypes::{DataType, Int64Type};
use datafusion_common::{Result, ScalarValue, internal_err};
use datafusion_expr::function::AccumulatorArgs;
use datafusion_expr::{Accumulator, EmitTo, GroupsAccumulator};

use super::one_group::Groups;
use super::{Aggregate, passes};
use crate::spec::{Class, Kind, Parameter, Spec, span_fields, span_type};

#[derive(Debug)]
pub(super) struct SpanCover;

impl Aggregate for SpanCover {
    const SPEC: &'static Spec = &Spec {
        name: "span_cover",
        kind: Kind::Aggregate,
        section: "Spans",
        parameters: &[
            Parameter::required("bstart", Class::Integer, "Offset of the first byte of a span."),
            Parameter::required("bend", Class::Integer, "Offset after its last byte."),
        ],
        returns: "STRUCT(bstart BIGINT, bend BIGINT)",
        description: "The smallest span that contains all spans of a group: from the least bstart to the greatest bend.",
        nulls: "Spans with a null bound and reversed ones do not count; null if none counts.",
        example: "SELECT span_cover(bstart, bend) FROM (VALUES (10, 25), (3, 5)) AS t(bstart, bend)",
        since: "0.1.0",
    };

    fn returns(_types: &[DataType]) -> DataType {
        span_type()
    }

    fn state(_types: &[DataType], _returns: &DataType) -> Vec<DataType> {
        vec![DataType::Int64, DataType::Int64]
    }

    fn groups(_args: &AccumulatorArgs<'_>) -> Result<Box<dyn Groups>> {
        Ok(Box::<Covers>::default())
    }

    fn sliding(_args: &AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::<Frame>::default())
    }
}

/// The span of a row that counts.
fn span(values: &[ArrayRef], row: usize) -> Option<(i64, i64)> {
    let (bstart, bend) = (
        values[0].as_primitive::<Int64Type>(),
        values[1].as_primitive::<Int64Type>(),
    );
    let whole = bstart.is_valid(row) && bend.is_valid(row) && bstart.value(row) <= bend.value(row);
    whole.then(|| (bstart.value(row), bend.value(row)))
}

fn column(covers: &[Option<(i64, i64)>], pick: fn(&(i64, i64)) -> i64) -> ArrayRef {
    Arc::new(covers.iter().map(|c| c.as_ref().map(pick)).collect::<Int64Array>())
}

fn columns(covers: &[Option<(i64, i64)>]) -> Vec<ArrayRef> {
    vec![column(covers, |c| c.0), column(covers, |c| c.1)]
}

fn structs(covers: &[Option<(i64, i64)>]) -> Result<ArrayRef> {
    let nulls: NullBuffer = covers.iter().map(Option::is_some).collect();
    Ok(Arc::new(StructArray::try_new(
        span_fields(),
        columns(covers),
        Some(nulls),
    )?))
}

#[derive(Debug, Default, Clone)]
struct Covers(Vec<Option<(i64, i64)>>);

impl Groups for Covers {
    fn copy(&self) -> Box<dyn Groups> {
        Box::new(self.clone())
    }
}

impl GroupsAccumulator for Covers {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.0.resize(total_num_groups, None);
        for (row, group) in group_indices.iter().enumerate().filter(|(row, _)| passes(filter, *row)) {
            if let Some((bstart, bend)) = span(values, row) {
                let cover = self.0[*group].get_or_insert((bstart, bend));
                *cover = (cover.0.min(bstart), cover.1.max(bend));
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        self.update_batch(states, group_indices, None, total_num_groups)
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        structs(&emit_to.take_needed(&mut self.0))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(columns(&emit_to.take_needed(&mut self.0)))
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let covers = (0..values[0].len()).map(|row| span(values, row).filter(|_| passes(filter, row)));
        Ok(columns(&covers.collect::<Vec<_>>()))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.0.capacity() * size_of::<Option<(i64, i64)>>()
    }
}

/// The bounds in a frame, each with how often it is there.
#[derive(Debug, Default)]
struct Frame {
    starts: BTreeMap<i64, usize>,
    ends: BTreeMap<i64, usize>,
}

fn leave(bounds: &mut BTreeMap<i64, usize>, bound: i64) {
    match bounds.get_mut(&bound) {
        Some(1) | None => {
            bounds.remove(&bound);
        }
        Some(count) => *count -= 1,
    }
}

impl Accumulator for Frame {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for (bstart, bend) in (0..values[0].len()).filter_map(|row| span(values, row)) {
            *self.starts.entry(bstart).or_default() += 1;
            *self.ends.entry(bend).or_default() += 1;
        }
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for (bstart, bend) in (0..values[0].len()).filter_map(|row| span(values, row)) {
            leave(&mut self.starts, bstart);
            leave(&mut self.ends, bend);
        }
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let least = self.starts.first_key_value().map(|(bound, _)| *bound);
        let greatest = self.ends.last_key_value().map(|(bound, _)| *bound);
        ScalarValue::try_from_array(&structs(&[least.zip(greatest)])?, 0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        internal_err!("a frame of a window has no state that is merged")
    }

    fn merge_batch(&mut self, _states: &[ArrayRef]) -> Result<()> {
        internal_err!("a frame of a window has no state that is merged")
    }

    fn size(&self) -> usize {
        size_of_val(self) + (self.starts.len() + self.ends.len()) * 3 * size_of::<usize>()
    }
}
