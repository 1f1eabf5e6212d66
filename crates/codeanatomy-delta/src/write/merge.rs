//! `MERGE INTO`: rows of a query update, delete or become rows of a table.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, DFSchema, Result, TableReference, plan_err};
use datafusion::execution::{SessionState, TaskContext};
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::dml::{MergeIntoAction, MergeIntoClause, MergeIntoClauseKind};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionContext;
use deltalake::DeltaTable;
use deltalake::operations::merge::MergeBuilder;

use super::note::refuse_subqueries;
use super::source::SourceTable;

const TARGET: &str = "target";
const SOURCE: &str = "source";

/// A merge, whose expressions name columns of `target` and `source`.
#[derive(Debug, Clone)]
pub(crate) struct Merge {
    pub(super) source: Arc<dyn ExecutionPlan>,
    on: Expr,
    clauses: Vec<MergeIntoClause>,
}

impl Merge {
    /// As the engine hands it over: `schema` has `columns` columns of the target, then those of the source.
    pub(crate) fn new(
        shown: &str,
        columns: usize,
        source: Arc<dyn ExecutionPlan>,
        schema: &DFSchema,
        on: Expr,
        clauses: Vec<MergeIntoClause>,
    ) -> Result<Self> {
        let fields = source.schema();
        for (i, field) in fields.fields().iter().enumerate() {
            if fields.fields()[..i].iter().any(|other| other.name() == field.name()) {
                return plan_err!(
                    "MERGE INTO '{shown}': the source has two columns {}; give them different names",
                    field.name()
                );
            }
        }
        let place = |expr: Expr| {
            refuse_subqueries("MERGE", &expr)?;
            let placed = expr.transform(|expr| match expr {
                Expr::Column(column) => {
                    let i = schema.index_of_column(&column)?;
                    let side = if i < columns { TARGET } else { SOURCE };
                    let name = schema.field(i).name().clone();
                    let column = Column::new(Some(TableReference::bare(side)), name);
                    Ok(Transformed::yes(Expr::Column(column)))
                }
                // Coercion keeps names by aliases, which delta-rs cannot write to the log.
                Expr::Alias(alias) => Ok(Transformed::yes(*alias.expr)),
                other => Ok(Transformed::no(other)),
            });
            placed.map(|placed| placed.data)
        };
        let clause = |clause: MergeIntoClause| {
            let action = match clause.action {
                MergeIntoAction::Update(values) => {
                    let values = values.into_iter().map(|(name, value)| Ok((name, place(value)?)));
                    MergeIntoAction::Update(values.collect::<Result<_>>()?)
                }
                MergeIntoAction::Insert { columns, values } => {
                    let values = values.into_iter().map(place).collect::<Result<_>>()?;
                    MergeIntoAction::Insert { columns, values }
                }
                MergeIntoAction::Delete => MergeIntoAction::Delete,
            };
            Ok(MergeIntoClause {
                kind: clause.kind,
                predicate: clause.predicate.map(place).transpose()?,
                action,
            })
        };
        Ok(Self {
            source,
            on: place(on)?,
            clauses: clauses.into_iter().map(clause).collect::<Result<_>>()?,
        })
    }

    /// The merge as delta-rs runs it. The source's plan stays the host's; delta-rs replaces only its own session's planner.
    pub(super) fn builder(
        self,
        table: DeltaTable,
        session: SessionState,
        context: Arc<TaskContext>,
    ) -> Result<MergeBuilder> {
        let host = SessionContext::new_with_state(session.clone());
        let source = host.read_table(Arc::new(SourceTable::of_plan(self.source, context)))?;
        let mut merge = table
            .merge(source, self.on)
            .with_source_alias(SOURCE)
            .with_target_alias(TARGET)
            .with_session_state(Arc::new(session));
        for clause in self.clauses {
            merge = add(merge, clause)?;
        }
        Ok(merge)
    }
}

fn add(merge: MergeBuilder, clause: MergeIntoClause) -> Result<MergeBuilder> {
    use MergeIntoClauseKind::{Matched, NotMatched, NotMatchedBySource, NotMatchedByTarget};
    let when = clause.predicate;
    macro_rules! when {
        ($builder:expr) => {
            match when {
                Some(predicate) => $builder.predicate(predicate),
                None => $builder,
            }
        };
    }
    let added = match (clause.kind, clause.action) {
        (Matched, MergeIntoAction::Update(values)) => merge.when_matched_update(|update| {
            values.into_iter().fold(when!(update), |u, (name, value)| {
                u.update(Column::from_name(name), value)
            })
        }),
        (Matched, MergeIntoAction::Delete) => merge.when_matched_delete(|delete| when!(delete)),
        (NotMatched | NotMatchedByTarget, MergeIntoAction::Insert { columns, values }) => merge
            .when_not_matched_insert(|insert| {
                columns
                    .into_iter()
                    .zip(values)
                    .fold(when!(insert), |i, (name, value)| i.set(Column::from_name(name), value))
            }),
        (NotMatchedBySource, MergeIntoAction::Update(values)) => merge.when_not_matched_by_source_update(|update| {
            values.into_iter().fold(when!(update), |u, (name, value)| {
                u.update(Column::from_name(name), value)
            })
        }),
        (NotMatchedBySource, MergeIntoAction::Delete) => {
            merge.when_not_matched_by_source_delete(|delete| when!(delete))
        }
        (kind, action) => return plan_err!("MERGE: {kind:?} takes no {action:?}"),
    };
    added.map_err(|e| crate::error::of_table("MERGE", e))
}
