//! `SET codeanatomy.implicit_order = true`: ties are settled by the places of rows in files.

use super::{plan, run, session, write_parquet};
use crate::lines;

#[tokio::test]
async fn ties_come_as_they_stand_in_their_files() {
    let folder = tempfile::tempdir().unwrap();
    let rows = |rows: &[&str]| rows.iter().map(|row| row.to_string()).collect::<Vec<_>>();
    let files = [
        ("a.parquet", rows(&["(2, 'z')", "(1, 'y')", "(1, 'x')"])),
        ("b.parquet", rows(&["(1, 'a')", "(2, 'b')", "(2, 'z')"])),
    ];
    for (name, rows) in &files {
        write_parquet(&folder.path().join(name), "s BIGINT, x VARCHAR", rows).await;
    }
    for (partitions, batch_size) in [(1, 8192), (2, 1), (3, 8192), (16, 2)] {
        let ctx = session(partitions, batch_size);
        let create = "CREATE EXTERNAL TABLE t STORED AS PARQUET LOCATION";
        run(&ctx, &format!("{create} '{}/'", folder.path().display())).await;
        run(&ctx, "SET codeanatomy.determinism = 'canonical'").await;
        run(&ctx, "SET codeanatomy.implicit_order = true").await;
        let cases: [(&str, &[&str]); 6] = [
            (
                "SELECT * FROM t",
                &["2 | z", "1 | y", "1 | x", "1 | a", "2 | b", "2 | z"],
            ),
            ("SELECT x FROM t ORDER BY s", &["y", "x", "a", "z", "b", "z"]),
            (
                "SELECT x, s FROM t ORDER BY s DESC LIMIT 2 OFFSET 1",
                &["b | 2", "z | 2"],
            ),
            (
                "SELECT x FROM (SELECT x || '!' AS x, s FROM t AS u) AS v WHERE s = 1",
                &["y!", "x!", "a!"],
            ),
            ("SELECT x FROM t LIMIT 2", &["z", "y"]),
            // Rows of a group have no place.
            ("SELECT x, count(*) FROM t GROUP BY x LIMIT 2", &["a | 1", "b | 1"]),
        ];
        for (sql, expected) in cases {
            assert_eq!(lines(&ctx, sql).await, expected, "{sql} with {partitions} partitions");
        }
    }
}

#[tokio::test]
async fn files_in_the_order_of_their_names_are_not_sorted() {
    let folder = tempfile::tempdir().unwrap();
    for (i, name) in ["c", "a", "b", "e", "d"].iter().enumerate() {
        let rows: Vec<_> = (0..50)
            .map(|n| format!("({}, '{name}{n:02}')", (n * 7 + i) % 3))
            .collect();
        write_parquet(
            &folder.path().join(format!("{name}.parquet")),
            "s BIGINT, x VARCHAR",
            &rows,
        )
        .await;
    }
    let mut expected = vec![];
    for name in ["a", "b", "c", "d", "e"] {
        expected.extend((0..50).map(|n| format!("{name}{n:02}")));
    }
    for (partitions, batch_size) in [(1, 8192), (2, 8192), (3, 4), (16, 7)] {
        let ctx = session(partitions, batch_size);
        run(&ctx, "SET datafusion.optimizer.repartition_file_min_size = 0").await;
        let create = "CREATE EXTERNAL TABLE t STORED AS PARQUET LOCATION";
        run(&ctx, &format!("{create} '{}/'", folder.path().display())).await;
        run(&ctx, "SET codeanatomy.determinism = 'canonical'").await;
        run(&ctx, "SET codeanatomy.implicit_order = true").await;
        let cases = [
            ("SELECT x FROM t", expected.clone()),
            ("SELECT x FROM t LIMIT 120", expected[..120].to_vec()),
            ("SELECT x FROM t LIMIT 3 OFFSET 60", expected[60..63].to_vec()),
            (
                "SELECT x FROM t WHERE x > 'b20' AND x <> 'd01'",
                expected
                    .iter()
                    .filter(|x| x.as_str() > "b20" && *x != "d01")
                    .cloned()
                    .collect(),
            ),
            (
                "SELECT y FROM (SELECT x AS y, s FROM t AS v) WHERE s >= 0 LIMIT 70",
                expected[..70].to_vec(),
            ),
        ];
        for (sql, expected) in cases {
            let shown = plan(&ctx, sql).await;
            assert!(
                !shown.contains("SortExec") && !shown.contains("SortPreservingMergeExec"),
                "{shown}"
            );
            assert_eq!(
                lines(&ctx, sql).await,
                expected,
                "{sql} with {partitions} partitions\n{shown}"
            );
        }
        // Another order has to be made.
        let shown = plan(&ctx, "SELECT x FROM t ORDER BY s").await;
        assert!(shown.contains("SortExec"), "{shown}");
    }
}
