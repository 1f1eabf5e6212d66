//! Ties of window functions.
//!
//! | function | frame | what arrival can show | required from |
//! |---|---|---|---|
//! | `row_number`, `ntile`, `lag`, `lead`, `first_value`, `last_value`, `nth_value` | any | which of the peers comes first | `set` |
//! | aggregates | `ROWS` with an end inside the partition | which of the peers are in the frame | `set` |
//! | `first_value`, `last_value`, `nth_value` as aggregates, unknown functions | any | which of the peers is taken | `set` |
//! | `array_agg`, `string_agg`, sums of floating-point numbers | any | the order of the items, the last bits | `canonical` |
//! | `rank`, `dense_rank`, `percent_rank`, `cume_dist`, `count`, `min`, `max`, sums of integers | others | nothing | |
//!
//! What is shown is settled by the order of the input: the function's own order stays as it is written, and so do its peers.

use std::sync::Arc;

use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Constraint, Result, plan_err};
use datafusion::functions_aggregate::array_agg::ArrayAgg;
use datafusion::functions_aggregate::average::Avg;
use datafusion::functions_aggregate::bool_and_or::{BoolAnd, BoolOr};
use datafusion::functions_aggregate::count::Count;
use datafusion::functions_aggregate::min_max::{Max, Min};
use datafusion::functions_aggregate::string_agg::StringAgg;
use datafusion::functions_aggregate::sum::Sum;
use datafusion::functions_window::cume_dist::CumeDist;
use datafusion::functions_window::rank::Rank;
use datafusion::logical_expr::{AggregateUDF, WindowFrame, WindowFrameBound, WindowFrameUnits};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::window::{PlainAggregateWindowExpr, SlidingAggregateWindowExpr, StandardWindowExpr};
use datafusion::physical_expr::{Distribution, LexOrdering, OrderingRequirements, PhysicalExpr, PhysicalSortExpr};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::output_requirements::OutputRequirementExec;
use datafusion::physical_plan::windows::{BoundedWindowAggExec, WindowAggExec, WindowUDFExpr};
use datafusion::physical_plan::{
    ChildrenPropertiesMode, ExecutionPlan, ExecutionPlanProperties, ReplaceChildrenOptions, WindowExpr,
};

use super::has_order;
use crate::settings::{Determinism, Settings};

/// Requires a total order from the input of window functions that show it, for the engine to satisfy.
#[derive(Debug)]
pub(crate) struct SettleWindows;

impl PhysicalOptimizerRule for SettleWindows {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let level = Settings::of(config).determinism;
        if level == Determinism::Off {
            return Ok(plan);
        }
        Ok(plan.transform_up(|node| settle(node, level))?.data)
    }

    fn name(&self) -> &str {
        "settle_windows"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn settle(node: Arc<dyn ExecutionPlan>, level: Determinism) -> Result<Transformed<Arc<dyn ExecutionPlan>>> {
    let windows = if let Some(window) = node.downcast_ref::<BoundedWindowAggExec>() {
        window.window_expr()
    } else if let Some(window) = node.downcast_ref::<WindowAggExec>() {
        window.window_expr()
    } else {
        return Ok(Transformed::no(node));
    };
    let Some(shows) = windows
        .iter()
        .find(|w| shows_arrival(w).is_some_and(|from| from <= level))
    else {
        return Ok(Transformed::no(node));
    };
    let (Some(input), Some(first)) = (node.children().first().map(|i| Arc::clone(i)), windows.first()) else {
        return Ok(Transformed::no(node));
    };
    let Some(order) = total_order(first.partition_by(), first.order_by(), &input, shows.name())? else {
        return Ok(Transformed::no(node));
    };
    let distribution = match first.partition_by() {
        [] => Distribution::SinglePartition,
        keys => Distribution::KeyPartitioned(keys.to_vec()),
    };
    let required = OutputRequirementExec::new(input, Some(OrderingRequirements::from(order)), distribution, None);
    let recompute = ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute);
    Ok(Transformed::yes(
        node.replace_children(vec![Arc::new(required)], recompute)?,
    ))
}

