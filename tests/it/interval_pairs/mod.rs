//! Drawn queries give the same rows with the rule `interval_join` on and off, whatever the partitions, batches and memory.
//!
//! `INTERVAL_PAIRS` is how many pairs are run, `INTERVAL_SEED` the first seed; a failure names the seed of its pair.

mod draw;
mod query;

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::{exec_err, resources_err};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::{collect, displayable};
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use datafusion_codeanatomy::register_all;
use futures::FutureExt;

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
                    .set_u64("datafusion.execution.sort_spill_reservation_bytes", 1000)
                    .set_u64(
                        "datafusion.execution.max_spill_file_size_bytes",
                        crate::ONE_BATCH_PER_FILE,
                    );
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

/// What came of a query.
struct Ran {
    /// Or why there are none.
    rows: Result<Vec<RecordBatch>>,
    /// Whether the operator stands in the plan.
    fired: bool,
    /// Whether it wrote to disk.
    spilled: bool,
}

async fn run(ctx: &SessionContext, rule: bool, sql: &str) -> Result<Ran> {
    for set in [
        format!("SET codeanatomy.optimizer.interval_join = {rule}"),
        "SET codeanatomy.optimizer.interval_join_pairs = 0".to_string(),
    ] {
        ctx.sql(&set).await?.collect().await?;
    }
    let plan = ctx.sql(sql).await?.create_physical_plan().await?;
    let shown = displayable(plan.as_ref()).indent(false).to_string();
    let collected = AssertUnwindSafe(collect(Arc::clone(&plan), ctx.task_ctx())).catch_unwind();
    let rows = match collected.await {
        Ok(rows) => rows,
        // The engine's nested loops, when memory runs out, run their input once more, which a repartition cannot: one partition says so,
        // the others that they waited for it.
        Err(panic)
            if shown.contains("NestedLoopJoinExec")
                && ["not used yet", "inner future panicked"]
                    .iter()
                    .any(|known| message(panic.as_ref()).contains(known)) =>
        {
            resources_err!("nested loops ran their input twice")
        }
        Err(panic) => exec_err!("a panic: {}", message(panic.as_ref())),
    };
    Ok(Ran {
        rows,
        fired: shown.contains("IntervalJoinExec"),
        spilled: crate::has_spilled(&plan, "IntervalJoinExec"),
    })
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}

/// Puts the tables of one session into files of few rows per row group, and has another read them.
async fn store(from: &Session, to: &Session, folder: &Path, seed: u64) -> Result<()> {
    for name in ["l", "r"] {
        let file = folder.join(format!("{seed}_{name}.parquet"));
        let file = file.to_str().unwrap();
        let copy = format!("COPY {name} TO '{file}' STORED AS PARQUET OPTIONS ('format.max_row_group_size' '8')");
        from.ctx.sql(&copy).await?.collect().await?;
        // Of no rows the engine writes no file.
        std::fs::metadata(file)?;
        to.ctx.deregister_table(name)?;
        to.ctx
            .register_parquet(name, file, ParquetReadOptions::default())
            .await?;
    }
    Ok(())
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
    let (mut refused, mut limited, mut spilled, mut exhausted, mut stored) = (0, 0, 0, 0, 0);
    let folder = tempfile::tempdir().unwrap();
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
        // What the join tells a scan, and the scan leaves out, must change nothing.
        let is_stored = draw.one_in(8) && store(off, on, folder.path(), seed).await.is_ok();
        stored += u64::from(is_stored);
        let what = || {
            let Session {
                partitions,
                batch_size,
                little_memory,
                ..
            } = on;
            format!(
                "seed {seed}, partitions {partitions}, batch size {batch_size}, little memory {little_memory}, stored {is_stored}:\n{sql}"
            )
        };
        let off = run(&off.ctx, false, &sql)
            .await
            .and_then(|ran| Ok((ran.rows?, ran.fired)));
        let Ok((expected, is_on)) = off else {
            // Few types have no such query: the engine orders no window by a duration, say.
            let found = run(&on.ctx, true, &sql).await.and_then(|ran| ran.rows);
            assert!(found.is_err(), "{}", what());
            refused += 1;
            continue;
        };
        assert!(!is_on, "the switch does nothing: {}", what());
        let ran = run(&on.ctx, true, &sql)
            .await
            .unwrap_or_else(|e| panic!("{e}\n{}", what()));
        let is_limited = large && on.little_memory && ran.fired;
        limited += u64::from(is_limited);
        spilled += u64::from(is_limited && ran.spilled);
        let found = match ran.rows {
            Ok(found) => found,
            // The engine's own operators may need more.
            Err(e) if on.little_memory && matches!(e.find_root(), DataFusionError::ResourcesExhausted(_)) => {
                exhausted += u64::from(is_limited);
                continue;
            }
            Err(e) => panic!("{e}\n{}", what()),
        };
        // Without the operator it is the engine beside itself, whose nested loops lose rows of an anti join when memory runs out (seed 8629).
        if on.little_memory && !ran.fired {
            continue;
        }
        if !crate::have_same_rows(&found, &expected) {
            assert_eq!(sorted(&found), sorted(&expected), "{}", what());
        }
        let counts = fired.entry(form).or_default();
        counts.0 += usize::from(ran.fired);
        counts.1 += 1;
    }
    assert!(stored * 16 >= pairs, "{stored} of {pairs} read files");
    assert!(refused * 20 <= pairs, "the engine refuses {refused} of {pairs} queries");
    assert!(
        spilled * 4 >= limited,
        "{spilled} of {limited} with little memory put rows aside"
    );
    assert!(
        exhausted * 4 <= limited,
        "{exhausted} of {limited} found too little memory"
    );
    for (form, (ran, all)) in &fired {
        assert!(
            ran * 3 > *all || *all < 100,
            "{form}: the operator ran in {ran} of {all} only"
        );
    }
}
