//! `CREATE FUNCTION f(a BIGINT, b BIGINT DEFAULT 1) RETURNS BIGINT RETURN $a + $b`: expressions with names and parameters.
//!
//! A call becomes its expression when a plan is simplified, with the arguments, cast to the declared types, in place of the
//! parameters. A query in an expression is a look-up, which the engine makes a join (`look_up.rs`). So it costs what the expression costs, and filters reach what is below. A body is planned when the function is
//! created, of functions that are there then: no function calls itself.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchema, Result, exec_err, plan_err};
use datafusion::execution::context::{FunctionFactory, RegisterFunction, SessionState};
use datafusion::logical_expr::expr::Placeholder;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, CreateFunction, Expr, ExprSchemable, OperateFunctionArg, ScalarFunctionArgs, ScalarUDF,
    ScalarUDFImpl, Signature, Volatility, cast, col,
};
use datafusion::optimizer::analyzer::type_coercion::TypeCoercionRewriter;
use datafusion::sql::unparser::expr_to_sql;

use super::look_up;
use super::sql_table_function::{SqlTableFunction, query_of};

/// Makes functions of expressions and of queries; a host's own factory, if there is one, is asked instead.
#[derive(Debug)]
pub(crate) struct SqlFunctions;

#[async_trait]
impl FunctionFactory for SqlFunctions {
    async fn create(&self, state: &SessionState, statement: CreateFunction) -> Result<RegisterFunction> {
        let name = statement.name.to_ascii_lowercase();
        let of_values = state.scalar_functions().get(&name);
        let of_tables = state.table_functions().get(&name);
        let taken = state.aggregate_functions().contains_key(&name)
            || state.window_functions().contains_key(&name)
            || of_tables.is_some_and(|f| SqlTableFunction::of(f.function().as_ref()).is_none())
            || of_values.is_some_and(|f| !f.inner().is::<SqlFunction>());
        if taken {
            return plan_err!("CREATE FUNCTION {name}: there is a function of that name, which is not one of SQL");
        }
        let query = query_of(&statement).map(str::to_string);
        let (old, other) = match query {
            Some(_) => (of_tables.is_some(), of_values.is_some()),
            None => (of_values.is_some(), of_tables.is_some()),
        };
        if other {
            return plan_err!("CREATE FUNCTION {name}: there is one of that name of the other kind; drop it first");
        }
        if old && !statement.or_replace {
            return plan_err!("CREATE FUNCTION {name}: it is there; write CREATE OR REPLACE FUNCTION to replace it");
        }
        check_language(&name, &statement)?;
        let Some(query) = query else {
            let function = SqlFunction::try_new(state, name, statement)?;
            return Ok(RegisterFunction::Scalar(Arc::new(ScalarUDF::from(function))));
        };
        let parameters = parameters_of(statement.args.unwrap_or_default());
        check_names(&name, &parameters)?;
        let function = SqlTableFunction::try_new(state, name.clone(), parameters, &query).await?;
        Ok(RegisterFunction::Table(name, Arc::new(function)))
    }
}

/// A parameter of a function of SQL.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct SqlParameter {
    /// Its name, or its number from 1.
    pub(crate) name: String,
    pub(crate) ty: DataType,
    pub(crate) default: Option<Expr>,
}

/// A function of SQL.
#[derive(Debug, Clone)]
pub(crate) struct SqlFunction {
    pub(crate) name: String,
    pub(crate) parameters: Vec<SqlParameter>,
    pub(crate) returns: DataType,
    /// The expression, with a column of a parameter's name in place of it.
    pub(crate) body: Expr,
    looks_up: bool,
    signature: Signature,
}

impl PartialEq for SqlFunction {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.parameters, &self.returns, &self.body)
            == (&other.name, &other.parameters, &other.returns, &other.body)
    }
}

impl Eq for SqlFunction {}

impl Hash for SqlFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.name, &self.parameters, &self.returns, &self.body).hash(state);
    }
}

