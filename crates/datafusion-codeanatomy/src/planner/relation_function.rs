//! Functions of relations, `f(input => (SELECT …), by => a + 1)`: they become standard plans before the engine sees them.

use datafusion::common::{DFSchema, DataFusionError, Result, ScalarValue, plan_datafusion_err, plan_err};
use datafusion::logical_expr::planner::RelationPlannerContext;
use datafusion::logical_expr::{Expr, LogicalPlan, SortExpr};
use datafusion::sql::planner::NullOrdering;
use datafusion::sql::sqlparser::ast::{
    Expr as SqlExpr, FunctionArgExpr, Ident, ObjectName, OrderByExpr, OrderByOptions, TableFactor, Value,
};
use datafusion::sql::sqlparser::dialect::{Dialect, GenericDialect, dialect_from_str};
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::Token;

use super::Parameter;
use super::arguments::{Arguments, signature};

/// Gives the plan that a call stands for.
pub(crate) type PlanRelation = fn(&mut RelationArguments<'_, '_>) -> Result<LogicalPlan>;

/// A function of relations.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RelationFunction {
    pub(crate) name: &'static str,
    /// What it gives, in sentences.
    pub(crate) description: &'static str,
    /// A statement that runs by itself.
    pub(crate) example: &'static str,
    pub(crate) parameters: &'static [Parameter],
    pub(crate) plan: PlanRelation,
}

/// All of them.
pub(crate) fn relation_functions() -> impl Iterator<Item = RelationFunction> {
    [crate::interval::INTERVAL_JOIN, crate::winner::WINNERS].into_iter()
}

/// The arguments of a call, as they were written.
pub(crate) struct RelationArguments<'a, 'c> {
    function: &'a str,
    parameters: &'static [Parameter],
    values: Vec<Option<SqlExpr>>,
    ctx: &'c mut dyn RelationPlannerContext,
}

impl<'a, 'c> RelationArguments<'a, 'c> {
    pub(super) fn try_new(
        function: &'a str,
        parameters: &'static [Parameter],
        slots: Vec<Option<FunctionArgExpr>>,
        ctx: &'c mut dyn RelationPlannerContext,
    ) -> Result<Self> {
        let mut values = Vec::with_capacity(slots.len());
        for (slot, parameter) in slots.into_iter().zip(parameters) {
            let value = match slot {
                None => None,
                Some(FunctionArgExpr::Expr(SqlExpr::Value(value))) if value.value == Value::Null => None,
                Some(FunctionArgExpr::Expr(expr)) => Some(expr),
                Some(other) => {
                    return plan_err!(
                        "{function}: the argument {} cannot be {other}; the function is {}",
                        parameter.name,
                        signature(function, parameters)
                    );
                }
            };
            if value.is_none() && parameter.required {
                return plan_err!(
                    "{function}: the argument {} is missing; the function is {}",
                    parameter.name,
                    signature(function, parameters)
                );
            }
            values.push(value);
        }
        Ok(Self {
            function,
            parameters,
            values,
            ctx,
        })
    }

    /// An error about the argument `name`.
    pub(crate) fn error<T>(&self, name: &str, problem: &str) -> Result<T> {
        plan_err!(
            "{}: the argument {name} {problem}; the function is {}",
            self.function,
            signature(self.function, self.parameters)
        )
    }

    /// An error about the call.
    pub(crate) fn invalid(&self, what: impl std::fmt::Display) -> DataFusionError {
        let signature = signature(self.function, self.parameters);
        plan_datafusion_err!("{}: {what}; the function is {signature}", self.function)
    }

    /// The plan of the sub-query, or of the common table expression, that `name` is.
    pub(crate) fn relation(&mut self, name: &str) -> Result<LogicalPlan> {
        let relation = match self.take(name) {
            Some(SqlExpr::Subquery(subquery)) => TableFactor::Derived {
                lateral: false,
                subquery,
                alias: None,
                sample: None,
            },
            // The engine looks for tables where FROM names them, before it plans: of names here, it knows those of WITH.
            Some(SqlExpr::Identifier(table)) => {
                let shown = table.to_string();
                return match self.ctx.plan(named(table)) {
                    Ok(plan) => Ok(plan),
                    Err(_) => self.error(
                        name,
                        &format!("must be a sub-query or a name of WITH; for a table write (SELECT * FROM {shown})"),
                    ),
                };
            }
            other => {
                let shown = other.map_or_else(String::new, |other| format!(", not {other}"));
                return self.error(name, &format!("must be a sub-query, (SELECT …){shown}"));
            }
        };
        let plan = self.ctx.plan(relation)?;
        // The engine turns such a filter into a join above windows that would then see the rows of all groups: wrong rows.
        match plan.all_out_ref_exprs().first() {
            Some(outer) => self.error(
                name,
                &format!("cannot depend on {outer}, which is of the query around it; keep its column in {name}, and join the result"),
            ),
            None => Ok(plan),
        }
    }

