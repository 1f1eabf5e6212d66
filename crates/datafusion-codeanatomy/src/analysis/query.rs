//! A text that is planned and analysed, and never run.

use std::sync::Arc;

use datafusion::catalog::Session;
use datafusion::common::{Result, plan_err};
use datafusion::execution::SessionState;
use datafusion::logical_expr::LogicalPlan;
use datafusion::optimizer::Analyzer;
use datafusion::sql::parser::Statement as EngineStatement;
use datafusion::sql::sqlparser::ast::Statement;

use super::build;
use super::called::with_noted_calls;
use super::given::given_names;
use super::term::Relation;
use crate::planner::{Arguments, wait};

/// A query that was planned.
pub(super) struct Query {
    pub(super) relation: Relation,
    /// Its columns.
    pub(super) outputs: Vec<Output>,
}

/// A column that a query gives.
#[derive(Debug, Clone)]
pub(super) struct Output {
    pub(super) name: String,
    /// Whether the name was written, or is that of a column, and not one that the engine made of an expression.
    pub(super) is_given: bool,
    pub(super) ty: String,
    pub(super) is_nullable: bool,
}

/// Deep expressions are walked by recursion, in a thread whose stack is large enough for any that the engine plans.
const STACK: usize = 256 << 20;

/// Plans the texts that the arguments of these names are, and gives what `answer` makes of them.
pub(super) fn of_queries<T: Send>(
    arguments: &Arguments<'_>,
    names: &[&'static str],
    session: &dyn Session,
    answer: impl FnOnce(&[Query]) -> Result<T> + Send,
) -> Result<T> {
    let Some(state) = session.as_any().downcast_ref::<SessionState>() else {
        return plan_err!("{}: the session of this host does not plan SQL", arguments.function());
    };
    let state = with_noted_calls(state);
    let plans = names.iter().map(|name| {
        let sql = arguments.text(name)?.unwrap_or_default();
        planned(arguments, name, sql, &state)
    });
    let plans = plans.collect::<Result<Vec<_>>>()?;
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("plan-walk".to_string())
            .stack_size(STACK);
        let walk = thread.spawn_scoped(scope, || {
            let queries = plans
                .iter()
                .map(|plan| query(plan, &state))
                .collect::<Result<Vec<_>>>()?;
            answer(&queries)
        })?;
        match walk.join() {
            Ok(answer) => answer,
            Err(_) => plan_err!(
                "{}: the walk over the plan broke off, which is a bug",
                arguments.function()
            ),
        }
    })
}

/// The plan as it is written.
fn planned(arguments: &Arguments<'_>, name: &str, sql: &str, state: &SessionState) -> Result<LogicalPlan> {
    let statement = state.sql_to_statement(sql, &state.config_options().sql_parser.dialect)?;
    match &statement {
        EngineStatement::Statement(statement) if matches!(**statement, Statement::Query(_)) => {}
        other => {
            let other = other.to_string();
            let word = other.split_whitespace().next().unwrap_or_default();
            return plan_err!(
                "{}: the argument {name} must be a query, which begins with SELECT, WITH or VALUES, not {word}; the function is {}",
                arguments.function(),
                arguments.signature()
            );
        }
    }
    let state = state.clone();
    wait(async move { state.statement_to_plan(statement).await })
}

fn query(plan: &LogicalPlan, state: &SessionState) -> Result<Query> {
    let given = given_names(plan);
    let fields = plan.schema().fields().iter().zip(given);
    let outputs = fields.map(|(field, is_given)| (field.name().clone(), is_given));
    // The rules of this crate add conditions and orders that were not written.
    let mut analyzer = Analyzer::new();
    for rewrite in state.analyzer().function_rewrites() {
        analyzer.add_function_rewrite(Arc::clone(rewrite));
    }
    let analysed = analyzer.execute_and_check(plan.clone(), state.config_options(), |_, _| {})?;
    let fields = analysed.schema().fields().iter().zip(outputs);
    let outputs = fields.map(|(field, (name, is_given))| Output {
        name,
        is_given,
        ty: field.data_type().to_string(),
        is_nullable: field.is_nullable(),
    });
    Ok(Query {
        outputs: outputs.collect(),
        relation: build::relation(&analysed, state)?,
    })
}
