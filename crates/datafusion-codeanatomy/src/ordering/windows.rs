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
//! [`CompletedOrderExec`] asks for that order, and says in `EXPLAIN` what was added.

use std::sync::Arc;

use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Result, plan_err};
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
use datafusion::physical_expr::{
    Distribution, EquivalenceProperties, LexOrdering, OrderingRequirements, PhysicalExpr, PhysicalSortExpr,
};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::windows::{BoundedWindowAggExec, WindowAggExec, WindowUDFExpr};
use datafusion::physical_plan::{
    ChildrenPropertiesMode, ExecutionPlan, ExecutionPlanProperties, ReplaceChildrenOptions, WindowExpr,
};

use super::has_order;
use super::pass::{PassExec, Passing};
use crate::keys::declared_keys;
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
    let Some(completed) = total_order(first.partition_by(), first.order_by(), &input, shows.name())? else {
        return Ok(Transformed::no(node));
    };
    let distribution = match first.partition_by() {
        [] => Distribution::SinglePartition,
        keys => Distribution::KeyPartitioned(keys.to_vec()),
    };
    let required = CompletedOrderExec::new(
        input,
        Completed {
            distribution,
            ..completed
        },
    );
    let recompute = ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute);
    Ok(Transformed::yes(
        node.replace_children(vec![Arc::new(required)], recompute)?,
    ))
}

/// Passes rows on in an order that was completed, and shows in `EXPLAIN` what was added, why, and for which function.
pub(super) type CompletedOrderExec = PassExec<Completed>;

#[derive(Debug, Clone)]
pub(super) struct Completed {
    order: LexOrdering,
    distribution: Distribution,
    /// How many expressions of the order are the window's own.
    written: usize,
    reason: &'static str,
    function: String,
}

impl Passing for Completed {
    const NAME: &'static str = "CompletedOrderExec";
    const KEEPS_ORDER: bool = true;

    fn known(&self, input: &Arc<dyn ExecutionPlan>) -> EquivalenceProperties {
        input.equivalence_properties().clone()
    }

    fn order(&self) -> Option<OrderingRequirements> {
        Some(OrderingRequirements::from(self.order.clone()))
    }

    fn distribution(&self) -> Distribution {
        self.distribution.clone()
    }

    fn describe(&self) -> String {
        let all = self.order.iter().enumerate();
        let shown: Vec<_> = all
            .map(|(i, sort)| match i < self.written {
                true => sort.to_string(),
                false => format!("{sort} added by {}", self.reason),
            })
            .collect();
        let function = self.function.split('(').next().unwrap_or_default();
        format!("[{}], for={function}", shown.join(", "))
    }
}

/// The keys, the order, and behind them a declared key of `input`, else all its columns. None if there is nothing to order by.
fn total_order(
    partition_by: &[Arc<dyn PhysicalExpr>],
    order_by: &[PhysicalSortExpr],
    input: &Arc<dyn ExecutionPlan>,
    function: &str,
) -> Result<Option<Completed>> {
    let ascending = SortOptions::new(false, false);
    // The engine has the keys in front, also one that is ordered by as well; that has its order.
    let keys = partition_by.iter().map(|key| {
        let options = order_by
            .iter()
            .find(|s| s.expr.eq(key))
            .map_or(ascending, |s| s.options);
        PhysicalSortExpr::new(Arc::clone(key), options)
    });
    let others = order_by
        .iter()
        .filter(|s| !partition_by.iter().any(|key| s.expr.eq(key)));
    let mut order: Vec<_> = keys.chain(others.cloned()).collect();
    let is_there = |order: &[PhysicalSortExpr], column: &Column| {
        let same = |sort: &PhysicalSortExpr| sort.expr.downcast_ref::<Column>() == Some(column);
        order.iter().any(same)
    };
    let written = order.len();
    let schema = input.schema();
    let (added, reason) = match ordered_key(input) {
        Some(key) => (key, "key"),
        None => ((0..schema.fields().len()).collect(), "all columns"),
    };
    for i in added {
        let field = schema.field(i);
        if !has_order(field.data_type()) {
            return plan_err!(
                "{function} is not determined: rows may tie, and the column {} of the type {} has no order to settle it; leave the \
                 column out, or SET codeanatomy.determinism = 'off'",
                field.name(),
                field.data_type()
            );
        }
        let column = Column::new(field.name(), i);
        if !is_there(&order, &column) {
            order.push(PhysicalSortExpr::new(Arc::new(column), ascending));
        }
    }
    Ok(LexOrdering::new(order).map(|order| Completed {
        order,
        distribution: Distribution::UnspecifiedDistribution,
        written,
        reason,
        function: function.to_string(),
    }))
}

/// The shortest declared key of the input whose columns have an order.
fn ordered_key(input: &Arc<dyn ExecutionPlan>) -> Option<Vec<usize>> {
    let schema = input.schema();
    let mut keys = declared_keys(input.as_ref());
    keys.retain(|key| key.iter().all(|i| has_order(schema.field(*i).data_type())));
    keys.into_iter().min_by_key(Vec::len)
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