impl SqlFunction {
    fn try_new(state: &SessionState, name: String, statement: CreateFunction) -> Result<Self> {
        let Some(body) = statement.params.function_body else {
            return plan_err!("CREATE FUNCTION {name}: the expression is missing; write RETURN and an expression");
        };
        let parameters = parameters_of(statement.args.unwrap_or_default());
        let schema = check_names(&name, &parameters)?;
        let body = with_columns(&name, &parameters, body)?;
        let body = body
            .transform(|expr| look_up::prepared(state, &name, &parameters, expr))?
            .data;
        let (mut volatility, mut looks_up) = (Volatility::Immutable, false);
        body.apply(|expr| {
            let called = match expr {
                Expr::ScalarFunction(call) => &call.func,
                Expr::AggregateFunction(_) | Expr::WindowFunction(_) => {
                    return plan_err!("CREATE FUNCTION {name}: the expression may not aggregate, as {expr} does");
                }
                Expr::InSubquery(_) | Expr::Exists(_) => {
                    return plan_err!("CREATE FUNCTION {name}: a query in the expression has to give a value, as (SELECT max(…) …) does");
                }
                Expr::ScalarSubquery(_) => {
                    looks_up = true;
                    // What it reads may change from one statement to the next.
                    volatility = volatility.max(Volatility::Stable);
                    return Ok(TreeNodeRecursion::Continue);
                }
                _ => return Ok(TreeNodeRecursion::Continue),
            };
            if called.name() == name {
                return plan_err!("CREATE FUNCTION {name}: it may not call itself");
            }
            volatility = volatility.max(called.signature().volatility);
            Ok(TreeNodeRecursion::Continue)
        })?;
        // Calls become the body after the engine has coerced types, so that the body has to be right as it is.
        let body = body.rewrite(&mut TypeCoercionRewriter::new(&schema))?.data;
        let found = body.get_type(&schema)?;
        let signature = Signature::user_defined(volatility);
        let names: Vec<String> = parameters.iter().map(|p| p.name.clone()).collect();
        Ok(Self {
            name,
            returns: statement.return_type.unwrap_or(found),
            body,
            looks_up,
            signature: signature.with_parameter_names(names)?,
            parameters,
        })
    }

    /// `f(a, b => 1)`
    pub(crate) fn signature_text(&self) -> String {
        signature_text(&self.name, &self.parameters)
    }

    /// The expression in SQL, with `$a` for a parameter.
    pub(crate) fn body_text(&self) -> String {
        let shown = self.body.clone().transform(|expr| match &expr {
            Expr::Column(column) => Ok(Transformed::yes(col(format!("\"${}\"", column.name)))),
            _ => Ok(Transformed::no(expr)),
        });
        let shown = shown.map_or_else(|_| self.body.clone(), |shown| shown.data);
        Self::sql_of(&shown).replace('"', "")
    }

    /// An expression as it may be written in SQL.
    pub(crate) fn sql_of(expr: &Expr) -> String {
        expr_to_sql(expr).map_or_else(|_| expr.to_string(), |sql| sql.to_string())
    }

    /// Whether there is a query in its expression.
    pub(crate) fn looks_up(&self) -> bool {
        self.looks_up
    }

    pub(crate) fn volatility(&self) -> Volatility {
        self.signature.volatility
    }

    fn check(&self, arguments: usize) -> Result<()> {
        if arguments > self.parameters.len() {
            return plan_err!(
                "{}: {arguments} arguments are too many; the function is {}",
                self.name,
                self.signature_text()
            );
        }
        match self.parameters[arguments..].iter().find(|p| p.default.is_none()) {
            Some(missing) => plan_err!(
                "{}: the argument {} is missing; the function is {}",
                self.name,
                missing.name,
                self.signature_text()
            ),
            None => Ok(()),
        }
    }
}

/// `f(a, b => 1)`
pub(super) fn signature_text(function: &str, parameters: &[SqlParameter]) -> String {
    let show = |p: &SqlParameter| match &p.default {
        Some(default) => format!("{} => {}", p.name, SqlFunction::sql_of(default)),
        None => p.name.clone(),
    };
    let parameters: Vec<_> = parameters.iter().map(show).collect();
    format!("{function}({})", parameters.join(", "))
}

/// A call that runs, whatever the types are.
pub(crate) fn call_of_nulls(function: &str, parameters: &[SqlParameter]) -> String {
    let required = parameters.iter().filter(|p| p.default.is_none());
    let nulls: Vec<_> = required.map(|_| "NULL").collect();
    format!("{function}({})", nulls.join(", "))
}

