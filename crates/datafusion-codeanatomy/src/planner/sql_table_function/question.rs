//! What the parameters of a function of a query are. Planners see of a table function only the table that a call gives, so that they ask with a
//! call of its own, whose table has the parameters.

use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Result, internal_err};
use datafusion::datasource::source_as_provider;
use datafusion::logical_expr::expr::Placeholder;
use datafusion::logical_expr::planner::RelationPlannerContext;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;

use crate::planner::sql_function::SqlParameter;

/// The parameters of the function of that name, if it is one of SQL.
pub(in crate::planner) fn parameters_of(name: &str, ctx: &dyn RelationPlannerContext) -> Option<Vec<SqlParameter>> {
    let source = ctx.context_provider().get_table_function_source(name, vec![question()]);
    let provider = source_as_provider(&source.ok()?).ok()?;
    let answer: &dyn Any = provider.as_ref();
    answer.downcast_ref::<Parameters>().map(|answer| answer.0.clone())
}

/// Whether a call with these arguments asks for the parameters.
pub(crate) fn asks_for_parameters(arguments: &[Expr]) -> bool {
    arguments == [question()]
}

/// What stands in place of the arguments of such a call.
pub(super) fn question() -> Expr {
    Expr::Placeholder(Placeholder::new_with_field(
        "$parameters of the function".to_string(),
        None,
    ))
}

/// The answer to a question for parameters; it has no rows.
#[derive(Debug)]
pub(super) struct Parameters(pub(super) Vec<SqlParameter>);

#[async_trait]
impl TableProvider for Parameters {
    fn schema(&self) -> SchemaRef {
        Arc::new(Schema::empty())
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    async fn scan(
        &self,
        _session: &dyn Session,
        _projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        internal_err!("parameters are no rows")
    }
}
