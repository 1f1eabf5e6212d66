//! Statements that write to Delta tables are noted before they are optimised.
//!
//! A commit says by which statement it was made, and a provider is not told. And `UPDATE` and `DELETE` keep the predicate
//! that was written: the engine hands a provider the filters that it finds in the optimised plan of the statement. What the
//! optimizer has moved elsewhere is not among them: of `WHERE id IN (SELECT …)`, which becomes a join, and of `WHERE false`,
//! which becomes an empty relation, nothing is left, and a provider that believes it deletes every row. So this rule, which
//! runs before the optimizer, puts both into the target itself, and refuses what cannot be said by a predicate.

use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, Result, internal_err, plan_err};
use datafusion::datasource::file_format::{file_type_to_format, format_as_file_type};
use datafusion::datasource::{DefaultTableSource, provider_as_source};
use datafusion::logical_expr::{Expr, LogicalPlan, WriteOp};
use datafusion::optimizer::AnalyzerRule;

use super::fingerprint::of_statement;
use super::target::Target;
use crate::copy::DeltaCopy;
use crate::table::DeltaTableProvider;

/// Before: `Dml: op=[Delete] table=[t]`, over `Filter: p` over `TableScan: t`. After: the same, whose target knows `p` and the
/// fingerprint of the statement. The same for other statements that write, and `COPY`.
///
/// Fires on statements that write to Delta tables, and changes nothing else. It comes after types were coerced.
#[derive(Debug)]
pub(crate) struct NoteStatements;

impl NoteStatements {
    pub(crate) const NAME: &str = "delta_note_statements";
}

impl AnalyzerRule for NoteStatements {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn analyze(&self, plan: LogicalPlan, _config: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up(note).map(|plan| plan.data)
    }
}

fn note(plan: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    match &plan {
        LogicalPlan::Dml(dml) => {
            let provider = dml
                .target
                .downcast_ref::<DefaultTableSource>()
                .map(|source| &source.table_provider);
            let Some(table) = provider.filter(|provider| provider.is::<DeltaTableProvider>()) else {
                return Ok(Transformed::no(plan));
            };
            let mut target = Target::new(Arc::clone(table), of_statement(&plan)?);
            if matches!(dml.op, WriteOp::Delete | WriteOp::Update) {
                target.predicate = predicate(dml.op.name(), &dml.input)?;
            }
            if matches!(dml.op, WriteOp::Update) {
                target.values = assignments(&dml.input)?;
            }
            let mut dml = dml.clone();
            dml.target = provider_as_source(Arc::new(target));
            Ok(Transformed::yes(LogicalPlan::Dml(dml)))
        }
        LogicalPlan::Copy(copy) => {
            let Ok(format) = file_type_to_format(&copy.file_type) else {
                return Ok(Transformed::no(plan));
            };
            if !format.is::<DeltaCopy>() {
                return Ok(Transformed::no(plan));
            }
            let mut copy = copy.clone();
            let rule = Some(of_statement(&plan)?);
            copy.file_type = format_as_file_type(Arc::new(DeltaCopy { rule }));
            Ok(Transformed::yes(LogicalPlan::Copy(copy)))
        }
        _ => Ok(Transformed::no(plan)),
    }
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
