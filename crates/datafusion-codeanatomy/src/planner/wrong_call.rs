//! Calls by which the engine's planner fails before anything of ours is asked.
//!
//! The planner puts the arguments of scalar, aggregate and window functions in order itself, and finds them by the form of the call. What it says of a
//! wrong call names a parameter at most: "Missing required parameter 'prefix'". Hosts that have the text of the statement find the call with it
//! again, and say it as a table function does.

use std::ops::ControlFlow;

use datafusion::common::{DataFusionError, plan_datafusion_err};
use datafusion::execution::SessionState;
use datafusion::sql::parser::{DFParser, Statement as EngineStatement};
use datafusion::sql::sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgumentClause, FunctionArguments, Ident, Visit, Visitor,
};
use datafusion::sql::sqlparser::dialect::dialect_from_str;

use super::call_signature::Signature;
use crate::describe::{Entry, inventory};

/// How the engine's messages about calls begin, which do not show the function.
const OF_CALLS: [&str; 10] = [
    "Missing required parameter",
    "Parameter '",
    "Unknown parameter name",
    "Positional argument at position",
    "Too many positional arguments",
    "Invalid function '",
    "There is no window function named",
    "WITHIN GROUP is only supported",
    "[IGNORE | RESPECT] NULLS are not permitted",
    "FILTER clause can only be used with aggregate window functions",
];

/// The error of a statement. Where the engine says of a call of a function of ours only what is wrong, and not what would be right, the sentence is
/// ours, with the signature; any other error stays as it is.
///
/// ```
/// # use datafusion::prelude::*;
/// # #[tokio::main] async fn main() -> datafusion::error::Result<()> {
/// let ctx = SessionContext::new();
/// datafusion_codeanatomy::register_all(&ctx)?;
/// let sql = "SELECT stable_id(part => 1)";
/// let Err(error) = ctx.sql(sql).await else { unreachable!() };
/// let error = datafusion_codeanatomy::with_signature(error, sql, &ctx.state());
/// assert!(error.to_string().contains("the argument prefix is missing; the function is stable_id(prefix, part, ...)"));
/// # Ok(()) }
/// ```
pub fn with_signature(error: DataFusionError, sql: &str, state: &SessionState) -> DataFusionError {
    let is_of_a_call = match error.find_root() {
        DataFusionError::Plan(message) => OF_CALLS.iter().any(|begin| message.starts_with(begin)),
        _ => false,
    };
    let dialect = state.config_options().sql_parser.dialect;
    let Some(dialect) = dialect_from_str(dialect).filter(|_| is_of_a_call) else {
        return error;
    };
    let Ok(statements) = DFParser::parse_sql_with_dialect(sql, dialect.as_ref()) else {
        return error;
    };
    let mut calls = Calls { state };
    let found = statements.iter().find_map(|statement| calls.wrong(statement));
    found.unwrap_or(error)
}

/// Looks for a wrong call.
struct Calls<'a> {
    state: &'a SessionState,
}

impl Visitor for Calls<'_> {
    type Break = DataFusionError;

    fn post_visit_expr(&mut self, expr: &Expr) -> ControlFlow<DataFusionError> {
        match expr {
            Expr::Function(call) => self.problem(call).map_or(ControlFlow::Continue(()), ControlFlow::Break),
            _ => ControlFlow::Continue(()),
        }
    }
}

impl Calls<'_> {
    fn wrong(&mut self, statement: &EngineStatement) -> Option<DataFusionError> {
        let found = match statement {
            EngineStatement::Statement(statement) => statement.visit(self),
            EngineStatement::Explain(explain) => return self.wrong(&explain.statement),
            _ => ControlFlow::Continue(()),
        };
        found.break_value()
    }

    fn normalize(&self, name: Ident) -> String {
        match self.state.config_options().sql_parser.enable_ident_normalization && name.quote_style.is_none() {
            true => name.value.to_lowercase(),
            false => name.value,
        }
    }

    /// What is wrong with a call, if it is of a function of ours.
    fn problem(&self, call: &Function) -> Option<DataFusionError> {
        let [part] = &call.name.0[..] else { return None };
        let name = self.normalize(part.as_ident()?.clone());
        let entry = inventory(self.state).into_iter().find(|entry| entry.name == name)?;
        let problem = wrong_form(call, &entry);
        if problem.is_some() {
            return problem;
        }
        let FunctionArguments::List(list) = &call.args else {
            return None;
        };
        let (args, text) = (list.args.clone(), &entry.signature);
        let (given, parameters) = (args.len(), &entry.parameters);
        let by_position = args.iter().filter(|arg| matches!(arg, FunctionArg::Unnamed(_))).count();
        if by_position == given {
            return None;
        }
        if by_position > parameters.len() && parameters.last().is_some_and(|p| p.variadic) {
            return Some(plan_datafusion_err!(
                "{name}: where several arguments stand for the last parameter, all stand by position; the function is {text}"
            ));
        }
        let signature = Signature {
            function: &name,
            names: parameters.iter().map(|p| p.name.as_str()).collect(),
            text: text.clone(),
        };
        let slots = match signature.slots(args, |name| self.normalize(name)) {
            Ok(slots) => slots,
            Err(error) => return Some(error),
        };
        let (_, missing) = slots
            .iter()
            .zip(parameters)
            .take(given)
            .find(|(slot, _)| slot.is_none())?;
        let argument = &missing.name;
        Some(match &missing.default {
            Some(default) => plan_datafusion_err!(
                "{name}: the argument {argument} is left out before one that is given; write {argument} => {default}; the function is {text}"
            ),
            None => plan_datafusion_err!("{name}: the argument {argument} is missing; the function is {text}"),
        })
    }
}

/// What is wrong with a call but its arguments.
fn wrong_form(call: &Function, entry: &Entry) -> Option<DataFusionError> {
    let (name, text) = (&entry.name, &entry.signature);
    let clauses = match &call.args {
        FunctionArguments::List(list) => &list.clauses[..],
        _ => &[],
    };
    let of_nulls = |c: &FunctionArgumentClause| matches!(c, FunctionArgumentClause::IgnoreOrRespectNulls(_));
    let problem = match (entry.kind, &call.over) {
        ("table", _) => "it gives a table, which stands in FROM",
        ("window", None) => "it is a window function, which OVER (…) has to follow",
        ("window", Some(_)) if call.filter.is_some() => "it takes no FILTER, which is of aggregates",
        ("aggregate", None) if !call.within_group.is_empty() => "it takes no WITHIN GROUP",
        ("aggregate", None) if call.null_treatment.is_some() || clauses.iter().any(of_nulls) => {
            "it takes no IGNORE NULLS or RESPECT NULLS"
        }
        ("scalar", Some(_)) => "it gives a value for each row by itself, and takes no OVER",
        _ => return None,
    };
    Some(plan_datafusion_err!("{name}: {problem}; the function is {text}"))
}
