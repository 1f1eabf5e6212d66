//! The session: datafusion-cli's, then everything of CodeAnatomy.

use std::num::NonZeroUsize;
use std::sync::Arc;

use codeanatomy_delta::{MakeStore, attach_graph, attach_tables, register_all};
use datafusion::common::config::ConfigNonZeroUsize;
use datafusion::config::ConfigOptions;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, GreedyMemoryPool, MemoryPool, TrackConsumersPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::ExplainFormat;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_cli::catalog::DynamicObjectStoreCatalog;
use datafusion_cli::functions::{ListFilesCacheFunc, MetadataCacheFunc, ParquetMetadataFunc, StatisticsCacheFunc};
use datafusion_cli::object_storage::StdinCarriesCommands;
use datafusion_cli::object_storage::instrumented::InstrumentedObjectStoreRegistry;
use datafusion_cli::pool_type::PoolType;
use datafusion_codeanatomy::attach_source;

use crate::args::{FileArgs, QueryArgs};
use crate::failure::Failure;
use crate::stores::{Stores, of_options};

/// Opens a session and attaches what the command line names.
pub(crate) async fn open(
    args: &QueryArgs,
    registry: &Arc<InstrumentedObjectStoreRegistry>,
    sql_from_stdin: bool,
) -> Result<SessionContext, Failure> {
    let mut runtime = RuntimeEnvBuilder::new().with_object_store_registry(Arc::new(Stores(Arc::clone(registry))));
    if let Some(limit) = args.memory_limit {
        runtime = runtime.with_memory_pool(memory_pool(&args.mem_pool_type, limit, args.top_memory_consumers));
    }
    if let Some(limit) = args.disk_limit {
        let disk = DiskManagerBuilder::default()
            .with_mode(DiskManagerMode::OsTmpDirectory)
            .with_max_temp_directory_size(limit as u64);
        runtime = runtime.with_disk_manager_builder(disk);
    }
    let config = config(args.batch_size, sql_from_stdin)?.with_extension(Arc::new(MakeStore(of_options)));
    let ctx = SessionContext::new_with_config_rt(config, runtime.build_arc()?).enable_url_table();
    ctx.refresh_catalogs().await?;
    let catalogs = Arc::clone(ctx.state().catalog_list());
    ctx.register_catalog_list(Arc::new(DynamicObjectStoreCatalog::new(catalogs, ctx.state_weak_ref())));
    register_table_functions(&ctx);
    register_all(&ctx)?;
    if let Some(folder) = &args.cache {
        let state = ctx.state_ref();
        let mut state = state.write();
        state.config_mut().options_mut().set("codeanatomy.cache_dir", folder)?;
    }
    attach(
        &ctx,
        args.source.as_deref(),
        &args.files,
        args.graph.as_deref(),
        args.at,
    )
    .await?;
    for (schema, place) in &args.delta {
        attach_tables(&ctx, schema, place)?;
    }
    Ok(ctx)
}

/// Attaches the datasets of a source, and the tables of a graph at a version.
pub(crate) async fn attach(
    ctx: &SessionContext,
    source: Option<&str>,
    files: &FileArgs,
    graph: Option<&str>,
    at: Option<u64>,
) -> Result<(), Failure> {
    if let Some(source) = source {
        let options = files.options();
        attach_source(ctx, source, &options).await?;
    }
    if let Some(graph) = graph {
        attach_graph(ctx, graph, at).await?;
    }
    Ok(())
}

/// The environment's settings, with datafusion-cli's defaults for what a person reads.
fn config(batch_size: Option<usize>, sql_from_stdin: bool) -> Result<SessionConfig, Failure> {
    let mut options = ConfigOptions::from_env()?;
    if let Some(rows) = batch_size {
        options.execution.batch_size = ConfigNonZeroUsize::try_new(rows)?;
    }
    if std::env::var_os("DATAFUSION_EXPLAIN_FORMAT").is_none() {
        options.explain.format = ExplainFormat::Tree;
    }
    if std::env::var_os("DATAFUSION_FORMAT_NULL").is_none() {
        options.format.null = "NULL".to_owned();
    }
    let config = SessionConfig::from(options).with_information_schema(true);
    // Where stdin carries the statements, a table cannot read it.
    Ok(if sql_from_stdin {
        config.with_extension(Arc::new(StdinCarriesCommands))
    } else {
        config
    })
}

fn memory_pool(kind: &PoolType, limit: usize, consumers: usize) -> Arc<dyn MemoryPool> {
    match (kind, NonZeroUsize::new(consumers)) {
        (PoolType::Fair, None) => Arc::new(FairSpillPool::new(limit)),
        (PoolType::Fair, Some(top)) => Arc::new(TrackConsumersPool::new(FairSpillPool::new(limit), top)),
        (PoolType::Greedy, None) => Arc::new(GreedyMemoryPool::new(limit)),
        (PoolType::Greedy, Some(top)) => Arc::new(TrackConsumersPool::new(GreedyMemoryPool::new(limit), top)),
    }
}

fn register_table_functions(ctx: &SessionContext) {
    let cache = || Arc::clone(&ctx.runtime_env().cache_manager);
    ctx.register_udtf("parquet_metadata", Arc::new(ParquetMetadataFunc {}));
    ctx.register_udtf("metadata_cache", Arc::new(MetadataCacheFunc::new(cache())));
    ctx.register_udtf("statistics_cache", Arc::new(StatisticsCacheFunc::new(cache())));
    ctx.register_udtf("list_files_cache", Arc::new(ListFilesCacheFunc::new(cache())));
}
