//! The physical rule `winner_combine`: where no shuffle came between the two phases of a selection, one is enough.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;

use crate::winner::exec::{WinnerMode, WinnerSelectExec};

/// `Final` over `Partial` becomes `Single`; the rows of every group were in one partition before.
#[derive(Debug)]
pub(crate) struct WinnerCombine;

impl PhysicalOptimizerRule for WinnerCombine {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_down(|node| {
            Ok(match single(&node)? {
                Some(single) => Transformed::yes(single),
                None => Transformed::no(node),
            })
        })
        .data()
    }

    fn name(&self) -> &str {
        "winner_combine"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn single(node: &Arc<dyn ExecutionPlan>) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    let in_mode = |node: &Arc<dyn ExecutionPlan>, mode: WinnerMode| {
        let select = node.downcast_ref::<WinnerSelectExec>();
        select.filter(|s| s.mode() == mode).cloned()
    };
    let Some(last) = in_mode(node, WinnerMode::Final) else {
        return Ok(None);
    };
    let Some(first) = in_mode(last.input(), WinnerMode::Partial) else {
        return Ok(None);
    };
    let input = Arc::clone(first.input());
    let single = WinnerSelectExec::try_new(input, last.spec().clone(), WinnerMode::Single)?;
    Ok(Some(Arc::new(single)))
}
