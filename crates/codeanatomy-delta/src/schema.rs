//! A folder of Delta tables as a schema of the session: `CREATE TABLE lake.t AS SELECT …` makes one there.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::catalog::{MemTable, SchemaProvider, TableProvider};
use datafusion::common::{Result, exec_datafusion_err, plan_err};
use datafusion::datasource::sink::DataSink;
use datafusion::execution::{SendableRecordBatchStream, SessionState};
use datafusion::logical_expr::TableType;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::prelude::SessionContext;
use datafusion_codeanatomy::wait;
use deltalake::protocol::SaveMode;
use futures::{StreamExt, TryStreamExt, stream};

use crate::error::of_table;
use crate::location::Location;
use crate::open::Place;
use crate::table::{refuse_binary, scan_config};
use crate::write::{DeltaSink, NoteOptimised, NoteQueries, QueryOrigins};

/// Makes the Delta tables in a folder, or below a URL of an object store that the session knows, tables of a schema of the session's
/// own catalog. Each folder there that has a log of Delta is a table of its name. Nothing needs to be there yet.
///
/// `CREATE TABLE schema.t AS SELECT …` makes a table there, in one commit. The engine gives its rows to the schema when it has all of
/// them, so they must fit into memory; `COPY … STORED AS DELTATABLE` writes them while they come. `CREATE OR REPLACE TABLE` replaces the
/// rows and columns of a table by one commit; its properties and constraints stay. `DROP TABLE` takes a table out of the session, as it does
/// with external tables: its folder stays. A `CREATE TABLE` of its name then writes its next version.
///
/// So that a commit of `CREATE TABLE AS` can say which query made its rows, a query that is about to become a table is planned as a
/// table of its own; its rows and their order are the same.
///
/// Fails if the session has a schema of that name, or no object store for the URL.
pub fn attach_tables(ctx: &SessionContext, schema: &str, location: &str) -> Result<()> {
    crate::register_all(ctx)?;
    let state = ctx.state();
    // Whether there is a store is said now, and not with every table.
    Place::newest(location)?.unloaded(state.runtime_env())?;
    let name = &state.config_options().catalog.default_catalog;
    let Some(catalog) = ctx.catalog(name) else {
        return plan_err!("the session has no catalog '{name}', in which the schema {schema} would be");
    };
    if catalog.schema(schema).is_some() {
        return plan_err!("the session has a schema '{schema}' already; give the Delta tables another name");
    }
    let origins = origins(ctx);
    let session = ctx.state_weak_ref();
    let tables = DeltaSchema(Arc::new(Folder {
        origins,
        uri: location.trim_end_matches('/').to_string(),
        // The engine may hold the lock of its state for reading where it calls a schema.
        state: Box::new(move || session.upgrade().map(|state| state.read_recursive().clone())),
        dropped: Mutex::default(),
    }));
    catalog.register_schema(schema, Arc::new(tables))?;
    Ok(())
}

/// What the session knows of the queries that its tables are made by.
fn origins(ctx: &SessionContext) -> Arc<QueryOrigins> {
    let state = ctx.state_ref();
    let mut state = state.write();
    if let Some(origins) = state.config().get_extension::<QueryOrigins>() {
        return origins;
    }
    let origins = Arc::new(QueryOrigins::default());
    state.config_mut().set_extension(Arc::clone(&origins));
    state.add_analyzer_rule(Arc::new(NoteQueries(Arc::clone(&origins))));
    drop(state);
    ctx.add_optimizer_rule(Arc::new(NoteOptimised(Arc::clone(&origins))));
    origins
}

#[derive(Debug)]
struct DeltaSchema(Arc<Folder>);

struct Folder {
    uri: String,
    /// None when the session has ended.
    state: Box<dyn Fn() -> Option<SessionState> + Send + Sync>,
    /// What the session has dropped. The engine drops a table that it replaces before it has the rows of the new one, so a folder
    /// that went with its table would be lost if the query fails.
    dropped: Mutex<BTreeSet<String>>,
    origins: Arc<QueryOrigins>,
}

impl fmt::Debug for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Folder").field("uri", &self.uri).finish_non_exhaustive()
    }
}

/// Whether a name can be that of a folder, here and in a URL.
fn is_folder(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && !name.contains(['/', '\\', '?', '#', '%'])
        && !name.contains(char::is_control)
}

impl Folder {
    fn state(&self) -> Result<SessionState> {
        (self.state)().ok_or_else(|| exec_datafusion_err!("the session of the tables in '{}' has ended", self.uri))
    }

    fn table_uri(&self, name: &str) -> String {
        format!("{}/{name}", self.uri)
    }

    fn place(&self, name: &str) -> Result<Place> {
        Place::newest(&self.table_uri(name))
    }

    fn is_dropped(&self, name: &str) -> bool {
        self.dropped
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(name)
    }

    /// Whether the folder of this name has a log.
    async fn has(&self, state: &SessionState, name: &str) -> Result<bool> {
        let place = self.place(name)?;
        let exists = place.unloaded(state.runtime_env())?.verify_deltatable_existence().await;
        exists.map_err(|e| of_table(place.location.shown(), e))
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let state = self.state()?;
        if !is_folder(name) || self.is_dropped(name) || !self.has(&state, name).await? {
            self.origins.is_missing();
            return Ok(None);
        }
        let table = self
            .place(name)?
            .provider(state.runtime_env(), scan_config(&state))
            .await?;
        self.origins.forget();
        Ok(Some(Arc::new(table)))
    }

