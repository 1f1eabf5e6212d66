//! `CREATE FUNCTION newest(n BIGINT DEFAULT 5) AS 'SELECT … LIMIT $n'`: queries with names and parameters.
//!
//! The engine's planner refuses `RETURNS TABLE` before a function factory is asked, so that a table is told by the form: there
//! is no RETURNS, and the body is a text. The query is planned when the function is created, as that of a view: it reads the
//! tables, and calls the functions, that are there then, so that no function calls itself. A call is the plan with the
//! arguments in the place of the parameters, and filters reach what is below.
//!
//! Table functions are called when a plan is made. So a query in which one of them has a parameter for an argument, as
//! `definitions(source => $folder)`, is planned at each call, with the arguments as literals, in the session as it was when the
//! function was created.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::catalog::{Session, TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, Result, ScalarValue, internal_err, plan_err};
use datafusion::datasource::{ViewTable, source_as_provider};
use datafusion::execution::SessionState;
use datafusion::logical_expr::expr::Placeholder;
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::planner::RelationPlannerContext;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{CreateFunction, Expr, LogicalPlan, TableType, cast, lit};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::sql::parser::Statement as EngineStatement;
use datafusion::sql::sqlparser::ast::{
    Expr as SqlExpr, FunctionArg, Query as SqlQuery, Statement, TableFactor, Value, ValueWithSpan, Visit, VisitMut,
    Visitor, VisitorMut,
};
use datafusion::sql::unparser::expr_to_sql;

use super::blocking::wait;
use super::sql_function::{SqlParameter, signature_text};

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
    /// To be planned at each call, in this session.
    AtCall {
        statement: Box<Statement>,
        state: Box<SessionState>,
        /// `TABLE(a Int64)`, as far as it is known without arguments.
        returns: String,
    },
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
            true => at_call(state, &name, &parameters, written).await?,
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
            Query::AtCall { returns, .. } => returns.clone(),
        }
    }

    /// The plan of a call.
    fn plan(&self, values: &BTreeMap<String, &Expr>, session: &dyn Session) -> Result<LogicalPlan> {
        let name = &self.name;
        let (statement, state) = match &self.query {
            Query::Planned(plan) => return in_place_of_parameters(plan.as_ref().clone(), values),
            Query::AtCall { statement, state, .. } => (statement.clone(), state.clone()),
        };
        let mut literals = BTreeMap::new();
        for parameter in &self.parameters {
            let Some(Expr::Literal(value, _)) = values.get(&format!("${}", parameter.name)) else {
                return plan_err!(
                    "{name}: the argument {} must be a literal, since it becomes one of a table function; the function is {}",
                    parameter.name,
                    self.signature_text()
                );
            };
            literals.insert(parameter.name.clone(), value.cast_to(&parameter.ty)?);
        }
        let statement = with_literals(name, &self.parameters, statement, &literals)?;
        let mut state = *state;
        *state.config_mut() = session.config().clone();
        let plan = wait(async move { state.statement_to_plan(EngineStatement::Statement(statement)).await });
        plan.map_err(|e| e.context(format!("in the query of {name}")))
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
    pub(super) fn of(function: &dyn TableFunctionImpl) -> Option<&Self> {
        (function as &dyn Any).downcast_ref()
    }

    /// The parameters of the function of that name, if it is one of SQL.
    pub(super) fn parameters_of(name: &str, ctx: &dyn RelationPlannerContext) -> Option<Vec<SqlParameter>> {
        let source = ctx.context_provider().get_table_function_source(name, vec![question()]);
        let provider = source_as_provider(&source.ok()?).ok()?;
        let answer: &dyn Any = provider.as_ref();
        answer.downcast_ref::<Parameters>().map(|answer| answer.0.clone())
    }
}

/// In place of the arguments, it asks for the parameters: planners see of a function only what it gives.
fn question() -> Expr {
    Expr::Placeholder(Placeholder::new_with_field(
        "$parameters of the function".to_string(),
        None,
    ))
}

