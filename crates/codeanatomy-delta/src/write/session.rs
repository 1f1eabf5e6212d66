//! The session in which delta-rs runs its own plans.

use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::Session;
use datafusion::common::Result;
use datafusion::execution::{SessionState, SessionStateBuilder};
use deltalake::DeltaTable;
use deltalake::delta_datafusion::planner::DeltaPlanner;

use super::check::Contract;
use super::contract_exec::{CheckRows, Failure};

/// A session with the runtime, settings and functions of `session`, and delta-rs's planner. The host's rules and planner
/// have done their work on the input by then, and the plans of delta-rs are none of theirs.
pub(super) fn of_delta(session: &dyn Session) -> Result<SessionState> {
    let mut config = session.config().clone();
    let options = config.options_mut();
    // Expressions of a table's log name columns as they are.
    options.set("datafusion.sql_parser.enable_ident_normalization", "false")?;
    // As delta-rs sets them in its own sessions: lists of dictionary values cannot be pushed down.
    options.set("datafusion.optimizer.hash_join_inlist_pushdown_max_size", "0")?;
    options.set(
        "datafusion.optimizer.hash_join_inlist_pushdown_max_distinct_values",
        "0",
    )?;
    let scalar: Vec<_> = session.scalar_functions().values().map(Arc::clone).collect();
    let aggregate: Vec<_> = session.aggregate_functions().values().map(Arc::clone).collect();
    let window: Vec<_> = session.window_functions().values().map(Arc::clone).collect();
    Ok(SessionStateBuilder::new()
        .with_default_features()
        .with_config(config)
        .with_runtime_env(Arc::clone(session.runtime_env()))
        .with_scalar_functions(scalar)
        .with_aggregate_functions(aggregate)
        .with_window_functions(window)
        .with_query_planner(DeltaPlanner::new())
        .build())
}

/// The same, in which rows that are written to `table` are checked. What breaks its contract is left in `failure`.
pub(super) fn checking(
    session: SessionState,
    shown: &str,
    table: &DeltaTable,
    columns: &SchemaRef,
    failure: &Failure,
) -> Result<SessionState> {
    let contract = Contract::of(shown, table, &session)?;
    let rule = CheckRows::new(contract, Arc::clone(columns), session.clone(), Arc::clone(failure));
    Ok(SessionStateBuilder::new_from_existing(session)
        .with_physical_optimizer_rule(Arc::new(rule))
        .build())
}
