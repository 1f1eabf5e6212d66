//! The one call that gives everything to a session.

use std::any::Any;

use codeanatomy_functions::{aggregate_functions, scalar_functions, window_functions};
use codeanatomy_model::CATALOGUE;
use datafusion::common::{Result, plan_err};
use datafusion::execution::FunctionRegistry;
use datafusion::prelude::SessionContext;
use std::sync::Arc;

use crate::dataset::{DatasetFunction, DatasetTableFactory, ExternalTableOptions, RowCaches, SessionCache, parameters};
use crate::describe::listings;
use crate::optimizer::{self, FilterById, LookUpsOnce, SetsByGroup, TellApart};
use crate::ordering::CompleteOrders;
use crate::planner::{NamedArguments, SqlFunctions, relation_functions};
use crate::question::{QUESTIONS, functions};
use crate::settings::Settings;

/// Registers everything in `ctx`, in place: table functions for all datasets, external tables `STORED AS CODEANATOMY`, their
/// catalogue, scalar, aggregate and window functions, the planner that gives table functions named arguments, the factory of
/// `CREATE FUNCTION` if the session has none, and the physical rules.
///
/// What the session has is kept: id, configuration, tables, catalogs, functions, rules, query planner and function factory.
/// Statements prepared before the call are not: the engine takes physical rules only where it builds the session's state
/// anew, and drops them there. A second call changes nothing. A scalar, aggregate or window function of the session that has
/// one of our names stays, as `collect_set` of the engine's functions of Spark, and ours is left out. Fails, before anything
/// is changed, if the session already has a table function of one of our names, or lacks the rule of the engine beside which
/// one of ours stands.
///
/// ```
/// # use datafusion::prelude::*;
/// # #[tokio::main] async fn main() -> datafusion::error::Result<()> {
/// let ctx = SessionContext::new();
/// datafusion_codeanatomy::register_all(&ctx)?;
/// let datasets = ctx.sql("SELECT name FROM datasets() WHERE name = 'calls'").await?;
/// assert_eq!(datasets.count().await?, 1);
/// # Ok(()) }
/// ```
pub fn register_all(ctx: &SessionContext) -> Result<()> {
    let state = ctx.state_ref();
    let mut state = state.write();
    let is_ours = |f: &str| {
        state
            .table_functions()
            .get(f)
            .is_some_and(|f| (f.function().as_ref() as &dyn Any).is::<DatasetFunction>())
    };
    if CATALOGUE.iter().all(|c| is_ours(c.name)) {
        return optimizer::install(&mut state);
    }
    let names = CATALOGUE.iter().map(|c| c.name).chain(listings().map(|l| l.name));
    let names = names
        .chain(relation_functions().map(|f| f.name))
        .chain(QUESTIONS.iter().map(|q| q.name));
    let taken: Vec<_> = names.filter(|n| state.table_functions().contains_key(*n)).collect();
    if !taken.is_empty() {
        return plan_err!(
            "the session already has table functions of our names: {}",
            taken.join(", ")
        );
    }
    optimizer::install(&mut state)?;
    state.add_analyzer_rule(Arc::new(FilterById));
    state.add_analyzer_rule(Arc::new(SetsByGroup::default()));
    state.add_analyzer_rule(Arc::new(LookUpsOnce));
    state.add_analyzer_rule(Arc::new(TellApart));
    state.add_analyzer_rule(Arc::new(CompleteOrders));

    for contract in CATALOGUE {
        state.register_udtf(contract.name, Arc::new(DatasetFunction::new(contract)));
    }
    for listing in listings() {
        state.register_udtf(listing.name, Arc::new(*listing));
    }
    for (name, function) in functions() {
        state.register_udtf(name, function);
    }
    let factories = state.table_factories_mut();
    factories.insert("CODEANATOMY".to_string(), Arc::new(DatasetTableFactory));
    state.register_table_options_extension(ExternalTableOptions::default());
    let config = state.config_mut();
    config.set_extension(Arc::new(SessionCache::default()));
    config.set_extension(Arc::new(RowCaches::default()));
    if config.options().extensions.get::<Settings>().is_none() {
        config.options_mut().extensions.insert(Settings::default());
    }
    for function in scalar_functions() {
        if !state.scalar_functions().contains_key(function.name()) {
            state.register_udf(function)?;
        }
    }
    for function in aggregate_functions() {
        if !state.aggregate_functions().contains_key(function.name()) {
            state.register_udaf(function)?;
        }
    }
    for function in window_functions() {
        if !state.window_functions().contains_key(function.name()) {
            state.register_udwf(function)?;
        }
    }
    if state.function_factory().is_none() {
        state.set_function_factory(Arc::new(SqlFunctions));
    }
    let datasets = CATALOGUE.iter().map(|c| (c.name, parameters(c)));
    let listings = listings().map(|l| (l.name, l.parameters));
    state.register_relation_planner(Arc::new(NamedArguments::new(
        datasets
            .chain(listings)
            .chain(QUESTIONS.iter().map(|q| (q.name, q.parameters))),
    )))
}
