//! Rows that the host's plan gives, as a table of delta-rs's plan.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Result, exec_err, project_schema};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType, reset_plan_states};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, ReplaceChildrenOptions};
use futures::StreamExt;

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
        let schema = project_schema(&self.schema, projection)?;
        let (rows, partitions) = match &self.rows {
            Rows::Stream(stream) => (Rows::Stream(Arc::clone(stream)), 1),
            Rows::Plan { plan, context } => {
                let plan = reset_plan_states(Arc::clone(plan))?;
                let partitions = plan.properties().output_partitioning().partition_count();
                let context = Arc::clone(context);
                (Rows::Plan { plan, context }, partitions)
            }
        };
        let properties = PlanProperties::new(
            EquivalenceProperties::new(Arc::clone(&schema)),
            Partitioning::UnknownPartitioning(partitions),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Ok(Arc::new(SourceExec {
            projection: projection.cloned(),
            rows,
            schema,
            properties: Arc::new(properties),
        }))
    }
}

struct SourceExec {
    projection: Option<Vec<usize>>,
    rows: Rows,
    schema: SchemaRef,
    properties: Arc<PlanProperties>,
}

impl fmt::Debug for SourceExec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceExec")
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}

impl DisplayAs for SourceExec {
    fn fmt_as(&self, _format: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceExec")
    }
}

impl ExecutionPlan for SourceExec {
    fn name(&self) -> &str {
        "SourceExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![]
    }

    fn apply_expressions(
        &self,
        _f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        _children: Vec<Arc<dyn ExecutionPlan>>,
        _options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn with_new_children(self: Arc<Self>, _children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, partition: usize, _context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let rows = match &self.rows {
            Rows::Plan { plan, context } => plan.execute(partition, Arc::clone(context))?,
            Rows::Stream(stream) => {
                let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
                match stream.take() {
                    Some(stream) => stream,
                    None => return exec_err!("the rows of a write to a Delta table were read twice, which is a bug"),
                }
            }
        };
        let Some(projection) = self.projection.clone() else {
            return Ok(rows);
        };
        let rows = rows.map(move |batch| Ok(batch?.project(&projection)?));
        Ok(Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), rows)))
    }
}
