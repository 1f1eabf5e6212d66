//! The answer is one of those that the engine may give: all of them, by all orders in which few rows can arrive.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::arrow::array::{Int64Array, RecordBatch, StringViewArray, UInt32Array};
use datafusion::arrow::compute::take_record_batch;
use datafusion::datasource::MemTable;
use datafusion::prelude::{SessionConfig, SessionContext};

use super::{Numbers, run, session};
use crate::lines;

/// Queries with a choice among ties. Of a few rows in one partition the engine takes them as they come.
const QUERIES: &[&str] = &[
    "SELECT k, x FROM t ORDER BY s LIMIT 3",
    "SELECT x FROM t ORDER BY k DESC, s LIMIT 2 OFFSET 1",
    "SELECT k, x FROM t LIMIT 2",
    "SELECT DISTINCT ON (k) k, s, x FROM t ORDER BY k, s",
    "SELECT k, s, x, row_number() OVER (PARTITION BY k ORDER BY s) AS n FROM t",
    "SELECT * FROM (SELECT k, x, row_number() OVER (PARTITION BY k ORDER BY s) AS n FROM t) WHERE n = 1",
    "SELECT x, ntile(2) OVER (ORDER BY s) AS n FROM t",
    "SELECT k, x, lag(x) OVER (PARTITION BY k ORDER BY s) AS p, lead(u) OVER (PARTITION BY k ORDER BY s) AS q FROM t",
    "SELECT u, sum(u) OVER (ORDER BY s ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS p FROM t",
    "SELECT k, first_value(x) OVER (PARTITION BY k ORDER BY s) AS p, last_value(u) OVER (PARTITION BY k ORDER BY s) AS q FROM t",
    "SELECT k, first_value(x ORDER BY s) AS a, first_value(u ORDER BY s) AS b FROM t GROUP BY k",
    "SELECT k, last_value(x ORDER BY s) AS a FROM t GROUP BY k",
    "SELECT k, nth_value(u, 2 ORDER BY s) AS a FROM t GROUP BY k",
    "SELECT k, array_agg(x ORDER BY s) AS a, array_agg(u ORDER BY s) AS b FROM t GROUP BY k",
    "SELECT k, array_agg(x) AS a FROM t GROUP BY k",
    "SELECT string_agg(x, ',' ORDER BY s) AS a FROM t",
    "SELECT count(*) AS n, k FROM t WHERE u IN (SELECT u FROM t ORDER BY s LIMIT 3) GROUP BY k",
    "SELECT k, x FROM t UNION ALL SELECT * FROM (SELECT k, x FROM t ORDER BY s LIMIT 1)",
];

fn table(numbers: &mut Numbers, rows: usize) -> RecordBatch {
    let mut draw = |n: u64| -> Vec<u64> { (0..rows).map(|_| numbers.below(n)).collect() };
    let numbers = |values: Vec<u64>| Int64Array::from_iter(values.iter().map(|v| (*v > 0).then_some(*v as i64)));
    let texts = ["", "a", "b"];
    RecordBatch::try_from_iter_with_nullable([
        ("k", Arc::new(numbers(draw(3))) as _, true),
        ("s", Arc::new(numbers(draw(2))) as _, true),
        (
            "x",
            Arc::new(StringViewArray::from_iter(
                draw(4).iter().map(|v| texts.get(*v as usize)),
            )) as _,
            true,
        ),
        (
            "u",
            Arc::new(Int64Array::from_iter_values(draw(5).iter().map(|v| *v as i64))) as _,
            true,
        ),
    ])
    .unwrap()
}

/// All orders of so many things.
fn orders(count: u32) -> Vec<Vec<u32>> {
    let mut all = vec![vec![]];
    for i in 0..count {
        all = all
            .iter()
            .flat_map(|order: &Vec<u32>| {
                (0..=order.len()).map(move |place| {
                    let mut longer = order.clone();
                    longer.insert(place, i);
                    longer
                })
            })
            .collect();
    }
    all
}

fn arrive(ctx: &SessionContext, rows: &RecordBatch, order: &[u32]) {
    let rows = take_record_batch(rows, &UInt32Array::from(order.to_vec())).unwrap();
    drop(ctx.deregister_table("t"));
    let table = MemTable::try_new(rows.schema(), vec![vec![rows]]).unwrap();
    ctx.register_table("t", Arc::new(table)).unwrap();
}

/// The rows in any order.
async fn bag(ctx: &SessionContext, sql: &str) -> Vec<String> {
    let mut rows = lines(ctx, sql).await;
    rows.sort();
    rows
}

#[tokio::test]
async fn the_answer_is_one_that_the_engine_may_give() {
    let mut numbers = Numbers(23);
    let mut choices = 0;
    for count in [4, 5] {
        let rows = table(&mut numbers, count);
        // Without the product, whose winner selection breaks ties by all columns.
        let plain = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
        let mut possible = vec![BTreeSet::new(); QUERIES.len()];
        for order in orders(count as u32) {
            arrive(&plain, &rows, &order);
            for (sql, answers) in QUERIES.iter().zip(&mut possible) {
                answers.insert(bag(&plain, sql).await);
            }
        }
        let ours = session(3, 2);
        run(&ours, "SET codeanatomy.determinism = 'canonical'").await;
        arrive(&ours, &rows, &(0..count as u32).collect::<Vec<_>>());
        for (sql, answers) in QUERIES.iter().zip(&possible) {
            let answer = bag(&ours, sql).await;
            assert!(answers.contains(&answer), "{sql}: {answer:?} is none of {answers:#?}");
            choices += usize::from(answers.len() > 1);
        }
    }
    // Or the test would show nothing.
    assert!(choices > QUERIES.len(), "{choices}");
}
