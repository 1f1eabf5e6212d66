//! The sink.

use std::fmt::{Debug, Formatter};
use std::future::ready;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{Array, RecordBatch};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::config::ConfigNonZeroUsize;
use datafusion::common::runtime::SpawnedTask;
use datafusion::common::{DataFusionError, Result, exec_err, internal_err};
use datafusion::datasource::file_format::csv::CsvSink;
use datafusion::datasource::file_format::json::JsonSink;
use datafusion::datasource::file_format::parquet::ParquetSink;
use datafusion::datasource::physical_plan::{FileSink, FileSinkConfig};
use datafusion::datasource::sink::{DataSink, DataSinkExec};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::object_store::ObjectStore;
use datafusion::object_store::path::Path;
use datafusion::physical_plan::metrics::MetricsSet;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType};
use futures::TryStreamExt;
use tokio::sync::mpsc::{Receiver, UnboundedReceiver, unbounded_channel};

use super::batches::rebatched;
use super::names::Names;

/// A sink of the engine or a host that gets the same batches for the same rows, and writes one file at a time.
#[derive(Clone)]
pub(super) struct CanonicalSink {
    /// The node with the sink.
    inner: Arc<DataSinkExec>,
    /// For a writer of files that can be told their names.
    files: Option<FileSinkConfig>,
}

impl CanonicalSink {
    pub(super) fn new(inner: DataSinkExec) -> Self {
        let files = files(inner.sink()).map(|sink| sink.config().clone());
        Self {
            inner: Arc::new(inner),
            files,
        }
    }
}

fn files(sink: &dyn DataSink) -> Option<&dyn FileSink> {
    if let Some(sink) = sink.downcast_ref::<ParquetSink>() {
        return Some(sink);
    }
    if let Some(sink) = sink.downcast_ref::<CsvSink>() {
        return Some(sink);
    }
    sink.downcast_ref::<JsonSink>().map(|sink| sink as &dyn FileSink)
}

/// Whether batches are written as they lie in memory. The type of that sink is private.
fn writes_memory(sink: &dyn DataSink) -> bool {
    format!("{sink:?}") == "ArrowFileSink"
}

/// `context`, in which rows are not dealt out to several files.
fn one_file_at_a_time(context: &TaskContext) -> Result<Arc<TaskContext>> {
    let mut config = context.session_config().clone();
    config.options_mut().execution.minimum_parallel_output_files = ConfigNonZeroUsize::try_new(1)?;
    let context = TaskContext::new(
        context.task_id(),
        context.session_id(),
        config,
        context.scalar_functions().clone(),
        context.higher_order_functions().clone(),
        context.aggregate_functions().clone(),
        context.window_functions().clone(),
        context.runtime_env(),
    );
    Ok(Arc::new(context))
}

impl Debug for CanonicalSink {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "CanonicalSink({:?})", self.inner.sink())
    }
}

impl DisplayAs for CanonicalSink {
    fn fmt_as(&self, kind: DisplayFormatType, f: &mut Formatter<'_>) -> std::fmt::Result {
        if matches!(kind, DisplayFormatType::TreeRender) {
            return self.inner.sink().fmt_as(kind, f);
        }
        write!(f, "CanonicalSink(")?;
        self.inner.sink().fmt_as(kind, f)?;
        write!(f, ")")
    }
}

#[async_trait]
impl DataSink for CanonicalSink {
    fn metrics(&self) -> Option<MetricsSet> {
        self.inner.sink().metrics()
    }

    fn schema(&self) -> &SchemaRef {
        self.inner.sink().schema()
    }

    async fn write_all(&self, data: SendableRecordBatchStream, context: &Arc<TaskContext>) -> Result<u64> {
        let partitions = self.files.iter().flat_map(|config| &config.table_partition_cols);
        let partitions = partitions.map(|(name, _)| name.clone()).collect();
        let data = without_null(rebatched(data, writes_memory(self.inner.sink())), partitions);
        let context = one_file_at_a_time(context)?;
        match &self.files {
            Some(config) => {
                let files = NamedFiles {
                    sink: self.clone(),
                    config: config.clone(),
                };
                FileSink::write_all(&files, data, &context).await
            }
            None => self.inner.sink().write_all(data, &context).await,
        }
    }
}

/// The rows, and an error if one is null in a column by which files are partitioned. The engine writes such a row where the value that lies
/// behind the null says, which is any.
fn without_null(rows: SendableRecordBatchStream, partitions: Vec<String>) -> SendableRecordBatchStream {
    if partitions.is_empty() {
        return rows;
    }
    let schema = rows.schema();
    let checked = rows.and_then(move |batch| {
        let null = |name: &&String| batch.column_by_name(name).is_some_and(|column| column.logical_null_count() > 0);
        ready(match partitions.iter().find(null) {
            Some(name) => exec_err!(
                "files are partitioned by {name}, which is null in a row, and the engine would write that row to any folder; write \
                 another value, as by coalesce({name}, …), or leave such rows out"
            ),
            None => Ok(batch),
        })
    });
    Box::pin(RecordBatchStreamAdapter::new(schema, checked))
}

/// The same, where files get names.
#[derive(Debug)]
struct NamedFiles {
    sink: CanonicalSink,
    config: FileSinkConfig,
}

impl DisplayAs for NamedFiles {
    fn fmt_as(&self, kind: DisplayFormatType, f: &mut Formatter<'_>) -> std::fmt::Result {
        self.sink.fmt_as(kind, f)
    }
}

#[async_trait]
impl DataSink for NamedFiles {
    fn schema(&self) -> &SchemaRef {
        self.sink.schema()
    }

    async fn write_all(&self, data: SendableRecordBatchStream, context: &Arc<TaskContext>) -> Result<u64> {
        FileSink::write_all(self, data, context).await
    }
}

#[async_trait]
impl FileSink for NamedFiles {
    fn config(&self) -> &FileSinkConfig {
        &self.config
    }

    async fn spawn_writer_tasks_and_join(
        &self,
        context: &Arc<TaskContext>,
        demux_task: SpawnedTask<Result<()>>,
        file_stream_rx: UnboundedReceiver<(Path, Receiver<RecordBatch>)>,
        object_store: Arc<dyn ObjectStore>,
    ) -> Result<u64> {
        let (Some(sink), Some(place)) = (files(self.sink.inner.sink()), self.config.table_paths.first()) else {
            return internal_err!("a sink of files has a path");
        };
        let is_one_file =
            self.config.table_partition_cols.is_empty() && self.config.file_output_mode.single_file_output(place);
        if is_one_file {
            return sink
                .spawn_writer_tasks_and_join(context, demux_task, file_stream_rx, object_store)
                .await;
        }
        let mut names = Names::below(object_store.as_ref(), place.prefix()).await?;
        let (sender, named) = unbounded_channel();
        let naming = SpawnedTask::spawn(async move {
            let mut files = file_stream_rx;
            while let Some((path, batches)) = files.recv().await {
                if sender.send((names.instead_of(&path), batches)).is_err() {
                    return;
                }
            }
        });
        let rows = sink
            .spawn_writer_tasks_and_join(context, demux_task, named, object_store)
            .await?;
        naming
            .join_unwind()
            .await
            .map_err(|error| DataFusionError::ExecutionJoin(Box::new(error)))?;
        Ok(rows)
    }
}
