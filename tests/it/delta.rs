//! Delta tables of a host: its object stores, writers at once, stores that fail.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock};

use codeanatomy_delta::{DeltaGraph, MakeStore, StoreOptions, attach_graph, attach_tables, no_option, register_all};
use datafusion::error::Result;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::object_store::ObjectStore;
use datafusion::object_store::memory::InMemory;
use datafusion::physical_plan::displayable;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_codeanatomy::build::{BuildOptions, Silent, build};
use datafusion_codeanatomy::store::{Place, TableFormat, vacuum};
use url::Url;

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

/// The store that an account names.
static OF_ACCOUNT: LazyLock<Arc<InMemory>> = LazyLock::new(Arc::default);

fn of_account(url: &Url, options: &StoreOptions) -> Result<Arc<dyn ObjectStore>> {
    assert_eq!(url.as_str(), "s3://bucket");
    match options.iter().find(|(key, _)| *key != "aws_access_key_id") {
        Some((key, _)) => no_option(key, url),
        None => Ok(Arc::clone(&OF_ACCOUNT) as _),
    }
}

#[tokio::test]
async fn options_of_a_statement_make_a_store_that_its_table_alone_sees() {
    let config = SessionConfig::new().with_extension(Arc::new(MakeStore(of_account)));
    let ctx = SessionContext::new_with_config(config);
    register_all(&ctx).unwrap();
    let url = Url::parse("s3://bucket").unwrap();
    ctx.register_object_store(&url, Arc::new(InMemory::new()));
    let to = "TO 's3://bucket/t' STORED AS DELTATABLE";
    let named = "OPTIONS ('delta.storage.aws_access_key_id' 'other')";
    let ids = |table: &'static str| {
        let sql = format!("SELECT string_agg(CAST(id AS TEXT), ' ' ORDER BY id) FROM {table}");
        let ctx = &ctx;
        async move { lines(ctx, &sql).await.concat() }
    };
    let function = "delta_scan(uri => 's3://bucket/t')";
    rows(&ctx, &format!("COPY (SELECT 1 AS id) {to}")).await.unwrap();
    rows(&ctx, &format!("COPY (SELECT 2 AS id) {to} {named}"))
        .await
        .unwrap();
    for (table, options) in [("a", ""), ("b", named)] {
        let sql = format!("CREATE EXTERNAL TABLE {table} STORED AS DELTATABLE LOCATION 's3://bucket/t' {options}");
        rows(&ctx, &sql).await.unwrap();
    }
    for sql in [
        "INSERT INTO b VALUES (3), (4), (5)",
        "DELETE FROM b WHERE id = 3",
        "UPDATE b SET id = 40 WHERE id = 4",
        "MERGE INTO b USING (SELECT id + 5 AS id FROM a) AS s ON b.id = s.id WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)",
        "INSERT INTO a VALUES (7)",
    ] {
        rows(&ctx, sql).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    }
    assert_eq!(ids("b").await, "2 5 6 40");
    assert_eq!(ids("a").await, "1 7");
    assert_eq!(ids(function).await, "1 7", "a function has the session's store");
    let typo = format!(
        "CREATE EXTERNAL TABLE c STORED AS DELTATABLE LOCATION 's3://bucket/t' {}",
        named.replace("key", "kee")
    );
    let error = rows(&ctx, &typo).await.unwrap_err().strip_backtrace();
    assert!(error.contains("no option 'delta.storage.aws_access_kee_id'"), "{error}");
}

/// How a query is planned.
async fn plan(ctx: &SessionContext, sql: &str) -> String {
    let plan = ctx.sql(sql).await.unwrap().create_physical_plan().await.unwrap();
    displayable(plan.as_ref()).indent(false).to_string()
}

