//! Drawn queries give the same rows with the rule `interval_join` on and off, whatever the partitions, batches and memory.
//!
//! `INTERVAL_PAIRS` is how many pairs are run, `INTERVAL_SEED` the first seed; a failure names the seed of its pair.

mod draw;
mod query;

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::displayable;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_codeanatomy::register_all;

use self::draw::{Draw, bound_types, table};
use self::query::{Query, query};

/// Bytes for an interval join of the larger tables that are drawn: less than it keeps.
const LITTLE_MEMORY: usize = 400_000;

struct Session {
    partitions: usize,
    batch_size: usize,
    little_memory: bool,
    ctx: SessionContext,
}

async fn sessions() -> Vec<Session> {
    let mut sessions = vec![];
    for partitions in [1, 3, 16] {
        for batch_size in [1, 7, 8192] {
            for little_memory in [false, true] {
                let config = SessionConfig::new()
                    .with_target_partitions(partitions)
                    .with_batch_size(batch_size)
                    .set_u64("datafusion.execution.sort_spill_reservation_bytes", 1000);
                let runtime = match little_memory {
                    true => RuntimeEnvBuilder::new().with_memory_limit(LITTLE_MEMORY, 1.0),
                    false => RuntimeEnvBuilder::new(),
                };
                let ctx = SessionContext::new_with_config_rt(config, Arc::new(runtime.build().unwrap()));
                register_all(&ctx).unwrap();
                sessions.push(Session {
                    partitions,
                    batch_size,
                    little_memory,
                    ctx,
                });
            }
        }
    }
    sessions
}

/// The rows, sorted, and whether the operator ran.
async fn run(ctx: &SessionContext, rule: bool, sql: &str) -> Result<(Vec<String>, bool)> {
    for set in [
        format!("SET codeanatomy.optimizer.interval_join = {rule}"),
        "SET codeanatomy.optimizer.interval_join_pairs = 0".to_string(),
    ] {
        ctx.sql(&set).await?.collect().await?;
    }
    let plan = ctx.sql(sql).await?.create_physical_plan().await?;
    let fired = displayable(plan.as_ref())
        .indent(false)
        .to_string()
        .contains("IntervalJoinExec");
    let batches = datafusion::physical_plan::collect(plan, ctx.task_ctx()).await?;
    Ok((sorted(&batches), fired))
}

fn sorted(batches: &[RecordBatch]) -> Vec<String> {
    let options = FormatOptions::new().with_null("NULL");
    let mut rows = vec![];
    for batch in batches {
        let columns: Vec<_> = batch
            .columns()
            .iter()
            .map(|c| ArrayFormatter::try_new(c, &options).unwrap())
            .collect();
        for row in 0..batch.num_rows() {
            let cells: Vec<_> = columns.iter().map(|c| c.value(row).to_string()).collect();
            rows.push(cells.join(" | "));
        }
    }
    rows.sort_unstable();
    rows
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |v| v.parse().unwrap())
}

#[tokio::test]
async fn rows_are_the_same_with_and_without_the_interval_join() {
    let sessions = sessions().await;
    let first = setting("INTERVAL_SEED", 1);
    let mut fired = BTreeMap::<&str, (usize, usize)>::new();
    let mut refused = 0;
    let pairs = setting("INTERVAL_PAIRS", 1500);
    for seed in first..first + pairs {
        let mut draw = Draw::new(seed);
        let (left_bound, right_bound) = bound_types(&mut draw);
        let key = draw
            .of(&[DataType::Utf8View, DataType::Utf8, DataType::Int32, DataType::Int64])
            .clone();
        let large = draw.one_in(40);
        let rows = |draw: &mut Draw| if large { 1000 + draw.below(1000) } else { draw.below(50) };
        let (l, r) = (rows(&mut draw), rows(&mut draw));
        let left = Arc::new(table(&mut draw, l, &left_bound, &key));
        let right = Arc::new(table(&mut draw, r, &right_bound, &key));
        let has_lengths =
            left_bound == right_bound && !matches!(left_bound, DataType::Time64(_) | DataType::Duration(_));
        let Query { form, sql } = query(&mut draw, &left_bound, has_lengths);
        let on = draw.of(&sessions);
        let off = draw.of(&sessions[..]);
        let off = sessions
            .iter()
            .find(|s| !s.little_memory && s.partitions == off.partitions && s.batch_size == 8192)
            .unwrap();
        for session in [on, off] {
            for (name, table) in [("l", &left), ("r", &right)] {
                session.ctx.deregister_table(name).unwrap();
                session.ctx.register_table(name, Arc::clone(table) as _).unwrap();
            }
        }
        let what = || {
            let Session {
                partitions,
                batch_size,
                little_memory,
                ..
            } = on;
            format!(
                "seed {seed}, partitions {partitions}, batch size {batch_size}, little memory {little_memory}:\n{sql}"
            )
        };
        let Ok(expected) = run(&off.ctx, false, &sql).await else {
            // Few types have no such query: the engine orders no window by a duration, say.
            assert!(run(&on.ctx, true, &sql).await.is_err(), "{}", what());
            refused += 1;
            continue;
        };
        assert!(!expected.1, "the switch does nothing: {}", what());
        let (found, ran) = match run(&on.ctx, true, &sql).await {
            Ok(found) => found,
            // What the engine's own operators need more memory for says nothing of ours.
            Err(e) if on.little_memory && matches!(e.find_root(), DataFusionError::ResourcesExhausted(_)) => continue,
            Err(e) => panic!("{e}\n{}", what()),
        };
        assert_eq!(found, expected.0, "{}", what());
        let counts = fired.entry(form).or_default();
        counts.0 += usize::from(ran);
        counts.1 += 1;
    }
    assert!(refused * 20 <= pairs, "the engine refuses {refused} of {pairs} queries");
    for (form, (ran, all)) in &fired {
        assert!(
            ran * 3 > *all || *all < 100,
            "{form}: the operator ran in {ran} of {all} only"
        );
    }
}
