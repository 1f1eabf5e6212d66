//! The best matches of a row, where a rank over the joined rows asks for them.
//!
//! ```text
//! ProjectionExec: [path, start, outer_start]                        ProjectionExec: [path, start, outer_start]
//!   FilterExec: rn <= 1                                               IntervalJoinExec: …, best=1 by [outer_end - outer_start]
//!     BoundedWindowAggExec: row_number() PARTITION BY id       →        left, right
//!         ORDER BY outer_end - outer_start
//!       IntervalJoinExec: left.path = right.path, …
//!         left (of which `id` is a key), right
//! ```
//!
//! The partition has to tell the rows of one input apart: a declared key, a grouping, or a number that `row_number() OVER ()`
//! gave. Such a number is not computed any more if nothing else asks for it. A join without inequalities is taken where the order
//! begins with the distance of spans ([`nearest`]).

mod joined;
mod nearest;
mod number;

use std::num::NonZeroUsize;
use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::physical_expr::expressions::{Column, lit};
use datafusion::physical_expr::{PhysicalExprRef, PhysicalSortExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::projection::{ProjectionExec, ProjectionExpr};
use datafusion::physical_plan::windows::BoundedWindowAggExec;

use self::joined::join;
use self::number::{at_most, row_number};
use super::condition::columns;
use crate::interval::{Best, IntervalJoinExec};

/// `plan` with its rank in the join, if it has this form.
pub(super) fn fuse(plan: &Arc<dyn ExecutionPlan>, least_pairs: usize) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    let mut output = identity(plan.schema().fields().len(), plan);
    let filter = through_projections(plan, &mut output)?;
    let Some(filter) = filter.downcast_ref::<FilterExec>() else {
        return Ok(None);
    };
    if filter.projection().is_some() || filter.fetch().is_some() {
        return Ok(None);
    }
    let mut ranked = output;
    ranked.push(Arc::clone(filter.predicate()));
    let node = through_projections(filter.input(), &mut ranked)?;
    let Some((window, rank)) = node
        .downcast_ref::<BoundedWindowAggExec>()
        .and_then(|w| Some((w, row_number(w)?)))
    else {
        return Ok(None);
    };
    let rank_column = window.input().schema().fields().len();
    let Some(k) = ranked.pop().and_then(|predicate| at_most(&predicate, rank_column)) else {
        return Ok(None);
    };
    if rank.partition_by.is_empty() || !settle_rank(&mut ranked, rank_column, k)? {
        return Ok(None);
    }
    // Everything over the join's columns from here on: what comes out, then the partition, then the order.
    let outputs = ranked.len();
    let partitions = rank.partition_by.len();
    let mut exprs = ranked;
    exprs.extend(rank.partition_by);
    exprs.extend(rank.order_by.iter().map(|o| Arc::clone(&o.expr)));
    let node = through_projections(window.input(), &mut exprs)?;
    let Some(mut join) = join(&node, least_pairs)? else {
        return Ok(None);
    };
    if let Some(projection) = join.spec.projection.take() {
        let full = datafusion::physical_plan::joins::utils::build_join_schema(
            &join.left.schema(),
            &join.right.schema(),
            &join.spec.join_type,
        )
        .0;
        let columns: Vec<_> = projection.iter().map(|i| column(full.field(*i).name(), *i)).collect();
        substitute(&mut exprs, &columns)?;
    }
    let order = exprs.split_off(outputs + partitions);
    let partition = exprs.split_off(outputs);
    let order = order.into_iter().zip(&rank.order_by);
    let mut order_by: Vec<_> = order.map(|(expr, o)| PhysicalSortExpr::new(expr, o.options)).collect();
    let Some(probe) = join.rows_of(&partition) else {
        return Ok(None);
    };
    join.spec.build = probe.negate();
    let nearest = join.spec.ranges.is_empty();
    if nearest {
        let Some(ranges) = nearest::ranges(&join, &order_by)? else {
            return Ok(None);
        };
        join.spec.ranges = ranges;
    }
    without_completion(&mut order_by, join.columns_of(probe.negate()));
    join.spec.best = Some(Best { k, order_by, nearest });
    join.drop_row_number(probe, &partition, &exprs)?;

    let mut used: Vec<usize> = exprs.iter().flat_map(columns).collect();
    used.sort_unstable();
    used.dedup();
    let mut places = vec![];
    for (place, index) in used.iter().enumerate() {
        places.resize(index + 1, column("", 0));
        places[*index] = column(join.name(*index).as_str(), place);
    }
    substitute(&mut exprs, &places)?;
    join.spec.projection = Some(used);
    let joined = IntervalJoinExec::try_new(join.left, join.right, join.spec)?;
    let schema = plan.schema();
    let exprs = exprs.into_iter().zip(schema.fields());
    let exprs = exprs.map(|(expr, field)| ProjectionExpr::new(expr, field.name()));
    Ok(Some(Arc::new(ProjectionExec::try_new(exprs, Arc::new(joined))?)))
}

