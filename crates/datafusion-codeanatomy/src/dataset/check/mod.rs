//! Datasets that are queries over other datasets of the same source: what one extractor says beside what another says.
//!
//! The query's plan takes the place of the table, so that predicates reach the datasets that it reads, and what is not
//! asked for is not computed.

mod provider;

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;
use codeanatomy_model::Contract;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Column, Constraints, Result, plan_err};
use datafusion::logical_expr::expr_fn::cast;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;

use super::DatasetOptions;
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
    plan: LogicalPlan,
    schema: SchemaRef,
    constraints: Constraints,
}

impl CheckTable {
    /// The rows of `sql` with the columns and in the order of `contract`.
    pub(super) fn try_new(source: Source, options: DatasetOptions, contract: &Contract, sql: &str) -> Result<Self> {
        let plan = provider::plan(source, options, sql)?;
        let column = |name: &str| Expr::Column(Column::from_name(name));
        let columns = contract
            .columns
            .iter()
            .map(|c| cast(column(c.name), c.ty.data_type()).alias(c.name));
        let order = contract.order.iter().map(|name| column(name).sort(true, false));
        let plan = LogicalPlanBuilder::from(plan)
            .project(columns.collect::<Vec<_>>())?
            .sort(order.collect::<Vec<_>>())?
            .build()?;
        Ok(Self {
            schema: Arc::new(Schema::clone(plan.schema().as_arrow())),
            plan,
            constraints: key_constraint(contract),
        })
    }
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

    fn get_logical_plan(&self) -> Option<Cow<'_, LogicalPlan>> {
        Some(Cow::Borrowed(&self.plan))
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Exact; filters.len()])
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut plan = LogicalPlanBuilder::from(self.plan.clone());
        if let Some(filter) = filters.iter().cloned().reduce(Expr::and) {
            plan = plan.filter(filter)?;
        }
        if let Some(projection) = projection {
            plan = plan.select(projection.iter().copied())?;
        }
        let plan = plan.limit(0, limit)?.build()?;
        if plan.schema().fields().is_empty() && projection.is_none() {
            return plan_err!("the query of a dataset has no columns");
        }
        session.create_physical_plan(&plan).await
    }
}
