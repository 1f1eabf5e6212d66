//! Winners that are fetched from files: memory, what is given back, and plans that run twice.

use std::path::Path;
use std::sync::Arc;

use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::{GreedyMemoryPool, MemoryPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::execution_plan::reset_plan_states;
use datafusion::physical_plan::{ExecutionPlan, collect, displayable, execute_stream};
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use datafusion_codeanatomy::register_all;
use futures::StreamExt;

const ROWS: usize = 600_000;

/// A session with so much memory, and the table `t` of one file; every group has two rows, and every other one is contested.
async fn session(folder: &Path, memory: usize) -> (SessionContext, Arc<dyn MemoryPool>) {
    let pool: Arc<dyn MemoryPool> = Arc::new(GreedyMemoryPool::new(memory));
    let runtime = RuntimeEnvBuilder::new().with_memory_pool(Arc::clone(&pool));
    let config = SessionConfig::new().with_target_partitions(2).set_u64(
        "datafusion.execution.max_spill_file_size_bytes",
        crate::ONE_BATCH_PER_FILE,
    );
    let ctx = SessionContext::new_with_config_rt(config, runtime.build_arc().unwrap());
    register_all(&ctx).unwrap();
    let file = folder.join("t.parquet");
    let file = file.to_str().unwrap();
    if !Path::new(file).exists() {
        let rows = format!(
            "COPY (SELECT value / 2 AS k, value * (value / 2 % 2) AS s, concat('the text of row ', value) AS a, value AS n \
             FROM generate_series(0, {})) TO '{file}'",
            ROWS - 1
        );
        crate::rows(&ctx, &rows).await.unwrap();
    }
    ctx.register_parquet("t", file, ParquetReadOptions::default())
        .await
        .unwrap();
    (ctx, pool)
}

const SQL: &str = "SELECT k, s, a, n FROM t QUALIFY row_number() OVER (PARTITION BY k ORDER BY s) = 1";

async fn plan(ctx: &SessionContext) -> Arc<dyn ExecutionPlan> {
    let plan = ctx.sql(SQL).await.unwrap().create_physical_plan().await.unwrap();
    let shown = displayable(plan.as_ref()).indent(false).to_string();
    assert!(shown.contains("FetchWinnersExec"), "{shown}");
    plan
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_gives_the_same_rows_when_it_runs_again_and_gives_its_memory_back() {
    let folder = tempfile::tempdir().unwrap();
    let (ctx, pool) = session(folder.path(), 256 << 20).await;
    let plan = plan(&ctx).await;
    let first = collect(Arc::clone(&plan), ctx.task_ctx()).await.unwrap();
    let plan = reset_plan_states(plan).unwrap();
    let second = collect(Arc::clone(&plan), ctx.task_ctx()).await.unwrap();
    let count = first.iter().map(|batch| batch.num_rows()).sum::<usize>();
    assert_eq!(count, ROWS / 2);
    assert!(crate::have_same_rows(&first, &second));
    drop(plan);
    assert_eq!(pool.reserved(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn little_memory_is_enough_and_too_little_is_an_error_that_says_who_wanted_it() {
    let folder = tempfile::tempdir().unwrap();
    let (ctx, _) = session(folder.path(), 256 << 20).await;
    let all = collect(plan(&ctx).await, ctx.task_ctx()).await.unwrap();
    // The rows are 30 MB.
    let (ctx, _) = session(folder.path(), 3 << 20).await;
    let some = collect(plan(&ctx).await, ctx.task_ctx()).await.unwrap();
    assert!(crate::have_same_rows(&all, &some));
    let (ctx, _) = session(folder.path(), ROWS / 10).await;
    let error = collect(plan(&ctx).await, ctx.task_ctx()).await.unwrap_err();
    assert!(
        matches!(error.find_root(), DataFusionError::ResourcesExhausted(_)),
        "{error}"
    );
    assert!(error.to_string().contains("FetchWinnersExec"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropping_the_rows_ends_the_reading() {
    let folder = tempfile::tempdir().unwrap();
    let (ctx, pool) = session(folder.path(), 256 << 20).await;
    for batches in [0, 1] {
        let plan = plan(&ctx).await;
        let mut rows = execute_stream(Arc::clone(&plan), ctx.task_ctx()).unwrap();
        for _ in 0..batches {
            rows.next().await.unwrap().unwrap();
        }
        drop(rows);
        drop(plan);
        // Tasks end when they are asked to, and that takes them a moment.
        let mut waits = 0;
        while pool.reserved() > 0 {
            waits += 1;
            assert!(waits < 1000, "{} bytes are held", pool.reserved());
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}
