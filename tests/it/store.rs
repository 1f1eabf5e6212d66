//! Graphs on disk and in object stores.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::error::Result;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::object_store::memory::InMemory;
use datafusion::object_store::{ObjectStore, ObjectStoreExt};
use datafusion::prelude::SessionContext;
use datafusion_codeanatomy::build::{BuildOptions, Silent, build};
use datafusion_codeanatomy::relation::RuleFile;
use datafusion_codeanatomy::store::{Place, Store, vacuum};
use datafusion_codeanatomy::{SourceOptions, attach_graph, attach_graph_at, attach_source};
use futures::TryStreamExt;

use crate::faulty::{Fault, Faulty, in_memory};
use crate::{folder, lines, rows, write};

const FILES: &[(&str, &str)] = &[
    ("pkg/__init__.py", "from .a import f\n"),
    (
        "pkg/a.py",
        "import os\n\ndef f(x):\n    return os.fspath(x)\n\nclass C:\n    def m(self): return f(self)\n",
    ),
    ("pkg/broken.py", "def g(:\n    pass\n"),
    ("pkg/b.py", "from . import f\nfrom .a import *\nf(len(C().m()))\n"),
];

fn options(threads: usize) -> BuildOptions {
    BuildOptions {
        threads: NonZeroUsize::new(threads),
        ..BuildOptions::default()
    }
}

