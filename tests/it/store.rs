//! Graphs on disk.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;

use datafusion::prelude::SessionContext;
use datafusion_codeanatomy::build::{BuildOptions, Silent, build};
use datafusion_codeanatomy::{SourceOptions, attach_graph, attach_source};

use crate::{folder, lines, write};

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

#[tokio::test]
async fn readers_keep_the_version_they_have_and_old_ones_go() {
    let (source, store) = (folder(FILES), folder(&[]));
    let mut folders = vec![];
    for round in 0..4 {
        write(source.path(), "pkg/new.py", &format!("x = {round}\n"));
        folders.push(
            build(source.path(), store.path(), &options(1), &Silent)
                .await
                .unwrap()
                .folder,
        );
    }
    let there: Vec<_> = folders.iter().map(|f| f.exists()).collect();
    assert_eq!(there, [false, false, true, true]);
    let again = build(source.path(), store.path(), &options(1), &Silent)
        .await
        .unwrap()
        .folder;
    assert_eq!(again, folders[3]);
}

#[tokio::test]
async fn an_unfinished_build_is_not_seen_and_is_cleared_away() {
    let (source, store) = (folder(FILES), folder(&[]));
    build(source.path(), store.path(), &options(1), &Silent).await.unwrap();
    let before = contents(store.path());
    // What a killed build leaves: files in the unfinished folder, a pointer that was not renamed.
    write(store.path(), "unfinished/cpg_nodes.parquet", "half");
    write(store.path(), "CURRENT.new", "nonsense");
    let ctx = SessionContext::new();
    attach_graph(&ctx, store.path()).await.unwrap();
    assert_eq!(lines(&ctx, "SELECT count(*) > 0 FROM cpg_nodes").await, ["true"]);
    build(source.path(), store.path(), &options(1), &Silent).await.unwrap();
    assert_eq!(contents(store.path()), before);
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
