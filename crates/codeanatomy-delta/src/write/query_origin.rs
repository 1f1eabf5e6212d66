//! What the rows of `CREATE TABLE … AS` came from.
//!
//! The engine runs the query of the statement itself, and gives the schema a table in memory: rows, and no word of where they are
//! from. No rule sees the statement either. So a query that may become a table is planned as a table of its own, whose batches
//! all have one schema, at an address of its own; and the schema, when it is given them, looks up what is known of that address.

use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{self, ThreadId};

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::config::{ConfigExtension, ConfigOptions};
use datafusion::common::tree_node::Transformed;
use datafusion::common::{Result, extensions_options, internal_err};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::{DefaultTableSource, provider_as_source};
use datafusion::execution::{SendableRecordBatchStream, SessionState};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, TableSource, TableType};
use datafusion::optimizer::{AnalyzerRule, OptimizerConfig, OptimizerRule};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::{StreamExt, stream};

use super::fingerprint::{of_creation, of_input, of_statement};
use super::partitions;

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
///
/// The engine makes a table like this: it optimises the query; it asks the schema for a table of the name; if there is none, or
/// when it has taken out the one that is replaced, it plans the optimised query. After the schema's answer to that, it waits for
/// nothing, so both are on one thread. By this a query that becomes a table is told from one that comes after a statement with a
/// wrong name, or after `DROP TABLE`.
#[derive(Debug, Default)]
pub(crate) struct QueryOrigins {
    /// Threads to which a schema last said that a table is not there, or not there any more. What they plan next takes them out.
    told: Mutex<Vec<ThreadId>>,
    /// Fingerprints of the plans that the optimizer gave last.
    optimised: Mutex<VecDeque<String>>,
    /// By the schema of their batches.
    known: Mutex<Vec<(Weak<Schema>, QueryOrigin)>>,
}

/// How many plans others may optimise while the engine asks for a table.
const REMEMBERED: usize = 64;

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl QueryOrigins {
    /// This thread is told that a table is not there.
    pub(crate) fn is_missing(&self) {
        let (mut told, thread) = (locked(&self.told), thread::current().id());
        if !told.contains(&thread) {
            told.push(thread);
        }
    }

    /// This thread is told of a table, or goes on with something else. Whether the last that it was told was that there is none.
    pub(crate) fn forget(&self) -> bool {
        let (mut told, thread) = (locked(&self.told), thread::current().id());
        let place = told.iter().position(|other| *other == thread);
        place.map(|place| told.swap_remove(place)).is_some()
    }

    /// Whether a plan that is analysed is that of a query about to become a table.
    fn is_due(&self, plan: &LogicalPlan) -> Result<bool> {
        Ok(self.forget() && is_query(plan) && locked(&self.optimised).contains(&of_statement(plan)?))
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
/// Fires on queries that are about to become a table of a schema of Delta tables, so not on most.
#[derive(Debug)]
pub(crate) struct NoteQueries(pub(crate) Arc<QueryOrigins>);

impl AnalyzerRule for NoteQueries {
    fn name(&self) -> &str {
        "delta_note_queries"
    }

    fn analyze(&self, plan: LogicalPlan, config: &ConfigOptions) -> Result<LogicalPlan> {
        if is_nested(config) || !self.0.is_due(&plan)? {
            return Ok(plan);
        }
        let table = QueryTable {
            query: plan,
            origins: Arc::clone(&self.0),
        };
        LogicalPlanBuilder::scan("query", provider_as_source(Arc::new(table)), None)?.build()
    }
}

fn is_nested(config: &ConfigOptions) -> bool {
    config.extensions.get::<IsNoted>().is_some()
}

/// Keeps fingerprints of what the optimizer gives, and changes nothing. It comes last.
#[derive(Debug)]
pub(crate) struct NoteOptimised(pub(crate) Arc<QueryOrigins>);

impl OptimizerRule for NoteOptimised {
    fn name(&self) -> &str {
        "delta_note_optimised"
    }

    fn rewrite(&self, plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        if !is_nested(&config.options()) && is_query(&plan) {
            let mut optimised = locked(&self.0.optimised);
            let fingerprint = of_statement(&plan)?;
            if !optimised.contains(&fingerprint) {
                optimised.push_back(fingerprint);
            }
            if optimised.len() > REMEMBERED {
                optimised.pop_front();
            }
        }
        Ok(Transformed::no(plan))
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
        let count = plan.properties().output_partitioning().partition_count();
        // A projection makes a schema of its own for each batch, and that of all columns is none.
        let all = projection.is_some_and(|columns| columns.iter().copied().eq(0..schema.fields().len()));
        let projection = projection.filter(|_| !all);
        let named = Arc::clone(&schema);
        let open = move |number, context| named_rows(plan.execute(number, context)?, &named, number == 0);
        partitions::scan(&schema, count, projection, open)
    }
}

/// Rows whose batches all have this one schema; `is_first` puts a batch without rows before them, so that there is one to know
/// a query without rows by.
fn named_rows(
    rows: SendableRecordBatchStream,
    schema: &SchemaRef,
    is_first: bool,
) -> Result<SendableRecordBatchStream> {
    let first = is_first.then(|| Ok(RecordBatch::new_empty(Arc::clone(schema))));
    let named = Arc::clone(schema);
    let rows = rows.map(move |batch| Ok(batch?.with_schema(Arc::clone(&named))?));
    let rows = stream::iter(first).chain(rows);
    Ok(Box::pin(RecordBatchStreamAdapter::new(Arc::clone(schema), rows)))
}
