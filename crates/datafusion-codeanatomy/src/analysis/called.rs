//! Table functions that say how they were called. The engine's scan of one shows its name alone, `calls()`, and two calls with different
//! arguments are different tables.

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::Result;
use datafusion::common::tree_node::Transformed;
use datafusion::datasource::{provider_as_source, source_as_provider};
use datafusion::execution::SessionState;
use datafusion::logical_expr::{Expr, LogicalPlan, TableType};
use datafusion::physical_plan::ExecutionPlan;

use super::literal::literal;
use crate::planner::{SqlTableFunction, asks_for_parameters};

/// The session with such functions in place of its own.
pub(super) fn with_noted_calls(state: &SessionState) -> SessionState {
    let mut noting = state.clone();
    let functions = state.table_functions().iter();
    let noted: Vec<_> = functions
        .map(|(name, f)| Noted {
            name: name.clone(),
            function: Arc::clone(f.function()),
        })
        .collect();
    for function in noted {
        noting.register_udtf(&function.name.clone(), Arc::new(function));
    }
    noting
}

#[derive(Debug)]
struct Noted {
    name: String,
    function: Arc<dyn TableFunctionImpl>,
}

impl TableFunctionImpl for Noted {
    fn call_with_args(&self, args: TableFunctionArgs<'_, '_>) -> Result<Arc<dyn TableProvider>> {
        if asks_for_parameters(args.exprs()) {
            return self.function.call_with_args(args);
        }
        let shown = args.exprs().iter().map(|expr| match expr {
            Expr::Literal(value, _) => literal(value),
            other => other.to_string(),
        });
        let mut call = format!("{}({})", self.name, shown.collect::<Vec<_>>().join(", "));
        if let Some(function) = SqlTableFunction::of(self.function.as_ref()) {
            call = format!("{call} AS {:?}", function.sql);
        }
        let table = self.function.call_with_args(args)?;
        Ok(Arc::new(Called { call, table }))
    }
}

/// The table that a call gives.
#[derive(Debug)]
pub(super) struct Called {
    /// The function with its arguments.
    pub(super) call: String,
    table: Arc<dyn TableProvider>,
}

impl Called {
    /// The plan with scans of functions that were called when it was made noted as part of this call.
    fn noted(&self, plan: LogicalPlan) -> Result<LogicalPlan> {
        let noted = plan.transform_up_with_subqueries(|plan| {
            let LogicalPlan::TableScan(mut scan) = plan else {
                return Ok(Transformed::no(plan));
            };
            let table = source_as_provider(&scan.source)?;
            if !scan.table_name.table().ends_with("()") || (table.as_ref() as &dyn std::any::Any).is::<Self>() {
                return Ok(Transformed::no(LogicalPlan::TableScan(scan)));
            }
            let call = format!("{} IN {}", scan.table_name.table(), self.call);
            scan.source = provider_as_source(Arc::new(Self { call, table }));
            Ok(Transformed::yes(LogicalPlan::TableScan(scan)))
        })?;
        Ok(noted.data)
    }
}

#[async_trait]
impl TableProvider for Called {
    fn schema(&self) -> SchemaRef {
        self.table.schema()
    }

    fn table_type(&self) -> TableType {
        self.table.table_type()
    }

    fn get_logical_plan(&self) -> Option<Cow<'_, LogicalPlan>> {
        let plan = self.table.get_logical_plan()?.into_owned();
        self.noted(plan).ok().map(Cow::Owned)
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
}
