//! What a host has is kept.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use datafusion::arrow::datatypes::DataType;
use datafusion::catalog::Session;
use datafusion::error::Result;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::context::{FunctionFactory, QueryPlanner, RegisterFunction, SessionState};
use datafusion::logical_expr::{CreateFunction, LogicalPlan, Volatility, create_udf};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_planner::{DefaultPhysicalPlanner, PhysicalPlanner};
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_codeanatomy::register_all;

use crate::{folder, lines, rows};

#[derive(Debug, Default)]
struct CountingPlanner(AtomicUsize);

#[async_trait]
impl QueryPlanner for CountingPlanner {
    async fn create_physical_plan(&self, plan: &LogicalPlan, session: &dyn Session) -> Result<Arc<dyn ExecutionPlan>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        DefaultPhysicalPlanner::default()
            .create_physical_plan(plan, session)
            .await
    }
}

#[derive(Debug, Default)]
struct CountingFactory(AtomicUsize);

#[async_trait]
impl FunctionFactory for CountingFactory {
    async fn create(&self, _state: &SessionState, statement: CreateFunction) -> Result<RegisterFunction> {
        self.0.fetch_add(1, Ordering::Relaxed);
        datafusion::common::plan_err!("the host's factory makes no {}", statement.name)
    }
}

#[tokio::test]
async fn everything_that_a_host_has_survives() {
    let planner = Arc::new(CountingPlanner::default());
    let factory = Arc::new(CountingFactory::default());
    let config = SessionConfig::new()
        .with_target_partitions(7)
        .with_information_schema(true);
    let state = SessionStateBuilder::new()
        .with_default_features()
        .with_config(config)
        .with_query_planner(Arc::<CountingPlanner>::clone(&planner))
        .with_function_factory(Some(Arc::<CountingFactory>::clone(&factory)))
        .with_session_id("the host's".to_string())
        .build();
    let ctx = SessionContext::new_with_state(state);
    rows(&ctx, "CREATE TABLE mine AS VALUES (1), (2)").await.unwrap();
    let before = ctx.state();
    let other_handle = ctx.clone();

    register_all(&ctx).unwrap();
    register_all(&ctx).unwrap();

    let after = ctx.state();
    assert_eq!(ctx.session_id(), "the host's");
    let (ours, kept): (Vec<_>, Vec<_>) = {
        let entries = after.config().options().entries();
        entries.into_iter().partition(|e| e.key.starts_with("codeanatomy."))
    };
    assert_eq!(kept, before.config().options().entries());
    assert!(!ours.is_empty());
    let functions = |s: &SessionState| {
        let mut names: Vec<_> = s
            .scalar_functions()
            .keys()
            .chain(s.aggregate_functions().keys())
            .cloned()
            .collect();
        names.extend(s.window_functions().keys().chain(s.table_functions().keys()).cloned());
        names
    };
    let kept = functions(&after);
    assert!(functions(&before).iter().all(|f| kept.contains(f)));
    let planned = planner.0.load(Ordering::Relaxed);
    assert_eq!(lines(&ctx, "SELECT count(*) FROM mine").await, ["2"]);
    rows(&ctx, "PREPARE twice(BIGINT) AS SELECT $1 + $1").await.unwrap();
    register_all(&ctx).unwrap();
    assert_eq!(lines(&ctx, "EXECUTE twice(21)").await, ["42"]);
    assert_eq!(planner.0.load(Ordering::Relaxed), planned + 3);
    assert!((ctx.state().query_planner().as_ref() as &dyn Any).is::<CountingPlanner>());

    let error = rows(&ctx, "CREATE FUNCTION f(BIGINT) RETURNS BIGINT RETURN $1")
        .await
        .unwrap_err();
    assert!(error.to_string().contains("the host's factory makes no f"));
    assert_eq!(factory.0.load(Ordering::Relaxed), 1);

    let source = folder(&[("a.py", "def f(): pass\n")]);
    let sql = format!("SELECT name FROM definitions(source => '{}')", source.path().display());
    assert_eq!(lines(&other_handle, &sql).await, ["f"]);
}

#[tokio::test]
async fn the_second_call_changes_nothing() {
    let ctx = SessionContext::new();
    register_all(&ctx).unwrap();
    let planners = ctx.state().relation_planners().len();
    register_all(&ctx).unwrap();
    assert_eq!(ctx.state().relation_planners().len(), planners);
}

#[tokio::test]
async fn a_name_that_is_taken_is_an_error_before_anything_changes() {
    let ctx = SessionContext::new();
    let range = Arc::clone(ctx.state().table_functions()["range"].function());
    ctx.register_udtf("calls", range);
    let error = register_all(&ctx).unwrap_err().strip_backtrace();
    assert!(
        error.contains("already has table functions of our names: calls"),
        "{error}"
    );
    assert!(!ctx.state().table_functions().contains_key("files"));
}

/// Our physical rules, in their order.
const OURS: [&str; 15] = [
    "interval_join",
    "winner_select",
    "winner_fetch",
    "place_order",
    "settle_windows",
    "distrust",
    "canonical_writes",
    "winner_combine",
    "merge_projections",
    "whole_sorts",
    "file_order",
    "ordered_concat",
    "endless_sorts",
    "verify_order",
    "stable_merges",
];

fn position(rules: &[String], name: &str) -> usize {
    rules.iter().position(|r| r == name).unwrap()
}