fn check_language(function: &str, statement: &CreateFunction) -> Result<()> {
    match &statement.params.language {
        Some(language) if !language.value.eq_ignore_ascii_case("sql") => {
            plan_err!("CREATE FUNCTION {function}: the language is SQL, not {language}")
        }
        _ => Ok(()),
    }
}

fn parameters_of(args: Vec<OperateFunctionArg>) -> Vec<SqlParameter> {
    let parameter = |(i, arg): (i32, OperateFunctionArg)| SqlParameter {
        name: arg.name.map_or_else(|| i.to_string(), |n| n.value.to_ascii_lowercase()),
        ty: arg.data_type,
        default: arg.default_expr,
    };
    (1..).zip(args).map(parameter).collect()
}

/// The parameters as columns, which have different names.
fn check_names(function: &str, parameters: &[SqlParameter]) -> Result<DFSchema> {
    let names: BTreeSet<_> = parameters.iter().map(|p| &p.name).collect();
    if names.len() < parameters.len() {
        return plan_err!("CREATE FUNCTION {function}: two parameters have the same name");
    }
    let field = |p: &SqlParameter| Field::new(&p.name, p.ty.clone(), true);
    DFSchema::try_from(Schema::new(parameters.iter().map(field).collect::<Vec<_>>()))
}

/// The body with columns in place of `$1` or `$a`.
fn with_columns(function: &str, parameters: &[SqlParameter], body: Expr) -> Result<Expr> {
    let replaced = body.transform(|expr| match &expr {
        Expr::Placeholder(place) => {
            let parameter = parameter_of(function, parameters, place)?;
            Ok(Transformed::yes(col(format!("\"{}\"", parameter.name))))
        }
        _ => Ok(Transformed::no(expr)),
    })?;
    Ok(replaced.data)
}

/// The parameter that `$1` or `$a` stands for.
pub(super) fn parameter_of<'a>(
    function: &str,
    parameters: &'a [SqlParameter],
    place: &Placeholder,
) -> Result<&'a SqlParameter> {
    let wanted = place.id.trim_start_matches('$').to_ascii_lowercase();
    let number = wanted.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
    let parameter = parameters.iter().find(|p| p.name == wanted);
    match parameter.or_else(|| parameters.get(number?)) {
        Some(parameter) => Ok(parameter),
        None => plan_err!("CREATE FUNCTION {function}: there is no parameter {}", place.id),
    }
}

impl ScalarUDFImpl for SqlFunction {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(types.to_vec())
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.check(types.len())?;
        Ok(self.returns.clone())
    }

    fn simplify(&self, args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        self.check(args.len())?;
        let mut values = BTreeMap::new();
        let mut args = args.into_iter();
        for parameter in &self.parameters {
            let Some(value) = args.next().or_else(|| parameter.default.clone()) else {
                return plan_err!("{}: the argument {} is missing", self.name, parameter.name);
            };
            values.insert(parameter.name.as_str(), (cast(value, parameter.ty.clone()), 0));
        }
        let body = self.body.clone().transform(|expr| {
            let column = match &expr {
                Expr::Column(column) => column,
                Expr::ScalarSubquery(query) => {
                    let of = |name: &str| values.get(name).map(|(value, _)| value.clone());
                    return look_up::joined(&self.name, query, of, info);
                }
                _ => return Ok(Transformed::no(expr)),
            };
            match values.get_mut(column.name.as_str()) {
                Some((value, uses)) => {
                    *uses += 1;
                    if *uses > 1 && value.is_volatile() {
                        return plan_err!(
                            "{}: the argument {} is used twice, and {value} may give another value each time",
                            self.name,
                            column.name
                        );
                    }
                    // What comes in has columns of its own.
                    Ok(Transformed::new(value.clone(), true, TreeNodeRecursion::Jump))
                }
                None => Ok(Transformed::no(expr)),
            }
        })?;
        Ok(ExprSimplifyResult::Simplified(cast(body.data, self.returns.clone())))
    }

    /// As the expression does: what it does not need is not computed.
    fn short_circuits(&self) -> bool {
        let mut does = false;
        let found = self.body.apply(|expr| {
            does |= expr.short_circuits();
            Ok(if does {
                TreeNodeRecursion::Stop
            } else {
                TreeNodeRecursion::Continue
            })
        });
        does || found.is_err()
    }

    fn invoke_with_args(&self, _args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        exec_err!(
            "{} is a function of SQL: the optimizer puts its expression in its place",
            self.name
        )
    }
}
