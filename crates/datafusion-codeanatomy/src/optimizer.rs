//! Our physical rules, and their places among the engine's.

mod filter_by_id;
mod look_ups_once;
mod merge_projections;
mod narrow_filters;
mod sets_by_group;
mod tell_apart;

use std::sync::Arc;

use datafusion::common::{Result, plan_err};
use datafusion::execution::{FunctionRegistry, SessionState, SessionStateBuilder};
use datafusion::optimizer::OptimizerRule;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;

pub(crate) use self::filter_by_id::FilterById;
pub(crate) use self::look_ups_once::LookUpsOnce;
use self::merge_projections::MergeProjections;
use self::narrow_filters::NarrowFilters;
pub(crate) use self::sets_by_group::SetsByGroup;
pub(crate) use self::tell_apart::TellApart;
use crate::interval::IntervalJoin;
use crate::ordering::{
    CanonicalWrites, Distrust, EndlessSorts, FileOrder, OrderedConcat, PlaceOrder, SettleWindows, StableMerges,
    VerifyOrder, WholeSorts,
};
use crate::winner::{WinnerCombine, WinnerFetch, WinnerSelect};

type Rule = Arc<dyn PhysicalOptimizerRule + Send + Sync>;

/// Our rules in their order, each with the rule of the engine before which it stands.
fn rules() -> Vec<(Rule, &'static str)> {
    vec![
        // Before `winner_select`: a rank over a join of spans becomes part of the join.
        (Arc::new(IntervalJoin), "WindowTopN"),
        // After the filters have been pushed down, so that those on the partition keys are below the windows; before the
        // engine's own top-k of a window, which would take the plan; and before `EnsureRequirements`, which gives the
        // operator its distribution.
        (Arc::new(WinnerSelect), "WindowTopN"),
        // Behind it, and before `EnsureRequirements`, which cuts the files of both scans.
        (Arc::new(WinnerFetch), "WindowTopN"),
        // Before `EnsureRequirements`, which leaves sorts away that it makes needless, and cuts the files.
        (Arc::new(PlaceOrder), "EnsureRequirements"),
        // It states requirements, which that rule satisfies.
        (Arc::new(SettleWindows), "EnsureRequirements"),
        // Behind it, which asks scans for their keys: it takes away those that the engine would get wrong.
        (Arc::new(Distrust), "EnsureRequirements"),
        // As does this one.
        (Arc::new(CanonicalWrites), "EnsureRequirements"),
        // After `EnsureRequirements`, which put a shuffle between the phases, or did not have to.
        (Arc::new(WinnerCombine), "CombinePartialFinalAggregate"),
        // After sorts that are not needed are gone, and before the second `ProjectionPushdown`.
        (Arc::new(MergeProjections), "TopKRepartition"),
        // After `LimitPushdown`, which gives sorts their limits, and before the filters that these would make.
        (Arc::new(WholeSorts), "EnsureCooperative"),
        // After `LimitPushdown`, which takes the order back.
        (Arc::new(FileOrder), "EnsureCooperative"),
        // After all rules that look for merges: the engine's would not know the operator.
        (Arc::new(OrderedConcat), "EnsureCooperative"),
        // Before that check, which refuses such a plan with less to go by.
        (Arc::new(EndlessSorts), "SanityCheckPlan"),
        // After all that put sorts and merges: it checks what is left to a promise.
        (Arc::new(VerifyOrder), "SanityCheckPlan"),
        // After all that replace the input of a merge.
        (Arc::new(StableMerges), "SanityCheckPlan"),
    ]
}

/// Checks that `state` can take our rules: each has its neighbour.
pub(crate) fn check(state: &SessionState) -> Result<()> {
    let there = state.physical_optimizers();
    for (rule, neighbour) in rules() {
        if !there.iter().any(|r| r.name() == rule.name() || r.name() == neighbour) {
            return plan_err!(
                "the rule {} stands before the engine's physical rule {neighbour}, which this session does not have; it has {}",
                rule.name(),
                there.iter().map(|r| r.name()).collect::<Vec<_>>().join(", ")
            );
        }
    }
    Ok(())
}

/// Puts our rules into `state`. Those that are there already stay where they are.
///
/// The engine changes the list of physical rules only in a builder, so the state is built again from itself, in place. What
/// the builder changes on the way is put back; it does not carry over prepared statements, and nothing public reads them.
pub(crate) fn install(state: &mut SessionState) -> Result<()> {
    check(state)?;
    let missing: Vec<_> = rules()
        .into_iter()
        .filter(|(rule, _)| !state.physical_optimizers().iter().any(|r| r.name() == rule.name()))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut rules = state.physical_optimizers().to_vec();
    for (rule, neighbour) in missing {
        let place = rules.iter().position(|r| r.name() == neighbour).unwrap_or(rules.len());
        rules.insert(place, rule);
    }
    let before = state.clone();
    let mut builder =
        SessionStateBuilder::new_from_existing(before.clone()).with_session_id(before.session_id().to_string());
    *builder.physical_optimizers() = Some(PhysicalOptimizer::with_rules(rules));
    if !before
        .optimizer()
        .rules
        .iter()
        .any(|r| r.name() == NarrowFilters.name())
    {
        builder = builder.with_optimizer_rule(Arc::new(NarrowFilters));
    }
    *state = builder.build();
    // The builder turns this off, so as not to create what is there.
    let create = before.config().options().catalog.create_default_catalog_and_schema;
    state
        .config_mut()
        .options_mut()
        .catalog
        .create_default_catalog_and_schema = create;
    keep_names(&before, state)
}

/// Gives every name the function that it had: the builder registers functions again in any order, and where one
/// function's alias is another's name, or a host has replaced a function of the engine, the last would win.
fn keep_names(before: &SessionState, state: &mut SessionState) -> Result<()> {
    macro_rules! keep {
        ($functions:ident, $register:ident) => {
            // To register a function takes all its names, also one that another had got back: so again, until it settles.
            for _ in 0..8 {
                let mut moved: Vec<_> = before
                    .$functions()
                    .iter()
                    .filter(|(name, f)| state.$functions().get(*name).is_none_or(|now| now != *f))
                    .collect();
                if moved.is_empty() {
                    break;
                }
                // A function's own name counts more than an alias.
                moved.sort_by_key(|(name, f)| (*name == f.name(), name.as_str()));
                for (_, function) in moved {
                    state.$register(Arc::clone(function))?;
                }
            }
        };
    }
    keep!(scalar_functions, register_udf);
    keep!(aggregate_functions, register_udaf);
    keep!(window_functions, register_udwf);
    Ok(())
}
