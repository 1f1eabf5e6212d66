//! The same dataset of several sources as one table.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::common::{Result, plan_err};
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::functions::core::expr_fn::arrow_cast;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, col, lit};

/// The rows of all `tables`, each with the name that it is given here as a first column, `repo`.
pub(super) fn of_repositories(
    dataset: &str,
    tables: Vec<(String, Arc<dyn TableProvider>)>,
) -> Result<Arc<dyn TableProvider>> {
    let mut seen = BTreeSet::new();
    if let Some((twice, _)) = tables.iter().find(|(repo, _)| !seen.insert(repo)) {
        return plan_err!("{dataset}: the source '{twice}' is there twice");
    }
    let mut all: Option<LogicalPlanBuilder> = None;
    for (repo, table) in tables {
        let repo = arrow_cast(lit(repo), lit("Utf8View")).alias("repo");
        let columns = table
            .schema()
            .fields()
            .iter()
            .map(|f| col(format!("\"{}\"", f.name())))
            .collect::<Vec<Expr>>();
        let one = LogicalPlanBuilder::scan(dataset, provider_as_source(table), None)?
            .project([vec![repo], columns].concat())?;
        all = Some(match all {
            Some(all) => all.union(one.build()?)?,
            None => one,
        });
    }
    match all {
        Some(all) => Ok(Arc::new(ViewTable::new(all.build()?, None))),
        None => plan_err!("{dataset}: the list of sources is empty"),
    }
}
