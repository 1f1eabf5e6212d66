//! Stores that delay: another writer is faster, and nothing is mixed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use codeanatomy_delta::{DeltaGraph, attach_graph, register_all};
use datafusion::object_store::memory::InMemory;
use datafusion::prelude::SessionContext;
use datafusion_codeanatomy::build::{BuildOptions, Silent, build};
use datafusion_codeanatomy::store::Stored;
use tempfile::TempDir;

use crate::faulty::{Fault, Faulty, in_memory};
use crate::{folder, lines, rows, write};

/// Longer than the other writer needs, and no writer waits for more than that once.
const DELAY: Duration = Duration::from_millis(1500);
/// What is a hang.
const BOUND: Duration = Duration::from_secs(60);

fn options(ctx: &SessionContext, stored: Stored) -> BuildOptions {
    BuildOptions {
        format: match stored {
            Stored::Parquet => None,
            Stored::Delta => Some(Arc::new(DeltaGraph::new(ctx.runtime_env()))),
        },
        runtime: ctx.runtime_env(),
        ..BuildOptions::default()
    }
}

fn source(name: &str) -> TempDir {
    let source = folder(&[("a.py", "def f():\n    return g()\n\ndef g(): pass\n")]);
    write(source.path(), name, "import a\na.f()\n");
    source
}

/// The files of the graph, and how many edges lead nowhere.
async fn graph(objects: &Arc<InMemory>) -> (String, String) {
    let reader = in_memory(Arc::clone(objects) as _);
    attach_graph(&reader, "memory:///graph", None).await.unwrap();
    let files = "SELECT string_agg(name, ' ' ORDER BY name) FROM cpg_nodes WHERE kind = 'file'";
    let dangling =
        "SELECT count(*) FROM cpg_edges e WHERE NOT EXISTS (SELECT 1 FROM cpg_nodes n WHERE n.node_id = e.src)";
    (
        lines(&reader, files).await.concat(),
        lines(&reader, dangling).await.concat(),
    )
}

async fn overtaken(stored: Stored, requests: impl Iterator<Item = usize>) -> BTreeMap<&'static str, usize> {
    let (old, slow, fast) = (source("old.py"), source("slow.py"), source("fast.py"));
    let mut outcomes = BTreeMap::new();
    for n in requests {
        let objects = Arc::new(InMemory::new());
        let healthy = in_memory(Arc::clone(&objects) as _);
        build(old.path(), "memory:///graph", &options(&healthy, stored), &Silent)
            .await
            .unwrap();
        let delayed = in_memory(Faulty::new(&objects, Fault::Delays(n, DELAY)));
        let slow_options = options(&delayed, stored);
        let (is_slow, is_fast) = tokio::time::timeout(BOUND, async {
            tokio::join!(build(slow.path(), "memory:///graph", &slow_options, &Silent), async {
                tokio::time::sleep(DELAY / 5).await;
                build(fast.path(), "memory:///graph", &options(&healthy, stored), &Silent).await
            })
        })
        .await
        .unwrap();
        for error in [&is_slow, &is_fast]
            .into_iter()
            .filter_map(|built| built.as_ref().err())
        {
            let error = error.strip_backtrace();
            assert!(error.contains("another"), "request {n}: {error}");
        }
        let (files, dangling) = graph(&objects).await;
        assert_eq!(dangling, "0", "request {n}");
        let outcome = match (is_slow.is_ok(), is_fast.is_ok(), files.as_str()) {
            (true, false, "a.py slow.py") => "slow",
            (false, true, "a.py fast.py") => "fast",
            (true, true, "a.py slow.py" | "a.py fast.py") => "in turn",
            other => panic!("request {n}: {other:?}"),
        };
        *outcomes.entry(outcome).or_default() += 1;
    }
    outcomes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_whose_store_delays_wins_or_says_that_another_did() {
    let outcomes = overtaken(Stored::Parquet, 0..12).await;
    assert!(outcomes.contains_key("fast") && outcomes.len() > 1, "{outcomes:?}");
    let outcomes = overtaken(Stored::Delta, (0..70).step_by(5)).await;
    assert!(outcomes.contains_key("fast") && outcomes.len() > 1, "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_whose_store_delays_counts_once_or_says_that_another_one_stands() {
    let table = "CREATE EXTERNAL TABLE t STORED AS DELTATABLE LOCATION 'memory:///t'";
    let mut outcomes = BTreeMap::<usize, usize>::new();
    for n in 0..14 {
        let objects = Arc::new(InMemory::new());
        let healthy = in_memory(Arc::clone(&objects) as _);
        register_all(&healthy).unwrap();
        let made =
            "COPY (SELECT value AS id, 0 AS n FROM generate_series(1, 10)) TO 'memory:///t' STORED AS DELTATABLE";
        rows(&healthy, made).await.unwrap();
        rows(&healthy, table).await.unwrap();
        let delayed = in_memory(Faulty::new(&objects, Fault::Delays(n, DELAY / 3)));
        register_all(&delayed).unwrap();
        let slow = async {
            rows(&delayed, table).await?;
            rows(&delayed, "UPDATE t SET n = n + 1 WHERE id > 5").await
        };
        let fast = async {
            tokio::time::sleep(DELAY / 10).await;
            rows(&healthy, "UPDATE t SET n = n + 1 WHERE id > 5").await
        };
        let (slow, fast) = tokio::time::timeout(BOUND, async { tokio::join!(slow, fast) })
            .await
            .unwrap();
        let mut won = 0;
        for outcome in [slow, fast] {
            match outcome {
                Ok(_) => won += 1,
                Err(error) => {
                    let error = error.strip_backtrace();
                    assert!(error.contains("conflicts with another"), "request {n}: {error}");
                }
            }
        }
        let now = lines(&healthy, "SELECT count(*), sum(n) FROM t").await;
        assert_eq!(now, [format!("10 | {}", 5 * won)], "request {n}");
        *outcomes.entry(won).or_default() += 1;
    }
    assert!(outcomes.contains_key(&1), "some are overtaken: {outcomes:?}");
}
