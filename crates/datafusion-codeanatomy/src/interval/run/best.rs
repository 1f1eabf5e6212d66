//! The best matches of each asking row, kept while its candidates come.
//!
//! Candidates are compared by the order and then by the rank of the kept row. The rank is the kept row's place among
//! all kept rows by all their columns, so ties fall the same way whatever order the rows came in. The end of the order that
//! reads only kept columns is part of the rank; where that is all of it, comparing two candidates is comparing two integers.

use std::collections::BinaryHeap;
use std::sync::Arc;

use datafusion::arrow::array::{DynComparator, RecordBatch, make_comparator};
use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::Schema;
use datafusion::arrow::row::{RowConverter, Rows as Keys, SortField};
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{JoinSide, Result};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::utils::collect_columns;
use datafusion::physical_expr::{PhysicalExprRef, PhysicalSortExpr};
use datafusion::physical_plan::joins::utils::ColumnIndex;

use super::asked::Pairs;
use super::output::{Rows, assemble};
use crate::interval::spec::IntervalJoinSpec;

/// How candidates are compared.
#[derive(Debug, Clone)]
pub(in crate::interval) struct Order {
    pub(super) k: usize,
    /// What is compared first, over pairs of rows.
    by: Vec<PhysicalSortExpr>,
    /// The columns of these pairs.
    over: (Arc<Schema>, Vec<ColumnIndex>),
    /// What is compared then, over kept rows.
    by_kept: Vec<PhysicalSortExpr>,
}

impl Order {
    /// The order of a spec, if it wants the best matches only.
    pub(super) fn try_new(spec: &IntervalJoinSpec, left: &Schema, right: &Schema) -> Result<Option<Self>> {
        let Some(best) = &spec.best else {
            return Ok(None);
        };
        let split = left.fields().len();
        let origin = |index: usize| match index < split {
            true => (JoinSide::Left, index),
            false => (JoinSide::Right, index - split),
        };
        let is_of_kept = |order: &PhysicalSortExpr| {
            let columns = collect_columns(&order.expr);
            columns.iter().all(|column| origin(column.index()).0 == spec.build)
        };
        let of_kept = best.order_by.iter().rev().take_while(|order| is_of_kept(order)).count();
        let (by, by_kept) = best.order_by.split_at(best.order_by.len() - of_kept);
        let mut read: Vec<usize> = (by.iter())
            .flat_map(|order| collect_columns(&order.expr))
            .map(|column| column.index())
            .collect();
        read.sort_unstable();
        read.dedup();
        let field = |index: &usize| {
            let (side, index) = origin(*index);
            let of = if side == JoinSide::Left { left } else { right };
            (of.field(index).clone(), ColumnIndex { index, side })
        };
        let (fields, columns): (Vec<_>, Vec<_>) = read.iter().map(field).unzip();
        Ok(Some(Self {
            k: best.k.get(),
            by: with_places(by, &|index| read.partition_point(|read| *read < index))?,
            over: (Arc::new(Schema::new(fields)), columns),
            by_kept: with_places(by_kept, &|index| origin(index).1)?,
        }))
    }

    /// The columns of pairs that are compared first, and by what.
    pub(super) fn of_columns(&self) -> (&Schema, &[ColumnIndex], &[PhysicalSortExpr]) {
        (&self.over.0, &self.over.1, &self.by)
    }

    /// What is compared then, over the kept columns.
    pub(super) fn of_kept(&self) -> &[PhysicalSortExpr] {
        &self.by_kept
    }

    /// Each kept row's place in the order, as far as kept columns alone give one.
    pub(super) fn ranks(&self, kept: &RecordBatch) -> Result<Vec<u32>> {
        // Rows of no columns would be none.
        let keys = match self.by_kept.as_slice() {
            [] => None,
            by => Some(keys(by, kept)?),
        };
        let options = SortOptions::new(false, false);
        // A column whose type has no order, such as a union, decides nothing.
        let by_column: Vec<DynComparator> = (kept.columns().iter())
            .filter_map(|column| make_comparator(column, column, options).ok())
            .collect();
        let mut order: Vec<u32> = (0..kept.num_rows() as u32).collect();
        order.sort_unstable_by(|a, b| {
            let (a, b) = (*a as usize, *b as usize);
            let by_key = keys.as_ref().map(|keys| keys.row(a).cmp(&keys.row(b)));
            let by_columns = || by_column.iter().map(|compare| compare(a, b)).find(|o| o.is_ne());
            by_key
                .filter(|o| o.is_ne())
                .or_else(by_columns)
                .unwrap_or_else(|| a.cmp(&b))
        });
        let mut ranks = vec![0; order.len()];
        for (rank, row) in (0..).zip(order) {
            ranks[row as usize] = rank;
        }
        Ok(ranks)
    }

    /// The keys of pairs of rows; `None` if ranks alone give the order.
    pub(super) fn of_pairs(&self, kept_side: JoinSide, kept: &Rows<'_>, asked: &Rows<'_>) -> Result<Option<Keys>> {
        if self.by.is_empty() {
            return Ok(None);
        }
        let (schema, columns) = &self.over;
        keys(&self.by, &assemble(schema, columns, kept_side, kept, asked)?).map(Some)
    }
}

fn keys(by: &[PhysicalSortExpr], batch: &RecordBatch) -> Result<Keys> {
    let arrays = by
        .iter()
        .map(|order| order.expr.evaluate(batch)?.into_array(batch.num_rows()));
    let arrays = arrays.collect::<Result<Vec<_>>>()?;
    let fields = arrays.iter().zip(by);
    let fields = fields.map(|(array, order)| SortField::new_with_options(array.data_type().clone(), order.options));
    Ok(RowConverter::new(fields.collect())?.convert_columns(&arrays)?)
}

/// The order over other columns.
pub(super) fn with_places(by: &[PhysicalSortExpr], place: &impl Fn(usize) -> usize) -> Result<Vec<PhysicalSortExpr>> {
    let moved = |order: &PhysicalSortExpr| Ok(PhysicalSortExpr::new(with_columns(&order.expr, place)?, order.options));
    by.iter().map(moved).collect()
}

/// The expression with its columns at other places.
fn with_columns(expr: &PhysicalExprRef, place: &impl Fn(usize) -> usize) -> Result<PhysicalExprRef> {
    let move_column = |expr: PhysicalExprRef| match expr.downcast_ref::<Column>() {
        Some(column) => {
            let moved = Column::new(column.name(), place(column.index()));
            Ok(Transformed::yes(Arc::new(moved) as PhysicalExprRef))
        }
        None => Ok(Transformed::no(expr)),
    };
    Arc::clone(expr).transform(move_column).data()
}

/// Candidates of one asking row, the worst on top: order key, rank and point.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    heap: BinaryHeap<(Box<[u8]>, u32, u32)>,
}

impl Chosen {
    pub(super) fn offer(&mut self, k: usize, key: &[u8], rank: u32, point: u32) {
        if self.heap.len() == k {
            let is_better = |(worst, of, at): &(Box<[u8]>, u32, u32)| (key, rank, point) < (worst.as_ref(), *of, *at);
            if !self.heap.peek().is_some_and(is_better) {
                return;
            }
            self.heap.pop();
        }
        self.heap.push((key.into(), rank, point));
    }

    /// Moves what was chosen for a row to `pairs`, the best first.
    pub(super) fn finish(&mut self, row: u32, pairs: &mut Pairs) {
        for (_, _, point) in std::mem::take(&mut self.heap).into_sorted_vec() {
            pairs.asked.push(row);
            pairs.points.push(point);
        }
    }
}
