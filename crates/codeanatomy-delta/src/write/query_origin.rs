//! What the rows of `CREATE TABLE … AS` came from.
//!
//! The engine runs the query of the statement itself, and gives the schema a table in memory: rows, and no word of where they are
//! from. No rule sees the statement either. So a query that may become a table is planned as a table of its own, whose batches
//! all have one schema, at an address of its own; and the schema, when it is given them, looks up what is known of that address.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::config::{ConfigExtension, ConfigOptions};
use datafusion::common::{Result, extensions_options, internal_err};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::{DefaultTableSource, provider_as_source};
use datafusion::execution::{SendableRecordBatchStream, SessionState, TaskContext};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, TableSource, TableType};
use datafusion::optimizer::AnalyzerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use futures::{StreamExt, stream};

use super::fingerprint::{of_creation, of_input, of_statement};

/// Fingerprints of a query and of what it read.
#[derive(Debug, Clone)]
pub(crate) struct QueryOrigin {
    query: String,
    pub(crate) input: String,
}

impl QueryOrigin {
    /// The fingerprint of the statement that made a table of this name by the query.
    pub(crate) fn rule(&self, table: &str) -> String {
        of_creation(table, &self.query)
    }
}

/// What is known of the queries of a session that may become tables.
#[derive(Debug, Default)]
pub(crate) struct QueryOrigins {
    /// Tables that were asked for and are not there: the engine asks before it makes one.
    missing: Mutex<BTreeSet<String>>,
    /// By the schema of their batches.
    known: Mutex<Vec<(Weak<Schema>, QueryOrigin)>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl QueryOrigins {
    /// There is no table at `uri`, or there will be another one.
    pub(crate) fn may_be_made(&self, uri: &str) {
        locked(&self.missing).insert(uri.to_string());
    }

    /// The table at `uri` has been made.
    pub(crate) fn is_made(&self, uri: &str) {
        locked(&self.missing).remove(uri);
    }

    fn note(&self, schema: &SchemaRef, origin: QueryOrigin) {
        let mut known = locked(&self.known);
        // The rows of the others are gone.
        known.retain(|(schema, _)| schema.strong_count() > 0);
        known.push((Arc::downgrade(schema), origin));
    }

    /// Of the rows of a table in memory, if a query of this session gave them.
    pub(crate) fn of_rows(&self, plan: &dyn ExecutionPlan) -> Option<QueryOrigin> {
        let source = plan.downcast_ref::<DataSourceExec>()?.data_source();
        let memory = source.downcast_ref::<MemorySourceConfig>()?;
        let batch = memory.partitions().iter().flatten().next()?;
        let address = Arc::as_ptr(batch.schema_ref());
        let known = locked(&self.known);
        let found = known.iter().find(|(schema, _)| schema.as_ptr() == address);
        found.map(|(_, origin)| origin.clone())
    }
}

extensions_options! {
    /// Says that a query is being planned as a table of its own.
    struct IsNoted {
        noted: bool, default = true
    }
}

impl ConfigExtension for IsNoted {
    const PREFIX: &'static str = "codeanatomy_delta_noted";
}

/// Before: a query. After: a scan of a table that is the query.
///
/// Fires on queries while a table of a schema of Delta tables was asked for and is not there, so not on most.
#[derive(Debug)]
pub(crate) struct NoteQueries(pub(crate) Arc<QueryOrigins>);

impl AnalyzerRule for NoteQueries {
    fn name(&self) -> &str {
        "delta_note_queries"
    }

    fn analyze(&self, plan: LogicalPlan, config: &ConfigOptions) -> Result<LogicalPlan> {
        let is_due = !locked(&self.0.missing).is_empty() && config.extensions.get::<IsNoted>().is_none();
        if !is_due || !is_query(&plan) {
            return Ok(plan);
        }
        let table = QueryTable {
            query: plan,
            origins: Arc::clone(&self.0),
        };
        LogicalPlanBuilder::scan("query", provider_as_source(Arc::new(table)), None)?.build()
    }
}

/// Whether a plan gives rows that can become those of a table: names of columns are unique there.
fn is_query(plan: &LogicalPlan) -> bool {
    let other = matches!(
        plan,
        LogicalPlan::Statement(_)
            | LogicalPlan::Ddl(_)
            | LogicalPlan::Dml(_)
            | LogicalPlan::Copy(_)
            | LogicalPlan::Explain(_)
            | LogicalPlan::Analyze(_)
            | LogicalPlan::DescribeTable(_)
    );
    let noted = matches!(plan, LogicalPlan::TableScan(scan) if is_noted(scan.source.as_ref()));
    let mut names = BTreeSet::new();
    !other && !noted && plan.schema().fields().iter().all(|field| names.insert(field.name()))
}

fn is_noted(source: &dyn TableSource) -> bool {
    let source = source.downcast_ref::<DefaultTableSource>();
    source.is_some_and(|source| source.table_provider.is::<QueryTable>())
}

/// A query as a table.
struct QueryTable {
    query: LogicalPlan,
    origins: Arc<QueryOrigins>,
}

impl fmt::Debug for QueryTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryTable").finish_non_exhaustive()
    }
}

#[async_trait]
impl TableProvider for QueryTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(self.query.schema().inner())
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Some(state) = session.as_any().downcast_ref::<SessionState>() else {
            return internal_err!("the session that plans a query has no state");
        };
        let mut state = state.clone();
        state.config_mut().options_mut().extensions.insert(IsNoted::default());
        let query = state.optimize(&self.query)?;
        let plan = state.query_planner().create_physical_plan(&query, &state).await?;
        let schema = Arc::new(plan.schema().as_ref().clone());
        let origin = QueryOrigin {
            query: of_statement(&query)?,
            input: of_input(plan.as_ref()),
        };
        self.origins.note(&schema, origin);
        let partition = |number| {
            Arc::new(Partition {
                plan: Arc::clone(&plan),
                schema: Arc::clone(&schema),
                number,
            }) as Arc<dyn PartitionStream>
        };
        let count = plan.properties().output_partitioning().partition_count();
        let partitions = (0..count).map(partition).collect();
        // A projection makes a schema of its own for each batch, and that of all columns is none.
        let all = projection.is_some_and(|columns| columns.iter().copied().eq(0..schema.fields().len()));
        let projection = projection.filter(|_| !all);
        let scan = StreamingTableExec::try_new(Arc::clone(&schema), partitions, projection, [], false, None)?;
        Ok(Arc::new(scan))
    }
}

struct Partition {
    plan: Arc<dyn ExecutionPlan>,
    schema: SchemaRef,
    number: usize,
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
        let schema = Arc::clone(&self.schema);
        // Of a query without rows too there is a batch to know it by.
        let first = (self.number == 0).then(|| Ok(RecordBatch::new_empty(Arc::clone(&schema))));
        let rows = match self.plan.execute(self.number, context) {
            Ok(rows) => rows,
            Err(error) => {
                let failed = stream::once(std::future::ready(Err(error)));
                Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&schema), failed))
            }
        };
        let named = Arc::clone(&schema);
        let rows = rows.map(move |batch| Ok(batch?.with_schema(Arc::clone(&named))?));
        Box::pin(RecordBatchStreamAdapter::new(schema, stream::iter(first).chain(rows)))
    }
}
