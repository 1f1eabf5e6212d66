//! Delta tables of a host: its object stores, writers at once, stores that fail.

use std::collections::BTreeMap;
use std::sync::Arc;

use codeanatomy_delta::{DeltaGraph, attach_graph, register_all};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::object_store::memory::InMemory;
use datafusion::prelude::SessionContext;
use datafusion_codeanatomy::build::{BuildOptions, Silent, build};

use crate::faulty::{Fault, Faulty, in_memory};
use crate::{folder, lines, rows, write};

fn session(objects: &Arc<InMemory>) -> SessionContext {
    let ctx = in_memory(Arc::clone(objects) as _);
    register_all(&ctx).unwrap();
    ctx
}

const TABLE: &str = "CREATE EXTERNAL TABLE t STORED AS DELTATABLE LOCATION 'memory:///lake/t'";

async fn made(objects: &Arc<InMemory>) -> SessionContext {
    let ctx = session(objects);
    let sql =
        "COPY (SELECT value AS id, 0 AS n FROM generate_series(1, 10)) TO 'memory:///lake/t' STORED AS DELTATABLE";
    rows(&ctx, sql).await.unwrap();
    rows(&ctx, TABLE).await.unwrap();
    ctx
}

#[tokio::test]
async fn a_second_registration_changes_nothing_and_one_thread_is_enough() {
    let objects = Arc::new(InMemory::new());
    let ctx = made(&objects).await;
    let functions = ctx.state().table_functions().len();
    let rules = ctx.state().analyzer().rules.len();
    register_all(&ctx).unwrap();
    assert_eq!(ctx.state().table_functions().len(), functions);
    assert_eq!(ctx.state().analyzer().rules.len(), rules);
    let sql = "SELECT count(*), sum(id) FROM delta_scan(uri => 'memory:///lake/t')";
    assert_eq!(lines(&ctx, sql).await, ["10 | 55"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_writers_at_once_none_is_lost_and_a_conflict_is_said() {
    let objects = Arc::new(InMemory::new());
    let ctx = made(&objects).await;
    let insert = |i: usize| {
        let objects = Arc::clone(&objects);
        async move {
            let ctx = session(&objects);
            rows(&ctx, TABLE).await.unwrap();
            rows(&ctx, &format!("INSERT INTO t VALUES ({}, 1)", 100 + i)).await
        }
    };
    let inserted = futures::future::join_all((0..8).map(|i| tokio::spawn(insert(i)))).await;
    let inserted = inserted
        .into_iter()
        .filter(|done| done.as_ref().unwrap().is_ok())
        .count();
    assert_eq!(inserted, 8, "appends do not conflict");
    assert_eq!(lines(&ctx, "SELECT count(*), sum(n) FROM t").await, ["18 | 8"]);

    let update = || {
        let objects = Arc::clone(&objects);
        async move {
            let ctx = session(&objects);
            rows(&ctx, TABLE).await.unwrap();
            rows(&ctx, "UPDATE t SET n = n + 1 WHERE id <= 10").await
        }
    };
    let updated = futures::future::join_all((0..4).map(|_| tokio::spawn(update()))).await;
    let (mut won, mut said) = (0, vec![]);
    for outcome in updated {
        match outcome.unwrap() {
            Ok(_) => won += 1,
            Err(error) => said.push(error.strip_backtrace()),
        }
    }
    assert!(
        won > 0 && said.iter().all(|e| e.contains("conflicts with another")),
        "{said:?}"
    );
    assert_eq!(
        lines(&ctx, "SELECT DISTINCT n FROM t WHERE id <= 10").await,
        [won.to_string()],
        "each update that was committed counts once"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_to_a_store_that_fails_is_whole_or_not_there() {
    let mut outcomes = BTreeMap::<&str, usize>::new();
    for n in 0..24 {
        for fault in [Fault::Fails(n), Fault::Forgets(n), Fault::Truncates(n)] {
            let objects = Arc::new(InMemory::new());
            let healthy = made(&objects).await;
            let failing = in_memory(Faulty::new(&objects, fault));
            register_all(&failing).unwrap();
            // A reader of Parquet breaks off where a file ends early, so this is a task of its own.
            let written = tokio::spawn(async move {
                rows(&failing, TABLE).await?;
                rows(&failing, "UPDATE t SET n = 7 WHERE id > 5").await
            });
            let is_ok = matches!(written.await, Ok(Ok(_)));
            let now = lines(&healthy, "SELECT count(*), sum(n) FROM t").await;
            match now[0].as_str() {
                "10 | 35" => *outcomes.entry("written").or_default() += 1,
                "10 | 0" if !is_ok => *outcomes.entry("refused").or_default() += 1,
                other => panic!("{fault:?}: {other}, {is_ok}"),
            }
        }
    }
    let seen: Vec<_> = outcomes.keys().copied().collect();
    assert_eq!(seen, ["refused", "written"], "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_graph_of_delta_tables_stands_in_an_object_store_too() {
    let ctx = session(&Arc::new(InMemory::new()));
    let options = BuildOptions {
        format: Some(Arc::new(DeltaGraph::new(ctx.runtime_env()))),
        runtime: ctx.runtime_env(),
        ..BuildOptions::default()
    };
    let source = folder(&[("a.py", "def f():\n    return g()\n\ndef g(): pass\n")]);
    build(source.path(), "memory:///graph", &options, &Silent)
        .await
        .unwrap();
    write(source.path(), "b.py", "from a import f\nf()\n");
    build(source.path(), "memory:///graph", &options, &Silent)
        .await
        .unwrap();
    let store = ctx
        .runtime_env()
        .object_store(ObjectStoreUrl::parse("memory://").unwrap())
        .unwrap();
    for (at, files) in [(Some(0), "1"), (None, "2")] {
        let reader = in_memory(Arc::clone(&store));
        attach_graph(&reader, "memory:///graph", at).await.unwrap();
        let sql = "SELECT count(*) FROM cpg_nodes WHERE kind = 'file'";
        assert_eq!(lines(&reader, sql).await, [files]);
    }
}
