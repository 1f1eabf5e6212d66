//! `SET codeanatomy.verify = true`: an order that is promised is checked.

use super::{answer, plan, run, session};
use crate::folder;

const LIES: &str = "k,v\n1,a\n3,b\n2,c\n4,d\n";

async fn error(create: &str, files: &[(&str, &str)], batch_size: usize, sql: &str) -> String {
    let folder = folder(files);
    let ctx = session(1, batch_size);
    let create = create.replace("LOCATION ''", &format!("LOCATION '{}'", folder.path().display()));
    run(&ctx, &create).await;
    // Believed, as the engine does.
    assert!(answer(&ctx, sql).await.is_ok());
    run(&ctx, "SET codeanatomy.verify = true").await;
    answer(&ctx, sql).await.err().map(|e| e.to_string()).unwrap_or_default()
}

const CREATE: &str = "CREATE EXTERNAL TABLE t (k BIGINT, v VARCHAR) STORED AS CSV WITH ORDER (k ASC) LOCATION '' \
                      OPTIONS ('format.has_header' 'true')";

#[tokio::test]
async fn a_declared_order_that_is_none_is_an_error_with_both_rows() {
    for batch_size in [1, 2, 8192] {
        let text = error(CREATE, &[("a.csv", LIES)], batch_size, "SELECT * FROM t ORDER BY k").await;
        assert!(
            text.contains("row 2 is out of order in DataSourceExec")
                && text.contains("promises [k@0 ASC NULLS LAST]")
                && text.contains("{k: 2, v: c} comes behind {k: 3, v: b}"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_declared_key_that_stands_twice_is_an_error_with_both_rows() {
    let create = "CREATE EXTERNAL TABLE t (k BIGINT NOT NULL, v VARCHAR, PRIMARY KEY (k)) STORED AS CSV WITH ORDER (k ASC) \
                  LOCATION '' OPTIONS ('format.has_header' 'true')";
    for batch_size in [1, 8192] {
        let text = error(
            create,
            &[("a.csv", "k,v\n1,a\n2,b\n2,c\n")],
            batch_size,
            "SELECT * FROM t ORDER BY k",
        )
        .await;
        assert!(
            text.contains("row 2 stands twice") && text.contains("{k: 2, v: c} comes behind {k: 2, v: b}"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn what_keeps_its_promise_passes_and_nothing_else_is_looked_at() {
    let source = folder(&[("a.py", "x = f(1)\n"), ("b.py", "y = g(2)\n")]);
    let ctx = session(2, 8192);
    let sql = format!(
        "SELECT path, node_id FROM ast_nodes(source => '{}')",
        source.path().display()
    );
    let plain = answer(&ctx, &format!("{sql} ORDER BY path, node_id")).await.unwrap();
    assert!(!plan(&ctx, &sql).await.contains("OrderVerifyExec"));
    run(&ctx, "SET codeanatomy.verify = true").await;
    let shown = plan(&ctx, &sql).await;
    assert_eq!(shown.matches("OrderVerifyExec").count(), 1, "{shown}");
    run(&ctx, "SET codeanatomy.determinism = 'canonical'").await;
    let shown = plan(&ctx, &sql).await;
    assert!(
        shown.starts_with("OrderVerifyExec: [path@0 ASC NULLS LAST, node_id@1 ASC NULLS LAST], unique\n"),
        "{shown}"
    );
    assert_eq!(answer(&ctx, &sql).await.unwrap(), plain);
    // No scan promises an order, so there is the answer's alone; it may repeat.
    let repeats = "SELECT a FROM (VALUES (2), (1), (1)) AS v(a)";
    let shown = plan(&ctx, repeats).await;
    assert_eq!(shown.matches("OrderVerifyExec").count(), 1, "{shown}");
    assert!(!shown.contains("unique"), "{shown}");
    assert_eq!(answer(&ctx, repeats).await.unwrap().num_rows(), 3);
}