    async fn names(&self) -> Result<Vec<String>> {
        let state = self.state()?;
        let folders = Location::new(&self.uri)?.folders(state.runtime_env()).await?;
        let mut names = vec![];
        for name in folders {
            if is_folder(&name) && !self.is_dropped(&name) && self.has(&state, &name).await? {
                names.push(name);
            }
        }
        Ok(names)
    }

    async fn make(&self, name: &str, rows: Arc<dyn TableProvider>) -> Result<()> {
        let state = self.state()?;
        let place = self.place(name)?;
        let shown = place.location.shown();
        let failed = |e| of_table(shown, e);
        refuse_binary(shown, &rows.schema(), &[])?;
        let mut table = place.unloaded(state.runtime_env())?;
        let mode = match (
            table.verify_deltatable_existence().await.map_err(failed)?,
            self.is_dropped(name),
        ) {
            (false, _) => SaveMode::ErrorIfExists,
            (true, true) => SaveMode::Overwrite,
            (true, false) => return plan_err!("{name}: there is a Delta table at '{shown}' already"),
        };
        if mode == SaveMode::Overwrite {
            table.load().await.map_err(failed)?;
        }
        let plan = rows.scan(&state, None, &[], None).await?;
        let mut sink = DeltaSink::new(&state, &place, table, mode, &plan, None)?.replacing_columns();
        if let Some(query) = self.origins.of_rows(plan.as_ref()) {
            sink = sink.of_query(&state, &query.rule(name), &query.input);
        }
        sink.write_all(one_after_the_other(plan, &state)?, &state.task_ctx())
            .await?;
        self.dropped.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        Ok(())
    }
}

/// The rows of all partitions in their order, in columns that may be null: what must not be is said by `CREATE EXTERNAL TABLE`.
fn one_after_the_other(plan: Arc<dyn ExecutionPlan>, state: &SessionState) -> Result<SendableRecordBatchStream> {
    let nullable = |field: &Arc<Field>| field.as_ref().clone().with_nullable(true);
    let fields: Vec<_> = plan.schema().fields().iter().map(nullable).collect();
    let schema: SchemaRef = Arc::new(Schema::new(fields));
    let count = plan.properties().output_partitioning().partition_count();
    let context = state.task_ctx();
    let partitions = (0..count).map(|partition| plan.execute(partition, Arc::clone(&context)));
    let partitions = partitions.collect::<Result<Vec<_>>>()?;
    let columns = Arc::clone(&schema);
    let rows = stream::iter(partitions)
        .flatten()
        .and_then(move |batch| std::future::ready(batch.with_schema(Arc::clone(&columns)).map_err(Into::into)));
    Ok(Box::pin(RecordBatchStreamAdapter::new(schema, rows)))
}

#[async_trait]
impl SchemaProvider for DeltaSchema {
    /// The tables in the order of their names. None if the place cannot be listed: the engine takes no error here.
    fn table_names(&self) -> Vec<String> {
        let folder = Arc::clone(&self.0);
        wait(async move { folder.names().await }).unwrap_or_default()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        self.0.table(name).await
    }

    async fn table_type(&self, name: &str) -> Result<Option<TableType>> {
        let state = self.0.state()?;
        let is_there = is_folder(name) && !self.0.is_dropped(name) && self.0.has(&state, name).await?;
        Ok(is_there.then_some(TableType::Base))
    }

    fn register_table(&self, name: String, table: Arc<dyn TableProvider>) -> Result<Option<Arc<dyn TableProvider>>> {
        if !is_folder(&name) {
            return plan_err!(
                "'{name}' can be no folder of a Delta table; leave out /, \\, ?, #, %, and a point at the beginning"
            );
        }
        if !table.is::<MemTable>() {
            return plan_err!(
                "{name}: a schema of Delta tables takes CREATE TABLE; views and external tables stand in another schema"
            );
        }
        if table.constraints().is_some_and(|keys| keys.iter().next().is_some()) {
            return plan_err!("{name}: a Delta table has no keys; leave PRIMARY KEY and UNIQUE out");
        }
        let schema = table.schema();
        if let Some(field) = schema
            .fields()
            .iter()
            .find(|f| table.get_column_default(f.name()).is_some())
        {
            return plan_err!(
                "{name}: a Delta table has no defaults; leave DEFAULT of {} out",
                field.name()
            );
        }
        let folder = Arc::clone(&self.0);
        wait(async move { folder.make(&name, table).await })?;
        Ok(None)
    }

    fn deregister_table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let (folder, named) = (Arc::clone(&self.0), name.to_string());
        let table = wait(async move { folder.table(&named).await })?;
        if table.is_some() {
            let mut dropped = self.0.dropped.lock().unwrap_or_else(PoisonError::into_inner);
            dropped.insert(name.to_string());
            self.0.origins.is_missing();
        }
        Ok(table)
    }

    /// Not if the place cannot be read: the engine takes no error here, and `table` says it.
    fn table_exist(&self, name: &str) -> bool {
        let (folder, name) = (Arc::clone(&self.0), name.to_string());
        wait(async move {
            let state = folder.state()?;
            Ok(is_folder(&name) && !folder.is_dropped(&name) && folder.has(&state, &name).await?)
        })
        .unwrap_or(false)
    }
}
