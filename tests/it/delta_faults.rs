//! Every statement on a store in which any one request goes wrong: what comes is right, or an error, and what is written is
//! whole and once there, or not at all.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use codeanatomy_delta::{DeltaGraph, attach_tables, register_all};
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::error::Result;
use datafusion::object_store::memory::InMemory;
use datafusion::prelude::SessionContext;
use datafusion_codeanatomy::build::{BuildOptions, Silent, build};
use datafusion_codeanatomy::store::{Place, Stored, TableFormat, vacuum};

use crate::faulty::{Fault, Faulty, in_memory};
use crate::{folder, lines, rows, write};

const OPEN: &str = "CREATE EXTERNAL TABLE t STORED AS DELTATABLE LOCATION 'memory:///lake/t'";
/// Rows, and how often each came by the feed of changes.
const STATE: &str = "SELECT (SELECT count(*) FROM delta_scan(uri => 'memory:///lake/t')), \
    (SELECT sum(n) FROM delta_scan(uri => 'memory:///lake/t')), \
    (SELECT sum(CASE _change_type WHEN 'insert' THEN 1 WHEN 'delete' THEN -1 END) \
     FROM delta_changes(uri => 'memory:///lake/t', from_version => 0))";

/// What is run, and what the table is then; nothing, if it only reads.
const STATEMENTS: [(&str, Option<&str>); 8] = [
    ("INSERT INTO t VALUES (11, 1)", Some("11 | 1 | 11")),
    ("INSERT OVERWRITE t VALUES (1, 5)", Some("1 | 5 | 1")),
    ("DELETE FROM t WHERE id > 5", Some("5 | 0 | 5")),
    ("UPDATE t SET n = 1 WHERE id > 5", Some("10 | 5 | 10")),
    (
        "MERGE INTO t USING (VALUES (1), (11)) AS s(k) ON t.id = s.k \
         WHEN MATCHED THEN UPDATE SET n = 3 WHEN NOT MATCHED THEN INSERT (id, n) VALUES (s.k, 4)",
        Some("11 | 7 | 11"),
    ),
    (
        "COPY (SELECT 12 AS id, 2 AS n) TO 'memory:///lake/t' STORED AS DELTATABLE OPTIONS ('delta.mode' 'append')",
        Some("11 | 2 | 11"),
    ),
    (
        "CREATE OR REPLACE TABLE lake.t AS SELECT id, n + 1 AS n FROM lake.t",
        Some("10 | 10 | 10"),
    ),
    ("SELECT * FROM t", None),
];

fn session(store: SessionContext) -> SessionContext {
    register_all(&store).unwrap();
    attach_tables(&store, "lake", "memory:///lake").unwrap();
    store
}

/// A table whose changes are written down.
async fn made() -> InMemory {
    let objects = Arc::new(InMemory::new());
    let made = "COPY (SELECT value AS id, 0 AS n FROM generate_series(1, 10)) TO 'memory:///lake/t' STORED AS DELTATABLE \
                OPTIONS ('delta.property.delta.enableChangeDataFeed' 'true')";
    rows(&session(in_memory(Arc::clone(&objects) as _)), made)
        .await
        .unwrap();
    objects.fork()
}

