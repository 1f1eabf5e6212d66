//! The physical rule `winner_select`.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;

use crate::settings::Settings;

/// Puts [`WinnerSelectExec`](super::WinnerSelectExec) where a plan keeps the first rows of groups.
#[derive(Debug)]
pub(crate) struct WinnerSelect;

impl PhysicalOptimizerRule for WinnerSelect {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        if !Settings::of(config).winner_select {
            return Ok(plan);
        }
        Ok(plan)
    }

    fn name(&self) -> &str {
        "winner_select"
    }

    fn schema_check(&self) -> bool {
        true
    }
}
