//! Merges that take rows which tie in the order of their partitions.

use super::{run, session, write_parquet};
use crate::lines;

#[tokio::test]
async fn rows_that_tie_come_in_the_order_of_their_files() {
    let folder = tempfile::tempdir().unwrap();
    for (name, letter) in [("a.parquet", 'a'), ("b.parquet", 'b'), ("c.parquet", 'c')] {
        // Ties over several batches, in files that overlap.
        let rows: Vec<_> = (0..90).map(|i| format!("({}, '{letter}{i:02}')", i / 30)).collect();
        write_parquet(&folder.path().join(name), "s BIGINT, x VARCHAR", &rows).await;
    }
    let mut expected = vec![];
    for s in 0..3 {
        for letter in ['a', 'b', 'c'] {
            expected.extend((s * 30..s * 30 + 30).map(|i| format!("{letter}{i:02}")));
        }
    }
    for batch_size in [4, 8192] {
        let ctx = session(3, batch_size);
        let create = "CREATE EXTERNAL TABLE t STORED AS PARQUET LOCATION";
        run(&ctx, &format!("{create} '{}/' WITH ORDER (s)", folder.path().display())).await;
        // In this level the order of the output is not completed, and only the merge decides.
        run(&ctx, "SET codeanatomy.determinism = 'set'").await;
        let sql = "SELECT x FROM t ORDER BY s";
        assert!(super::plan(&ctx, sql).await.contains("SortPreservingMergeExec"));
        assert_eq!(lines(&ctx, sql).await, expected, "{batch_size}");
        // A merge below another operator, whose input other rules replace.
        let sql = "SELECT x || '' AS y FROM (SELECT x, s FROM t WHERE x <> 'zz') ORDER BY s";
        assert_eq!(lines(&ctx, sql).await, expected, "{batch_size}");
    }
}
