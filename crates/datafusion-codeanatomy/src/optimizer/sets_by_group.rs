//! Sets of values as groups of their own.
//!
//! ```text
//! Aggregate: groupBy=[[g]], aggr=[[collect_set(x)]]
//! becomes
//! Projection: g, array_agg_det(DISTINCT x) AS collect_set(x)
//!   Aggregate: groupBy=[[g]], aggr=[[array_agg_det(DISTINCT x)]]
//! ```
//!
//! The list is the same: the values in order, each once. The engine's rule for a single DISTINCT then groups by `g, x`, in batches,
//! in parallel and on the disk if need be, and what is left is to sort. That rule looks at an aggregation of one set alone, and so
//! does this one. It keeps to texts, binary values and decimals: equal ones have equal bytes. Numbers, dates and times are faster by the aggregate
//! itself, which has a bit for each of those that are close, and sorts the others.

use std::sync::Arc;

use codeanatomy_functions::aggregate_functions;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::Transformed;
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::{Aggregate, AggregateUDF, Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder};
use datafusion::optimizer::AnalyzerRule;

/// The rule.
#[derive(Debug)]
pub(crate) struct SetsByGroup {
    set: Option<Arc<AggregateUDF>>,
    list: Option<Arc<AggregateUDF>>,
}

impl Default for SetsByGroup {
    fn default() -> Self {
        let named = |name| aggregate_functions().into_iter().find(|f| f.name() == name);
        Self {
            set: named("collect_set"),
            list: named("array_agg_det"),
        }
    }
}

impl AnalyzerRule for SetsByGroup {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        let rewrite = |node| match node {
            LogicalPlan::Aggregate(aggregate) => self.rewrite(aggregate),
            node => Ok(Transformed::no(node)),
        };
        Ok(plan.transform_up_with_subqueries(rewrite)?.data)
    }

    fn name(&self) -> &str {
        "sets_by_group"
    }
}

impl SetsByGroup {
    fn rewrite(&self, aggregate: Aggregate) -> Result<Transformed<LogicalPlan>> {
        let list = match (&aggregate.aggr_expr[..], &aggregate.group_expr[..]) {
            (_, [Expr::GroupingSet(_), ..]) => None,
            ([Expr::AggregateFunction(set)], _) => self.list_of(set, &aggregate)?,
            _ => None,
        };
        let Some(list) = list else {
            return Ok(Transformed::no(LogicalPlan::Aggregate(aggregate)));
        };
        let names: Vec<_> = aggregate
            .schema
            .iter()
            .map(|(q, f)| (q.cloned(), f.name().clone()))
            .collect();
        let lists = Aggregate::try_new(aggregate.input, aggregate.group_expr, vec![list])?;
        let columns = lists.schema.columns().into_iter().zip(names);
        let named = columns.map(|(column, (qualifier, name))| {
            let is_named = column.name == name && column.relation == qualifier;
            let column = Expr::Column(column);
            if is_named {
                column
            } else {
                column.alias_qualified(qualifier, name)
            }
        });
        let named: Vec<_> = named.collect();
        let plan = LogicalPlanBuilder::from(LogicalPlan::Aggregate(lists))
            .project(named)?
            .build()?;
        Ok(Transformed::yes(plan))
    }

    /// The same as a list of distinct values, if it is a set that the engine groups.
    fn list_of(&self, set: &AggregateFunction, aggregate: &Aggregate) -> Result<Option<Expr>> {
        let (is_set, Some(list)) = (Some(&set.func) == self.set.as_ref(), &self.list) else {
            return Ok(None);
        };
        let [value] = &set.params.args[..] else { return Ok(None) };
        let is_plain = set.params.filter.is_none() && set.params.order_by.is_empty();
        if !is_set || !is_plain || !is_grouped_exactly(&value.get_type(aggregate.input.schema())?) {
            return Ok(None);
        }
        let mut list = AggregateFunction {
            func: Arc::clone(list),
            params: set.params.clone(),
        };
        list.params.distinct = true;
        Ok(Some(Expr::AggregateFunction(list)))
    }
}

fn is_grouped_exactly(ty: &DataType) -> bool {
    ty.is_string() || ty.is_binary() || matches!(ty, DataType::Decimal128(..))
}
