//! Table functions over queries: `f(input => (SELECT …), key => a + 1)`, which the engine does not plan.

use datafusion::common::{DFSchema, DataFusionError, Result, plan_datafusion_err, plan_err};
use datafusion::logical_expr::planner::{PlannedRelation, RelationPlanner, RelationPlannerContext, RelationPlanning};
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::sql::sqlparser::ast::{Expr as SqlExpr, FunctionArg, FunctionArgExpr, TableAlias, TableFactor, Value};

use super::Parameter;
use super::arguments::signature;
use super::named_arguments::by_parameter;

/// A table function that becomes a plan of standard nodes over the queries among its arguments.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RelationFunction {
    pub(crate) name: &'static str,
    pub(crate) parameters: &'static [Parameter],
    pub(crate) plan: fn(&mut Given<'_>) -> Result<LogicalPlan>,
}

/// Plans [`RelationFunction`]s.
#[derive(Debug)]
pub(crate) struct RelationFunctions(pub(crate) &'static [RelationFunction]);

/// The arguments of one call.
pub(crate) struct Given<'a> {
    function: RelationFunction,
    arguments: Vec<Option<SqlExpr>>,
    ctx: &'a mut dyn RelationPlannerContext,
}

impl Given<'_> {
    /// An error about the call, which ends with what the function takes.
    pub(crate) fn error(&self, what: impl std::fmt::Display) -> DataFusionError {
        let name = self.function.name;
        let signature = signature(name, self.function.parameters);
        plan_datafusion_err!("{name}: {what}; the function is {signature}")
    }

    /// A required query.
    pub(crate) fn query(&mut self, parameter: &str) -> Result<LogicalPlan> {
        let subquery = match self.take(parameter) {
            Some(SqlExpr::Subquery(query)) => query,
            Some(other) => {
                return Err(self.error(format!(
                    "the argument {parameter} must be a query in parentheses, {parameter} => (SELECT …), not {other}"
                )));
            }
            None => return Err(self.error(format!("the argument {parameter} is missing"))),
        };
        self.ctx.plan(TableFactor::Derived {
            lateral: false,
            subquery,
            alias: None,
            sample: None,
        })
    }

    /// An optional word, written as text or as a name.
    pub(crate) fn word(&mut self, parameter: &str) -> Result<Option<String>> {
        match self.take(parameter) {
            None => Ok(None),
            Some(expr) => match self.name(&expr) {
                Some(word) => Ok(Some(word)),
                None => Err(self.error(format!("the argument {parameter} must be text, not {expr}"))),
            },
        }
    }

    /// One of the words that there are; the first if it is left out.
    pub(crate) fn one_of<T: Copy>(&mut self, parameter: &str, words: &[(&str, T)]) -> Result<T> {
        let all = || {
            words
                .iter()
                .map(|(w, _)| format!("'{w}'"))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let word = self.word(parameter)?;
        let found = match &word {
            None => words.first(),
            Some(word) => words.iter().find(|(w, _)| w.eq_ignore_ascii_case(word)),
        };
        match found {
            Some((_, value)) => Ok(*value),
            None => {
                let word = word.unwrap_or_default();
                Err(self.error(format!("{parameter} is one of {}, not '{word}'", all())))
            }
        }
    }

    /// An optional integer from one on.
    pub(crate) fn count(&mut self, parameter: &str) -> Result<Option<u64>> {
        let Some(expr) = self.take(parameter) else {
            return Ok(None);
        };
        let digits = match &expr {
            SqlExpr::Value(value) => match &value.value {
                Value::Number(digits, _) => digits.parse().ok().filter(|n| *n > 0),
                _ => None,
            },
            _ => None,
        };
        match digits {
            Some(n) => Ok(Some(n)),
            None => Err(self.error(format!(
                "the argument {parameter} must be an integer from 1 on, not {expr}"
            ))),
        }
    }

    /// An optional expression or list of them, `[a, b + 1]` or `(a, b + 1)`; left out, it is empty.
    pub(crate) fn list(&mut self, parameter: &str) -> Vec<SqlExpr> {
        match self.take(parameter) {
            None => vec![],
            Some(SqlExpr::Array(array)) => array.elem,
            Some(SqlExpr::Tuple(items)) => items,
            Some(SqlExpr::Nested(item)) => vec![*item],
            Some(item) => vec![item],
        }
    }

    /// An expression over the columns of `schema`; text is the name of a column.
    pub(crate) fn resolve(&mut self, expr: SqlExpr, schema: &DFSchema) -> Result<Expr> {
        match text(&expr) {
            Some(name) => {
                let (qualifier, field) = schema.qualified_field_with_unqualified_name(&name)?;
                Ok(Expr::from((qualifier, field)))
            }
            None => self.ctx.sql_to_expr(expr, schema),
        }
    }

    /// The name of a column, written as a name or as text.
    pub(crate) fn name(&self, expr: &SqlExpr) -> Option<String> {
        match expr {
            SqlExpr::Identifier(name) => Some(self.ctx.normalize_ident(name.clone())),
            expr => text(expr),
        }
    }

    fn take(&mut self, parameter: &str) -> Option<SqlExpr> {
        let i = self.function.parameters.iter().position(|p| p.name == parameter)?;
        self.arguments[i].take().filter(|value| !is_null(value))
    }
}

/// Whether `expr` stands for an argument that is left out.
fn is_null(expr: &SqlExpr) -> bool {
    matches!(expr, SqlExpr::Value(value) if value.value == Value::Null)
}

/// The text of a literal.
fn text(expr: &SqlExpr) -> Option<String> {
    match expr {
        SqlExpr::Value(value) => value.value.clone().into_string(),
        _ => None,
    }
}

impl RelationPlanner for RelationFunctions {
    fn plan_relation(&self, relation: TableFactor, ctx: &mut dyn RelationPlannerContext) -> Result<RelationPlanning> {
        let (name, args, alias, ordinality): (_, Vec<FunctionArg>, Option<TableAlias>, bool) = match &relation {
            TableFactor::Table {
                name,
                args: Some(args),
                alias,
                with_ordinality,
                ..
            } => (name, args.args.clone(), alias.clone(), *with_ordinality),
            TableFactor::Function {
                name,
                args,
                alias,
                with_ordinality,
                ..
            } => (name, args.clone(), alias.clone(), *with_ordinality),
            _ => return Ok(RelationPlanning::Original(Box::new(relation))),
        };
        let called = match &name.0[..] {
            [part] => part.as_ident().map(|ident| ctx.normalize_ident(ident.clone())),
            _ => None,
        };
        let Some(function) = self.0.iter().find(|f| Some(f.name) == called.as_deref()) else {
            return Ok(RelationPlanning::Original(Box::new(relation)));
        };
        let slots = by_parameter(function.name, function.parameters, args, ctx)?;
        let mut arguments = vec![];
        for (parameter, slot) in function.parameters.iter().zip(slots) {
            arguments.push(match slot {
                None => None,
                Some(FunctionArgExpr::Expr(expr)) => Some(expr),
                Some(other) => {
                    let name = function.name;
                    return plan_err!("{name}: the argument {} cannot be {other}", parameter.name);
                }
            });
        }
        let mut given = Given {
            function: *function,
            arguments,
            ctx,
        };
        if ordinality {
            return Err(given.error("its rows have no order, so there is no WITH ORDINALITY"));
        }
        let plan = (function.plan)(&mut given)?;
        Ok(RelationPlanning::Planned(Box::new(PlannedRelation::new(plan, alias))))
    }
}