fn column(name: &str, index: usize) -> PhysicalExprRef {
    Arc::new(Column::new(name, index))
}

fn identity(width: usize, plan: &Arc<dyn ExecutionPlan>) -> Vec<PhysicalExprRef> {
    let schema = plan.schema();
    (0..width).map(|i| column(schema.field(i).name(), i)).collect()
}

/// Puts `columns` in place of the columns of `exprs`.
fn substitute(exprs: &mut [PhysicalExprRef], columns: &[PhysicalExprRef]) -> Result<()> {
    for expr in exprs {
        *expr = Arc::clone(expr)
            .transform(
                |e| match e.downcast_ref::<Column>().and_then(|c| columns.get(c.index())) {
                    // What takes the place is not looked at again: its columns are of another node.
                    Some(replacement) => Ok(Transformed::new(
                        Arc::clone(replacement),
                        true,
                        datafusion::common::tree_node::TreeNodeRecursion::Jump,
                    )),
                    None => Ok(Transformed::no(e)),
                },
            )
            .data()?;
    }
    Ok(())
}

/// The node below the projections of `plan`, and `exprs` over its columns.
fn through_projections(plan: &Arc<dyn ExecutionPlan>, exprs: &mut [PhysicalExprRef]) -> Result<Arc<dyn ExecutionPlan>> {
    let mut node = Arc::clone(plan);
    while let Some(projection) = node.downcast_ref::<ProjectionExec>() {
        let columns: Vec<_> = projection.expr().iter().map(|e| Arc::clone(&e.expr)).collect();
        substitute(exprs, &columns)?;
        node = Arc::clone(projection.input());
    }
    Ok(node)
}
/// Puts the rank's value in its place where that is known; `false` if it is asked for and is not.
fn settle_rank(exprs: &mut [PhysicalExprRef], rank: usize, k: NonZeroUsize) -> Result<bool> {
    if !exprs.iter().any(|e| columns(e).contains(&rank)) {
        return Ok(true);
    }
    if k.get() > 1 {
        return Ok(false);
    }
    let mut places: Vec<_> = (0..rank).map(|i| column("", i)).collect();
    for c in exprs.iter().flat_map(named_columns).filter(|c| c.index() < rank) {
        places[c.index()] = column(c.name(), c.index());
    }
    places.push(lit(1_u64));
    substitute(exprs, &places)?;
    Ok(true)
}

fn named_columns(expr: &PhysicalExprRef) -> Vec<Column> {
    datafusion::physical_expr::utils::collect_columns(expr)
        .into_iter()
        .collect()
}

/// Drops what a join of the best completes its order with anyway: the columns of the kept side in their order, as far as
/// none is left out.
fn without_completion(order: &mut Vec<PhysicalSortExpr>, kept: std::ops::Range<usize>) {
    let is_plain = |o: &PhysicalSortExpr| !o.options.descending && !o.options.nulls_first;
    let plain = |o: &PhysicalSortExpr| {
        o.expr
            .downcast_ref::<Column>()
            .map(Column::index)
            .filter(|_| is_plain(o))
    };
    let mut start = order.len();
    let mut next = usize::MAX;
    while let Some(column) = start.checked_sub(1).and_then(|i| plain(&order[i])) {
        if !kept.contains(&column) || column >= next {
            break;
        }
        next = column;
        start -= 1;
    }
    let asked: Vec<usize> = order
        .iter()
        .filter_map(|o| o.expr.downcast_ref::<Column>().map(Column::index))
        .collect();
    let Some(last) = order.last().and_then(plain) else {
        return;
    };
    if (kept.start..=last).all(|c| asked.contains(&c)) {
        order.truncate(start);
    }
}