/// Every file of the store but the run records, by its path.
fn contents(store: &Path) -> BTreeMap<String, Vec<u8>> {
    fn collect(root: &Path, folder: &Path, into: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_string();
            if path.is_dir() && name != "runs" {
                collect(root, &path, into);
            } else if path.is_file() {
                into.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    collect(store, store, &mut files);
    files
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_row_that_breaks_a_contract_is_listed_and_makes_a_strict_build_fail() {
    let (source, store) = (folder(FILES), folder(&[]));
    let text = "-- rule: twice\n-- relation: twice\n-- unique: src\n-- doc: Two edges of every class lead to its methods.\n\
                SELECT c.def_id AS src, m.def_id AS dst, c.path, c.bstart, c.bend, 1 AS score, 'twice' AS resolution\n\
                FROM definitions c JOIN definitions m ON m.path = c.path WHERE c.kind = 'class' AND m.kind <> 'class'\n";
    let mut rules = datafusion_codeanatomy::relation::pack();
    rules.push(datafusion_codeanatomy::relation::RuleFile {
        file: "twice.sql".to_string(),
        text: text.to_string(),
    });
    let options = BuildOptions { rules, ..options(2) };
    let report = build(source.path(), store.path(), &options, &Silent).await.unwrap();
    assert_eq!(report.manifest.contract_errors, 1);
    assert_eq!(report.contract_errors, [("src_not_unique".to_string(), 1)]);
    let errors = report.folder.clone() + "/contract_errors.parquet";
    let ctx = SessionContext::new();
    ctx.register_parquet("contract_errors", errors, Default::default())
        .await
        .unwrap();
    let sql = "SELECT path, \"table\", code, \"column\", rule, severity, message FROM contract_errors";
    let expected =
        "pkg/a.py | cpg_edges | src_not_unique | src | twice | error | another edge of a unique relation has this src";
    assert_eq!(lines(&ctx, sql).await, [expected]);

    let strict = BuildOptions {
        strict: true,
        ..options
    };
    let before = contents(store.path());
    let error = build(source.path(), store.path(), &strict, &Silent)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("a strict build keeps no graph whose rows break a contract; 1 do"),
        "{error}"
    );
    assert_eq!(contents(store.path()), before, "readers see the graph from before");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_source_gives_the_same_bytes_wherever_it_stands() {
    let stores: Vec<_> = (0..3).map(|_| folder(&[])).collect();
    for (store, threads) in stores.iter().zip([1, 4, 4]) {
        let source = folder(FILES);
        build(source.path(), store.path(), &options(threads), &Silent)
            .await
            .unwrap();
    }
    let first = contents(stores[0].path());
    assert!(first.keys().any(|f| f.ends_with("cpg_edges.parquet")));
    assert_eq!(first, contents(stores[1].path()));
    assert_eq!(first, contents(stores[2].path()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_build_with_a_cache_gives_the_same_bytes_and_extracts_what_was_changed() {
    let (source, cache) = (folder(FILES), folder(&[]));
    write(source.path(), "pkg/odd.py", "# coding: latin-1\nx = 1\n");
    write(source.path(), "lib.rs", "fn f() { g(1) }\n");
    let built = async |cached: bool, threads: usize| {
        let store = folder(&[]);
        let options = BuildOptions {
            cache: cached.then(|| cache.path().to_path_buf()),
            ..options(threads)
        };
        build(source.path(), store.path(), &options, &Silent).await.unwrap();
        contents(store.path())
    };
    let packs = || -> Vec<_> {
        contents(cache.path())
            .into_keys()
            .filter(|f| f.ends_with(".pack"))
            .collect()
    };
    let plain = built(false, 1).await;
    assert_eq!(plain, built(true, 2).await);
    let first = packs();
    assert!(!first.is_empty());
    for threads in [1, 3] {
        assert_eq!(plain, built(true, threads).await);
        assert_eq!(first, packs(), "everything was found, so that nothing was added");
    }
    write(source.path(), "pkg/a.py", "def f(x): return x\n");
    let changed = built(false, 1).await;
    assert_ne!(plain, changed);
    assert_eq!(changed, built(true, 2).await);
    assert_ne!(first, packs());
    // What is damaged is as if it were not there.
    for pack in packs() {
        let path = cache.path().join(pack);
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        std::fs::write(path, bytes).unwrap();
    }
    assert_eq!(changed, built(true, 2).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_strict_build_with_little_memory_gives_the_same_bytes() {
    let source = folder(FILES);
    let stores: Vec<_> = (0..4).map(|_| folder(&[])).collect();
    for (store, (threads, strict, memory)) in stores.iter().zip([
        (1, false, None),
        (8, true, None),
        (2, true, Some(16 << 20)),
        (8, false, Some(16 << 20)),
    ]) {
        let mut runtime = RuntimeEnvBuilder::new();
        if let Some(bytes) = memory {
            runtime = runtime.with_memory_limit(bytes, 1.0);
        }
        let options = BuildOptions {
            strict,
            runtime: runtime.build_arc().unwrap(),
            ..options(threads)
        };
        build(source.path(), store.path(), &options, &Silent).await.unwrap();
        assert_eq!(contents(stores[0].path()), contents(store.path()));
    }
    // The limit is heeded: with next to nothing there is no graph.
    let options = BuildOptions {
        runtime: RuntimeEnvBuilder::new()
            .with_memory_limit(1000, 1.0)
            .build_arc()
            .unwrap(),
        ..options(1)
    };
    let error = build(source.path(), folder(&[]).path(), &options, &Silent)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("Resources exhausted"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn files_may_be_listed_in_any_order() {
    let folders: Vec<_> = (0..4).map(|_| folder(&[])).collect();
    build(folder(FILES).path(), folders[0].path(), &options(2), &Silent)
        .await
        .unwrap();
    let backwards: Vec<_> = FILES.iter().rev().copied().collect();
    build(folder(&backwards).path(), folders[1].path(), &options(2), &Silent)
        .await
        .unwrap();
    let objects = Arc::new(InMemory::new());
    for (path, text) in FILES {
        objects
            .put(&format!("src/{path}").into(), text.as_bytes().to_vec().into())
            .await
            .unwrap();
    }
    for (store, fault) in folders[2..]
        .iter()
        .zip([Fault::Fails(usize::MAX), Fault::ListsBackwards])
    {
        let options = BuildOptions {
            threads: NonZeroUsize::new(8),
            ..options_of(&in_memory(Faulty::new(&objects, fault)))
        };
        build("memory:///src", store.path(), &options, &Silent).await.unwrap();
    }
    let first = contents(folders[0].path());
    for store in &folders[1..] {
        assert!(first == contents(store.path()));
    }
}

#[tokio::test]
async fn a_strict_build_keeps_no_graph_whose_rows_break_a_contract() {
    let (source, store) = (folder(FILES), folder(&[]));
    build(source.path(), store.path(), &options(1), &Silent).await.unwrap();
    let before = contents(store.path());
    // A rule of a user, whose edges lead nowhere.
    let rule = "-- rule: lost\n-- relation: lost\n-- group: src\n-- edge: lost\n-- doc: Every definition leads nowhere.\n\
         SELECT def_id AS src, concat('nowhere ', name) AS dst, path, bstart, bend, 1 AS score, 'none' AS resolution FROM definitions";
    let mut options = options(2);
    options.rules.push(RuleFile {
        file: "lost.sql".to_string(),
        text: rule.to_string(),
    });
    let report = build(source.path(), folder(&[]).path(), &options, &Silent)
        .await
        .unwrap();
    assert_eq!(
        report.manifest.contract_errors, 4,
        "there are four definitions, and the graph is there"
    );
    options.strict = true;
    let error = build(source.path(), store.path(), &options, &Silent)
        .await
        .unwrap_err()
        .strip_backtrace();
    for part in ["whose rows break a contract; 4 do", "the edge's dst is no node"] {
        assert!(error.contains(part), "{error}");
    }
    assert!(before == contents(store.path()), "readers see the graph from before");
}

#[tokio::test]
async fn a_stored_graph_holds_the_rows_of_the_live_one_and_breaks_no_contract() {
    let (source, store) = (folder(FILES), folder(&[]));
    let report = build(source.path(), store.path(), &options(2), &Silent).await.unwrap();
    assert_eq!(report.manifest.contract_errors, 0);
    assert_eq!(report.warnings, ["1 file is recovered: pkg/broken.py"]);
    let (live, stored) = (SessionContext::new(), SessionContext::new());
    attach_source(&live, source.path(), &SourceOptions::default())
        .await
        .unwrap();
    attach_graph(&stored, store.path()).await.unwrap();
    for (table, order) in [
        ("cpg_nodes", "path, bstart, bend, kind, node_id"),
        ("cpg_edges", "path, bstart, bend, kind, src, dst, rank"),
        ("cpg_losers", "path, bstart, bend, kind, src, dst, rank"),
        ("cpg_props", "path, owner, key"),
    ] {
        let sql = format!("SELECT * FROM {table} ORDER BY {order}");
        let expected = lines(&live, &sql).await;
        assert_eq!(lines(&stored, &sql).await, expected, "{table}");
        // The stored order is the canonical one.
        assert_eq!(
            lines(&stored, &format!("SELECT * FROM {table}")).await,
            expected,
            "{table}"
        );
        assert!(table == "cpg_losers" || !expected.is_empty());
    }
    let dangling = "SELECT count(*) FROM cpg_edges e WHERE NOT EXISTS (SELECT 1 FROM cpg_nodes n WHERE n.node_id = e.src) \
         OR NOT EXISTS (SELECT 1 FROM cpg_nodes n WHERE n.node_id = e.dst)";
    assert_eq!(lines(&stored, dangling).await, ["0"]);
}

/// The names of files in the graph that was attached.
async fn paths(ctx: &SessionContext) -> Vec<String> {
    lines(
        ctx,
        "SELECT DISTINCT path FROM cpg_nodes WHERE path IS NOT NULL ORDER BY path",
    )
    .await
}

fn place(store: &Path) -> Place {
    Place::new(store, &RuntimeEnv::default()).unwrap()
}

#[tokio::test]
async fn every_version_stays_readable_until_a_vacuum_forgets_it() {
    let (source, store) = (folder(FILES), folder(&[]));
    let mut versions = vec![];
    for round in 0..4 {
        write(source.path(), &format!("pkg/new{round}.py"), "x = 1\n");
        let report = build(source.path(), store.path(), &options(1), &Silent).await.unwrap();
        versions.push(report.version);
    }
    assert_eq!(versions, [0, 1, 2, 3]);
    let again = build(source.path(), store.path(), &options(1), &Silent).await.unwrap();
    assert_eq!(again.version, 3, "the same graph is no new version");

    let open = SessionContext::new();
    attach_graph_at(&open, store.path(), Some(1), &[]).await.unwrap();
    assert!(paths(&open).await.contains(&"pkg/new1.py".to_string()));
    assert!(!paths(&open).await.contains(&"pkg/new2.py".to_string()));

    let kept = vacuum(&place(store.path()), NonZeroUsize::new(2).unwrap(), &[])
        .await
        .unwrap();
    assert_eq!(
        (kept.kept, kept.forgotten, kept.removed.len()),
        (vec![2, 3], vec![0, 1], 2)
    );
    let listed = Store::list(&place(store.path())).await.unwrap();
    assert_eq!(listed.iter().map(|v| v.entry().version).collect::<Vec<_>>(), [2, 3]);
    let gone = attach_graph_at(&SessionContext::new(), store.path(), Some(1), &[]).await;
    let error = gone.unwrap_err().strip_backtrace();
    assert!(error.contains("has no version 1; it has 2, 3"), "{error}");
    // Who had it open is told, and gets no other rows.
    let error = rows(&open, "SELECT * FROM cpg_edges")
        .await
        .unwrap_err()
        .strip_backtrace();
    assert!(
        error.contains("version 1 of the graph") && error.contains("is gone"),
        "{error}"
    );

    write(source.path(), "pkg/new4.py", "x = 1\n");
    let next = build(source.path(), store.path(), &options(1), &Silent).await.unwrap();
    assert_eq!(next.version, 4);
}

#[tokio::test]
async fn an_unfinished_build_is_not_seen_and_is_cleared_away() {
    let (source, store) = (folder(FILES), folder(&[]));
    build(source.path(), store.path(), &options(1), &Silent).await.unwrap();
    let before = contents(store.path());
    // What a killed build leaves: files in the unfinished folder, a version that was not named, a log that was not renamed.
    write(store.path(), "unfinished/cpg_nodes.parquet", "half");
    write(store.path(), "versions/1-0123456789abcdef/manifest.json", "half");
    write(store.path(), "CURRENT.new", "nonsense");
    let ctx = SessionContext::new();
    attach_graph(&ctx, store.path()).await.unwrap();
    assert_eq!(lines(&ctx, "SELECT count(*) > 0 FROM cpg_nodes").await, ["true"]);
    let cleared = vacuum(&place(store.path()), NonZeroUsize::MIN, &[]).await.unwrap();
    // The vacuum's own log took the name of the one that was not renamed.
    assert_eq!(cleared.removed, ["unfinished", "versions/1-0123456789abcdef"]);
    let serial = |mut files: BTreeMap<String, Vec<u8>>| files.remove("CURRENT").map(|_| files);
    assert_eq!(serial(contents(store.path())), serial(before));
    // The next build finds its way too, without a vacuum.
    write(store.path(), "unfinished/cpg_nodes.parquet", "half");
    write(source.path(), "pkg/new.py", "x = 1\n");
    let next = build(source.path(), store.path(), &options(1), &Silent).await.unwrap();
    assert_eq!(next.version, 1);
}

fn options_of(ctx: &SessionContext) -> BuildOptions {
    BuildOptions {
        runtime: ctx.runtime_env(),
        ..options(1)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_an_object_store_the_first_of_two_builds_wins_and_the_other_says_so() {
    let ctx = in_memory(Arc::new(InMemory::new()));
    let (out, options) = ("memory:///graphs/shop", options_of(&ctx));
    let source = folder(FILES);
    build(source.path(), out, &options, &Silent).await.unwrap();
    let sources: Vec<_> = (0..4)
        .map(|i| {
            let source = folder(FILES);
            write(source.path(), &format!("pkg/only{i}.py"), "x = 1\n");
            source
        })
        .collect();
    let builds = sources
        .iter()
        .map(|source| build(source.path(), out, &options, &Silent));
    let ended = futures::future::join_all(builds).await;
    let won: Vec<_> = ended
        .iter()
        .filter_map(|e| e.as_ref().ok().map(|r| r.version))
        .collect();
    for error in ended.iter().filter_map(|e| e.as_ref().err()) {
        assert!(error.strip_backtrace().contains("another build or vacuum"), "{error}");
    }
    assert!(!won.is_empty(), "one wins");
    assert!(won.is_sorted_by(|a, b| a < b) || won.len() == 1);
    for (source, ended) in ended.iter().enumerate() {
        let Ok(report) = ended else { continue };
        let reader = in_memory(
            ctx.runtime_env()
                .object_store(ObjectStoreUrl::parse("memory://").unwrap())
                .unwrap(),
        );
        attach_graph_at(&reader, out, Some(report.version), &[]).await.unwrap();
        let only: Vec<_> = paths(&reader)
            .await
            .into_iter()
            .filter(|p| p.contains("only"))
            .collect();
        assert_eq!(only, [format!("pkg/only{source}.py")], "nothing is mixed");
    }
    let place = Place::new(out, &ctx.runtime_env()).unwrap();
    vacuum(&place, NonZeroUsize::MIN, &[]).await.unwrap();
    let there: Vec<_> = Store::list(&place).await.unwrap();
    assert_eq!(there.len(), 1);
    let objects = ctx
        .runtime_env()
        .object_store(ObjectStoreUrl::parse("memory://").unwrap())
        .unwrap();
    let mut objects: Vec<_> = objects
        .list(None)
        .map_ok(|o| o.location.to_string())
        .try_collect()
        .await
        .unwrap();
    objects.retain(|name| !name.contains("/runs/"));
    assert_eq!(objects.len(), 7, "the log, a manifest and five tables: {objects:?}");
}

async fn answer(ctx: &SessionContext, graph: &str, query: &str) -> Result<String> {
    attach_graph(ctx, graph).await?;
    Ok(pretty_format_batches(&rows(ctx, query).await?)?.to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_fails_gives_an_error_or_the_graph_and_never_a_wrong_row() {
    let (out, query) = ("memory:///graph", "SELECT count(*), sum(bend) FROM cpg_nodes");
    let (old, new) = (folder(FILES), folder(FILES));
    write(new.path(), "pkg/new.py", "x = 1\n");
    let objects = Arc::new(InMemory::new());
    let healthy = in_memory(Arc::clone(&objects) as _);
    build(old.path(), out, &options_of(&healthy), &Silent).await.unwrap();
    attach_graph(&healthy, out).await.unwrap();
    let before = lines(&healthy, query).await;
    let mut outcomes = BTreeMap::<&str, usize>::new();

    for n in 0..12 {
        for fault in [Fault::Fails(n), Fault::Forgets(n)] {
            let failing = in_memory(Faulty::new(&objects, fault));
            let built = build(new.path(), out, &options_of(&failing), &Silent).await;
            let reader = in_memory(Arc::clone(&objects) as _);
            attach_graph(&reader, out).await.unwrap();
            let rows = lines(&reader, query).await;
            let is_new = paths(&reader).await.contains(&"pkg/new.py".to_string());
            if is_new {
                // Only the record of the run may be missing.
                *outcomes.entry("committed").or_default() += 1;
            } else {
                assert!(built.is_err(), "{fault:?}");
                assert_eq!(rows, before, "{fault:?}");
                *outcomes.entry("failed").or_default() += 1;
            }
            // Back to the old graph.
            build(old.path(), out, &options_of(&healthy), &Silent).await.unwrap();
        }
    }
    for n in 0..12 {
        for fault in [Fault::Fails(n), Fault::Truncates(n)] {
            let reader = in_memory(Faulty::new(&objects, fault));
            // The engine's Parquet reader breaks off where a file ends early, so this is a task of its own.
            let answer = tokio::spawn(async move { answer(&reader, out, query).await });
            let outcome = match answer.await {
                Ok(Ok(answer)) => {
                    assert!(
                        before[0].split(" | ").all(|cell| answer.contains(cell)),
                        "{fault:?}: {answer}"
                    );
                    "read"
                }
                Ok(Err(_)) | Err(_) => "refused",
            };
            *outcomes.entry(outcome).or_default() += 1;
        }
    }
    let seen: Vec<_> = outcomes.keys().copied().collect();
    assert_eq!(seen, ["committed", "failed", "read", "refused"], "{outcomes:?}");
}

#[tokio::test]
async fn wrong_requests_are_readable_errors_and_leave_the_graph() {
    let (source, store) = (folder(FILES), folder(&[]));
    build(source.path(), store.path(), &options(1), &Silent).await.unwrap();
    let before = contents(store.path());
    let empty = folder(&[("readme.txt", "hi")]);
    let error = build(empty.path(), store.path(), &options(1), &Silent)
        .await
        .unwrap_err()
        .strip_backtrace();
    assert!(error.contains("has no source file in scope"), "{error}");
    let error = build(store.path().join("nope"), store.path(), &options(1), &Silent)
        .await
        .unwrap_err()
        .strip_backtrace();
    assert!(error.contains("nope") && !error.contains('\n'), "{error}");
    let error = build(source.path(), source.path(), &options(1), &Silent)
        .await
        .unwrap_err()
        .strip_backtrace();
    assert!(error.contains("holds other things than a graph"), "{error}");
    let lock = std::fs::File::open(store.path().join("lock")).unwrap();
    lock.lock().unwrap();
    let error = build(source.path(), store.path(), &options(1), &Silent)
        .await
        .unwrap_err()
        .strip_backtrace();
    assert!(error.contains("another build is writing"), "{error}");
    drop(lock);
    assert_eq!(contents(store.path()), before);
    let error = attach_graph(&SessionContext::new(), empty.path())
        .await
        .unwrap_err()
        .strip_backtrace();
    assert!(error.contains("holds no graph"), "{error}");
}

const FUNCTIONS: &str = "
    -- What is directly in a module or class.
    CREATE FUNCTION members_of(name VARCHAR) AS 'SELECT n.name, n.kind FROM cpg_nodes AS n WHERE qualified_name_parent(n.qualified_name) = $name';
    CREATE FUNCTION name_of(id VARCHAR) RETURNS VARCHAR RETURN (SELECT max(n.qualified_name) FROM cpg_nodes AS n WHERE n.node_id = $id);";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn functions_that_come_with_a_graph_are_there_where_it_is_attached() {
    let (source, store) = (folder(FILES), folder(&[]));
    let with = |functions: &str| BuildOptions {
        functions: functions.to_string(),
        ..options(2)
    };
    for (functions, wrong) in [
        ("SELECT 1", "is no CREATE FUNCTION"),
        ("CREATE FUNCTION f() AS 'SELECT no_column FROM cpg_nodes'", "no_column"),
        ("CREATE FUNCTION", "functions that come with the graph"),
    ] {
        let error = build(source.path(), store.path(), &with(functions), &Silent)
            .await
            .unwrap_err();
        assert!(error.to_string().contains(wrong), "{error}");
    }
    let report = build(source.path(), store.path(), &with(FUNCTIONS), &Silent)
        .await
        .unwrap();
    assert_eq!(report.manifest.functions.len(), 2);

    let ctx = SessionContext::new();
    attach_graph(&ctx, store.path()).await.unwrap();
    let members = lines(&ctx, "SELECT * FROM members_of('pkg.a.C')").await;
    assert_eq!(members, ["m | method"]);
    let sql =
        "SELECT DISTINCT name_of(dst) FROM cpg_edges WHERE kind = 'calls' AND name_of(src) IS NOT NULL ORDER BY 1";
    let by_join = "SELECT DISTINCT d.qualified_name FROM cpg_edges AS e JOIN cpg_nodes AS d ON d.node_id = e.dst JOIN cpg_nodes AS s \
                   ON s.node_id = e.src WHERE e.kind = 'calls' AND s.qualified_name IS NOT NULL ORDER BY 1";
    assert_eq!(lines(&ctx, sql).await, lines(&ctx, by_join).await);
    let sql = "SELECT name, kind FROM functions() WHERE section = 'CREATE FUNCTION' ORDER BY name";
    assert_eq!(lines(&ctx, sql).await, ["members_of | table", "name_of | scalar"]);

    // A session keeps what it has; a graph without functions says nothing of them.
    let ctx = SessionContext::new();
    datafusion_codeanatomy::register_all(&ctx).unwrap();
    rows(
        &ctx,
        "CREATE FUNCTION name_of(id VARCHAR) RETURNS VARCHAR RETURN 'mine'",
    )
    .await
    .unwrap();
    attach_graph(&ctx, store.path()).await.unwrap();
    assert_eq!(lines(&ctx, "SELECT name_of('x')").await, ["mine"]);
    let plain = folder(&[]);
    build(source.path(), plain.path(), &options(2), &Silent).await.unwrap();
    for (name, bytes) in contents(plain.path()) {
        assert!(
            !name.ends_with("manifest.json") || !String::from_utf8_lossy(&bytes).contains("functions"),
            "{name}"
        );
    }
}

/// An id of parts in a stored graph: the row groups of other files are skipped, and the rows are the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_node_that_is_asked_for_by_its_parts_is_found_by_its_path() {
    let (source, store) = (folder(FILES), folder(&[]));
    build(source.path(), store.path(), &options(2), &Silent).await.unwrap();
    let mut answers = vec![];
    for rule in [true, false] {
        let ctx = SessionContext::new();
        attach_graph(&ctx, store.path()).await.unwrap();
        rows(&ctx, &format!("SET codeanatomy.optimizer.narrow_filters = {rule}"))
            .await
            .unwrap();
        let sql =
            "SELECT qualified_name FROM cpg_nodes WHERE node_id = stable_id('def', 'pkg/a.py', 'C.m', 'method', 0)";
        let plan = lines(&ctx, &format!("EXPLAIN {sql}")).await.concat();
        assert_eq!(plan.contains("path_min"), rule, "{plan}");
        answers.push(lines(&ctx, sql).await);
    }
    assert_eq!(answers, [["pkg.a.C.m"], ["pkg.a.C.m"]]);
}
