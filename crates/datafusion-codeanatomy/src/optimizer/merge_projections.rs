//! The physical rule `merge_projections`: one projection where there are two.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::filter::{FilterExec, FilterExecBuilder};
use datafusion::physical_plan::projection::{ProjectionExec, ProjectionExpr};

/// Takes the projection out of a filter that has another one above it, and makes it part of that.
///
/// ```text
/// ProjectionExec: [line@1]                          ProjectionExec: [line@2]
///   FilterExec: kind@1 = x, projection=[path, line]   FilterExec: kind@1 = x
/// ```
///
/// So it comes where a sort between them was not needed, since the rows are in order, but the column of the order is not selected. The engine's second
/// `ProjectionPushdown` takes the columns of the filter's output for those of its input, and fails (55.2.0,
/// `FilterExec::try_swapping_with_projection`); what it gets from here it puts into the filter again. The rows are the same.
#[derive(Debug)]
pub(crate) struct MergeProjections;

impl PhysicalOptimizerRule for MergeProjections {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_down(|node| {
            Ok(match merged(&node)? {
                Some(merged) => Transformed::yes(merged),
                None => Transformed::no(node),
            })
        })
        .data()
    }

    fn name(&self) -> &str {
        "merge_projections"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn merged(node: &Arc<dyn ExecutionPlan>) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    let Some(above) = node.downcast_ref::<ProjectionExec>() else {
        return Ok(None);
    };
    let Some(filter) = above.input().downcast_ref::<FilterExec>() else {
        return Ok(None);
    };
    let Some(below) = filter.projection() else {
        return Ok(None);
    };
    let bare = Arc::new(FilterExecBuilder::from(filter).apply_projection(None)?.build()?);
    let below_of = |expr: Arc<dyn PhysicalExpr>| {
        let place = expr
            .downcast_ref::<Column>()
            .and_then(|column| Some((column.name().to_string(), *below.get(column.index())?)));
        Ok(match place {
            Some((name, i)) => Transformed::yes(Arc::new(Column::new(&name, i)) as _),
            None => Transformed::no(expr),
        })
    };
    let exprs = above.expr().iter().map(|e| {
        let expr = Arc::clone(&e.expr).transform_up(below_of).data()?;
        let alias = e.alias.clone();
        Ok(ProjectionExpr { expr, alias })
    });
    let exprs = exprs.collect::<Result<Vec<_>>>()?;
    let merged = ProjectionExec::try_new(exprs, bare)?;
    // A projection may also give its fields other metadata.
    Ok((merged.schema() == above.schema()).then(|| Arc::new(merged) as _))
}
