//! Datasets as Parquet files.

use codeanatomy_model::{CATALOGUE, find};
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use datafusion_codeanatomy::store::{ExportOptions, export_dataset};
use datafusion_codeanatomy::{Source, SourceOptions, attach_source, register_all};

use crate::{folder, lines};

const FILES: &[(&str, &str)] = &[
    (
        "a.py",
        "\"\"\"Doc.\"\"\"\nimport os as o\n\n\n@o.dec\ndef f(x: int = 1) -> None:\n    return g(x, *[1, 2])\n",
    ),
    (
        "b.py",
        "class C(B):\n    y: int = 0  # note\n\n    async def m(self):\n        return await self.y\n",
    ),
    ("broken.py", "def (:\n"),
    ("empty.py", ""),
];

#[tokio::test]
async fn an_exported_dataset_holds_the_rows_of_the_dataset_in_their_order() {
    let (source, out) = (folder(FILES), tempfile::tempdir().unwrap());
    let ctx = SessionContext::new();
    register_all(&ctx).unwrap();
    let location = source.path().display().to_string();
    attach_source(&ctx, &location, &SourceOptions::default()).await.unwrap();
    let opened = Source::new(source.path(), &SourceOptions::default()).unwrap();
    for contract in CATALOGUE.iter().filter(|c| c.requires.is_none()) {
        let record = export_dataset(&ctx, &opened, contract, out.path(), &ExportOptions::default())
            .await
            .unwrap();
        let file = out.path().join(format!("{}.parquet", contract.name));
        let stored = format!("stored_{}", contract.name);
        ctx.register_parquet(&stored, file.to_str().unwrap(), ParquetReadOptions::default())
            .await
            .unwrap();
        let live = lines(
            &ctx,
            &format!("SELECT * FROM {} ORDER BY {}", contract.name, contract.order.join(", ")),
        )
        .await;
        let count = lines(&ctx, &format!("SELECT count(*) FROM {}", contract.name)).await;
        assert_eq!(count, [record.rows.to_string()], "{}", contract.name);
        assert_eq!(
            lines(&ctx, &format!("SELECT * FROM {stored}")).await,
            live,
            "{}",
            contract.name
        );
    }
    let names: Vec<_> = std::fs::read_dir(out.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert!(
        names
            .iter()
            .all(|n| n.to_string_lossy().ends_with(".parquet") && !n.to_string_lossy().starts_with('.'))
    );
}

#[tokio::test]
async fn the_same_rows_are_exported_as_the_same_bytes() {
    let source = folder(FILES);
    let mut hashes = vec![];
    for partitions in [1, 4] {
        let out = tempfile::tempdir().unwrap();
        let config = SessionConfig::new()
            .with_target_partitions(partitions)
            .with_batch_size(if partitions == 1 { 7 } else { 8192 });
        let ctx = SessionContext::new_with_config(config);
        register_all(&ctx).unwrap();
        let opened = Source::new(source.path(), &SourceOptions::default()).unwrap();
        let record = export_dataset(
            &ctx,
            &opened,
            find("ast_nodes").unwrap(),
            out.path(),
            &ExportOptions::default(),
        )
        .await
        .unwrap();
        hashes.push(record.file.hash);
    }
    assert_eq!(hashes[0], hashes[1]);
}

#[tokio::test]
async fn columns_that_are_named_are_exported_in_the_order_of_the_dataset() {
    let source = folder(FILES);
    let out = tempfile::tempdir().unwrap();
    let ctx = SessionContext::new();
    register_all(&ctx).unwrap();
    let opened = Source::new(source.path(), &SourceOptions::default()).unwrap();
    let contract = find("ast_nodes").unwrap();
    let of = |columns: &[&str], cluster: Option<&str>| ExportOptions {
        columns: columns.iter().map(|c| (*c).to_string()).collect(),
        cluster: cluster.map(str::to_string),
        ..ExportOptions::default()
    };
    let file = out.path().join("ast_nodes.parquet");
    // The order of the rows is that of columns of which the second is not there.
    for (columns, order, cluster) in [
        (["kind", "path", "bend"], vec!["path"], None),
        (["kind", "node_id", "path"], vec!["path", "node_id"], None),
        (["kind", "node_id", "path"], vec![], Some("kind")),
    ] {
        let record = export_dataset(&ctx, &opened, contract, out.path(), &of(&columns, cluster))
            .await
            .unwrap();
        assert_eq!(record.order, order);
        let read = ctx.read_parquet(file.to_str().unwrap(), ParquetReadOptions::default());
        let read = read.await.unwrap();
        let mut sorted = columns;
        sorted.sort_by_key(|name| contract.index_of(name));
        let names: Vec<_> = read.schema().fields().iter().map(|f| f.name().clone()).collect();
        assert_eq!(names, sorted);
        let sql = format!(
            "SELECT {} FROM ast_nodes(source => '{}')",
            sorted.join(", "),
            source.path().display()
        );
        let expected = ctx.sql(&sql).await.unwrap();
        assert_eq!(
            read.clone().count().await.unwrap(),
            expected.clone().count().await.unwrap()
        );
        assert_eq!(expected.except(read).unwrap().count().await.unwrap(), 0);
    }
    for (columns, cluster, error) in [
        (
            ["kind", "colour"],
            None,
            "ast_nodes has no column 'colour'; it has path, node_id, ",
        ),
        (
            ["path", "node_id"],
            Some("kind"),
            "rows cannot stand together by 'kind', which is not among the columns to write",
        ),
    ] {
        let failed = export_dataset(&ctx, &opened, contract, out.path(), &of(&columns, cluster)).await;
        let message = failed.unwrap_err().to_string();
        assert!(message.contains(error), "{message}");
    }
}

#[tokio::test]
async fn a_clustered_file_has_the_same_rows_and_a_query_for_a_kind_reads_few_of_its_pages() {
    let source = folder(&[
        ("big.py", &"def f(x):\n    return g(x, 1)\n".repeat(20_000)),
        ("last.py", "class C: ...\n"),
    ]);
    let out = tempfile::tempdir().unwrap();
    let ctx = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(2));
    register_all(&ctx).unwrap();
    let opened = Source::new(source.path(), &SourceOptions::default()).unwrap();
    let contract = find("ast_nodes").unwrap();
    let by = |cluster: Option<&str>| ExportOptions {
        cluster: cluster.map(str::to_string),
        ..ExportOptions::default()
    };
    let mut hashes = vec![];
    for (name, cluster) in [("none", None), ("kind", Some("kind")), ("again", Some("kind"))] {
        let to = out.path().join(name);
        let record = export_dataset(&ctx, &opened, contract, &to, &by(cluster))
            .await
            .unwrap();
        let file = to.join("ast_nodes.parquet");
        ctx.register_parquet(name, file.to_str().unwrap(), ParquetReadOptions::default())
            .await
            .unwrap();
        hashes.push(record.file.hash);
    }
    assert_eq!(hashes[1], hashes[2]);
    for (one, other) in [("none", "kind"), ("kind", "none")] {
        let missing = format!("SELECT count(*) FROM (SELECT * FROM {one} EXCEPT SELECT * FROM {other})");
        assert_eq!(lines(&ctx, &missing).await, ["0"], "in {one} and not in {other}");
    }
    let count = |name: &str| format!("SELECT count(*) FROM {name}");
    assert_eq!(lines(&ctx, &count("none")).await, lines(&ctx, &count("kind")).await);
    let sql = "SELECT count(*) FROM kind WHERE kind = 'Return'";
    assert_eq!(lines(&ctx, sql).await, ["20000"]);
    let plan = lines(&ctx, &format!("EXPLAIN ANALYZE {sql}")).await.join("\n");
    let pruned = plan.split("page_index_rows_pruned=").nth(1).unwrap_or_default();
    let matched = pruned.split(['→', 'm']).nth(1).unwrap_or_default();
    assert!(pruned.contains("K matched"), "few pages should be read: {plan}");
    let matched: f64 = matched.trim().trim_end_matches('K').trim().parse().unwrap();
    assert!(
        (20.0..70.0).contains(&matched),
        "{matched} thousand rows of 160 thousand: {plan}"
    );

    let unknown = export_dataset(&ctx, &opened, contract, out.path(), &by(Some("colour")))
        .await
        .unwrap_err();
    assert_eq!(
        unknown.strip_backtrace(),
        "Error during planning: ast_nodes has no column 'colour' by which its rows could stand together"
    );
}
