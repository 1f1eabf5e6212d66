//! The main job: from a source to a stored graph.
//!
//! Files are cut into *parts* of about `PART_BYTES` in path order, whatever the number of threads. A first pass takes from
//! all parts what rules look up across files (files, definitions, imports); a second takes a part at a time through
//! datasets, relations and winners to sorted rows, which are checked and written in path order. So memory follows the
//! part and what crosses files, not the source.

mod cached;
mod cost;
mod extraction;
mod facts;
mod index;
mod needs;
mod part;
mod part_table;
mod record;
mod report;
mod strict;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use codeanatomy_extract::file::Entry;
use datafusion::common::runtime::SpawnedTask;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::runtime_env::RuntimeEnv;
use futures::{StreamExt, TryStreamExt, stream};

use crate::graph::{GRAPH_TABLES, READ};
use crate::relation::{RuleFile, pack, stored};
use crate::source::{Files, Source, SourceOptions};
use crate::store::{Checks, Manifest, Place, RuleRecord, TableFormat, TableRecord, TableWriter, VersionWriter};
pub use cost::RelationCost;
use facts::Facts;
use part::{Engine, GraphPart, Workers};
pub use record::RunRecord;
pub use report::{BuildReport, KindCount, Progress, Silent};
use strict::TableOrders;

/// The size of a part, in bytes of source.
const PART_BYTES: u64 = 1 << 19;

/// How a graph is built. Nothing here but `source`, `rules` and `functions` changes what is built, and `format` how it is stored.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// What of the source is in scope.
    pub source: SourceOptions,
    /// The rules.
    pub rules: Vec<RuleFile>,
    /// Functions of SQL that come with the graph, where it is attached: statements `CREATE FUNCTION`, with semicolons between.
    pub functions: String,
    /// How many parts are worked on at once; as many as there are cores if `None`.
    pub threads: Option<NonZeroUsize>,
    /// The folder of the persistent cache, whose rows are taken for files whose content is the same, and which gets those of others; none if `None`.
    pub cache: Option<PathBuf>,
    /// How tables are stored; as Parquet files of the version if `None`.
    pub format: Option<Arc<dyn TableFormat>>,
    /// Whether the promises that a graph rests on are checked: queries run with `codeanatomy.determinism` and `codeanatomy.verify`, the order of
    /// every table is checked while it is written, and rows that break a contract are an error, so that there is no graph. The
    /// graph is the same.
    pub strict: bool,
    /// Knows the object stores of the source and of the place where the graph is kept. Its memory pool bounds what the engine's operators hold; not
    /// what the build itself holds: files, definitions, imports and resolved calls of the whole source, and the rows of a part for each thread.
    pub runtime: Arc<RuntimeEnv>,
}

impl Default for BuildOptions {
    fn default() -> Self {
        Self {
            source: SourceOptions::default(),
            rules: pack(),
            functions: String::new(),
            threads: None,
            cache: None,
            format: None,
            strict: false,
            runtime: Arc::default(),
        }
    }
}

/// Builds the graph of `source` into `out`: a folder, or the URL of one in an object store.
///
/// The version that was current stays so until the new one is complete; earlier versions stay readable. Fails if there is no
/// file in scope, if `out` is in use or no place for a graph, or if a file changes meanwhile; files that do not parse do not
/// make it fail.
pub async fn build(
    source: impl AsRef<Path>,
    out: impl AsRef<Path>,
    options: &BuildOptions,
    progress: &dyn Progress,
) -> Result<BuildReport> {
    let mut run = RunRecord::start(source.as_ref());
    let functions = crate::graph::stored_functions(&options.functions).await?;
    let source = Source::new(source, &options.source)?;
    let files = source.list_some(&options.runtime).await?;
    let entries = &files.entries;
    let threads = options
        .threads
        .or(std::thread::available_parallelism().ok())
        .map_or(1, NonZeroUsize::get);
    let parts = cut(entries, PART_BYTES);
    let bytes = entries.iter().map(|f| f.size).sum();
    let place = Place::new(out, &options.runtime)?;
    let writer = VersionWriter::begin(&place).await?;
    let cache = options.cache.as_deref().map(cached::open).transpose()?;

    let engine = Engine {
        runtime: Arc::clone(&options.runtime),
        strict: options.strict,
    };
    let has_index = source.has_index(&options.runtime).await?;
    let rules = stored(&options.rules, &READ)?;
    let needs = part::needs(&engine, &rules, has_index).await?;

    progress.stage("reading", bytes);
    let mut facts = Facts::extract(&source, &files, &needs, threads, cache.as_ref(), progress).await?;
    if has_index {
        facts.add_index(index::occurrences(&source, &options.runtime, &needs).await?)?;
    }
    let facts = Arc::new(facts);
    run.lap("reading");

    progress.stage("relating", bytes);
    let extraction = part::extraction(&source, cache.as_ref(), &needs);
    let workers = Workers::new(engine, &facts, &rules, extraction).await?;
    let (tables, summary, contract_errors) =
        write_tables(&writer, &files, &parts, workers, options.strict, threads, progress).await?;
    run.lap("relating");

    progress.stage("committing", 0);
    let rule = |r: &RuleFile| RuleRecord {
        file: r.file.clone(),
        hash: blake3::hash(r.text.as_bytes()).to_hex().to_string(),
    };
    let manifest = Manifest {
        format: crate::store::FORMAT,
        codeanatomy: env!("CARGO_PKG_VERSION").to_string(),
        include: options.source.include.clone(),
        exclude: options.source.exclude.clone(),
        max_file_bytes: options.source.limits.max_file_bytes,
        source: facts.source_hash()?,
        file_count: entries.len() as u64,
        source_bytes: bytes,
        rules: options.rules.iter().map(rule).collect(),
        functions,
        tables,
        contract_errors,
    };
    run.costs = summary.costs.clone();
    let committed = writer.commit(&manifest, options.format.as_deref()).await?;
    run.lap("committing");
    run.write(&place, &committed.folder).await?;
    progress.finish();
    Ok(BuildReport::new(manifest, committed, summary, facts.warnings()?))
}

