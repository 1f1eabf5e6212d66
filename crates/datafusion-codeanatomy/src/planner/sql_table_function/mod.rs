//! `CREATE FUNCTION newest(n BIGINT DEFAULT 5) AS 'SELECT … LIMIT $n'`: queries with names and parameters.
//!
//! The engine's planner refuses `RETURNS TABLE` before a function factory is asked, so that a table is told by the form: there
//! is no RETURNS, and the body is a text. The query is planned when the function is created, as that of a view: it reads the
//! tables, and calls the functions, that are there then, so that no function calls itself. A call is the plan with the
//! arguments in the place of the parameters, and filters reach what is below.

mod at_call;
mod places;
mod question;

use std::any::Any;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use datafusion::catalog::{Session, TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, Result, internal_err, plan_err};
use datafusion::datasource::ViewTable;
use datafusion::execution::SessionState;
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{CreateFunction, Expr, LogicalPlan, cast};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::sql::parser::Statement as EngineStatement;
use datafusion::sql::sqlparser::ast::{Statement, VisitMut};

use super::sql_function::{SqlParameter, signature_text};
use at_call::AtCall;
use places::Places;
use question::Parameters;
pub(crate) use question::asks_for_parameters;
pub(super) use question::parameters_of;

/// A query with a name and parameters.
#[derive(Debug)]
pub(crate) struct SqlTableFunction {
    pub(crate) name: String,
    /// Their defaults are literals.
    pub(crate) parameters: Vec<SqlParameter>,
    /// The query as it was written.
    pub(crate) sql: String,
    query: Query,
}

#[derive(Debug)]
enum Query {
    /// With placeholders for the parameters.
    Planned(Box<LogicalPlan>),
    /// To be planned at each call.
    AtCall(Box<AtCall>),
}

/// The text of the query, if the statement makes a function of one.
pub(super) fn query_of(statement: &CreateFunction) -> Option<&str> {
    match &statement.params.function_body {
        Some(Expr::Literal(text, _)) if statement.return_type.is_none() => text.try_as_str().flatten(),
        _ => None,
    }
}

impl SqlTableFunction {
    pub(super) async fn try_new(
        state: &SessionState,
        name: String,
        mut parameters: Vec<SqlParameter>,
        sql: &str,
    ) -> Result<Self> {
        for parameter in &mut parameters {
            if let Some(default) = parameter.default.take() {
                parameter.default = Some(literal(state, &name, parameter, default)?);
            }
        }
        let statement = state.sql_to_statement(sql, &state.config_options().sql_parser.dialect);
        let mut query = match statement
            .map_err(|e| e.context(format!("CREATE FUNCTION {name}: the text is no query")))?
        {
            EngineStatement::Statement(statement) if matches!(*statement, Statement::Query(_)) => statement,
            _ => {
                return plan_err!(
                    "CREATE FUNCTION {name}: the text is no query; for a function that gives a text, write RETURNS VARCHAR"
                );
            }
        };
        let written = query.clone();
        let mut places = Places {
            function: &name,
            parameters: &parameters,
            values: None,
            take_places: Self::all(state)
                .into_iter()
                .filter(|f| matches!(f.query, Query::Planned(_)))
                .map(|f| f.name.as_str())
                .collect(),
            is_argument: false,
        };
        if let ControlFlow::Break(problem) = VisitMut::visit(&mut query, &mut places) {
            return plan_err!("CREATE FUNCTION {name}: {problem}");
        }
        let query = match places.is_argument {
            false => {
                let plan = state.statement_to_plan(EngineStatement::Statement(query)).await?;
                Query::Planned(Box::new(plan))
            }
            true => Query::AtCall(Box::new(AtCall::try_new(state, &name, &parameters, written).await?)),
        };
        Ok(Self {
            name,
            parameters,
            sql: sql.to_string(),
            query,
        })
    }

    /// `f(a, b => 1)`
    pub(crate) fn signature_text(&self) -> String {
        signature_text(&self.name, &self.parameters)
    }

    /// `TABLE(a Int64, b Utf8View)`
    pub(crate) fn returns_text(&self) -> String {
        match &self.query {
            Query::Planned(plan) => table_text(plan),
            Query::AtCall(query) => query.returns.clone(),
        }
    }