#[tokio::test]
async fn a_wrong_name_and_a_dropped_table_leave_later_plans_as_they_are() {
    let ctx = session(&Arc::new(InMemory::new()));
    attach_tables(&ctx, "lake", "memory:///lake").unwrap();
    let query = "SELECT value + 1 AS n FROM generate_series(1, 3)";
    let before = plan(&ctx, query).await;
    rows(&ctx, "SELECT * FROM lake.nothing").await.unwrap_err();
    assert_eq!(plan(&ctx, query).await, before);
    rows(&ctx, "INSERT INTO lake.nothing VALUES (1)").await.unwrap_err();
    assert_eq!(plan(&ctx, query).await, before);
    rows(&ctx, &format!("CREATE TABLE lake.t AS {query}")).await.unwrap();
    assert_eq!(plan(&ctx, query).await, before);
    rows(&ctx, "DROP TABLE lake.t").await.unwrap();
    assert_eq!(plan(&ctx, query).await, before);
    // And what becomes a table is known still.
    rows(&ctx, &format!("CREATE TABLE lake.t AS {query}")).await.unwrap();
    let noted = "SELECT count(*), count(DISTINCT metadata) FROM delta_history(uri => 'memory:///lake/t') \
                 WHERE metadata LIKE '%codeanatomy.rule%'";
    assert_eq!(lines(&ctx, noted).await, ["2 | 1"]);
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

#[tokio::test]
async fn a_schema_of_delta_tables_stands_in_an_object_store_and_of_two_makers_one_wins() {
    let objects = Arc::new(InMemory::new());
    let lake = || {
        let ctx = session(&objects);
        attach_tables(&ctx, "lake", "memory:///lake").unwrap();
        ctx
    };
    let (one, two) = (lake(), lake());
    let make = |n| format!("CREATE TABLE lake.t AS SELECT {n} AS n FROM generate_series(1, 5)");
    let (first, second) = (make(1), make(2));
    let (first, second) = tokio::join!(rows(&one, &first), rows(&two, &second));
    let lost = match (first, second) {
        (Ok(_), Err(error)) | (Err(error), Ok(_)) => error.strip_backtrace(),
        both => panic!("{both:?}"),
    };
    assert!(lost.contains("already"), "{lost}");
    assert_eq!(
        lines(&lake(), "SELECT count(*), count(DISTINCT n) FROM lake.t").await,
        ["5 | 1"]
    );
    let names = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'lake'";
    let ctx = lake();
    rows(&ctx, "SET datafusion.catalog.information_schema = true")
        .await
        .unwrap();
    assert_eq!(lines(&ctx, names).await, ["t"]);
    let error = attach_tables(&ctx, "lake", "memory:///other")
        .unwrap_err()
        .strip_backtrace();
    assert!(error.contains("has a schema 'lake' already"), "{error}");
    let error = attach_tables(&ctx, "far", "s3://nowhere/lake")
        .unwrap_err()
        .strip_backtrace();
    assert!(error.contains("no object store"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_of_a_graph_is_as_long_as_what_a_vacuum_keeps() {
    let (source, graph) = (folder(&[("a.py", "def f(): pass\n")]), folder(&[]));
    let options = BuildOptions {
        format: Some(Arc::new(DeltaGraph::new(Arc::default()))),
        ..BuildOptions::default()
    };
    let place = Place::new(graph.path(), &options.runtime).unwrap();
    let mut lengths = vec![];
    for round in 0..3 {
        for i in 0..5 {
            write(source.path(), &format!("m{round}_{i}.py"), "x = 1\n");
            build(source.path(), graph.path(), &options, &Silent).await.unwrap();
        }
        let formats: [Arc<dyn TableFormat>; 1] = [Arc::new(DeltaGraph::new(Arc::default()))];
        let gone = vacuum(&place, NonZeroUsize::new(2).unwrap(), &formats).await.unwrap();
        assert!(
            gone.removed
                .iter()
                .any(|file| file.ends_with("00000000000000000000.json"))
                == (round == 0),
            "{gone:?}"
        );
        let log = graph.path().join("tables/cpg_nodes/_delta_log");
        lengths.push(std::fs::read_dir(log).unwrap().count());
        for (back, files) in [(1, 5 * (round + 1)), (0, 5 * (round + 1) + 1)] {
            let reader = SessionContext::new();
            attach_graph(&reader, graph.path(), Some(5 * round + 4 - back))
                .await
                .unwrap();
            let sql = "SELECT count(*) FROM cpg_nodes WHERE kind = 'file'";
            assert_eq!(lines(&reader, sql).await, [files.to_string()]);
        }
    }
    // Two commits of builds, two of the vacuum, a checkpoint, and what names the last one.
    assert!(lengths[2] <= 6 && lengths[2] <= lengths[0], "{lengths:?}");
    // What is before the beginning of the log is an error, and not what the log begins with.
    let reader = SessionContext::new();
    register_all(&reader).unwrap();
    let table = graph.path().join("tables/cpg_nodes");
    for (pin, message) in [
        ("timestamp => '2020-01-01'", "no version at that time"),
        ("version => 0", "no version 0 any more"),
    ] {
        let sql = format!("SELECT * FROM delta_scan(uri => '{}', {pin})", table.display());
        let error = rows(&reader, &sql).await.unwrap_err().strip_backtrace();
        assert!(error.contains(message), "{error}");
    }
}

const GRAPH: &str = "SELECT count(*), sum(bend), count(DISTINCT path) FROM cpg_nodes";

async fn graph_rows(ctx: SessionContext) -> datafusion::error::Result<String> {
    attach_graph(&ctx, "memory:///graph", None).await?;
    let rows = rows(&ctx, GRAPH).await?;
    Ok(datafusion::arrow::util::pretty::pretty_format_batches(&rows)?.to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_graph_of_delta_tables_in_a_store_that_fails_is_the_old_one_or_the_new_one() {
    let options = |ctx: &SessionContext| BuildOptions {
        format: Some(Arc::new(DeltaGraph::new(ctx.runtime_env()))),
        runtime: ctx.runtime_env(),
        ..BuildOptions::default()
    };
    let source = folder(&[("a.py", "def f():\n    return g()\n\ndef g(): pass\n")]);
    let grown = folder(&[
        ("a.py", "def f():\n    return g()\n\ndef g(): pass\n"),
        ("b.py", "from a import f\nf()\n"),
    ]);
    let mut outcomes = BTreeMap::<&str, usize>::new();
    for n in (0..90).step_by(6) {
        for fault in [Fault::Fails(n), Fault::Forgets(n), Fault::Truncates(n)] {
            let objects = Arc::new(InMemory::new());
            let healthy = || in_memory(Arc::clone(&objects) as _);
            build(source.path(), "memory:///graph", &options(&healthy()), &Silent)
                .await
                .unwrap();
            let old = graph_rows(healthy()).await.unwrap();
            // Readers of Parquet break off where a file ends early, so these are tasks of their own.
            let reader = in_memory(Faulty::new(&objects, fault));
            let read = match tokio::spawn(graph_rows(reader)).await {
                Ok(Ok(rows)) => {
                    assert_eq!(rows, old, "{fault:?}");
                    "read"
                }
                Ok(Err(_)) | Err(_) => "not read",
            };
            let (writer, grown) = (in_memory(Faulty::new(&objects, fault)), grown.path().to_path_buf());
            let built = tokio::spawn(async move {
                let options = options(&writer);
                build(grown, "memory:///graph", &options, &Silent).await.map(|_| ())
            });
            let is_built = matches!(built.await, Ok(Ok(())));
            let now = graph_rows(healthy()).await.unwrap();
            assert!(now == old || now.contains("| 2 "), "{fault:?}: {now}");
            assert!(!is_built || now != old, "{fault:?}: built, and not there");
            *outcomes.entry(read).or_default() += 1;
            *outcomes
                .entry(if is_built { "built" } else { "not built" })
                .or_default() += 1;
        }
    }
    let seen: Vec<_> = outcomes.keys().copied().collect();
    assert_eq!(seen, ["built", "not built", "not read", "read"], "{outcomes:?}");
}
