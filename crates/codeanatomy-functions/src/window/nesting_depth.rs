//! `nesting_depth(bstart, bend)`

use std::sync::Arc;

use datafusion_common::arrow::array::{Array, ArrayRef, AsArray, Int64Builder};
use datafusion_common::arrow::datatypes::{DataType, Int64Type};
use datafusion_common::{Result, exec_err};
use datafusion_expr::PartitionEvaluator;

use super::Window;
use super::span_islands::span;
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct NestingDepth;

impl Window for NestingDepth {
    const SPEC: &'static Spec = &Spec {
        name: "nesting_depth",
        kind: Kind::Window,
        section: "Windows",
        parameters: &[
            Parameter::required("bstart", Class::Integer, "Offset of the first byte of the span."),
            Parameter::required("bend", Class::Integer, "Offset after its last byte."),
        ],
        returns: "BIGINT",
        description: "How many spans before the row, in the order of the window, contain its span, as span_contains says. Rows are to come in the order of bstart, bend DESC, so that these are all that contain it, and of equal spans the later is inside the earlier; a row out of that order is an error. Takes n log n time, for crossing spans too. The frame does not matter.",
        nulls: "Null if a bound is null; 0 of a reversed span, which contains nothing either.",
        example: "SELECT bstart, nesting_depth(bstart, bend) OVER (ORDER BY bstart, bend DESC) FROM (VALUES (0, 20), (2, 10), (3, 5), (12, 15)) AS t(bstart, bend)",
        since: "0.1.0",
    };

    fn returns(_types: &[DataType]) -> (DataType, bool) {
        (DataType::Int64, true)
    }

    fn evaluator(_types: &[DataType]) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Depths))
    }
}

#[derive(Debug)]
struct Depths;

impl PartitionEvaluator for Depths {
    fn evaluate_all(&mut self, values: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        let (starts, ends) = (
            values[0].as_primitive::<Int64Type>(),
            values[1].as_primitive::<Int64Type>(),
        );
        let mut ranks: Vec<i64> = ends.iter().flatten().collect();
        ranks.sort_unstable();
        ranks.dedup();
        let mut seen = Counts(vec![0; ranks.len() + 1]);
        let mut depths = Int64Builder::with_capacity(rows);
        let mut last: Option<(i64, i64)> = None;
        // Empty spans so far at the last offset.
        let mut empty = 0;
        for row in 0..rows {
            if starts.is_null(row) || ends.is_null(row) {
                depths.append_null();
                continue;
            }
            let Some((bstart, bend)) = span(values, row) else {
                depths.append_value(0);
                continue;
            };
            if let Some((start, end)) = last
                && (start, std::cmp::Reverse(end)) > (bstart, std::cmp::Reverse(bend))
            {
                return exec_err!(
                    "nesting_depth: rows must come in the order of bstart, bend DESC, and ({bstart}, {bend}) comes behind ({start}, {end})"
                );
            }
            if last.is_some_and(|(start, _)| start != bstart) {
                empty = 0;
            }
            last = Some((bstart, bend));
            // Of the spans so far, which begin at bstart or before: those that end at bend or behind. One that ends where an
            // empty span is does not contain it, unless it is empty there too.
            let least = if bstart == bend {
                ranks.partition_point(|end| *end <= bend)
            } else {
                ranks.partition_point(|end| *end < bend)
            };
            depths.append_value(seen.from(least) + if bstart == bend { empty } else { 0 });
            empty += i64::from(bstart == bend);
            seen.add(ranks.partition_point(|end| *end < bend));
        }
        Ok(Arc::new(depths.finish()))
    }
}

/// How many spans end at each rank: a Fenwick tree over the ranks from the last.
struct Counts(Vec<i64>);

impl Counts {
    fn add(&mut self, rank: usize) {
        let mut at = self.0.len() - 1 - rank;
        while at < self.0.len() {
            self.0[at] += 1;
            at += at & at.wrapping_neg();
        }
    }

    /// How many end at `rank` or behind it.
    fn from(&self, rank: usize) -> i64 {
        let (mut at, mut count) = (self.0.len() - 1 - rank, 0);
        while at > 0 {
            count += self.0[at];
            at -= at & at.wrapping_neg();
        }
        count
    }
}
