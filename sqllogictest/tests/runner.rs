//! The runner can fail: a suite that says something wrong does not pass.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]

use std::path::Path;

use codeanatomy_sqllogictest::{Configuration, FileFailure, MATRIX, PINNED, run_file};

async fn run(text: &str, configuration: Configuration) -> Result<(), FileFailure> {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("suite.slt");
    std::fs::write(&file, text).unwrap();
    run_file(home.path(), Path::new(&file), configuration).await
}

async fn failures(text: &str) -> Vec<String> {
    run(text, PINNED).await.expect_err("the suite must fail").records
}

#[tokio::test]
async fn a_wrong_value_fails_with_its_place_sql_expectation_and_result() {
    let failures = failures("query I\nSELECT 1 + 1\n----\n3\n").await;
    assert_eq!(failures.len(), 1);
    for part in ["suite.slt:1", "SELECT 1 + 1", "-   3", "+   2"] {
        assert!(failures[0].contains(part), "{part} is not in\n{}", failures[0]);
    }
}

#[tokio::test]
async fn a_row_too_few_and_a_row_too_many_fail() {
    assert_eq!(
        failures("query I\nSELECT * FROM (VALUES (1), (2)) ORDER BY 1\n----\n1\n")
            .await
            .len(),
        1
    );
    assert_eq!(failures("query I\nSELECT 1\n----\n1\n2\n").await.len(), 1);
}

#[tokio::test]
async fn all_failures_of_a_file_are_reported() {
    let text = "query I\nSELECT 1\n----\n2\n\nstatement ok\nSELECT nothing\n\nquery T\nSELECT 1\n----\n1\n";
    assert_eq!(failures(text).await.len(), 3, "a value, an error and a column type");
}

#[tokio::test]
async fn an_error_that_does_not_come_fails() {
    assert_eq!(failures("statement error\nSELECT 1\n").await.len(), 1);
}

#[tokio::test]
async fn a_changed_setting_fails() {
    let failures = failures("statement ok\nSET datafusion.execution.batch_size = 7\n").await;
    assert!(
        failures[0].contains("datafusion.execution.batch_size"),
        "{}",
        failures[0]
    );
}

#[tokio::test]
async fn a_file_that_does_not_parse_fails() {
    assert!(failures("nonsense\n").await[0].contains("suite.slt:1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_nothing_asked_for_fails_somewhere_in_the_matrix() {
    let rows: String = (1..=200).map(|value| format!("{value}\n")).collect();
    let unordered = "SELECT value FROM generate_series(1, 200) GROUP BY value";
    let mut passed = Vec::new();
    for configuration in MATRIX {
        let ordered = run(
            &format!("query I\n{unordered} ORDER BY value\n----\n{rows}"),
            configuration,
        )
        .await;
        assert!(ordered.is_ok(), "{configuration}: {}", ordered.unwrap_err());
        passed.push(
            run(&format!("query I\n{unordered}\n----\n{rows}"), configuration)
                .await
                .is_ok(),
        );
    }
    assert!(
        passed.contains(&false),
        "no configuration told the order of the rows from the order that was asked for"
    );
}
