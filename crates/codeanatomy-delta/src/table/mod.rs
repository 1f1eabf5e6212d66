//! A Delta table as a table of a session.

mod factory;
mod options;

use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DFSchemaRef, Result, not_impl_err, plan_err};
use datafusion::datasource::sink::DataSinkExec;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::logical_expr::dml::{InsertOp, MergeIntoClause};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use deltalake::DeltaTable;
use deltalake::delta_datafusion::{DataFusionMixins, DeltaScanConfig, DeltaScanNext};
use deltalake::protocol::SaveMode;
use tokio::sync::Mutex;

use crate::error::of_table;
use crate::open::{Pin, Place};
use crate::write::{Change, ChangeExec, DeltaSink, Merge};

pub(crate) use factory::DeltaTableFactory;
pub(crate) use options::DeltaOptions;

/// A Delta table: its newest version, or the one that it is pinned to.
///
/// Without a pin the newest version is taken when a query is planned, and the query reads it, however often it names the
/// table. Its columns are those that the table had when it was opened: if they change, queries fail and say so.
///
/// `INSERT`, `UPDATE`, `DELETE`, `MERGE` and `TRUNCATE` write a new version each, or none: rows are checked before the commit.
#[derive(Debug)]
pub struct DeltaTableProvider {
    place: Place,
    config: DeltaScanConfig,
    /// Says what can be pushed down.
    opened: DeltaScanNext,
    newest: Mutex<Newest>,
}

#[derive(Debug)]
struct Newest {
    table: DeltaTable,
    /// The query for which it was looked up.
    query: Option<SystemTime>,
}

/// How files are read: as the session reads Parquet, with partition columns as they are.
pub(crate) fn scan_config(session: &dyn Session) -> DeltaScanConfig {
    DeltaScanConfig::new_from_session(session).with_wrap_partition_values(false)
}

impl DeltaTableProvider {
    pub(crate) fn new(place: Place, table: DeltaTable, config: DeltaScanConfig) -> Result<Self> {
        let opened = scan(&place, &table, &config)?;
        Ok(Self {
            place,
            config,
            opened,
            newest: Mutex::new(Newest { table, query: None }),
        })
    }

    /// The table as this query reads it.
    async fn current(&self, session: &dyn Session) -> Result<DeltaTable> {
        let mut newest = self.newest.lock().await;
        let query = session
            .execution_props()
            .query_execution_start_time
            .map(SystemTime::from);
        if self.place.pin == Pin::Newest && (query.is_none() || query != newest.query) {
            let updated = newest.table.update_state().await;
            updated.map_err(|e| of_table(self.place.location.shown(), e))?;
            newest.query = query;
        }
        Ok(newest.table.clone())
    }

    /// The table to write to, as of now.
    async fn to_write(&self, what: &str) -> Result<DeltaTable> {
        let shown = self.place.location.shown();
        if self.place.pin != Pin::Newest {
            return plan_err!(
                "{what}: the Delta table '{shown}' is read at an older version here; open it without one to write"
            );
        }
        let mut newest = self.newest.lock().await;
        newest.table.update_state().await.map_err(|e| of_table(shown, e))?;
        Ok(newest.table.clone())
    }

    /// A change of rows, made when the plan that is given runs.
    pub(crate) async fn change(&self, change: Change) -> Result<Arc<dyn ExecutionPlan>> {
        let table = self.to_write(change.name()).await?;
        Ok(Arc::new(ChangeExec::new(self.place.clone(), table, change)))
    }

    /// Rows become rows of the table when the plan that is given runs. `rule` is the fingerprint of the statement.
    pub(crate) async fn insert(
        &self,
        session: &dyn Session,
        input: Arc<dyn ExecutionPlan>,
        insert_op: InsertOp,
        rule: Option<&str>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mode = match insert_op {
            InsertOp::Append => SaveMode::Append,
            InsertOp::Overwrite => SaveMode::Overwrite,
            InsertOp::Replace => {
                return plan_err!("a Delta table has no REPLACE INTO; MERGE INTO replaces rows by a key");
            }
        };
        let table = self.to_write("INSERT").await?;
        let sink = DeltaSink::new(session, &self.place, table, mode, &input, rule)?;
        Ok(Arc::new(DataSinkExec::new(input, Arc::new(sink), None)))
    }