/// The keys, the order, and behind them all columns of `input`. None if there is nothing to order by.
fn total_order(
    partition_by: &[Arc<dyn PhysicalExpr>],
    order_by: &[PhysicalSortExpr],
    input: &Arc<dyn ExecutionPlan>,
    function: &str,
) -> Result<Option<LexOrdering>> {
    let ascending = SortOptions::new(false, false);
    let keys = partition_by
        .iter()
        // A key that is ordered by as well has that order.
        .filter(|key| !order_by.iter().any(|s| s.expr.eq(*key)))
        .map(|key| PhysicalSortExpr::new(Arc::clone(key), ascending));
    let mut order: Vec<_> = keys.chain(order_by.iter().cloned()).collect();
    let (schema, mut unordered) = (input.schema(), None);
    for (i, field) in schema.fields().iter().enumerate() {
        if has_order(field.data_type()) {
            let column = Arc::new(Column::new(field.name(), i));
            order.push(PhysicalSortExpr::new(column, ascending));
        } else {
            unordered = Some(field);
        }
    }
    if let Some(field) = unordered
        && !has_ordered_key(input)
    {
        return plan_err!(
            "{function} is not determined: rows may tie, and the column {} of the type {} has no order to settle it; leave the \
             column out, or SET codeanatomy.determinism = 'off'",
            field.name(),
            field.data_type()
        );
    }
    Ok(LexOrdering::new(order))
}

/// Whether the input has a declared key of columns that have an order.
fn has_ordered_key(input: &Arc<dyn ExecutionPlan>) -> bool {
    let schema = input.schema();
    input
        .equivalence_properties()
        .constraints()
        .iter()
        .any(|constraint| match constraint {
            Constraint::PrimaryKey(columns) => columns.iter().all(|i| has_order(schema.field(*i).data_type())),
            Constraint::Unique(_) => false,
        })
}

/// From which level on the order of peers must be settled, if the function shows it.
fn shows_arrival(window: &Arc<dyn WindowExpr>) -> Option<Determinism> {
    if let Some(standard) = window.as_any().downcast_ref::<StandardWindowExpr>() {
        let function = standard.get_standard_func_expr().as_any();
        let function = function.downcast_ref::<WindowUDFExpr>().map(|f| f.fun().inner());
        let peers_only = function.is_some_and(|f| f.is::<Rank>() || f.is::<CumeDist>());
        return (!peers_only).then_some(Determinism::Set);
    }
    let aggregate = if let Some(plain) = window.as_any().downcast_ref::<PlainAggregateWindowExpr>() {
        plain.get_aggregate_expr()
    } else if let Some(sliding) = window.as_any().downcast_ref::<SlidingAggregateWindowExpr>() {
        sliding.get_aggregate_expr()
    } else {
        return Some(Determinism::Set);
    };
    if cuts_peers(window.get_window_frame()) {
        return Some(Determinism::Set);
    }
    of_aggregate(aggregate.fun(), aggregate.field().data_type())
}

/// Whether the frame can have some of the rows that tie, and not others.
fn cuts_peers(frame: &WindowFrame) -> bool {
    let whole = |bound: &WindowFrameBound| bound.is_unbounded();
    frame.units == WindowFrameUnits::Rows && !(whole(&frame.start_bound) && whole(&frame.end_bound))
}

/// Of a function whose frames have all peers or none.
fn of_aggregate(function: &AggregateUDF, ty: &DataType) -> Option<Determinism> {
    let function = function.inner();
    let counts = function.is::<Count>() || function.is::<Min>() || function.is::<Max>();
    let logical = function.is::<BoolAnd>() || function.is::<BoolOr>();
    let adds = function.is::<Sum>() || function.is::<Avg>();
    match function {
        _ if counts || logical || (adds && !ty.is_floating()) => None,
        f if adds || f.is::<ArrayAgg>() || f.is::<StringAgg>() => Some(Determinism::Canonical),
        _ => Some(Determinism::Set),
    }
}
