//! Rows that the host's plan gives, as a table of delta-rs's plan.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Result, exec_err};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::execution_plan::reset_plan_states;

use super::partitions::scan;

/// Where the rows come from.
#[derive(Clone)]
enum Rows {
    /// Once.
    Stream(Arc<Mutex<Option<SendableRecordBatchStream>>>),
    /// As often as they are asked for.
    Plan {
        plan: Arc<dyn ExecutionPlan>,
        context: Arc<TaskContext>,
    },
}

/// Rows as a table. The plan behind it is out of the reach of rules: it was made, and optimised, by the host.
#[derive(Clone)]
pub(super) struct SourceTable {
    schema: SchemaRef,
    rows: Rows,
}

impl fmt::Debug for SourceTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceTable")
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}

impl SourceTable {
    pub(super) fn of_stream(stream: SendableRecordBatchStream) -> Self {
        Self {
            schema: stream.schema(),
            rows: Rows::Stream(Arc::new(Mutex::new(Some(stream)))),
        }
    }

    pub(super) fn of_plan(plan: Arc<dyn ExecutionPlan>, context: Arc<TaskContext>) -> Self {
        Self {
            schema: plan.schema(),
            rows: Rows::Plan { plan, context },
        }
    }
}

#[async_trait]
impl TableProvider for SourceTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    async fn scan(
        &self,
        _session: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        match &self.rows {
            Rows::Stream(stream) => {
                let stream = Arc::clone(stream);
                let open = move |_, _| match stream.lock().unwrap_or_else(PoisonError::into_inner).take() {
                    Some(stream) => Ok(stream),
                    None => exec_err!("the rows of a write to a Delta table were read twice, which is a bug"),
                };
                scan(&self.schema, 1, projection, open)
            }
            Rows::Plan { plan, context } => {
                let (plan, context) = (reset_plan_states(Arc::clone(plan))?, Arc::clone(context));
                let count = plan.properties().output_partitioning().partition_count();
                // In the host's context: delta-rs runs its own plan in another one.
                let open = move |number, _| plan.execute(number, Arc::clone(&context));
                scan(&self.schema, count, projection, open)
            }
        }
    }
}
