//! Scans of which one partition has more to do than the other: who is done helps.

use std::sync::Arc;
use std::time::Duration;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::concat_batches;
use datafusion::execution::memory_pool::MemoryConsumer;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::{ExecutionPlan, execute_stream_partitioned};
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_codeanatomy::register_all;
use futures::{StreamExt, TryStreamExt};
use tempfile::TempDir;

use crate::folder;
use crate::scan::sum;

/// Files of the same bytes in both partitions, which are comments in the first and code in the second.
fn source() -> TempDir {
    let code = "@d\ndef f(a: int, *b):\n    for a.x in b(a, k=[1, 2]): g = a[0] == 'text' or -a.b.c\n".repeat(80);
    let files: Vec<(String, &str)> = (0..300).map(|i| (format!("b/m{i:03}.py"), code.as_str())).collect();
    let comments = "# nothing\n".repeat(code.len() * files.len() / 10);
    let files = files.iter().map(|(path, text)| (path.as_str(), *text));
    folder(&Vec::from_iter(files.chain([("a.py", comments.as_str())])))
}

fn session(partitions: usize, memory: usize) -> SessionContext {
    let config = SessionConfig::new()
        .with_target_partitions(partitions)
        .with_batch_size(1000);
    let runtime = RuntimeEnvBuilder::new().with_memory_limit(memory, 1.0);
    let ctx = SessionContext::new_with_config_rt(config, runtime.build_arc().unwrap());
    register_all(&ctx).unwrap();
    ctx
}

async fn plan(ctx: &SessionContext, dataset: &str, source: &TempDir) -> Arc<dyn ExecutionPlan> {
    let sql = format!("SELECT * FROM {dataset}('{}')", source.path().display());
    ctx.sql(&sql).await.unwrap().create_physical_plan().await.unwrap()
}

/// The rows of one partition after the other: who reads the second finds that the first is done.
async fn rows(ctx: &SessionContext, plan: &Arc<dyn ExecutionPlan>) -> RecordBatch {
    let mut batches = vec![];
    for partition in execute_stream_partitioned(Arc::clone(plan), ctx.task_ctx()).unwrap() {
        batches.extend(partition.try_collect::<Vec<_>>().await.unwrap());
    }
    concat_batches(&plan.schema(), &batches).unwrap()
}

const MUCH: usize = 1 << 30;

/// A helper may come too late, but hardly always.
const TRIES: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_the_same_in_the_same_order_with_help() {
    let source = source();
    for dataset in ["ast_nodes", "definitions", "\"references\""] {
        let alone = session(1, MUCH);
        let expected = rows(&alone, &plan(&alone, dataset, &source).await).await;
        let mut helped = 0;
        for _ in 0..TRIES {
            let ctx = session(2, MUCH);
            let plan = plan(&ctx, dataset, &source).await;
            assert!(rows(&ctx, &plan).await == expected, "{dataset}");
            helped += sum(&plan, "files_read_ahead");
            if helped > 0 {
                // A plan that runs again has what it had.
                assert!(rows(&ctx, &plan).await == expected, "{dataset}");
                break;
            }
        }
        assert!(helped > 0, "nobody helped with {dataset}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_helps_takes_no_memory_that_is_short() {
    let source = source();
    let ctx = session(2, MUCH);
    let expected = rows(&ctx, &plan(&ctx, "ast_nodes", &source).await).await;
    let ctx = session(2, 64 << 20);
    let pool = &ctx.task_ctx().runtime_env().memory_pool;
    let other = MemoryConsumer::new("what else runs").register(pool);
    other.grow(33 << 20);
    let plan = plan(&ctx, "ast_nodes", &source).await;
    assert!(rows(&ctx, &plan).await == expected);
    assert_eq!(sum(&plan, "files_read_ahead"), 0);
    drop(other);
    assert_eq!(pool.reserved(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_dropped_ends_the_help() {
    let source = source();
    for wanted in [1, 3, 20] {
        let ctx = session(2, MUCH);
        let plan = plan(&ctx, "ast_nodes", &source).await;
        let mut streams = execute_stream_partitioned(Arc::clone(&plan), ctx.task_ctx()).unwrap();
        let (mut second, mut first) = (streams.pop().unwrap(), streams.pop().unwrap());
        while first.next().await.is_some() {}
        for _ in 0..wanted {
            assert!(second.next().await.is_some());
        }
        for _ in 0..1000 {
            if sum(&plan, "files_read_ahead") > 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(sum(&plan, "files_read_ahead") > 0, "after {wanted} batches");
        drop(second);
        let pool = &ctx.task_ctx().runtime_env().memory_pool;
        for _ in 0..1000 {
            if pool.reserved() == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(pool.reserved(), 0, "after {wanted} batches");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_helpers_read_is_in_the_cache() {
    let source = source();
    for _ in 0..TRIES {
        let cache = TempDir::new().unwrap();
        let mut found = vec![];
        for _ in 0..2 {
            let ctx = session(2, MUCH);
            let set = format!("SET codeanatomy.cache_dir = '{}'", cache.path().display());
            ctx.sql(&set).await.unwrap();
            let plan = plan(&ctx, "ast_nodes", &source).await;
            found.push((rows(&ctx, &plan).await, plan));
        }
        let (second, first) = (found.pop().unwrap(), found.pop().unwrap());
        assert!(first.0 == second.0);
        let cached = [&first.1, &second.1].map(|plan| sum(plan, "files_cached"));
        assert_eq!(cached, [0, 301]);
        if sum(&first.1, "files_read_ahead") > 0 {
            return;
        }
    }
    panic!("nobody helped");
}
