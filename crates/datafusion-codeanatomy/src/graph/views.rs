//! The views of the graph.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::datasource::ViewTable;
use datafusion::prelude::SessionContext;

use super::table::{EDGES, GRAPH_TABLES};
use crate::relation::Relation;

const NODES: &str = include_str!("cpg_nodes.sql");
const NODES_OUTSIDE: &str = include_str!("cpg_nodes_outside.sql");
/// The views of rules that the tables of the graph read.
pub(crate) const READ: [&str; 3] = ["builtins", "external_imports", "named_symbols"];
const CALL_GRAPH: &str = include_str!("call_graph.sql");
const PROPS: &str = include_str!("cpg_props.sql");

/// Makes the tables of the graph views of `ctx`, which has the datasets and `relations`. Besides the stored tables there
/// are `cpg_nodes_inside` and `cpg_nodes_outside`, the parts of `cpg_nodes`, and `cpg_candidates`, winners and losers.
pub async fn create_graph(ctx: &SessionContext, relations: &[Relation]) -> Result<()> {
    create_view(ctx, "cpg_nodes_outside", NODES_OUTSIDE).await?;
    create_view(ctx, "cpg_nodes_inside", NODES).await?;
    for table in GRAPH_TABLES {
        let query = match table.name {
            "cpg_nodes" => "SELECT * FROM cpg_nodes_inside UNION ALL SELECT * FROM cpg_nodes_outside".to_string(),
            "cpg_edges" => edges(relations, ""),
            "cpg_losers" => edges(relations, "_losers"),
            _ => PROPS.to_string(),
        };
        create_view(ctx, table.name, &table.select(&query)).await?;
    }
    create_view(ctx, "cpg_candidates", &EDGES.select(&edges(relations, "_candidates"))).await
}

/// Makes `call_graph` a view over the stored tables of a graph, with the columns that it has over a source but `node_id`. The
/// code of a lambda is that of the definition around it, and what gives lambdas to be called calls them.
pub async fn create_call_graph(ctx: &SessionContext) -> Result<()> {
    create_view(ctx, "call_graph", CALL_GRAPH).await
}

/// Makes `contract_summary` a view over the stored tables of a graph: how many rows break what, and how bad that is.
pub async fn create_contract_summary(ctx: &SessionContext) -> Result<()> {
    let sql = "SELECT code, severity, \"table\", rule, count(*) AS rows FROM contract_errors GROUP BY code, severity, \"table\", rule";
    create_view(ctx, "contract_summary", sql).await
}

/// The rows of the relations as edges, but for those that a graph is without.
fn edges(relations: &[Relation], suffix: &str) -> String {
    let one = |r: &Relation| {
        format!(
            "SELECT *, stable_id('edge', kind, src, dst) AS edge_id, 'source' AS origin FROM {}{suffix}",
            r.name
        )
    };
    let stored = relations.iter().filter(|r| r.in_graph);
    stored.map(one).collect::<Vec<_>>().join(" UNION ALL ")
}

async fn create_view(ctx: &SessionContext, name: &str, sql: &str) -> Result<()> {
    let plan = ctx
        .state()
        .create_logical_plan(sql)
        .await
        .map_err(|e| e.context(format!("the table {name}")))?;
    ctx.register_table(name, Arc::new(ViewTable::new(plan, Some(sql.to_string()))))?;
    Ok(())
}
