//! A graph whose tables are Delta tables.
//!
//! Each table of a graph is a Delta table below `tables/`, and its data file is the Parquet file that the build wrote: the
//! same rows are the same bytes in every format. The log of the graph names the version of each table, so a reader sees the
//! tables of one build, whatever was committed to some of them since.

mod vacuum;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::{Result, exec_datafusion_err, exec_err};
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use datafusion::prelude::SessionContext;
use datafusion_codeanatomy::attach_graph_at;
use datafusion_codeanatomy::store::{
    LogEntry, Manifest, Place as GraphPlace, Stored, TABLES, TableFormat, TableRecord,
};
use deltalake::DeltaTable;
use deltalake::delta_datafusion::DataFusionMixins;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake::kernel::{Action, Add, StructType};
use deltalake::protocol::{DeltaOperation, SaveMode};
use futures::TryStreamExt;

use crate::error::of_table;
use crate::open::{Pin, Place};
use crate::table::scan_config;
use crate::write::storable;

/// Stores the tables of a graph as Delta tables.
#[derive(Debug, Clone)]
pub struct DeltaGraph {
    runtime: Arc<RuntimeEnv>,
}

/// Makes the tables of the graph in `folder`, a folder or a URL of an object store that the session knows, tables of the
/// session, whether they are Parquet files or Delta tables: as of version `at`, or of the one that is current now.
pub async fn attach_graph(ctx: &SessionContext, folder: impl AsRef<Path>, at: Option<u64>) -> Result<()> {
    crate::register_all(ctx)?;
    let format: Arc<dyn TableFormat> = Arc::new(DeltaGraph::new(ctx.runtime_env()));
    attach_graph_at(ctx, folder, at, &[format]).await
}

impl DeltaGraph {
    /// With the object stores of `runtime`.
    pub fn new(runtime: Arc<RuntimeEnv>) -> Self {
        Self { runtime }
    }

    fn table(&self, place: &GraphPlace, name: &str, pin: Pin) -> Result<Place> {
        let mut table = Place::newest(&place.location_of(&format!("{TABLES}/{name}"))?)?;
        table.pin = pin;
        Ok(table)
    }

    /// Makes the rows of `file` the rows of a table, and gives the version in which they are.
    async fn replace(
        &self,
        place: &GraphPlace,
        staged: &Path,
        record: &TableRecord,
        commit: &CommitProperties,
    ) -> Result<u64> {
        let at = self.table(place, &record.name, Pin::Newest)?;
        let shown = at.location.shown();
        let failed = |e| of_table(shown, e);
        let mut table = at.unloaded(&self.runtime)?;
        let exists = table.verify_deltatable_existence().await.map_err(failed)?;
        let file = staged.join(&record.file.name);
        let schema = columns(&file)?;
        let name = data_file(record);
        let mut active = vec![];
        if exists {
            table.load().await.map_err(failed)?;
            check_columns(shown, &table, &schema)?;
            active = files(&table).await.map_err(failed)?;
            if matches!(active.as_slice(), [only] if *only == name) {
                return Ok(table.version().unwrap_or(0));
            }
        }
        let add = Add {
            path: name.clone(),
            size: i64::try_from(record.file.bytes).unwrap_or(i64::MAX),
            modification_time: modified(&file)?,
            data_change: true,
            stats: Some(format!("{{\"numRecords\":{}}}", record.rows)),
            ..Add::default()
        };
        place.bring(&file, &format!("{TABLES}/{}/{name}", record.name)).await?;
        if !exists {
            let columns: StructType = schema
                .as_ref()
                .try_into_kernel()
                .map_err(|e| exec_datafusion_err!("the Delta table '{shown}' cannot have its columns: {e}"))?;
            let made = table
                .create()
                .with_columns(columns.fields().cloned())
                // Versions are forgotten by a vacuum of the graph, and by nothing else.
                .with_configuration_property(deltalake::TableProperty::EnableExpiredLogCleanup, Some("false"))
                .with_actions([Action::Add(add)])
                .with_commit_properties(commit.clone());
            return Ok(made.await.map_err(failed)?.version().unwrap_or(0));
        }
        let state = table.snapshot().map_err(failed)?;
        let mut actions: Vec<_> = removals(&table).await.map_err(failed)?;
        actions.retain(|action| !matches!(action, Action::Remove(remove) if remove.path == name));
        if !active.contains(&name) {
            actions.push(Action::Add(add));
        }
        let operation = DeltaOperation::Write {
            mode: SaveMode::Overwrite,
            partition_by: None,
            predicate: None,
        };
        let committed = CommitBuilder::from(commit.clone())
            .with_actions(actions)
            .build(Some(state.snapshot()), table.log_store(), operation)
            .await
            .map_err(failed)?;
        Ok(committed.version())
    }
}