/// Cuts files into runs of about `most` bytes, in order.
fn cut(files: &[Entry], most: u64) -> Vec<std::ops::Range<usize>> {
    let mut parts = vec![];
    let (mut start, mut bytes) = (0, 0);
    for (i, file) in files.iter().enumerate() {
        bytes += file.size;
        if bytes >= most {
            parts.push(start..i + 1);
            (start, bytes) = (i + 1, 0);
        }
    }
    if start < files.len() {
        parts.push(start..files.len());
    }
    parts
}

async fn write_tables(
    writer: &VersionWriter,
    files: &Files,
    parts: &[std::ops::Range<usize>],
    workers: Workers,
    strict: bool,
    threads: usize,
    progress: &dyn Progress,
) -> Result<(Vec<TableRecord>, report::Summary, u64)> {
    let mut tables: Vec<TableWriter> = GRAPH_TABLES
        .iter()
        .map(|t| writer.table(t.name, &t.schema(), t.order))
        .collect::<Result<_>>()?;
    let mut checks = Checks::default();
    let mut summary = report::Summary::default();
    let mut orders = strict.then(TableOrders::try_new).transpose()?;
    let workers = Arc::new(workers);
    // They are written last, but most edges that leave their part lead to them.
    let outside = workers.outside().await?;
    check_part(&mut checks, &outside)?;
    let mut graph = stream::iter(parts.iter().cloned())
        .map(|part| {
            let (files, workers) = (files.clone(), Arc::clone(&workers));
            async move {
                let task = SpawnedTask::spawn(async move { workers.relate(&files, part).await });
                task.join_unwind()
                    .await
                    .map_err(|e| DataFusionError::External(Box::new(e)))?
            }
        })
        .buffered(threads);
    while let Some(rows) = graph.try_next().await? {
        progress.advance(rows.source_bytes);
        if let Some(orders) = &mut orders {
            orders.look(&rows.tables)?;
        }
        check_part(&mut checks, &rows)?;
        write_part(&mut tables, &mut summary, &rows)?;
        cost::add(&mut summary.costs, &rows.costs);
    }
    write_part(&mut tables, &mut summary, &outside)?;

    let errors = checks.finish()?;
    if strict {
        strict::no_errors(&errors)?;
    }
    let mut error_table = writer.table("contract_errors", &Checks::schema(), Checks::ORDER)?;
    error_table.write(&errors)?;
    summary.add_errors(&errors)?;
    tables.push(error_table);
    let records = tables.into_iter().map(TableWriter::finish).collect::<Result<_>>()?;
    Ok((records, summary, errors.num_rows() as u64))
}

fn check_part(checks: &mut Checks, rows: &GraphPart) -> Result<()> {
    for (table, rows_of_table) in GRAPH_TABLES.iter().zip(&rows.tables) {
        match table.name {
            "cpg_nodes" => checks.nodes(rows_of_table)?,
            "cpg_edges" => checks.edges(rows_of_table, &rows.contracts)?,
            _ => {}
        }
    }
    Ok(())
}

fn write_part(tables: &mut [TableWriter], summary: &mut report::Summary, rows: &GraphPart) -> Result<()> {
    for ((table, writer), rows_of_table) in GRAPH_TABLES.iter().zip(tables).zip(&rows.tables) {
        summary.add(table.name, rows_of_table)?;
        writer.write(rows_of_table)?;
    }
    Ok(())
}