impl TableFunctionImpl for SqlTableFunction {
    fn call_with_args(&self, args: TableFunctionArgs<'_, '_>) -> Result<Arc<dyn TableProvider>> {
        let (name, given) = (&self.name, args.exprs());
        if given == [question()] {
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

/// A query that is planned at each call. It is planned once with the defaults, and samples, to see what it gives; without
/// defaults it may have to wait for its arguments.
async fn at_call(
    state: &SessionState,
    function: &str,
    parameters: &[SqlParameter],
    statement: Box<Statement>,
) -> Result<Query> {
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
    Ok(Query::AtCall {
        statement,
        state: Box::new(state.clone()),
        returns,
    })
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

/// Gives parameters in a query their types, `CAST($n AS BIGINT)`, and refuses calls of the function itself.
struct Places<'a> {
    function: &'a str,
    parameters: &'a [SqlParameter],
    /// What stands in place of them; if there is none, placeholders do.
    values: Option<&'a BTreeMap<String, ScalarValue>>,
    /// The functions that take placeholders for arguments: those of SQL that are planned.
    take_places: BTreeSet<&'a str>,
    /// Whether a table function with a parameter for an argument was found.
    is_argument: bool,
}

impl Places<'_> {
    /// What stands in place of a parameter.
    fn of(&self, parameter: &SqlParameter) -> Result<SqlExpr> {
        let value = self.values.and_then(|values| values.get(&parameter.name));
        let Some(value) = value else {
            let place = Expr::Placeholder(Placeholder::new_with_field(format!("${}", parameter.name), None));
            return expr_to_sql(&cast(place, parameter.ty.clone()));
        };
        let is_plain = matches!(value, ScalarValue::Boolean(Some(_)) | ScalarValue::Int64(Some(_)))
            || value.try_as_str().is_some_and(|text| text.is_some());
        let value = lit(value.clone());
        expr_to_sql(&if is_plain {
            value
        } else {
            cast(value, parameter.ty.clone())
        })
    }
}

/// Whether there is a placeholder in an argument of a table function. A query as an argument is the input of a function of relations, and may hold some.
fn has_place(args: &[FunctionArg]) -> bool {
    #[derive(Default)]
    struct Finds {
        queries: usize,
    }
    impl Visitor for Finds {
        type Break = ();

        fn pre_visit_query(&mut self, _: &SqlQuery) -> ControlFlow<()> {
            self.queries += 1;
            ControlFlow::Continue(())
        }

        fn post_visit_query(&mut self, _: &SqlQuery) -> ControlFlow<()> {
            self.queries -= 1;
            ControlFlow::Continue(())
        }

        fn pre_visit_expr(&mut self, expr: &SqlExpr) -> ControlFlow<()> {
            match expr {
                SqlExpr::Value(ValueWithSpan {
                    value: Value::Placeholder(_),
                    ..
                }) if self.queries == 0 => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            }
        }
    }
    args.iter()
        .any(|arg| Visit::visit(arg, &mut Finds::default()).is_break())
}

impl VisitorMut for Places<'_> {
    type Break = String;

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<String> {
        let (name, args) = match factor {
            TableFactor::Table {
                name, args: Some(args), ..
            } => (&*name, &*args.args),
            TableFactor::Function { name, args, .. } => (&*name, &**args),
            _ => return ControlFlow::Continue(()),
        };
        self.is_argument |= !self
            .take_places
            .contains(name.to_string().to_ascii_lowercase().as_str())
            && has_place(args);
        match name.to_string().eq_ignore_ascii_case(self.function) {
            true => ControlFlow::Break("it may not call itself".to_string()),
            false => ControlFlow::Continue(()),
        }
    }

    fn post_visit_expr(&mut self, expr: &mut SqlExpr) -> ControlFlow<String> {
        let SqlExpr::Value(ValueWithSpan {
            value: Value::Placeholder(id),
            ..
        }) = expr
        else {
            return ControlFlow::Continue(());
        };
        let wanted = id.trim_start_matches('$').to_ascii_lowercase();
        let number = wanted.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
        let named = self.parameters.iter().find(|p| p.name == wanted);
        let Some(parameter) = named.or_else(|| self.parameters.get(number?)) else {
            return ControlFlow::Break(format!("there is no parameter {id}"));
        };
        match self.of(parameter) {
            Ok(typed) => *expr = typed,
            Err(error) => return ControlFlow::Break(format!("the parameter {}: {error}", parameter.name)),
        }
        ControlFlow::Continue(())
    }
}

/// The answer to a question for parameters; it has no rows.
#[derive(Debug)]
struct Parameters(Vec<SqlParameter>);

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
