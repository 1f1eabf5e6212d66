//! `OrderedConcatExec`: sorted partitions one behind the other.

use std::path::Path;
use std::sync::Arc;

use codeanatomy_model::CATALOGUE;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::collect;
use datafusion::prelude::{SessionConfig, SessionContext};

use super::{Numbers, answer, plan, run, session, write_parquet};
use crate::folder;
use crate::scan::sum;

/// A table of Parquet files with these rows, each file sorted by `order`.
async fn table(ctx: &SessionContext, folder: &Path, columns: &str, order: &str, files: &[Vec<String>]) {
    for (i, rows) in files.iter().enumerate() {
        write_parquet(&folder.join(format!("{i}.parquet")), columns, rows).await;
    }
    let create = format!(
        "CREATE EXTERNAL TABLE t STORED AS PARQUET LOCATION '{}' WITH ORDER ({order})",
        folder.display()
    );
    run(ctx, &create).await;
    run(ctx, "SET codeanatomy.determinism = 'set'").await;
}

fn rows(rows: &[(&str, i64)]) -> Vec<String> {
    rows.iter().map(|(k, v)| format!("({k}, {v})")).collect()
}

/// Whether `SELECT * FROM t` in this order is put together without a merge, and that its rows are the same with one.
async fn concatenates(columns: &str, order: &str, files: &[Vec<String>]) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let ctx = session(files.len(), 8192);
    table(&ctx, folder.path(), columns, order, files).await;
    let sql = format!("SELECT * FROM t ORDER BY {order}");
    let fires = plan(&ctx, &sql).await.contains("OrderedConcatExec");
    let ours = answer(&ctx, &sql).await.unwrap();
    run(&ctx, "SET codeanatomy.optimizer.ordered_concat = false").await;
    let merged = plan(&ctx, &sql).await;
    assert!(!merged.contains("OrderedConcatExec"), "{merged}");
    assert_eq!(ours, answer(&ctx, &sql).await.unwrap(), "{columns} {order} {files:?}");
    fires
}

#[tokio::test]
async fn partitions_that_follow_each_other_are_not_merged() {
    let two = "k BIGINT, v BIGINT";
    // In any order of the files.
    let files = [
        rows(&[("5", 1), ("9", 0)]),
        rows(&[("1", 7), ("4", 2)]),
        rows(&[("10", 1)]),
    ];
    assert!(concatenates(two, "k, v", &files).await);
    // Backwards, with text.
    let files = [rows(&[("'b'", 1), ("'a'", 0)]), rows(&[("'d'", 7), ("'c'", 2)])];
    assert!(concatenates("k VARCHAR, v BIGINT", "k DESC, v DESC", &files).await);
    // One value goes over the border, and the next column says what comes first.
    let files = [rows(&[("1", 1), ("2", 2)]), rows(&[("2", 3), ("3", 4)])];
    assert!(concatenates(two, "k, v", &files).await);
    // Nulls at the end that they are sorted to.
    let files = [rows(&[("1", 1), ("2", 2)]), rows(&[("3", 3), ("NULL", 0)])];
    assert!(concatenates(two, "k ASC NULLS LAST, v", &files).await);
    let files = [rows(&[("NULL", 1), ("NULL", 2)]), rows(&[("3", 3), ("4", 0)])];
    assert!(concatenates(two, "k ASC NULLS FIRST, v", &files).await);
}

#[tokio::test]
async fn partitions_of_which_it_is_not_known_are_merged() {
    let two = "k BIGINT, v BIGINT";
    // They overlap.
    let files = [rows(&[("1", 1), ("3", 2)]), rows(&[("2", 3), ("4", 4)])];
    assert!(!concatenates(two, "k, v", &files).await);
    // The same value on both sides, and the next column goes the other way.
    let files = [rows(&[("1", 1), ("2", 2), ("2", 9)]), rows(&[("2", 3), ("3", 4)])];
    assert!(!concatenates(two, "k, v", &files).await);
    // A null that is sorted behind what follows.
    let files = [rows(&[("1", 1), ("NULL", 2)]), rows(&[("3", 3), ("4", 0)])];
    assert!(!concatenates(two, "k ASC NULLS LAST, v", &files).await);
    // Statistics leave NaN out.
    let files = [rows(&[("'1'", 1), ("'NaN'", 2)]), rows(&[("'3'", 3), ("'4'", 0)])];
    assert!(!concatenates("k DOUBLE, v BIGINT", "k, v", &files).await);
    // The order is not that of a column.
    let folder = tempfile::tempdir().unwrap();
    let ctx = session(2, 8192);
    let files = [rows(&[("1", 1), ("2", 2)]), rows(&[("3", 3), ("4", 0)])];
    table(&ctx, folder.path(), two, "k, v", &files).await;
    let plan = plan(&ctx, "SELECT * FROM t ORDER BY k + v").await;
    assert!(
        plan.contains("SortPreservingMergeExec") && !plan.contains("OrderedConcatExec"),
        "{plan}"
    );
}

