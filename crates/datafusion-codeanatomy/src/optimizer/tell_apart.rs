//! Table functions that are called twice in a query.
//!
//! To the engine two scans are the same if they have the same name and columns, and all calls of a function have one name: of
//! `SELECT (SELECT count(*) FROM lines(text => 'a')) AS one, (SELECT count(*) FROM lines(text => E'a\nb')) AS two` it runs one,
//! and gives its answer for both. So in sub-queries that are expressions the second gets a name of its own, below an alias
//! that keeps the names of its columns.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Result, TableReference};
use datafusion::datasource::source_as_provider;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder, TableScan};
use datafusion::optimizer::AnalyzerRule;

/// The rule.
#[derive(Debug)]
pub(crate) struct TellApart;

impl AnalyzerRule for TellApart {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        let mut calls: BTreeMap<String, Vec<*const ()>> = BTreeMap::new();
        let mut tell_apart = |node| match node {
            LogicalPlan::TableScan(scan) if is_call(&scan) => {
                let calls = calls.entry(scan.table_name.table().to_string()).or_default();
                let source = identity(&scan);
                let place = calls.iter().position(|known| *known == source).unwrap_or_else(|| {
                    calls.push(source);
                    calls.len() - 1
                });
                match place {
                    0 => Ok(Transformed::no(LogicalPlan::TableScan(scan))),
                    // Below is what was just made.
                    place => Ok(Transformed::new(
                        renamed(scan, place + 1)?,
                        true,
                        TreeNodeRecursion::Jump,
                    )),
                }
            }
            node => Ok(Transformed::no(node)),
        };
        // What is no expression runs each time that it stands there.
        let named = plan.transform_down(|node| {
            node.map_subqueries(|subquery| subquery.transform_down_with_subqueries(&mut tell_apart))
        })?;
        Ok(named.data)
    }

    fn name(&self) -> &str {
        "tell_apart"
    }
}

/// The engine names the scan of a table function `function()`. One that has filters or a projection was planned before.
fn is_call(scan: &TableScan) -> bool {
    scan.table_name.table().ends_with("()")
        && scan.filters.is_empty()
        && scan.projection.is_none()
        && scan.fetch.is_none()
}

/// The same for two scans of one table.
fn identity(scan: &TableScan) -> *const () {
    match source_as_provider(&scan.source) {
        Ok(provider) => Arc::as_ptr(&provider).cast(),
        Err(_) => Arc::as_ptr(&scan.source).cast(),
    }
}

fn renamed(scan: TableScan, number: usize) -> Result<LogicalPlan> {
    let name = format!("{} #{number}", scan.table_name.table());
    LogicalPlanBuilder::scan(TableReference::bare(name), scan.source, None)?
        .alias(scan.table_name)?
        .build()
}
