//! Streams by their number as the partitions of a scan.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use futures::stream;

/// A scan of `count` partitions, each of which `open` gives by its number when it is run.
pub(super) fn scan(
    schema: &SchemaRef,
    count: usize,
    projection: Option<&Vec<usize>>,
    open: impl Fn(usize, Arc<TaskContext>) -> Result<SendableRecordBatchStream> + Send + Sync + 'static,
) -> Result<Arc<dyn ExecutionPlan>> {
    let open: Open = Arc::new(open);
    let partition = |number| {
        Arc::new(Partition {
            schema: Arc::clone(schema),
            number,
            open: Arc::clone(&open),
        }) as Arc<dyn PartitionStream>
    };
    let partitions = (0..count).map(partition).collect();
    let scan = StreamingTableExec::try_new(Arc::clone(schema), partitions, projection, [], false, None)?;
    Ok(Arc::new(scan))
}

type Open = Arc<dyn Fn(usize, Arc<TaskContext>) -> Result<SendableRecordBatchStream> + Send + Sync>;

struct Partition {
    schema: SchemaRef,
    number: usize,
    open: Open,
}

impl fmt::Debug for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Partition")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

impl PartitionStream for Partition {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        match (self.open)(self.number, context) {
            Ok(stream) => stream,
            Err(error) => {
                let failed = stream::once(std::future::ready(Err(error)));
                Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), failed))
            }
        }
    }
}
