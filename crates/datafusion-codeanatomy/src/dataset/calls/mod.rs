//! `resolved_calls`: a dataset of which every row depends on all files.

mod analysis;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use codeanatomy_model::dataset::ResolvedCallRow;
use codeanatomy_model::{Languages, Row};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Constraints, DataFusionError, Result};
use datafusion::execution::memory_pool::MemoryConsumer;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use futures::{StreamExt, TryStreamExt, stream};

use super::provider::key_constraint;
use super::scan::declared_order;
use crate::source::{Source, on_blocking_thread};

pub(crate) use analysis::{CallAnalysis, ResolvedCalls};

/// The calls of a source, found anew by every scan.
#[derive(Debug)]
pub(super) struct ResolvedCallsTable {
    source: Source,
    schema: SchemaRef,
    constraints: Constraints,
}

impl ResolvedCallsTable {
    pub(super) fn new(source: Source) -> Self {
        Self {
            source,
            schema: ResolvedCallRow::CONTRACT.schema(),
            constraints: key_constraint(ResolvedCallRow::CONTRACT),
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
            schema: Arc::clone(&self.schema),
        });
        let projected = match projection {
            Some(columns) => Arc::new(self.schema.project(columns)?),
            None => Arc::clone(&self.schema),
        };
        let order = declared_order(ResolvedCallRow::CONTRACT, &projected);
        let schema = Arc::clone(&self.schema);
        let scan = StreamingTableExec::try_new(schema, vec![calls], projection, order, false, limit)?;
        Ok(Arc::new(scan))
    }
}

#[derive(Debug)]
struct Calls {
    source: Source,
    schema: SchemaRef,
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
        let source = self.source.clone();
        let batches = async move {
            let files = source.list(&context.runtime_env(), Languages::PYTHON).await?;
            let is_dropped = Arc::new(AtomicBool::new(false));
            let guard = Dropped(Arc::clone(&is_dropped));
            let reservation = MemoryConsumer::new("resolved_calls").register(context.memory_pool());
            let rows = on_blocking_thread(move || {
                let rows = analysis::of_files(&source, &files, &reservation, &|| !is_dropped.load(Ordering::Relaxed))?;
                Ok((rows, reservation))
            });
            let (calls, reservation) = rows.await?;
            drop(guard);
            let size = context.session_config().batch_size().max(1);
            let starts = (0..calls.len()).step_by(size);
            Ok::<_, DataFusionError>(stream::iter(starts).map(move |start| {
                let _held = &reservation;
                calls.batch(start..start + size, None)
            }))
        };
        let batches = stream::once(batches).try_flatten();
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), batches))
    }
}
