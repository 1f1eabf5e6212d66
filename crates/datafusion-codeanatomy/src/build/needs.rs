//! Which columns of the datasets a build reads.

use std::collections::{BTreeMap, BTreeSet};

use codeanatomy_model::Contract;
use datafusion::common::Result;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;

/// By dataset, the columns that the queries of the graph read; what nothing reads is not extracted.
#[derive(Debug, Clone, Default)]
pub(super) struct Needs(BTreeMap<String, BTreeSet<usize>>);

impl Needs {
    /// Adds what a query reads of tables that have the name and the columns of a dataset.
    pub(super) async fn add(&mut self, ctx: &SessionContext, sql: &str) -> Result<()> {
        let plan = ctx.sql(sql).await?.into_optimized_plan()?;
        plan.apply_with_subqueries(|node| {
            if let LogicalPlan::TableScan(scan) = node {
                let columns = self.0.entry(scan.table_name.table().to_string()).or_default();
                match &scan.projection {
                    Some(projection) => columns.extend(projection),
                    None => columns.extend(0..scan.source.schema().fields().len()),
                }
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        Ok(())
    }

    /// The columns of a dataset: those that are read, the path, and `others`.
    pub(super) fn columns(&self, contract: &Contract, others: &[&str]) -> Vec<usize> {
        let others = others.iter().chain(&["path"]);
        let read = self.0.get(contract.name).into_iter().flatten().copied();
        let columns: BTreeSet<usize> = others.filter_map(|c| contract.index_of(c)).chain(read).collect();
        columns.into_iter().collect()
    }
}
