//! Aggregates of ours over frames of windows, beside the same rows found by a join.

use datafusion::arrow::datatypes::DataType;
use datafusion::prelude::SessionContext;

use super::conformance::{inventory, result, session};

/// A frame, and which rows `f` are in that of the row `o`: of their number, their peers' number, or their key.
const FRAMES: [(&str, &str); 10] = [
    (
        "ORDER BY a, id ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING",
        "rn BETWEEN orn - 2 AND orn + 1",
    ),
    (
        "ORDER BY a, id ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING",
        "rn BETWEEN orn - 3 AND orn - 2",
    ),
    (
        "ORDER BY a, id ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING",
        "rn BETWEEN orn + 1 AND orn + 3",
    ),
    ("ORDER BY a, id ROWS UNBOUNDED PRECEDING", "rn <= orn"),
    (
        "ORDER BY a, id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
        "rn >= orn",
    ),
    (
        "ORDER BY a GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING",
        "gn BETWEEN ogn - 1 AND ogn + 1",
    ),
    (
        "ORDER BY a GROUPS BETWEEN CURRENT ROW AND 2 FOLLOWING",
        "gn BETWEEN ogn AND ogn + 2",
    ),
    (
        "ORDER BY a RANGE BETWEEN 2 PRECEDING AND 1 FOLLOWING",
        "(a BETWEEN oa - 2 AND oa + 1 OR (a IS NULL AND oa IS NULL))",
    ),
    ("ORDER BY a RANGE UNBOUNDED PRECEDING", "gn <= ogn"),
    (
        "ORDER BY a DESC RANGE BETWEEN 1 PRECEDING AND CURRENT ROW",
        "(a BETWEEN oa AND oa + 1 OR (a IS NULL AND oa IS NULL))",
    ),
];

/// The rows with their number and that of their peers, in each partition.
const NUMBERED: &str = "SELECT *, row_number() OVER (PARTITION BY g ORDER BY a, id) AS rn, dense_rank() OVER (PARTITION BY g ORDER BY a) AS gn FROM v";

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_has_the_rows_that_a_join_finds() {
    let open = [session(1, &DataType::Utf8View).await, session(3, &DataType::Utf8).await];
    let mut compared = 0;
    for function in inventory().await.iter().filter(|f| f.kind == "aggregate") {
        let call = function.positional();
        for (i, (frame, is_in)) in FRAMES.iter().enumerate() {
            let filter = if i % 3 == 1 { " FILTER (WHERE flag)" } else { "" };
            let and_flag = if i % 3 == 1 { " AND flag" } else { "" };
            let window = format!("SELECT id, {call}{filter} OVER (PARTITION BY g {frame}) AS r FROM v ORDER BY id");
            let joined = format!(
                "SELECT oid AS id, {call} FILTER (WHERE id IS NOT NULL{and_flag}) AS r FROM (SELECT id AS oid, g AS og, a AS oa, rn AS orn, gn AS ogn \
                 FROM ({NUMBERED}) AS p) AS o LEFT JOIN ({NUMBERED}) AS f ON og = g AND {is_in} GROUP BY oid ORDER BY oid"
            );
            let expected = result(&open[0], &joined).await;
            for ctx in &open {
                assert_eq!(result(ctx, &window).await, expected, "{window}");
            }
            compared += 1;
        }
    }
    assert!(compared > 200, "{compared}");
}

/// Numbers of rows are of the whole partition, as the engine's `row_number` and `rank`: a frame changes nothing.
#[tokio::test]
async fn a_window_function_of_ours_does_not_look_at_the_frame() {
    let ctx: SessionContext = session(2, &DataType::Utf8View).await;
    for function in inventory().await.iter().filter(|f| f.kind == "window") {
        let call = function.positional();
        let call = call.strip_suffix(')').unwrap();
        let asked = |frame: &str| {
            format!("SELECT id, {call}{frame}) AS r FROM v WHERE a IS NOT NULL AND b IS NOT NULL ORDER BY id")
        };
        let whole = result(&ctx, &asked("")).await;
        for frame in [
            " ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING",
            " ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
        ] {
            assert_eq!(result(&ctx, &asked(frame)).await, whole, "{}", asked(frame));
        }
        let page = format!("../docs/functions/{}.md", function.name);
        let page = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).unwrap();
        assert!(page.contains("The frame does not matter"), "{}", function.name);
    }
}
