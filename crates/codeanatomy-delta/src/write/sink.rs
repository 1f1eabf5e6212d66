//! `INSERT` and `COPY`: rows become a version of a table.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError};

use async_trait::async_trait;
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::catalog::Session;
use datafusion::common::{Result, exec_err};
use datafusion::datasource::provider_as_source;
use datafusion::datasource::sink::DataSink;
use datafusion::execution::{SendableRecordBatchStream, SessionState, TaskContext};
use datafusion::logical_expr::LogicalPlanBuilder;
use datafusion::physical_plan::metrics::{Count, ExecutionPlanMetricsSet, MetricBuilder, MetricsSet};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan};
use deltalake::DeltaTable;
use deltalake::kernel::transaction::CommitProperties;
use deltalake::operations::write::{SchemaMode, WriteBuilder};
use deltalake::protocol::SaveMode;
use futures::StreamExt;

use super::check::Contract;
use super::contract_exec::Failure;
use super::source::SourceTable;
use super::types::{widen, widened};
use super::{Origin, fingerprint, properties, session};
use crate::error::of_table;
use crate::open::Place;

/// Writes rows to a table, or makes the table.
pub(crate) struct DeltaSink {
    place: Place,
    table: DeltaTable,
    mode: SaveMode,
    partitions: Vec<String>,
    made_with: BTreeMap<String, String>,
    schema_mode: Option<SchemaMode>,
    schema: SchemaRef,
    session: SessionState,
    commit: CommitProperties,
    metrics: ExecutionPlanMetricsSet,
}

impl fmt::Debug for DeltaSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeltaSink")
            .field("place", &self.place)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

impl DeltaSink {
    /// Into a table, which is made if it is not there. `rule` is the fingerprint of the statement.
    pub(crate) fn new(
        session: &dyn Session,
        place: &Place,
        table: DeltaTable,
        mode: SaveMode,
        input: &Arc<dyn ExecutionPlan>,
        rule: Option<&str>,
    ) -> Result<Self> {
        // All may be null here: what must not is checked by the table's contract, with a report.
        let nullable = |field: &Arc<Field>| field.as_ref().clone().with_nullable(true);
        let read = fingerprint::of_input(input.as_ref());
        let origin = Origin {
            rule,
            input: Some(&read),
        };
        let fields: Vec<_> = input.schema().fields().iter().map(nullable).collect();
        Ok(Self {
            place: place.clone(),
            table,
            mode,
            partitions: vec![],
            made_with: BTreeMap::new(),
            schema_mode: None,
            schema: Arc::new(Schema::new(fields)),
            session: session::of_delta(session)?,
            commit: properties(session, origin),
            metrics: ExecutionPlanMetricsSet::new(),
        })
    }

    /// A table that is made is partitioned by these columns and has these properties.
    pub(crate) fn making(mut self, partitions: Vec<String>, properties: BTreeMap<String, String>) -> Self {
        self.partitions = partitions;
        self.made_with = properties;
        self
    }

    /// The rows are those of a query that has run.
    pub(crate) fn of_query(mut self, session: &dyn Session, rule: &str, input: &str) -> Self {
        let origin = Origin {
            rule: Some(rule),
            input: Some(input),
        };
        self.commit = properties(session, origin);
        self
    }

    /// Rows that replace those of a table bring their columns with them.
    pub(crate) fn replacing_columns(mut self) -> Self {
        self.schema_mode = (self.mode == SaveMode::Overwrite).then_some(SchemaMode::Overwrite);
        self
    }

    /// Gives rows types that Delta has, counts them, and keeps the error that ends them: delta-rs gives back its text alone.
    fn watched(rows: SendableRecordBatchStream, count: Count, failure: Failure) -> SendableRecordBatchStream {
        let schema = widened(&rows.schema());
        let wide = Arc::clone(&schema);
        let watched = rows.map(move |batch| match batch.and_then(|batch| widen(batch, &wide)) {
            Ok(batch) => {
                count.add(batch.num_rows());
                Ok(batch)
            }
            Err(error) => {
                failure
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .get_or_insert(error);
                exec_err!("the rows of the write ended early")
            }
        });
        Box::pin(RecordBatchStreamAdapter::new(schema, watched))
    }
}

impl DisplayAs for DeltaSink {
    fn fmt_as(&self, _format: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.mode {
            SaveMode::Append => "append",
            SaveMode::Overwrite => "overwrite",
            SaveMode::ErrorIfExists | SaveMode::Ignore => "create",
        };
        write!(f, "DeltaSink(mode={mode})")
    }
}

#[async_trait]
impl DataSink for DeltaSink {
    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    async fn write_all(&self, rows: SendableRecordBatchStream, _context: &Arc<TaskContext>) -> Result<u64> {
        let shown = self.place.location.shown();
        let count = MetricBuilder::new(&self.metrics).global_counter("rows_written");
        let snapshot = self.table.snapshot().ok().map(|state| state.snapshot().clone());
        let rows = match &snapshot {
            Some(_) => {
                let contract = Contract::of(shown, &self.table, &self.session)?;
                contract.bind(&rows.schema(), &self.session)?.check(rows)
            }
            None => rows,
        };
        let failure = Failure::default();
        let source = SourceTable::of_stream(Self::watched(rows, count.clone(), Arc::clone(&failure)));
        let input = LogicalPlanBuilder::scan("source", provider_as_source(Arc::new(source)), None)?.build()?;
        let mut write = WriteBuilder::new(self.table.log_store(), snapshot)
            .with_save_mode(self.mode)
            .with_input_plan(input)
            .with_session_state(Arc::new(self.session.clone()))
            .with_commit_properties(self.commit.clone());
        if let Some(mode) = self.schema_mode {
            write = write.with_schema_mode(mode);
        }
        if !self.partitions.is_empty() {
            write = write.with_partition_columns(self.partitions.clone());
        }
        if !self.made_with.is_empty() {
            let made_with = self
                .made_with
                .iter()
                .map(|(key, value)| (key.clone(), Some(value.clone())));
            write = write.with_configuration(made_with);
        }
        let written = write.await;
        match failure.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(error) => Err(error),
            None => written.map(|_| count.value() as u64).map_err(|e| of_table(shown, e)),
        }
    }
}