    /// Those of the arguments `names` that are literals, as values; all others count as left out.
    pub(crate) fn literals(&mut self, names: &[&str]) -> Result<Arguments<'a>> {
        let mut values: Vec<Option<ScalarValue>> = vec![None; self.parameters.len()];
        for (i, parameter) in self.parameters.iter().enumerate() {
            if !names.contains(&parameter.name) {
                continue;
            }
            let Some(expr) = self.values[i].take() else { continue };
            let shown = expr.to_string();
            match self.ctx.sql_to_expr(expr, &DFSchema::empty()) {
                Ok(Expr::Literal(value, _)) => values[i] = Some(value).filter(|v| !v.is_null()),
                _ => return self.error(parameter.name, &format!("must be a literal, not {shown}")),
            }
        }
        Ok(Arguments::of_values(self.function, self.parameters, values))
    }

    /// The expressions that `name` is, over `schema`: one, a list `[a, b + 1]` or `(a, b + 1)`, or text, `'a, b + 1'`.
    pub(crate) fn expressions(&mut self, name: &str, schema: &DFSchema) -> Result<Vec<Expr>> {
        let mut exprs = vec![];
        for item in self.items(name) {
            match item {
                Item::Expr(expr) => exprs.push(self.resolve(name, *expr, schema)?),
                Item::Text(text) => {
                    let parsed = self.parse(name, &text, |p| p.parse_comma_separated(Parser::parse_expr))?;
                    for expr in parsed {
                        exprs.push(self.resolve(name, expr, schema)?);
                    }
                }
            }
        }
        Ok(exprs)
    }

    /// The order that `name` is, over `schema`: as [`Self::expressions`], but a text may say more, `'a DESC NULLS LAST, b'`. What
    /// is not said is as in ORDER BY: ascending, and nulls where the session has them.
    pub(crate) fn order(&mut self, name: &str, schema: &DFSchema) -> Result<Vec<SortExpr>> {
        let mut order = vec![];
        for item in self.items(name) {
            let keys = match item {
                Item::Expr(expr) => vec![OrderByExpr {
                    expr: *expr,
                    options: OrderByOptions::default(),
                    with_fill: None,
                }],
                Item::Text(text) => {
                    self.parse(name, &text, |p| p.parse_comma_separated(Parser::parse_order_by_expr))?
                }
            };
            for key in keys {
                let ascending = key.options.asc.unwrap_or(true);
                let options = &self.ctx.context_provider().options().sql_parser;
                let nulls = NullOrdering::from(options.default_null_ordering.as_str());
                let nulls_first = key.options.nulls_first.unwrap_or(nulls.nulls_first(ascending));
                order.push(self.resolve(name, key.expr, schema)?.sort(ascending, nulls_first));
            }
        }
        Ok(order)
    }

    fn take(&mut self, name: &str) -> Option<SqlExpr> {
        let i = self.parameters.iter().position(|p| p.name == name)?;
        self.values[i].take()
    }

    /// What `name` is, one or a list, as it was written.
    pub(crate) fn list(&mut self, name: &str) -> Vec<SqlExpr> {
        match self.take(name) {
            None => vec![],
            Some(SqlExpr::Array(array)) => array.elem,
            Some(SqlExpr::Tuple(exprs)) => exprs,
            Some(expr) => vec![expr],
        }
    }

    /// The name of a column, written as a name or as text.
    pub(crate) fn column_name(&self, expr: &SqlExpr) -> Option<String> {
        match expr {
            SqlExpr::Identifier(name) => Some(self.ctx.normalize_ident(name.clone())),
            SqlExpr::Value(value) => value.value.clone().into_string(),
            _ => None,
        }
    }

    fn items(&mut self, name: &str) -> Vec<Item> {
        let exprs = self.list(name);
        let item = |expr: SqlExpr| match &expr {
            SqlExpr::Value(value) => match &value.value {
                Value::SingleQuotedString(text) => Item::Text(text.clone()),
                _ => Item::Expr(Box::new(expr)),
            },
            _ => Item::Expr(Box::new(expr)),
        };
        exprs.into_iter().map(item).collect()
    }

    /// `expr` over `schema`; an error is about the argument `name`.
    pub(crate) fn resolve(&mut self, name: &str, expr: SqlExpr, schema: &DFSchema) -> Result<Expr> {
        match self.ctx.sql_to_expr(expr, schema) {
            Ok(expr) => Ok(expr),
            Err(error) => self.error(name, &format!("cannot be planned: {}", error.strip_backtrace())),
        }
    }

    fn parse<T>(
        &self,
        name: &str,
        text: &str,
        parse: impl FnOnce(&mut Parser<'_>) -> Result<T, ParserError>,
    ) -> Result<T> {
        let dialect = self.dialect();
        let parsed = Parser::new(&*dialect).try_with_sql(text).and_then(|mut parser| {
            let parsed = parse(&mut parser)?;
            parser.expect_token(&Token::EOF)?;
            Ok(parsed)
        });
        match parsed {
            Ok(parsed) => Ok(parsed),
            Err(error) => self.error(name, &format!("holds no expressions of SQL, '{text}': {error}")),
        }
    }

    fn dialect(&self) -> Box<dyn Dialect> {
        let options = &self.ctx.context_provider().options().sql_parser;
        dialect_from_str(options.dialect).unwrap_or_else(|| Box::new(GenericDialect))
    }
}

fn named(table: Ident) -> TableFactor {
    TableFactor::Table {
        name: ObjectName::from(vec![table]),
        alias: None,
        args: None,
        with_hints: vec![],
        version: None,
        with_ordinality: false,
        partitions: vec![],
        json_path: None,
        sample: None,
        index_hints: vec![],
    }
}

/// An argument, or one of its list.
enum Item {
    Expr(Box<SqlExpr>),
    Text(String),
}