    /// The plan of a call.
    fn plan(&self, values: &BTreeMap<String, &Expr>, session: &dyn Session) -> Result<LogicalPlan> {
        match &self.query {
            Query::Planned(plan) => in_place_of_parameters(plan.as_ref().clone(), values),
            Query::AtCall(query) => query.plan(self, values, session),
        }
    }

    /// Those of a session, by name.
    pub(crate) fn all(session: &dyn Session) -> Vec<&Self> {
        let Some(state) = session.as_any().downcast_ref::<SessionState>() else {
            return vec![];
        };
        let made = state.table_functions().values();
        let mut made: Vec<_> = made.filter_map(|f| Self::of(f.function().as_ref())).collect();
        made.sort_unstable_by_key(|f| f.name.as_str());
        made
    }

    /// The function, if it is one of SQL.
    pub(crate) fn of(function: &dyn TableFunctionImpl) -> Option<&Self> {
        (function as &dyn Any).downcast_ref()
    }
}

impl TableFunctionImpl for SqlTableFunction {
    fn call_with_args(&self, args: TableFunctionArgs<'_, '_>) -> Result<Arc<dyn TableProvider>> {
        let (name, given) = (&self.name, args.exprs());
        if asks_for_parameters(given) {
            return Ok(Arc::new(Parameters(self.parameters.clone())));
        }
        if given.len() > self.parameters.len() {
            return plan_err!(
                "{name}: {} arguments are too many; the function is {}",
                given.len(),
                self.signature_text()
            );
        }
        let mut values = BTreeMap::new();
        for (i, parameter) in self.parameters.iter().enumerate() {
            let Some(value) = given.get(i).or(parameter.default.as_ref()) else {
                return plan_err!(
                    "{name}: the argument {} is missing; the function is {}",
                    parameter.name,
                    self.signature_text()
                );
            };
            let is_castable = match value {
                Expr::Literal(value, _) => value.cast_to(&parameter.ty).is_ok(),
                // A parameter of a prepared statement, or of another function.
                _ => value.column_refs().is_empty() && !value.contains_outer() && !value.is_volatile(),
            };
            if !is_castable {
                return plan_err!(
                    "{name}: the argument {} must be a constant of the type {}, not {value}; the function is {}",
                    parameter.name,
                    parameter.ty,
                    self.signature_text()
                );
            }
            values.insert(format!("${}", parameter.name), value);
        }
        let plan = self.plan(&values, args.session())?;
        Ok(Arc::new(ViewTable::new(plan, Some(self.sql.clone()))))
    }
}

/// `TABLE(a Int64, b Utf8View)`
fn table_text(plan: &LogicalPlan) -> String {
    let fields = plan.schema().fields().iter();
    let fields: Vec<_> = fields.map(|f| format!("{} {}", f.name(), f.data_type())).collect();
    format!("TABLE({})", fields.join(", "))
}

/// The plan with `values` in place of the parameters of these names. All places have a type, so that no other changes.
fn in_place_of_parameters(plan: LogicalPlan, values: &BTreeMap<String, &Expr>) -> Result<LogicalPlan> {
    let replace = |expr: Expr| match &expr {
        Expr::Placeholder(place) => match values.get(&place.id) {
            Some(value) => Ok(Transformed::yes((*value).clone())),
            None => internal_err!("there is no value of {}", place.id),
        },
        _ => Ok(Transformed::no(expr)),
    };
    let replaced = plan.transform_up_with_subqueries(|plan| {
        let names = NamePreserver::new(&plan);
        plan.map_expressions(|expr| {
            let name = names.save(&expr);
            Ok(expr.transform_up(replace)?.update_data(|expr| name.restore(expr)))
        })
    })?;
    Ok(replaced.data)
}

/// The value of a default.
fn literal(state: &SessionState, function: &str, parameter: &SqlParameter, default: Expr) -> Result<Expr> {
    let context = SimplifyContext::builder().with_config_options(Arc::clone(state.config_options()));
    let simplifier = ExprSimplifier::new(context.build());
    let value = simplifier.coerce(cast(default, parameter.ty.clone()), &DFSchema::empty())?;
    match simplifier.simplify(value)? {
        value @ Expr::Literal(..) => Ok(value),
        other => plan_err!(
            "CREATE FUNCTION {function}: the default of {} must be a constant, not {other}",
            parameter.name
        ),
    }
}
