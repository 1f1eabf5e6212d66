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
//! gave. Such a number is not computed any more if nothing else asks for it.

use std::num::NonZeroUsize;
use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{JoinSide, JoinType, Result, ScalarValue};
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::expressions::{BinaryExpr, Column, Literal, lit};
use datafusion::physical_expr::window::StandardWindowExpr;
use datafusion::physical_expr::{PhysicalExprRef, PhysicalSortExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::execution_plan::replace_children_if_necessary;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::projection::{ProjectionExec, ProjectionExpr};
use datafusion::physical_plan::windows::{BoundedWindowAggExec, WindowUDFExpr};

use super::condition::{Condition, columns};
use super::join::EngineJoin;
use super::unique::is_unique;
use super::worth::is_large;
use crate::interval::{Best, IntervalJoinExec, IntervalJoinSpec};

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
    let mut order_by = order.map(|(expr, o)| PhysicalSortExpr::new(expr, o.options)).collect();
    let Some(probe) = join.rows_of(&partition) else {
        return Ok(None);
    };
    without_completion(&mut order_by, join.columns_of(probe.negate()));
    join.spec.build = probe.negate();
    join.spec.best = Some(Best { k, order_by });
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

/// What a `row_number()` counts by.
struct Rank {
    partition_by: Vec<PhysicalExprRef>,
    order_by: Vec<PhysicalSortExpr>,
}

/// The one function of `window`, if it is `row_number()`.
fn row_number(window: &BoundedWindowAggExec) -> Option<Rank> {
    let [expr] = window.window_expr() else { return None };
    let function = expr
        .as_any()
        .downcast_ref::<StandardWindowExpr>()?
        .get_standard_func_expr();
    let function = function.as_any().downcast_ref::<WindowUDFExpr>()?;
    (function.fun().name() == "row_number").then(|| Rank {
        partition_by: expr.partition_by().to_vec(),
        order_by: expr.order_by().to_vec(),
    })
}

/// `k`, if `predicate` says that the column is at most that.
fn at_most(predicate: &PhysicalExprRef, rank: usize) -> Option<NonZeroUsize> {
    let binary = predicate.downcast_ref::<BinaryExpr>()?;
    let is_rank = |e: &PhysicalExprRef| e.downcast_ref::<Column>().is_some_and(|c| c.index() == rank);
    let (op, k) = match (is_rank(binary.left()), is_rank(binary.right())) {
        (true, false) => (*binary.op(), binary.right()),
        (false, true) => (binary.op().swap()?, binary.left()),
        _ => return None,
    };
    let k = match k.downcast_ref::<Literal>()?.value() {
        ScalarValue::UInt64(k) => usize::try_from((*k)?).ok()?,
        ScalarValue::Int64(k) => usize::try_from((*k)?).ok()?,
        _ => return None,
    };
    NonZeroUsize::new(match op {
        Operator::LtEq => k,
        Operator::Lt => k.checked_sub(1)?,
        Operator::Eq if k == 1 => 1,
        _ => return None,
    })
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

/// A join that is, or can be, an interval join.
struct Join {
    left: Arc<dyn ExecutionPlan>,
    right: Arc<dyn ExecutionPlan>,
    spec: IntervalJoinSpec,
}

/// `node` as a join that finds spans, whether it is the engine's or ours; also one with a single inequality.
fn join(node: &Arc<dyn ExecutionPlan>, least_pairs: usize) -> Result<Option<Join>> {
    if let Some(join) = node.downcast_ref::<IntervalJoinExec>() {
        let plain = join.spec().best.is_none() && join.fetch().is_none();
        return Ok(plain.then(|| Join {
            left: Arc::clone(join.left()),
            right: Arc::clone(join.right()),
            spec: join.spec().clone(),
        }));
    }
    let Some(join) = EngineJoin::of(node) else {
        return Ok(None);
    };
    let Some(condition) = Condition::of(&join.filter, &join.left.schema(), &join.right.schema())? else {
        return Ok(None);
    };
    if !is_large(&join, least_pairs)? {
        return Ok(None);
    }
    Ok(Some(Join {
        spec: IntervalJoinSpec {
            on: join.on,
            ranges: condition.ranges,
            residual: condition.residual,
            join_type: join.join_type,
            build: JoinSide::Left,
            best: None,
            projection: join.projection,
        },
        left: join.left,
        right: join.right,
    }))
}

impl Join {
    /// The columns of a side, as positions in the join's schema.
    fn columns_of(&self, side: JoinSide) -> std::ops::Range<usize> {
        let width = self.left_width();
        match side {
            JoinSide::Left => 0..width,
            _ => width..width + self.right.schema().fields().len(),
        }
    }

    fn left_width(&self) -> usize {
        self.left.schema().fields().len()
    }

    fn name(&self, index: usize) -> String {
        let width = self.left_width();
        match index.checked_sub(width) {
            None => self.left.schema().field(index).name().clone(),
            Some(right) => self.right.schema().field(right).name().clone(),
        }
    }

    /// The side whose rows `partition` tells apart, if the join gives each of them its matches.
    fn rows_of(&self, partition: &[PhysicalExprRef]) -> Option<JoinSide> {
        let width = self.left_width();
        let used: Vec<usize> = partition.iter().flat_map(columns).collect();
        let (side, input) = match (used.iter().all(|c| *c < width), used.iter().all(|c| *c >= width)) {
            (true, false) => (JoinSide::Left, &self.left),
            (false, true) => (JoinSide::Right, &self.right),
            _ => return None,
        };
        let kept = match self.spec.join_type {
            JoinType::Inner => true,
            JoinType::Left => side == JoinSide::Left,
            JoinType::Right => side == JoinSide::Right,
            _ => false,
        };
        if !kept {
            return None;
        }
        let base = if side == JoinSide::Left { 0 } else { width };
        let own: Vec<PhysicalExprRef> = partition
            .iter()
            .filter_map(|e| e.downcast_ref::<Column>())
            .map(|c| column(c.name(), c.index() - base))
            .collect();
        let numbered = || own.iter().flat_map(columns).any(|c| is_row_number(input, c));
        (is_unique(input.as_ref(), &own) || numbered()).then_some(side)
    }

    /// Puts a constant in the place of a row number that told the rows of `probe` apart, if neither `output` nor the join asks for it.
    fn drop_row_number(
        &mut self,
        probe: JoinSide,
        partition: &[PhysicalExprRef],
        output: &[PhysicalExprRef],
    ) -> Result<()> {
        let [number] = partition else { return Ok(()) };
        let Some(number) = number.downcast_ref::<Column>().map(Column::index) else {
            return Ok(());
        };
        let best = self.spec.best.iter().flat_map(|b| &b.order_by).map(|o| &o.expr);
        if output.iter().chain(best).any(|e| columns(e).contains(&number)) {
            return Ok(());
        }
        let (input, own) = match probe {
            JoinSide::Left => (&mut self.left, number),
            _ => {
                let width = self.left.schema().fields().len();
                (&mut self.right, number - width)
            }
        };
        let asks = |e: &PhysicalExprRef| columns(e).contains(&own);
        let keys = self
            .spec
            .on
            .iter()
            .map(|(l, r)| if probe == JoinSide::Left { l } else { r });
        let ranges = self
            .spec
            .ranges
            .iter()
            .map(|r| if probe == JoinSide::Left { &r.left } else { &r.right });
        let residual = self.spec.residual.iter().flat_map(|r| r.column_indices());
        if keys.chain(ranges).any(asks) || residual.into_iter().any(|c| c.side == probe && c.index == own) {
            return Ok(());
        }
        if let Some(plan) = without_row_number(input, own)? {
            *input = plan;
        }
        Ok(())
    }
}

/// `plan` with a constant in the place of the column, if that is the number that `row_number() OVER ()` gives to its rows and nothing in
/// between asks for it.
fn without_row_number(plan: &Arc<dyn ExecutionPlan>, number: usize) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    if let Some(projection) = plan.downcast_ref::<ProjectionExec>() {
        let below = projection
            .expr()
            .get(number)
            .and_then(|e| e.expr.downcast_ref::<Column>());
        let Some(below) = below.map(Column::index) else {
            return Ok(None);
        };
        let asks = |e: &ProjectionExpr| columns(&e.expr).contains(&below);
        if projection.expr().iter().filter(|e| asks(e)).count() > 1 {
            return Ok(None);
        }
        let input = without_row_number(projection.input(), below)?;
        return input
            .map(|i| replace_children_if_necessary(Arc::clone(plan), vec![i]))
            .transpose();
    }
    if let Some(filter) = plan.downcast_ref::<FilterExec>() {
        if filter.projection().is_some() || columns(filter.predicate()).contains(&number) {
            return Ok(None);
        }
        let input = without_row_number(filter.input(), number)?;
        return input
            .map(|i| replace_children_if_necessary(Arc::clone(plan), vec![i]))
            .transpose();
    }
    let Some((window, rank)) = plan
        .downcast_ref::<BoundedWindowAggExec>()
        .and_then(|w| Some((w, row_number(w)?)))
    else {
        return Ok(None);
    };
    let input = window.input();
    let width = input.schema().fields().len();
    if !rank.partition_by.is_empty() || !rank.order_by.is_empty() || number != width {
        return Ok(None);
    }
    let name = plan.schema().field(width).name().clone();
    let mut exprs: Vec<_> = identity(width, input)
        .into_iter()
        .zip(input.schema().fields())
        .map(|(e, field)| ProjectionExpr::new(e, field.name()))
        .collect();
    exprs.push(ProjectionExpr::new(lit(0_u64), name));
    Ok(Some(Arc::new(ProjectionExec::try_new(exprs, Arc::clone(input))?)))
}

/// Whether the column is the number that `row_number() OVER ()` gives to the rows of `plan`.
fn is_row_number(plan: &Arc<dyn ExecutionPlan>, number: usize) -> bool {
    if let Some(projection) = plan.downcast_ref::<ProjectionExec>() {
        let below = projection
            .expr()
            .get(number)
            .and_then(|e| e.expr.downcast_ref::<Column>());
        return below.is_some_and(|c| is_row_number(projection.input(), c.index()));
    }
    if let Some(filter) = plan.downcast_ref::<FilterExec>() {
        return filter.projection().is_none() && is_row_number(filter.input(), number);
    }
    let window = plan.downcast_ref::<BoundedWindowAggExec>();
    window
        .and_then(|w| Some((w, row_number(w)?)))
        .is_some_and(|(window, rank)| rank.partition_by.is_empty() && number == window.input().schema().fields().len())
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
