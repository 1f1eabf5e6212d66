//! `SET codeanatomy.implicit_order = true`: ties are settled by the places of rows in files.

use super::{run, session, write_parquet};
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
