//! `resolved_calls` and `resolved_references`: datasets of which every row depends on all files.

mod analysis;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use codeanatomy_model::{Contract, Languages};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Constraints, DataFusionError, Result};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use futures::{TryStreamExt, stream};
use tokio::sync::OnceCell;

use super::provider::key_constraint;
use super::scan::declared_order;
use crate::source::{Source, on_blocking_thread};

pub(crate) use analysis::{CallAnalysis, Resolved};

/// One of the two datasets of a source, found anew by every scan.
#[derive(Debug)]
pub(super) struct ResolvedCallsTable {
    source: Source,
    contract: &'static Contract,
    schema: SchemaRef,
    constraints: Constraints,
}

impl ResolvedCallsTable {
    pub(super) fn new(source: Source, contract: &'static Contract) -> Self {
        Self {
            source,
            contract,
            schema: contract.schema(),
            constraints: key_constraint(contract),
        }
    }
}

#[async_trait]
impl TableProvider for ResolvedCallsTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn constraints(&self) -> Option<&Constraints> {
        Some(&self.constraints)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _session: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let calls: Arc<dyn PartitionStream> = Arc::new(Calls {
            source: self.source.clone(),
            contract: self.contract,
            schema: Arc::clone(&self.schema),
            found: Arc::default(),
        });
        let projected = match projection {
            Some(columns) => Arc::new(self.schema.project(columns)?),
            None => Arc::clone(&self.schema),
        };
        let order = declared_order(self.contract, &projected);
        let schema = Arc::clone(&self.schema);
        let scan = StreamingTableExec::try_new(schema, vec![calls], projection, order, false, limit)?;
        Ok(Arc::new(scan))
    }
}

#[derive(Debug)]
struct Calls {
    source: Source,
    contract: &'static Contract,
    schema: SchemaRef,
    /// The rows, once they are found: a plan may run its scan again, as a recursive query does in every round.
    found: Arc<OnceCell<Arc<(Resolved, MemoryReservation)>>>,
}

/// Says that the rows are not wanted any more.
struct Dropped(Arc<AtomicBool>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl PartitionStream for Calls {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let (source, contract, found) = (self.source.clone(), self.contract, Arc::clone(&self.found));
        let batches = async move {
            let find = async || {
                let files = source.list(&context.runtime_env(), Languages::PYTHON, 1).await?;
                let is_dropped = Arc::new(AtomicBool::new(false));
                let guard = Dropped(Arc::clone(&is_dropped));
                let reservation = MemoryConsumer::new(contract.name).register(context.memory_pool());
                let source = source.clone();
                let rows = on_blocking_thread(move || {
                    let is_wanted = || !is_dropped.load(Ordering::Relaxed);
                    let rows = analysis::of_files(contract, &source, &files, &reservation, &is_wanted)?;
                    Ok(Arc::new((rows, reservation)))
                });
                let rows = rows.await?;
                drop(guard);
                Ok::<_, DataFusionError>(rows)
            };
            let found = Arc::clone(found.get_or_try_init(find).await?);
            let size = context.session_config().batch_size().max(1);
            let starts = (0..found.0.len()).step_by(size);
            let batch = move |start| found.0.batch(start..start + size, None);
            Ok::<_, DataFusionError>(stream::iter(starts.map(batch)))
        };
        let batches = stream::once(batches).try_flatten();
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), batches))
    }
}
