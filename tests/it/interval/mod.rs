//! The interval join against nested loops.

mod case;
mod data;
mod loops;

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{JoinSide, JoinType};
use datafusion::logical_expr::Operator;
use datafusion::physical_plan::{ExecutionPlan, collect};
use futures::StreamExt;

use self::case::{BestOf, Case, draw_case};
use self::data::{Draw, Row, batch, rows};

/// How many cases are drawn.
fn cases(default: u64) -> u64 {
    std::env::var("INTERVAL_JOIN_CASES").map_or(default, |cases| cases.parse().unwrap())
}

#[tokio::test]
async fn rows_are_those_of_nested_loops() {
    for seed in 0..cases(600) {
        let mut draw = Draw(seed);
        let case = draw_case(&mut draw);
        let distinct = draw.of(&[1, 2, 8]);
        let counts = [0, 1, 5, 40, 90];
        let (left, right) = (draw.of(&counts), draw.of(&counts));
        let left = rows(&mut draw, left, case.keys.len(), distinct);
        let right = rows(&mut draw, right, case.keys.len(), distinct);
        case.check(&mut draw, &left, &right).await;
    }
}

#[tokio::test]
async fn a_memory_limit_changes_nothing() {
    let (mut spilled, mut in_slices) = (0, 0);
    let count = cases(25);
    for seed in 0..count {
        let mut draw = Draw(1_000_000 + seed);
        let mut case = draw_case(&mut draw);
        case.batch_size = draw.of(&[7, 256, 8192]);
        case.partitions = draw.of(&[1, 1, 3]);
        let one_key = draw.one_in(3);
        let (distinct, sizes) = match one_key || case.keys.is_empty() {
            true => (1, (900, 1000)),
            false => (200, (3000, 2000)),
        };
        let left = rows(&mut draw, sizes.0, case.keys.len(), distinct);
        let right = rows(&mut draw, sizes.1, case.keys.len(), distinct);
        // Each batch of a merge has its dictionary, or what its views see.
        let has_more = case
            .keys
            .iter()
            .any(|key| matches!(key, DataType::Dictionary(..) | DataType::Utf8View));
        let for_merge = if has_more { 160 } else { 48 } * 1024;
        // A fair pool counts the consumers of the repartitions too.
        let shares = if case.partitions > 1 { 4 * case.partitions } else { 1 };
        case.memory = Some(shares * (sizes.1 * draw.of(&[10, 25]) + for_merge));
        let spills = case.check(&mut draw, &left, &right).await;
        spilled += u64::from(spills > 0);
        in_slices += u64::from(spills > 0 && distinct == 1);
    }
    assert!(spilled > count / 2, "{spilled}");
    assert!(in_slices > count / 10, "{in_slices}");
}

/// One streaming row meets all kept rows: they come out in pieces.
#[tokio::test]
async fn a_row_with_many_matches_comes_in_pieces() {
    for residual in [false, true] {
        let case = Case {
            keys: vec![DataType::Utf8],
            bound: DataType::Int64,
            ranges: vec![("s", Operator::LtEq, "s"), ("e", Operator::GtEq, "e")],
            residual,
            join_type: JoinType::Left,
            build: JoinSide::Right,
            best: None,
            partitions: 1,
            batch_size: 100,
            memory: None,
        };
        let row = |id, start, end| Row {
            keys: vec![Some(0)],
            start: Some(start),
            end: Some(end),
            value: Some(1),
            id,
        };
        let hub: Vec<_> = [row(0, 1, 59), row(1, 59, 59)].into();
        let kept: Vec<_> = (0..20_000).map(|id| row(id, 2 + id % 20, 40 - id % 7)).collect();
        case.check(&mut Draw(7), &hub, &kept).await;
    }
}

/// Of nested spans, many of which are equal, and some far away, only as many are looked at as can be among the best.
#[tokio::test]
async fn the_nearest_rows_are_found_by_looking_at_few() {
    let case = Case {
        keys: vec![DataType::Utf8],
        bound: DataType::Int64,
        ranges: vec![("s", Operator::LtEq, "e"), ("e", Operator::GtEq, "s")],
        residual: false,
        join_type: JoinType::Right,
        build: JoinSide::Left,
        best: Some((2, BestOf::Distance { then_kept: false })),
        partitions: 1,
        batch_size: 100,
        memory: None,
    };
    let row = |id: i64, start: i64, end: i64| Row {
        keys: vec![Some(0)],
        start: Some(start),
        end: Some(end),
        value: Some(1),
        id,
    };
    let kept: Vec<_> = (0..3_000)
        .map(|id| match id % 3 {
            0 => row(id, 2 + id % 9, 20 - id % 8),
            1 => row(id, 40, 40 + id % 4),
            _ => row(id, 45 + id % 5, 58),
        })
        .collect();
    let asked: Vec<_> = (0..100)
        .map(|id| row(id, 1 + id % 58, 1 + (id % 58).max(id % 50)))
        .collect();
    let mut draw = Draw(13);
    case.check(&mut draw, &kept, &asked).await;
    let of = |rows: &[Row], draw: &mut Draw| batch(rows, &case.keys, &case.bound, draw);
    let plan = case.plan(&of(&kept, &mut draw), &of(&asked, &mut draw)).unwrap();
    let plan: Arc<dyn ExecutionPlan> = Arc::new(plan);
    collect(Arc::clone(&plan), case.context().task_ctx()).await.unwrap();
    let candidates = plan.metrics().unwrap().sum_by_name("candidates").unwrap().as_usize();
    assert!((200..=600).contains(&candidates), "{candidates}");
}

/// A query that is dropped while a row's candidates come ends.
#[tokio::test]
async fn a_dropped_join_ends() {
    let mut draw = Draw(11);
    let mut case = draw_case(&mut draw);
    case.keys = vec![DataType::Utf8];
    case.bound = DataType::Int64;
    case.ranges = vec![("s", Operator::LtEq, "e")];
    case.join_type = JoinType::Inner;
    case.residual = false;
    case.best = None;
    case.partitions = 1;
    case.batch_size = 10;
    let many = rows(&mut draw, 5_000, 1, 1);
    let batch = batch(&many, &case.keys, &case.bound, &mut draw);
    let context = case.context().task_ctx();
    let pool = Arc::clone(context.memory_pool());
    let mut rows = case.plan(&batch, &batch).unwrap().execute(0, context).unwrap();
    let first = rows.next().await.unwrap().unwrap();
    assert_eq!(first.num_rows(), 10);
    assert!(pool.reserved() > 0);
    drop(rows);
    // The input's task ends a moment later.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(pool.reserved(), 0);
}
