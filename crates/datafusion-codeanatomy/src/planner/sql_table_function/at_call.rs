//! Queries in which a table function has a parameter for an argument, as `definitions(source => $folder)`.
//!
//! Table functions are called when a plan is made. So such a query is planned at each call, with the arguments as literals, in the session as it was
//! when the function was created.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use datafusion::arrow::datatypes::DataType;
use datafusion::catalog::Session;
use datafusion::common::{Result, ScalarValue, plan_err};
use datafusion::execution::SessionState;
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::sql::parser::Statement as EngineStatement;
use datafusion::sql::sqlparser::ast::{Statement, VisitMut};

use super::places::Places;
use super::{SqlTableFunction, table_text};
use crate::planner::blocking::wait;
use crate::planner::sql_function::SqlParameter;

/// A query that is planned at each call.
#[derive(Debug)]
pub(super) struct AtCall {
    statement: Box<Statement>,
    state: SessionState,
    /// `TABLE(a Int64)`, as far as it is known without arguments.
    pub(super) returns: String,
}

impl AtCall {
    /// It is planned once with the defaults, and samples, to see what it gives; without defaults it may have to wait for its arguments.
    pub(super) async fn try_new(
        state: &SessionState,
        function: &str,
        parameters: &[SqlParameter],
        statement: Box<Statement>,
    ) -> Result<Self> {
        let mut literals = BTreeMap::new();
        for parameter in parameters {
            let value = match &parameter.default {
                Some(Expr::Literal(value, _)) => value.cast_to(&parameter.ty)?,
                _ => sample(&parameter.ty)?,
            };
            literals.insert(parameter.name.clone(), value);
        }
        let tried = with_literals(function, parameters, statement.clone(), &literals)?;
        let returns = match state.statement_to_plan(EngineStatement::Statement(tried)).await {
            Ok(plan) => table_text(&plan),
            Err(_) if parameters.iter().any(|p| p.default.is_none()) => "TABLE".to_string(),
            Err(error) => return Err(error.context(format!("CREATE FUNCTION {function}"))),
        };
        Ok(Self {
            statement,
            state: state.clone(),
            returns,
        })
    }

    /// The plan of a call.
    pub(super) fn plan(
        &self,
        function: &SqlTableFunction,
        values: &BTreeMap<String, &Expr>,
        session: &dyn Session,
    ) -> Result<LogicalPlan> {
        let name = &function.name;
        let mut literals = BTreeMap::new();
        for parameter in &function.parameters {
            let Some(Expr::Literal(value, _)) = values.get(&format!("${}", parameter.name)) else {
                return plan_err!(
                    "{name}: the argument {} must be a literal, since it becomes one of a table function; the function is {}",
                    parameter.name,
                    function.signature_text()
                );
            };
            literals.insert(parameter.name.clone(), value.cast_to(&parameter.ty)?);
        }
        let statement = with_literals(name, &function.parameters, self.statement.clone(), &literals)?;
        let mut state = self.state.clone();
        *state.config_mut() = session.config().clone();
        let plan = wait(async move { state.statement_to_plan(EngineStatement::Statement(statement)).await });
        plan.map_err(|e| e.context(format!("in the query of {name}")))
    }
}

/// A value for a parameter without a default.
fn sample(ty: &DataType) -> Result<ScalarValue> {
    match ty {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => ScalarValue::from("").cast_to(ty),
        ty if ty.is_integer() => ScalarValue::from(1_i64).cast_to(ty),
        ty => ScalarValue::try_from(ty),
    }
}

/// The query with literals in place of its parameters.
fn with_literals(
    function: &str,
    parameters: &[SqlParameter],
    mut statement: Box<Statement>,
    values: &BTreeMap<String, ScalarValue>,
) -> Result<Box<Statement>> {
    let mut places = Places {
        function,
        parameters,
        values: Some(values),
        take_places: BTreeSet::new(),
        is_argument: false,
    };
    match VisitMut::visit(&mut statement, &mut places) {
        ControlFlow::Break(problem) => plan_err!("{function}: {problem}"),
        ControlFlow::Continue(()) => Ok(statement),
    }
}
