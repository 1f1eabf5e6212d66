//! What a SCIP index adds to relations.

use std::path::Path;

use datafusion::prelude::SessionContext;
use datafusion_codeanatomy::build::{BuildOptions, Silent, build};
use datafusion_codeanatomy::{SourceOptions, attach_graph, attach_source};

use crate::{folder, lines};

/// The files of the sample, and its index beside them.
fn sample(with_index: bool) -> (tempfile::TempDir, std::path::PathBuf) {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sqllogictest/samples/indexed/demo");
    let source = folder(&[]);
    for name in ["main.py", "shapes.py", "index.scip"] {
        if with_index || name != "index.scip" {
            std::fs::copy(demo.join(name), source.path().join(name)).unwrap();
        }
    }
    (source, demo.join("index.scip"))
}

const TABLES: [(&str, &str); 3] = [
    ("cpg_nodes", "path, bstart, bend, kind, node_id"),
    ("cpg_edges", "path, bstart, bend, kind, src, dst, rank"),
    ("cpg_losers", "path, bstart, bend, kind, src, dst, rank"),
];

async fn tables(ctx: &SessionContext) -> Vec<Vec<String>> {
    let mut all = vec![];
    for (table, order) in TABLES {
        all.push(lines(ctx, &format!("SELECT * FROM {table} ORDER BY {order}")).await);
    }
    all
}

#[tokio::test]
async fn a_graph_with_an_index_has_the_rows_of_a_session_with_it_wherever_the_index_is() {
    let mut found = vec![];
    for with_index in [true, false] {
        let (source, index) = sample(with_index);
        let options = SourceOptions {
            scip_index: (!with_index).then_some(index),
            ..SourceOptions::default()
        };
        let (live, stored, store) = (SessionContext::new(), SessionContext::new(), folder(&[]));
        attach_source(&live, source.path(), &options).await.unwrap();
        let options = BuildOptions {
            source: options,
            strict: true,
            ..BuildOptions::default()
        };
        let report = build(source.path(), store.path(), &options, &Silent).await.unwrap();
        assert!(
            report.warnings.is_empty() && report.contract_errors.is_empty(),
            "{report:?}"
        );
        attach_graph(&stored, store.path()).await.unwrap();
        found.push(tables(&live).await);
        found.push(tables(&stored).await);
        let by_index = "SELECT DISTINCT rule FROM cpg_edges WHERE resolution = 'scip' ORDER BY rule";
        assert!(lines(&stored, by_index).await.contains(&"calls_scip".to_string()));
    }
    assert!(found.iter().all(|tables| tables == &found[0]));
}

#[tokio::test]
async fn without_an_index_nothing_reads_one_and_nothing_is_changed() {
    let (source, _) = sample(false);
    let ctx = SessionContext::new();
    attach_source(&ctx, source.path(), &SourceOptions::default())
        .await
        .unwrap();
    for table in ["cpg_edges", "cpg_nodes", "call_graph", "scip_agreement", "has_symbol"] {
        let plan = lines(&ctx, &format!("EXPLAIN FORMAT INDENT SELECT * FROM {table}"))
            .await
            .join("\n");
        assert!(!plan.contains("scip_occurrences"), "{table} reads an index: {plan}");
    }
    assert!(lines(&ctx, "SELECT * FROM scip_agreement").await.is_empty());
    assert_eq!(
        lines(&ctx, "SELECT count(*) FROM cpg_edges WHERE resolution = 'scip'").await,
        ["0"]
    );
}

#[tokio::test]
async fn an_index_of_another_folder_is_said_and_one_that_is_not_there_is_an_error() {
    let (_, index) = sample(false);
    let other = folder(&[("other.py", "x = 1\n")]);
    let options = |index: &Path| BuildOptions {
        source: SourceOptions {
            scip_index: Some(index.to_path_buf()),
            ..SourceOptions::default()
        },
        ..BuildOptions::default()
    };
    let report = build(other.path(), folder(&[]).path(), &options(&index), &Silent)
        .await
        .unwrap();
    assert!(report.warnings[0].contains("no place of the SCIP index is in a file of the source"));
    let error = build(
        other.path(),
        folder(&[]).path(),
        &options(Path::new("nowhere.scip")),
        &Silent,
    )
    .await;
    assert!(
        error
            .unwrap_err()
            .to_string()
            .contains("there is no SCIP index 'nowhere.scip'")
    );
}
