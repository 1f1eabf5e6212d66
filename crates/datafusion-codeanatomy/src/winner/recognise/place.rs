//! The operator in a plan: in two phases where rows are dealt out over partitions, with the columns that were there.

use std::num::NonZeroUsize;
use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::projection::{ProjectionExec, ProjectionExpr};

use super::stack::Fused;
use crate::winner::exec::{WinnerMode, WinnerSelectExec};
use crate::winner::spec::{Keep, Retention, WinnerSpec};

/// `fused` as the operator, with the columns of the stack's first window.
pub(super) fn place(
    fused: Fused,
    k: NonZeroUsize,
    retention: Retention,
    keep: Keep,
    config: &ConfigOptions,
) -> Result<Arc<dyn ExecutionPlan>> {
    let spec = WinnerSpec {
        partition_by: fused.partition_by,
        order_by: fused.order_by,
        k,
        retention,
        keep,
        reports: fused.reports,
    };
    let width = fused.input.schema().fields().len() + spec.reports.len();
    let plan = select(fused.input, spec, config)?;
    let is_column = |(i, (expr, name)): (usize, &(_, String))| {
        let expr: &Arc<dyn datafusion::physical_plan::PhysicalExpr> = expr;
        expr.downcast_ref::<Column>()
            .is_some_and(|c| c.index() == i && c.name() == name)
    };
    if fused.columns.len() == width && fused.columns.iter().enumerate().all(is_column) {
        return Ok(plan);
    }
    let columns = fused
        .columns
        .into_iter()
        .map(|(expr, alias)| ProjectionExpr { expr, alias });
    Ok(Arc::new(ProjectionExec::try_new(columns, plan)?))
}

/// The operator over `input`, with a selection before the shuffle where there will be one.
pub(in crate::winner) fn select(
    input: Arc<dyn ExecutionPlan>,
    spec: WinnerSpec,
    config: &ConfigOptions,
) -> Result<Arc<dyn ExecutionPlan>> {
    let Some(partial) = spec.partial().filter(|_| config.execution.target_partitions > 1) else {
        return Ok(Arc::new(WinnerSelectExec::try_new(input, spec, WinnerMode::Single)?));
    };
    let partial = Arc::new(WinnerSelectExec::try_new(input, partial, WinnerMode::Partial)?);
    Ok(Arc::new(WinnerSelectExec::try_new(partial, spec, WinnerMode::Final)?))
}