/// A rule cannot stand beside one that a host took out.
#[tokio::test]
async fn a_missing_neighbour_of_a_rule_is_an_error_before_anything_changes() {
    let state = SessionStateBuilder::new()
        .with_default_features()
        .with_physical_optimizer_rules(vec![])
        .build();
    let ctx = SessionContext::new_with_state(state);
    let error = register_all(&ctx).unwrap_err().strip_backtrace();
    assert!(
        error.contains("interval_join stands before the engine's physical rule WindowTopN"),
        "{error}"
    );
    assert!(!ctx.state().table_functions().contains_key("files"));
}

/// A function may have taken over a name that is an alias of another.
#[tokio::test]
async fn every_name_keeps_its_function() {
    let ctx = SessionContext::new();
    let upper = ctx.state().scalar_functions()["upper"].as_ref().clone();
    let length = ctx.state().scalar_functions()["length"].as_ref().clone();
    ctx.register_udf(upper.clone().with_aliases(["shout", "length"]));
    ctx.register_udf(length);
    ctx.register_udf(upper.with_aliases(["character_length"]));
    let names = |ctx: &SessionContext| {
        let state = ctx.state();
        let names = state
            .scalar_functions()
            .iter()
            .map(|(n, f)| (n.clone(), f.name().to_string()));
        names.collect::<std::collections::BTreeMap<_, _>>()
    };
    let before = names(&ctx);
    assert_eq!(
        (before["length"].as_str(), before["character_length"].as_str()),
        ("character_length", "upper")
    );
    register_all(&ctx).unwrap();
    let after = names(&ctx);
    let changed: Vec<_> = before.iter().filter(|(n, f)| after.get(*n) != Some(f)).collect();
    assert!(changed.is_empty(), "{changed:?}");
}

/// A host may have put a function of its own under the engine's name, whose other names still lead to the engine's.
#[tokio::test]
async fn a_function_that_a_host_replaced_stays_replaced() {
    // The engine keeps functions in hash tables: once would show little.
    for _ in 0..16 {
        let ctx = SessionContext::new();
        let own = create_udf(
            "date_trunc",
            vec![DataType::Utf8],
            DataType::Utf8,
            Volatility::Immutable,
            Arc::new(move |args| Ok(args[0].clone())),
        );
        ctx.register_udf(own.clone());
        let engines = ctx.state().scalar_functions()["datetrunc"].as_ref().clone();
        register_all(&ctx).unwrap();
        let state = ctx.state();
        assert_eq!(*state.scalar_functions()["date_trunc"], own);
        assert_eq!(*state.scalar_functions()["datetrunc"], engines);
    }
}

/// An engine upgrade that adds, drops or moves a rule shows here, and is then thought about.
#[tokio::test]
async fn the_engines_rules_are_all_there_in_their_order() {
    let names = |ctx: &SessionContext| {
        let state = ctx.state();
        (
            state
                .analyzer()
                .rules
                .iter()
                .map(|r| r.name().to_string())
                .collect::<Vec<_>>(),
            state
                .optimizers()
                .iter()
                .map(|r| r.name().to_string())
                .collect::<Vec<_>>(),
            state
                .physical_optimizers()
                .iter()
                .map(|r| r.name().to_string())
                .collect::<Vec<_>>(),
        )
    };
    let ctx = SessionContext::new();
    let before = names(&ctx);
    register_all(&ctx).unwrap();
    let (analyzer, optimizer, physical) = names(&ctx);
    let (ours, kept): (Vec<_>, Vec<_>) = physical.iter().cloned().partition(|r| OURS.contains(&r.as_str()));
    assert_eq!(ours, OURS);
    let (kept_analyzer, our_analyzer) = analyzer.split_at(analyzer.len() - 5);
    assert_eq!(
        our_analyzer,
        [
            "filter_by_id",
            "sets_by_group",
            "look_ups_once",
            "tell_apart",
            "complete_orders"
        ]
    );
    let analyzer = kept_analyzer.to_vec();
    let (kept_optimizer, our_optimizer) = optimizer.split_at(optimizer.len() - 1);
    assert_eq!(our_optimizer, ["narrow_filters"]);
    let optimizer = kept_optimizer.to_vec();
    assert_eq!((analyzer, optimizer, kept), before);
    assert_eq!(
        position(&physical, "winner_fetch") + 1,
        position(&physical, "WindowTopN")
    );
    let (analyzer, optimizer, physical) = before;
    assert_eq!(analyzer, ["resolve_grouping_function", "type_coercion"]);
    assert_eq!(optimizer.len(), 25, "{optimizer:?}");
    let expected = [
        "OutputRequirements",
        "aggregate_statistics",
        "join_selection",
        "LimitedDistinctAggregation",
        "FilterPushdown",
        "WindowTopN",
        "EnsureRequirements",
        "CombinePartialFinalAggregate",
        "OptimizeAggregateOrder",
        "ProjectionPushdown",
        "OutputRequirements",
        "LimitAggregation",
        "LimitPushPastWindows",
        "HashJoinBuffering",
        "LimitPushdown",
        "TopKRepartition",
        "ProjectionPushdown",
        "PushdownSort",
        "EnsureCooperative",
        "FilterPushdown(Post)",
        "SanityCheckPlan",
    ];
    assert_eq!(physical, expected);
}
