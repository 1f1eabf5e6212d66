//! `span_islands(bstart, bend, gap)`

use datafusion_common::arrow::array::{Array, ArrayRef, AsArray};
use datafusion_common::arrow::datatypes::{DataType, Int64Type};
use datafusion_common::{Result, exec_err};
use datafusion_expr::PartitionEvaluator;

use super::Window;
use super::running::{Running, Step};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct SpanIslands;

impl Window for SpanIslands {
    const SPEC: &'static Spec = &Spec {
        name: "span_islands",
        kind: Kind::Window,
        section: "Windows",
        parameters: &[
            Parameter::required("bstart", Class::Integer, "Offset of the first byte of the span."),
            Parameter::required("bend", Class::Integer, "Offset after its last byte."),
            Parameter::optional(
                "gap",
                Class::Integer,
                "0",
                "How many bytes may lie between two spans of an island.",
            ),
        ],
        returns: "BIGINT",
        description: "The number of the island that a span is in, from 0: an island is a run of spans of which each begins at most gap bytes behind the greatest end before it, so that with gap 0 spans which overlap or touch are of one island. Rows are to come in the order of bstart; one that begins before the row before it is an error. The frame does not matter.",
        nulls: "Null, and of no island, if a bound is null or the span is reversed.",
        example: "SELECT bstart, span_islands(bstart, bend) OVER (ORDER BY bstart, bend) FROM (VALUES (0, 5), (3, 8), (10, 12)) AS t(bstart, bend)",
        since: "0.1.0",
    };

    fn returns(_types: &[DataType]) -> (DataType, bool) {
        (DataType::Int64, true)
    }

    fn evaluator(_types: &[DataType]) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Running(Islands::default())))
    }
}

#[derive(Debug, Default)]
struct Islands {
    /// The number of the island, its greatest end, and the last start.
    current: Option<(i64, i64, i64)>,
}

impl Step for Islands {
    fn next(&mut self, values: &[ArrayRef], row: usize) -> Result<Option<i64>> {
        let Some((bstart, bend)) = span(values, row) else {
            return Ok(None);
        };
        let gap = match values.get(2) {
            Some(gap) if !gap.data_type().is_null() && gap.is_valid(row) => gap.as_primitive::<Int64Type>().value(row),
            _ => 0,
        };
        let (island, end) = match self.current {
            None => (0, bend),
            Some((_, _, last)) if bstart < last => {
                return exec_err!(
                    "span_islands: rows must come in the order of bstart, and {bstart} comes behind {last}"
                );
            }
            Some((island, end, _)) if bstart.saturating_sub(gap) <= end => (island, end.max(bend)),
            Some((island, _, _)) => (island + 1, bend),
        };
        self.current = Some((island, end, bstart));
        Ok(Some(island))
    }
}

/// The span of a row, unless it is reversed or has a null bound.
pub(super) fn span(values: &[ArrayRef], row: usize) -> Option<(i64, i64)> {
    let (bstart, bend) = (
        values[0].as_primitive::<Int64Type>(),
        values[1].as_primitive::<Int64Type>(),
    );
    let whole = bstart.is_valid(row) && bend.is_valid(row) && bstart.value(row) <= bend.value(row);
    whole.then(|| (bstart.value(row), bend.value(row)))
}