#[async_trait]
impl TableFormat for DeltaGraph {
    fn stored(&self) -> Stored {
        Stored::Delta
    }

    async fn write(
        &self,
        place: &GraphPlace,
        staged: &Path,
        manifest: &Manifest,
        _previous: Option<&LogEntry>,
    ) -> Result<BTreeMap<String, u64>> {
        let commit = commit_of(manifest);
        let mut versions = BTreeMap::new();
        for record in &manifest.tables {
            let version = self.replace(place, staged, record, &commit).await?;
            versions.insert(record.name.clone(), version);
        }
        // The rows are in the tables; the version's folder has its manifest.
        for record in &manifest.tables {
            let file = staged.join(&record.file.name);
            if file.exists() {
                std::fs::remove_file(file)?;
            }
        }
        Ok(versions)
    }

    async fn attach(&self, ctx: &SessionContext, place: &GraphPlace, entry: &LogEntry, _: &Manifest) -> Result<()> {
        let config = scan_config(&ctx.state());
        for (name, version) in &entry.tables {
            let at = self.table(place, name, Pin::Version(*version))?;
            let table = at.provider(&ctx.runtime_env(), config.clone()).await?;
            ctx.register_table(name, Arc::new(table))?;
        }
        Ok(())
    }

    async fn vacuum(&self, place: &GraphPlace, kept: &[LogEntry]) -> Result<Vec<String>> {
        let mut versions: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
        for (name, version) in kept.iter().flat_map(|entry| &entry.tables) {
            versions.entry(name).or_default().insert(*version);
        }
        let mut removed = vec![];
        for (name, keep) in versions {
            removed.extend(self.clear(place, name, &keep).await?);
        }
        Ok(removed)
    }
}

/// The name of a table's data file, which says what is in it.
fn data_file(record: &TableRecord) -> String {
    format!("{}.parquet", &record.file.hash[..record.file.hash.len().min(32)])
}

/// What the commits of a build say: what the graph was built from and how.
fn commit_of(manifest: &Manifest) -> CommitProperties {
    let mut rules = blake3::Hasher::new();
    for rule in &manifest.rules {
        rules
            .update(rule.file.as_bytes())
            .update(&[0])
            .update(rule.hash.as_bytes());
    }
    let scope = (&manifest.include, &manifest.exclude, manifest.max_file_bytes);
    let scope = serde_json::to_vec(&scope).unwrap_or_default();
    let metadata = [
        ("codeanatomy.version", manifest.codeanatomy.clone()),
        ("codeanatomy.source", manifest.source.clone()),
        ("codeanatomy.rules", rules.finalize().to_hex()[..32].to_string()),
        ("codeanatomy.settings", blake3::hash(&scope).to_hex()[..32].to_string()),
    ];
    CommitProperties::default()
        .with_metadata(metadata.into_iter().map(|(key, value)| (key.to_string(), value.into())))
        // Another build that was faster is a conflict, not a reason to try again.
        .with_max_retries(0)
}

fn columns(file: &Path) -> Result<SchemaRef> {
    let metadata = ArrowReaderMetadata::load(&File::open(file)?, ArrowReaderOptions::default())?;
    Ok(storable(metadata.schema()))
}

fn modified(file: &Path) -> Result<i64> {
    let since = std::fs::metadata(file)?
        .modified()?
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Ok(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

fn check_columns(shown: &str, table: &DeltaTable, schema: &SchemaRef) -> Result<()> {
    let state = table.snapshot().map_err(|e| of_table(shown, e))?;
    let there = state.snapshot().input_schema();
    let same = there.fields().len() == schema.fields().len()
        && there
            .fields()
            .iter()
            .zip(schema.fields())
            .all(|(a, b)| a.name() == b.name() && a.data_type() == b.data_type());
    match same {
        true => Ok(()),
        false => {
            exec_err!("the Delta table '{shown}' has other columns than this program writes; build into another place")
        }
    }
}

/// The names of a table's files.
async fn files(table: &DeltaTable) -> deltalake::DeltaResult<Vec<String>> {
    let views = table.get_active_add_actions_by_predicate(None);
    views.map_ok(|view| view.path().into_owned()).try_collect().await
}

/// What takes a table's files away.
async fn removals(table: &DeltaTable) -> deltalake::DeltaResult<Vec<Action>> {
    let views = table.get_active_add_actions_by_predicate(None);
    views
        .map_ok(|view| Action::Remove(view.remove_action(true)))
        .try_collect()
        .await
}
