//! A Delta table as the target of a statement.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DFSchemaRef, Result, internal_err};
use datafusion::logical_expr::dml::{InsertOp, MergeIntoClause};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;

use super::Change;
use crate::table::DeltaTableProvider;

/// A Delta table with what is known of the statement that writes to it.
#[derive(Debug)]
pub(super) struct Target {
    table: Arc<dyn TableProvider>,
    /// The fingerprint of the statement.
    rule: String,
    /// Of `UPDATE` and `DELETE`: which rows.
    pub(super) predicate: Option<Expr>,
    /// Of `UPDATE`: what columns get.
    pub(super) values: Vec<(String, Expr)>,
}

impl Target {
    pub(super) fn new(table: Arc<dyn TableProvider>, rule: String) -> Self {
        Self {
            table,
            rule,
            predicate: None,
            values: vec![],
        }
    }

    fn delta(&self) -> Result<&DeltaTableProvider> {
        match self.table.downcast_ref() {
            Some(table) => Ok(table),
            None => internal_err!("the target of a change is a Delta table"),
        }
    }
}

#[async_trait]
impl TableProvider for Target {
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

    async fn insert_into(
        &self,
        session: &dyn Session,
        input: Arc<dyn ExecutionPlan>,
        insert_op: InsertOp,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.delta()?.insert(session, input, insert_op, Some(&self.rule)).await
    }

    async fn delete_from(&self, session: &dyn Session, _filters: Vec<Expr>) -> Result<Arc<dyn ExecutionPlan>> {
        let change = Change::delete(session, Some(&self.rule), self.predicate.clone());
        self.delta()?.change(change).await
    }

    async fn update(
        &self,
        session: &dyn Session,
        _assignments: Vec<(String, Expr)>,
        _filters: Vec<Expr>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let (predicate, values) = (self.predicate.clone(), self.values.clone());
        let change = Change::update(session, Some(&self.rule), predicate, values);
        self.delta()?.change(change).await
    }

    async fn truncate(&self, session: &dyn Session) -> Result<Arc<dyn ExecutionPlan>> {
        self.delta()?
            .change(Change::delete(session, Some(&self.rule), None))
            .await
    }

    async fn merge_into(
        &self,
        session: &dyn Session,
        source: Arc<dyn ExecutionPlan>,
        merge_schema: DFSchemaRef,
        on: Expr,
        clauses: Vec<MergeIntoClause>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let merge = self.delta()?.merge_of(source, &merge_schema, on, clauses)?;
        self.delta()?
            .change(Change::merge(session, Some(&self.rule), merge))
            .await
    }
}