#[tokio::test]
async fn random_files_give_the_rows_of_a_merge() {
    let mut numbers = Numbers(5);
    let mut fired = 0;
    for _ in 0..40 {
        let mut base = 0;
        let files: Vec<_> = (0..2 + numbers.below(3))
            .map(|_| {
                let mut rows: Vec<_> = (0..1 + numbers.below(5))
                    .map(|_| (base + numbers.below(4) as i64, numbers.below(3) as i64))
                    .collect();
                rows.sort_unstable();
                base += numbers.below(5) as i64;
                rows.iter().map(|(k, v)| format!("({k}, {v})")).collect()
            })
            .collect();
        fired += usize::from(concatenates("k BIGINT, v BIGINT", "k, v", &files).await);
    }
    assert!((5..35).contains(&fired), "{fired}");
}

#[tokio::test]
async fn filters_projections_and_unions_keep_partitions_apart() {
    let folder = tempfile::tempdir().unwrap();
    let ctx = session(3, 8192);
    let files = [
        rows(&[("1", 1), ("2", 2)]),
        rows(&[("3", 3), ("4", 0)]),
        rows(&[("5", 1)]),
    ];
    table(&ctx, folder.path(), "k BIGINT, v BIGINT", "k, v", &files).await;
    for sql in [
        "SELECT v + 1 AS w, k FROM t WHERE v > 0 ORDER BY k, v",
        "SELECT k, v FROM t WHERE k > 1 ORDER BY k LIMIT 3",
        "SELECT * FROM (SELECT k, v FROM t UNION ALL SELECT k + 0, v FROM t WHERE false) ORDER BY k, v",
    ] {
        let with = plan(&ctx, sql).await;
        assert!(with.contains("OrderedConcatExec") || sql.contains("UNION"), "{with}");
        let ours = answer(&ctx, sql).await.unwrap();
        run(&ctx, "SET codeanatomy.optimizer.ordered_concat = false").await;
        assert_eq!(ours, answer(&ctx, sql).await.unwrap(), "{sql}");
        run(&ctx, "SET codeanatomy.optimizer.ordered_concat = true").await;
    }
}

fn source() -> tempfile::TempDir {
    let text = "def f(a, b):\n    return g(a) + b.c\n".repeat(40);
    let paths: Vec<_> = (0..20).map(|i| format!("p{}/m{i:02}.py", i % 3)).collect();
    let files: Vec<_> = paths.iter().map(|p| (p.as_str(), text.as_str())).collect();
    folder(&files)
}

#[tokio::test]
async fn datasets_are_put_together_in_any_session() {
    let source = source();
    let path = source.path().display();
    let sql = format!("SELECT path, node_id, kind FROM ast_nodes(source => '{path}') ORDER BY path, node_id");
    let expected = answer(&session(1, 8192), &sql).await.unwrap();
    assert!(expected.num_rows() > 1000);
    for (partitions, batch_size) in [(3, 8192), (16, 31), (16, 8192)] {
        let ctx = session(partitions, batch_size);
        let shown = plan(&ctx, &sql).await;
        assert!(shown.contains("OrderedConcatExec"), "{shown}");
        assert_eq!(answer(&ctx, &sql).await.unwrap(), expected);
    }
    // What is behind the first rows is not read.
    let ctx = session(16, 31);
    let first = ctx
        .sql(&format!("{sql} LIMIT 3"))
        .await
        .unwrap()
        .create_physical_plan()
        .await
        .unwrap();
    let batches = collect(Arc::clone(&first), ctx.task_ctx()).await.unwrap();
    assert_eq!(batches.iter().map(|b| b.num_rows()).sum::<usize>(), 3);
    assert_eq!(sum(&first, "partitions_read"), 1);
    assert!(sum(&first, "files_read") <= 2);
}

#[tokio::test]
async fn reading_ahead_takes_no_memory_that_is_not_there() {
    let source = source();
    let sql = format!(
        "SELECT * FROM ast_nodes(source => '{}') ORDER BY path, node_id",
        source.path().display()
    );
    let expected = answer(&session(1, 8192), &sql).await.unwrap();
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_limit(2 << 20, 1.0)
        .build_arc()
        .unwrap();
    let config = SessionConfig::new().with_target_partitions(8).with_batch_size(512);
    let ctx = SessionContext::new_with_config_rt(config, runtime);
    datafusion_codeanatomy::register_all(&ctx).unwrap();
    run(&ctx, "SET codeanatomy.parse_cache_bytes = 0").await;
    assert!(plan(&ctx, &sql).await.contains("OrderedConcatExec"));
    assert_eq!(answer(&ctx, &sql).await.unwrap(), expected);
}

#[tokio::test]
async fn every_dataset_keeps_its_order_and_its_key_over_partitions() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sqllogictest/samples");
    let mut apart = 0;
    for contract in CATALOGUE {
        let sql = format!("SELECT * FROM \"{}\"(source => '{}')", contract.name, source.display());
        let mut answers = vec![];
        for partitions in [1, 3, 16] {
            let ctx = session(partitions, 100);
            run(&ctx, "SET codeanatomy.determinism = 'canonical'").await;
            run(&ctx, "SET codeanatomy.verify = true").await;
            match answer(&ctx, &sql).await {
                Ok(rows) => answers.push(rows),
                // It needs a query.
                Err(error) => assert!(error.to_string().contains("query"), "{}: {error}", contract.name),
            }
            apart += usize::from(!answers.is_empty() && plan(&ctx, &sql).await.contains("OrderedConcatExec"));
        }
        answers.dedup();
        assert!(answers.len() <= 1, "{}", contract.name);
    }
    assert!(apart > CATALOGUE.len(), "{apart}");
}