    /// A merge into the table.
    pub(crate) fn merge_of(
        &self,
        source: Arc<dyn ExecutionPlan>,
        merge_schema: &DFSchemaRef,
        on: Expr,
        clauses: Vec<MergeIntoClause>,
    ) -> Result<Merge> {
        let columns = self.schema().fields().len();
        Merge::new(self.shown(), columns, source, merge_schema, on, clauses)
    }

    pub(crate) fn shown(&self) -> &str {
        self.place.location.shown()
    }
}

fn scan(place: &Place, table: &DeltaTable, config: &DeltaScanConfig) -> Result<DeltaScanNext> {
    let state = table.snapshot().map_err(|e| of_table(place.location.shown(), e))?;
    let partitions = state.metadata().partition_columns();
    refuse_binary(place.location.shown(), &state.snapshot().input_schema(), partitions)?;
    DeltaScanNext::new(state.snapshot().clone(), config.clone())
        .map_err(|e| e.context(format!("the Delta table '{}' cannot be read", place.location.shown())))
}

/// Fails if a partition column is binary: delta-rs writes its values escaped, as the protocol says, and reads the escapes.
pub(crate) fn refuse_binary(shown: &str, columns: &SchemaRef, partitions: &[String]) -> Result<()> {
    let binary = |name: &&String| {
        columns
            .field_with_name(name)
            .is_ok_and(|field| field.data_type().is_binary())
    };
    match partitions.iter().find(binary) {
        Some(name) => not_impl_err!(
            "the Delta table '{shown}' is partitioned by {name}, which is binary; such partitions are not read right yet"
        ),
        None => Ok(()),
    }
}

#[async_trait]
impl TableProvider for DeltaTableProvider {
    fn schema(&self) -> SchemaRef {
        self.opened.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        self.opened.supports_filters_pushdown(filters)
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let table = self.current(session).await?;
        let scan = scan(&self.place, &table, &self.config)?;
        if scan.schema() != self.schema() {
            return plan_err!(
                "the columns of the Delta table '{}' changed since it was opened; open it again",
                self.shown()
            );
        }
        scan.scan(session, projection, filters, limit).await
    }

    async fn insert_into(
        &self,
        session: &dyn Session,
        input: Arc<dyn ExecutionPlan>,
        insert_op: InsertOp,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.insert(session, input, insert_op, None).await
    }

    async fn delete_from(&self, _session: &dyn Session, _filters: Vec<Expr>) -> Result<Arc<dyn ExecutionPlan>> {
        // What is left of the predicate here may be less than was written: the engine drops what it has moved.
        plan_err!(
            "DELETE from '{}' needs a session that codeanatomy_delta::register_all has prepared",
            self.shown()
        )
    }

    async fn update(
        &self,
        _session: &dyn Session,
        _assignments: Vec<(String, Expr)>,
        _filters: Vec<Expr>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        plan_err!(
            "UPDATE of '{}' needs a session that codeanatomy_delta::register_all has prepared",
            self.shown()
        )
    }

    async fn truncate(&self, session: &dyn Session) -> Result<Arc<dyn ExecutionPlan>> {
        self.change(Change::delete(session, None, None)).await
    }

    async fn merge_into(
        &self,
        session: &dyn Session,
        source: Arc<dyn ExecutionPlan>,
        merge_schema: DFSchemaRef,
        on: Expr,
        clauses: Vec<MergeIntoClause>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let merge = self.merge_of(source, &merge_schema, on, clauses)?;
        self.change(Change::merge(session, None, merge)).await
    }
}

impl Place {
    /// The table at its place, to be read by a session.
    pub(crate) async fn provider(
        self,
        runtime: &Arc<RuntimeEnv>,
        config: DeltaScanConfig,
    ) -> Result<DeltaTableProvider> {
        let table = self.open(runtime).await?;
        DeltaTableProvider::new(self, table, config)
    }
}
