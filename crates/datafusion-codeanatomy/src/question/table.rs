//! The answer to a question: a query that is planned when it is scanned, in the session that scans it.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Result, plan_err};
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use datafusion::prelude::col;

use super::Question;
use super::found::{Find, Found, Given};

/// The rows of a query over the session's tables.
#[derive(Debug)]
pub(super) struct QuestionTable {
    name: &'static str,
    sql: String,
    schema: SchemaRef,
    find: Option<Find>,
    given: Arc<Given>,
}

impl QuestionTable {
    pub(super) fn new(question: &Question, sql: String, given: Given) -> Self {
        let field = |(name, ty): &(&str, _)| Field::new(*name, Clone::clone(ty), true);
        Self {
            name: question.name,
            sql,
            schema: Arc::new(Schema::new(question.columns.iter().map(field).collect::<Vec<_>>())),
            find: question.find,
            given: Arc::new(given),
        }
    }
}

#[async_trait]
impl TableProvider for QuestionTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Some(state) = session.as_any().downcast_ref::<SessionState>() else {
            return plan_err!("{}: the session of this host does not plan SQL", self.name);
        };
        let plan = state.create_logical_plan(&self.sql).await.map_err(|e| {
            e.context(format!(
                "{}: the session has not what it asks; attach a source or a graph",
                self.name
            ))
        })?;
        if let Some(find) = self.find {
            let answer: Arc<dyn PartitionStream> = Arc::new(Found {
                question: self.name,
                rows: state.create_physical_plan(&plan).await?,
                find,
                given: Arc::clone(&self.given),
                schema: Arc::clone(&self.schema),
            });
            let schema = Arc::clone(&self.schema);
            let scan = StreamingTableExec::try_new(schema, vec![answer], projection, [], false, limit)?;
            return Ok(Arc::new(scan));
        }
        let columns = self
            .schema
            .fields()
            .iter()
            .map(|f| datafusion::logical_expr::cast(col(f.name()), f.data_type().clone()).alias(f.name()));
        let columns: Vec<Expr> = columns.collect();
        let kept = match projection {
            Some(kept) => kept.iter().filter_map(|i| columns.get(*i).cloned()).collect(),
            None => columns,
        };
        let plan = LogicalPlanBuilder::from(plan).project(kept)?.limit(0, limit)?.build()?;
        state.create_physical_plan(&plan).await
    }
}
