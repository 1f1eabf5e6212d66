//! Functions of SQL that come with a graph: `CREATE FUNCTION` over its tables.

use std::sync::Arc;

use datafusion::common::{Result, plan_err};
use datafusion::datasource::{MemTable, ViewTable};
use datafusion::logical_expr::{DdlStatement, LogicalPlan};
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::DFParser;

use crate::store::Checks;

use super::{GRAPH_TABLES, create_call_graph};

/// The statements of a text, each of which makes a function over the tables of a graph.
///
/// They are tried with tables without rows, before anything is built; a mistake is an error that says which statement.
pub(crate) async fn stored_functions(sql: &str) -> Result<Vec<String>> {
    let statements = DFParser::parse_sql(sql).map_err(|e| e.context("the functions that come with the graph"))?;
    if statements.is_empty() {
        return Ok(vec![]);
    }
    let ctx = SessionContext::new();
    crate::register_all(&ctx)?;
    for table in GRAPH_TABLES {
        ctx.register_table(table.name, Arc::new(MemTable::try_new(table.schema(), vec![vec![]])?))?;
    }
    ctx.register_table(
        "contract_errors",
        Arc::new(MemTable::try_new(Checks::schema(), vec![vec![]])?),
    )?;
    let sql = "SELECT * FROM cpg_edges UNION ALL SELECT * FROM cpg_losers";
    let plan = ctx.state().create_logical_plan(sql).await?;
    ctx.register_table("cpg_candidates", Arc::new(ViewTable::new(plan, Some(sql.to_string()))))?;
    create_call_graph(&ctx).await?;
    let mut functions = vec![];
    for statement in statements {
        let text = statement.to_string();
        if name_of(&ctx, &text).await?.is_none() {
            return plan_err!("the functions that come with the graph: this is no CREATE FUNCTION: {text}");
        }
        ctx.sql(&text).await?;
        functions.push(text);
    }
    Ok(functions)
}

/// Makes the functions of a graph functions of the session that has its tables, save those whose names are taken.
pub(crate) async fn create_functions(ctx: &SessionContext, functions: &[String]) -> Result<()> {
    for statement in functions {
        let Some(name) = name_of(ctx, statement).await? else {
            return plan_err!("the graph holds a statement that is no CREATE FUNCTION: {statement}");
        };
        let state = ctx.state();
        let is_there = state.scalar_functions().contains_key(&name)
            || state.aggregate_functions().contains_key(&name)
            || state.window_functions().contains_key(&name)
            || state.table_functions().contains_key(&name);
        if !is_there {
            ctx.sql(statement).await?;
        }
    }
    Ok(())
}

/// The name of the function that a statement makes, if it makes one.
async fn name_of(ctx: &SessionContext, statement: &str) -> Result<Option<String>> {
    Ok(match ctx.state().create_logical_plan(statement).await? {
        LogicalPlan::Ddl(DdlStatement::CreateFunction(made)) => Some(made.name.to_ascii_lowercase()),
        _ => None,
    })
}
