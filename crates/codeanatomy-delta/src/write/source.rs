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
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use futures::stream;

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
        let (rows, count) = match &self.rows {
            Rows::Stream(_) => (self.rows.clone(), 1),
            Rows::Plan { plan, context } => {
                let plan = reset_plan_states(Arc::clone(plan))?;
                let count = plan.properties().output_partitioning().partition_count();
                let context = Arc::clone(context);
                (Rows::Plan { plan, context }, count)
            }
        };
        let partition = |number| {
            Arc::new(Partition {
                schema: Arc::clone(&self.schema),
                rows: rows.clone(),
                number,
            }) as Arc<dyn PartitionStream>
        };
        let partitions = (0..count).map(partition).collect();
        let schema = Arc::clone(&self.schema);
        let scan = StreamingTableExec::try_new(schema, partitions, projection, [], false, None)?;
        Ok(Arc::new(scan))
    }
}

struct Partition {
    schema: SchemaRef,
    rows: Rows,
    number: usize,
}

impl fmt::Debug for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Partition")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

impl Partition {
    fn stream(&self) -> Result<SendableRecordBatchStream> {
        match &self.rows {
            Rows::Plan { plan, context } => plan.execute(self.number, Arc::clone(context)),
            Rows::Stream(stream) => {
                let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
                match stream.take() {
                    Some(stream) => Ok(stream),
                    None => exec_err!("the rows of a write to a Delta table were read twice, which is a bug"),
                }
            }
        }
    }
}

impl PartitionStream for Partition {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        match self.stream() {
            Ok(stream) => stream,
            Err(error) => {
                let failed = stream::once(std::future::ready(Err(error)));
                Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), failed))
            }
        }
    }
}
