//! Datasets that are queries over other datasets of the same source: what one extractor says beside what another says.
//!
//! A scan plans the query with the predicates, the columns and the limit that it is given, so that they reach the datasets
//! that the query reads, and sorts its rows: in the engine, the plan of a view would lose its order.

mod provider;

use std::sync::Arc;

use async_trait::async_trait;
use codeanatomy_model::Contract;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Column, Constraints, Result};
use datafusion::logical_expr::expr_fn::cast;
use datafusion::logical_expr::expr_rewriter::unnormalize_col;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;

use super::DatasetOptions;
use super::filter::is_repeatable;
use super::provider::key_constraint;
use crate::source::Source;

const QUERIES: [(&str, &str); 6] = [
    ("compiled_scopes", include_str!("compiled_scopes.sql")),
    ("compiled_symbols", include_str!("compiled_symbols.sql")),
    ("check_definitions", include_str!("check_definitions.sql")),
    ("check_syntax_errors", include_str!("check_syntax_errors.sql")),
    ("check_symbols", include_str!("check_symbols.sql")),
    ("check_calls", include_str!("check_calls.sql")),
];

/// The query of a dataset, if it is one.
pub(super) fn query(contract: &Contract) -> Option<&'static str> {
    let found = QUERIES.iter().find(|(name, _)| *name == contract.name);
    found.map(|(_, sql)| *sql)
}

/// A dataset that is a query.
#[derive(Debug)]
pub(super) struct CheckTable {
    contract: &'static Contract,
    /// The rows, without an order.
    plan: LogicalPlan,
    schema: SchemaRef,
    constraints: Constraints,
}

impl CheckTable {
    /// The rows of `sql` with the columns and in the order of `contract`.
    pub(super) fn try_new(
        source: Source,
        options: DatasetOptions,
        contract: &'static Contract,
        sql: &str,
    ) -> Result<Self> {
        let plan = provider::plan(source, options, sql)?;
        let columns = contract
            .columns
            .iter()
            .map(|c| cast(column(c.name), c.ty.data_type()).alias(c.name));
        let plan = LogicalPlanBuilder::from(plan)
            .project(columns.collect::<Vec<_>>())?
            .build()?;
        Ok(Self {
            contract,
            schema: Arc::new(Schema::clone(plan.schema().as_arrow())),
            plan,
            constraints: key_constraint(contract),
        })
    }
}

fn column(name: &str) -> Expr {
    Expr::Column(Column::from_name(name))
}

#[async_trait]
impl TableProvider for CheckTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn constraints(&self) -> Option<&Constraints> {
        Some(&self.constraints)
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let kind = |e: &&Expr| match is_repeatable(e) {
            true => TableProviderFilterPushDown::Exact,
            false => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(kind).collect())
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut plan = LogicalPlanBuilder::from(self.plan.clone());
        if let Some(filter) = filters.iter().cloned().map(unnormalize_col).reduce(Expr::and) {
            plan = plan.filter(filter)?;
        }
        // Without the first column of the order there is none to declare; a limit still picks the first rows of it.
        let is_ordered = projection.is_none_or(|columns| columns.contains(&0)) || limit.is_some();
        if is_ordered {
            let order = self.contract.order.iter().map(|name| column(name).sort(true, false));
            plan = plan.sort(order.collect::<Vec<_>>())?;
        }
        let plan = plan.limit(0, limit)?;
        let plan = match projection {
            Some(columns) => {
                let names = columns.iter().map(|i| column(self.contract.columns[*i].name));
                plan.project(names.collect::<Vec<_>>())?
            }
            None => plan,
        };
        session.create_physical_plan(&plan.build()?).await
    }
}
