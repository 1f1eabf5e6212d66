//! A source or a stored graph as tables of a session.

use std::path::Path;
use std::sync::Arc;

use codeanatomy_model::CATALOGUE;
use datafusion::common::Result;
use datafusion::prelude::SessionContext;

use crate::dataset::{DatasetOptions, needs_query, open};
use crate::graph::{create_call_graph, create_contract_summary, create_functions, create_graph};
use crate::relation::{Relation, RuleFile, create_alignment, create_answers, create_relations, pack};
use crate::source::{Source, SourceOptions};
use crate::store::{Place, Store, TableFormat};

/// Makes the datasets of `source` tables of the session's default schema, with views on top: the relations of the rules
/// that ship (`call_targets`, `call_targets_candidates`, `call_targets_losers`, …) and the graph (`cpg_nodes`,
/// `cpg_edges`, …). Files are read when a query needs them, anew for every query.
///
/// Fails if nothing is at `source`, if no file of it is in scope, or if the session has a table of one of these names.
pub async fn attach_source(ctx: &SessionContext, source: impl AsRef<Path>, options: &SourceOptions) -> Result<()> {
    let source = Source::new(source, options)?;
    attach_source_with_rules(ctx, source, &pack()).await.map(|_| ())
}

/// As [`attach_source`], with other rules than those that ship. Gives the relations, by name.
///
/// A rule with a mistake is an error that says the file, the line and what would be right.
pub async fn attach_source_with_rules(
    ctx: &SessionContext,
    source: Source,
    rules: &[RuleFile],
) -> Result<Vec<Relation>> {
    crate::register_all(ctx)?;
    source.list_some(&ctx.runtime_env()).await?;
    let has_index = source.has_index(&ctx.runtime_env()).await?;
    for contract in CATALOGUE.iter().filter(|c| !needs_query(c)) {
        let table = open(source.clone(), contract, DatasetOptions::of_source())?;
        ctx.register_table(contract.name, table)?;
    }
    let relations = create_relations(ctx, rules, has_index).await?;
    create_answers(ctx, &relations).await?;
    create_alignment(ctx, &relations)?;
    create_graph(ctx, &relations).await?;
    Ok(relations)
}

/// Makes the tables of the graph in `folder`, a folder or a URL of an object store that the session knows, tables of the
/// session's default schema: `cpg_nodes`, `cpg_edges`, `cpg_losers`, `cpg_props` and the view `cpg_candidates`, as of the
/// version that is current now; and the views `call_graph` and `contract_summary` over them. The functions of SQL that come
/// with the graph become functions of the session; one that has a function of that name keeps its own.
///
/// Fails if no graph is there, or if it is stored in another format than Parquet; see [`attach_graph_at`].
pub async fn attach_graph(ctx: &SessionContext, folder: impl AsRef<Path>) -> Result<()> {
    attach_graph_at(ctx, folder, None, &[]).await
}

/// As [`attach_graph`], of the version with the number `at` if one is given, and with more formats than Parquet.
pub async fn attach_graph_at(
    ctx: &SessionContext,
    folder: impl AsRef<Path>,
    at: Option<u64>,
    formats: &[Arc<dyn TableFormat>],
) -> Result<()> {
    crate::register_all(ctx)?;
    let place = Place::new(folder, &ctx.runtime_env())?;
    let store = Store::open(&place, at).await?;
    store.attach(ctx, formats).await?;
    create_call_graph(ctx).await?;
    create_contract_summary(ctx).await?;
    create_functions(ctx, &store.manifest().functions).await
}
