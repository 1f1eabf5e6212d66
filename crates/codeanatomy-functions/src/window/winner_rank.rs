//! `winner_rank()`

use std::ops::Range;
use std::sync::Arc;

use datafusion_common::Result;
use datafusion_common::arrow::array::{ArrayRef, Int64Array, StructArray};
use datafusion_common::arrow::datatypes::{DataType, Field, Fields};
use datafusion_expr::PartitionEvaluator;

use super::Window;
use crate::spec::{Kind, Spec};

#[derive(Debug)]
pub(super) struct WinnerRank;

impl Window for WinnerRank {
    const SPEC: &'static Spec = &Spec {
        name: "winner_rank",
        kind: Kind::Window,
        section: "Windows",
        parameters: &[],
        returns: "STRUCT(rank BIGINT, tied BIGINT, candidates BIGINT)",
        description: "The place of a row among the candidates of its partition, in the order of the window: rank, 1 for the winners, as rank() gives it; tied, how many rows share the place, so that a winner with tied > 1 is ambiguous; and candidates, the number of rows of the partition. The frame does not matter.",
        nulls: "Never null, and neither are its fields.",
        example: "SELECT v, winner_rank() OVER (ORDER BY score DESC) FROM (VALUES ('a', 3), ('b', 3), ('c', 1)) AS t(v, score)",
        since: "0.1.0",
    };

    fn returns(_types: &[DataType]) -> (DataType, bool) {
        (ranked(), false)
    }

    fn evaluator(_types: &[DataType]) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Places))
    }
}

fn fields() -> Fields {
    let field = |name| Field::new(name, DataType::Int64, false);
    Fields::from(["rank", "tied", "candidates"].map(field).to_vec())
}

fn ranked() -> DataType {
    DataType::Struct(fields())
}

#[derive(Debug)]
struct Places;

impl PartitionEvaluator for Places {
    fn include_rank(&self) -> bool {
        true
    }

    fn evaluate_all_with_rank(&self, rows: usize, peers: &[Range<usize>]) -> Result<ArrayRef> {
        let column = |of: fn(&Range<usize>) -> usize| {
            let values = peers.iter().flat_map(|p| std::iter::repeat_n(of(p) as i64, p.len()));
            Arc::new(Int64Array::from_iter_values(values)) as ArrayRef
        };
        let candidates = Int64Array::from_value(rows as i64, rows);
        let columns = vec![column(|p| p.start + 1), column(|p| p.len()), Arc::new(candidates)];
        Ok(Arc::new(StructArray::try_new(fields(), columns, None)?))
    }
}
