//! `UPDATE` and `DELETE` keep the predicate that was written.
//!
//! The engine hands a provider the filters that it finds in the optimised plan of the statement. What the optimizer has moved
//! elsewhere is not among them: of `WHERE id IN (SELECT …)`, which becomes a join, and of `WHERE false`, which becomes an
//! empty relation, nothing is left, and a provider that believes it deletes every row. So this rule, which runs before the
//! optimizer, puts the predicate into the target itself, and refuses what cannot be said by a predicate.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, Result, internal_err, plan_err};
use datafusion::datasource::{DefaultTableSource, provider_as_source};
use datafusion::logical_expr::{DmlStatement, Expr, LogicalPlan, TableType, WriteOp};
use datafusion::optimizer::AnalyzerRule;
use datafusion::physical_plan::ExecutionPlan;

use super::Change;
use crate::table::DeltaTableProvider;

/// Before: `Dml: op=[Delete] table=[t]`, over `Filter: p` over `TableScan: t`. After: the same, whose target knows `p`.
///
/// Fires on `UPDATE` and `DELETE` of Delta tables, and changes nothing else. It comes after types were coerced.
#[derive(Debug)]
pub(crate) struct KeepPredicates;

impl KeepPredicates {
    pub(crate) const NAME: &str = "delta_keep_predicates";
}

impl AnalyzerRule for KeepPredicates {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn analyze(&self, plan: LogicalPlan, _config: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up(|plan| match plan {
            LogicalPlan::Dml(dml) if matches!(dml.op, WriteOp::Delete | WriteOp::Update) => keep(dml),
            other => Ok(Transformed::no(other)),
        })
        .map(|plan| plan.data)
    }
}

fn keep(mut dml: DmlStatement) -> Result<Transformed<LogicalPlan>> {
    let provider = dml
        .target
        .downcast_ref::<DefaultTableSource>()
        .map(|source| &source.table_provider);
    let Some(provider) = provider.filter(|provider| provider.is::<DeltaTableProvider>()) else {
        return Ok(Transformed::no(LogicalPlan::Dml(dml)));
    };
    let values = match &dml.op {
        WriteOp::Update => assignments(&dml.input)?,
        _ => vec![],
    };
    let target = Kept {
        table: Arc::clone(provider),
        predicate: predicate(dml.op.name(), &dml.input)?,
        values,
    };
    dml.target = provider_as_source(Arc::new(target));
    Ok(Transformed::yes(LogicalPlan::Dml(dml)))
}

/// The predicate of a statement; none if it takes all rows.
fn predicate(what: &str, input: &LogicalPlan) -> Result<Option<Expr>> {
    match input {
        LogicalPlan::Projection(projection) => predicate(what, &projection.input),
        LogicalPlan::Filter(filter) => {
            if predicate(what, &filter.input)?.is_some() {
                return internal_err!("{what}: two predicates");
            }
            refuse_subqueries(what, &filter.predicate)?;
            unqualified(filter.predicate.clone()).map(Some)
        }
        LogicalPlan::SubqueryAlias(alias) => predicate(what, &alias.input),
        LogicalPlan::TableScan(_) => Ok(None),
        _ => {
            plan_err!("{what} of a Delta table takes one table and a predicate; MERGE INTO takes rows of other tables")
        }
    }
}

fn assignments(input: &LogicalPlan) -> Result<Vec<(String, Expr)>> {
    let LogicalPlan::Projection(projection) = input else {
        return internal_err!("an UPDATE projects the values");
    };
    let mut values = vec![];
    for expr in &projection.expr {
        let Expr::Alias(alias) = expr else { continue };
        if !matches!(alias.expr.as_ref(), Expr::Column(column) if column.name == alias.name) {
            refuse_subqueries("UPDATE", &alias.expr)?;
            values.push((alias.name.clone(), unqualified((*alias.expr).clone())?));
        }
    }
    Ok(values)
}

fn unqualified(expr: Expr) -> Result<Expr> {
    let expr = expr.transform(|expr| match expr {
        Expr::Column(column) => Ok(Transformed::yes(Expr::Column(Column::from_name(column.name)))),
        // Coercion keeps names by aliases, which delta-rs cannot write to the log.
        Expr::Alias(alias) => Ok(Transformed::yes(*alias.expr)),
        other => Ok(Transformed::no(other)),
    });
    expr.map(|expr| expr.data)
}

/// delta-rs evaluates expressions row by row.
pub(super) fn refuse_subqueries(what: &str, expr: &Expr) -> Result<()> {
    let subquery = expr.exists(|expr| {
        Ok(matches!(
            expr,
            Expr::Exists(_)
                | Expr::InSubquery(_)
                | Expr::ScalarSubquery(_)
                | Expr::SetComparison(_)
                | Expr::OuterReferenceColumn(..)
        ))
    })?;
    match subquery {
        true => plan_err!(
            "{what} of a Delta table takes no subquery; MERGE INTO … USING (SELECT …) takes rows of other tables"
        ),
        false => Ok(()),
    }
}

/// A Delta table with the change that is made to it.
#[derive(Debug)]
struct Kept {
    table: Arc<dyn TableProvider>,
    predicate: Option<Expr>,
    values: Vec<(String, Expr)>,
}

impl Kept {
    async fn change(&self, change: Change) -> Result<Arc<dyn ExecutionPlan>> {
        match self.table.downcast_ref::<DeltaTableProvider>() {
            Some(table) => table.change(change).await,
            None => internal_err!("the target of a change is a Delta table"),
        }
    }
}

#[async_trait]
impl TableProvider for Kept {
    fn schema(&self) -> SchemaRef {
        self.table.schema()
    }

    fn table_type(&self) -> TableType {
        self.table.table_type()
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.table.scan(session, projection, filters, limit).await
    }

    async fn delete_from(&self, session: &dyn Session, _filters: Vec<Expr>) -> Result<Arc<dyn ExecutionPlan>> {
        self.change(Change::delete(session, self.predicate.clone())).await
    }

    async fn update(
        &self,
        session: &dyn Session,
        _assignments: Vec<(String, Expr)>,
        _filters: Vec<Expr>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.change(Change::update(session, self.predicate.clone(), self.values.clone()))
            .await
    }
}