async fn one_request_goes_wrong(statement: &'static str, after: Option<&str>) -> BTreeMap<&'static str, usize> {
    let mut outcomes = BTreeMap::new();
    let table = made().await;
    for fault in [Fault::Fails, Fault::Forgets, Fault::Repeats, Fault::Truncates] {
        for n in 0.. {
            let fault = fault(n);
            let objects = Arc::new(table.fork());
            let healthy = session(in_memory(Arc::clone(&objects) as _));
            let store = Faulty::new(&objects, fault);
            let failing = session(in_memory(Arc::clone(&store) as _));
            // A reader of Parquet breaks off where a file ends early, so this is a task of its own.
            let ran: Result<Result<usize>, _> = tokio::spawn(async move {
                rows(&failing, OPEN).await?;
                let got = rows(&failing, statement).await?;
                Ok(got.iter().map(|batch| batch.num_rows()).sum())
            })
            .await;
            let is_ok = matches!(ran, Ok(Ok(_)));
            let now = lines(&healthy, STATE).await.concat();
            let outcome = match (is_ok, now.as_str(), after) {
                (true, "10 | 0 | 10", None) => {
                    assert!(matches!(ran, Ok(Ok(10))), "{statement}, {fault:?}: {ran:?}");
                    "read"
                }
                (false, "10 | 0 | 10", _) => "refused",
                (true, now, Some(after)) if now == after => "written",
                (false, now, Some(after)) if now == after => "written and not known",
                other => panic!("{statement}, {fault:?}: {other:?}"),
            };
            *outcomes.entry(outcome).or_default() += 1;
            if !store.has_failed() {
                assert!(is_ok, "{statement}: {ran:?}");
                break;
            }
        }
    }
    outcomes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_statement_is_whole_and_once_there_or_says_that_it_is_not() {
    for (statement, after) in STATEMENTS {
        let outcomes = one_request_goes_wrong(statement, after).await;
        let done = if after.is_some() { "written" } else { "read" };
        assert!(
            outcomes.contains_key(done) && outcomes.contains_key("refused"),
            "{statement}: {outcomes:?}"
        );
    }
}

/// The graph by its versions: files and rows.
async fn versions(objects: &Arc<InMemory>) -> Result<Vec<String>> {
    let mut found = vec![];
    for version in 0..3 {
        let ctx = in_memory(Arc::clone(objects) as _);
        if codeanatomy_delta::attach_graph(&ctx, "memory:///graph", Some(version))
            .await
            .is_err()
        {
            continue;
        }
        let got = rows(&ctx, "SELECT count(*), count(DISTINCT path), sum(bend) FROM cpg_nodes").await?;
        found.push(pretty_format_batches(&got)?.to_string());
    }
    Ok(found)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vacuum_in_a_store_that_fails_leaves_what_is_kept_and_the_next_one_ends_it() {
    for stored in [Stored::Parquet, Stored::Delta] {
        let options = |ctx: &SessionContext| BuildOptions {
            format: match stored {
                Stored::Parquet => None,
                Stored::Delta => Some(Arc::new(DeltaGraph::new(ctx.runtime_env()))),
            },
            runtime: ctx.runtime_env(),
            ..BuildOptions::default()
        };
        let clear = |ctx: SessionContext| async move {
            let place = Place::new("memory:///graph", &ctx.runtime_env())?;
            let formats: [Arc<dyn TableFormat>; 1] = [Arc::new(DeltaGraph::new(ctx.runtime_env()))];
            vacuum(&place, NonZeroUsize::MIN, &formats).await.map(|_| ())
        };
        let source = folder(&[("a.py", "def f(): pass\n")]);
        let graph = Arc::new(InMemory::new());
        for i in 0..3 {
            write(source.path(), "b.py", &format!("x = {i}\ny = 'a{i}'\n"));
            let options = options(&in_memory(Arc::clone(&graph) as _));
            build(source.path(), "memory:///graph", &options, &Silent)
                .await
                .unwrap();
        }
        let before = versions(&graph).await.unwrap();
        let mut outcomes = BTreeMap::<&str, usize>::new();
        for fault in [Fault::Fails, Fault::Forgets, Fault::Truncates] {
            for n in (0..).step_by(3) {
                let fault = fault(n);
                let objects = Arc::new(graph.fork());
                let healthy = || in_memory(Arc::clone(&objects) as _);
                let store = Faulty::new(&objects, fault);
                let cleared = tokio::spawn(clear(in_memory(Arc::clone(&store) as _))).await;
                let is_ok = matches!(cleared, Ok(Ok(())));
                let now = versions(&objects).await.unwrap();
                assert_eq!(now.last(), before.last(), "{stored:?}, {fault:?}");
                assert!(now == before || now.len() == 1, "{stored:?}, {fault:?}: {now:?}");
                assert!(!is_ok || now.len() == 1, "{stored:?}, {fault:?}");
                clear(healthy()).await.unwrap();
                assert_eq!(versions(&objects).await.unwrap(), before[2..], "{stored:?}, {fault:?}");
                *outcomes.entry(if is_ok { "cleared" } else { "said" }).or_default() += 1;
                if !store.has_failed() {
                    break;
                }
            }
        }
        assert!(outcomes.len() == 2, "{stored:?}: {outcomes:?}");
    }
}
