//! Rules of a user.

use datafusion::prelude::SessionContext;
use datafusion_codeanatomy::relation::{RuleFile, create_answers, create_relations};

use crate::{lines, rows};

fn rule(text: &str) -> RuleFile {
    RuleFile {
        file: "mine.sql".to_string(),
        text: text.to_string(),
    }
}

const COLUMNS: &str = "'p' AS path, 0 AS bstart, 1 AS bend, 'x' AS resolution";

async fn session() -> SessionContext {
    let ctx = SessionContext::new();
    rows(
        &ctx,
        "CREATE TABLE t AS VALUES ('a', 'x', 5), ('a', 'y', 5), ('a', 'z', 3), ('b', 'x', 1), ('c', NULL, 1)",
    )
    .await
    .unwrap();
    ctx
}

#[tokio::test]
async fn one_candidate_per_group_wins_and_the_others_are_kept() {
    let ctx = session().await;
    let text = format!(
        "-- rule: r\n-- relation: rel\n-- group: src\n-- doc: d\nSELECT column1 AS src, column2 AS dst, column3 AS score, {COLUMNS} FROM t"
    );
    let relations = create_relations(&ctx, &[rule(&text)], false).await.unwrap();
    assert_eq!(relations[0].rules, ["r"]);
    let columns = "src, dst, rank, candidate_count, tied, runner_up_score, score, confidence < 1 AS below_one";
    assert_eq!(
        lines(&ctx, &format!("SELECT {columns} FROM rel ORDER BY src")).await,
        ["a | x | 1 | 3 | 2 | 5 | 5 | true", "b | x | 1 | 1 | 1 |  | 1 | true"]
    );
    assert_eq!(
        lines(&ctx, &format!("SELECT {columns} FROM rel_losers ORDER BY src, rank")).await,
        ["a | y | 2 | 3 | 2 | 3 | 5 | true", "a | z | 3 | 3 | 1 |  | 3 | true"]
    );
    assert_eq!(lines(&ctx, "SELECT count(*) FROM rel_candidates").await, ["4"]);
}

#[tokio::test]
async fn a_rule_that_cannot_be_planned_is_an_error_before_anything_runs() {
    let header = "-- rule: r\n-- relation: rel\n-- group: src\n-- doc: d\n";
    let cases = [
        (
            format!("{header}SELECT nope AS src, column2 AS dst, 1 AS score, {COLUMNS} FROM t"),
            "No field named nope",
        ),
        (
            format!("{header}SELECT column1 AS src, 1 AS score, {COLUMNS} FROM t"),
            "the query has no column dst",
        ),
        (
            format!("{header}SELECT column1 AS src, column2 AS dst, 'hi' AS score, {COLUMNS} FROM t"),
            "score is Utf8, not an integer",
        ),
        (
            format!("{header}SELECT column1 AS src, column2 AS dst, 1 AS score, 1 AS extra, {COLUMNS} FROM t"),
            "the column extra has no meaning",
        ),
        (format!("{header}SELECT 1 FROM nowhere"), "there is no table 'nowhere'"),
    ];
    for (text, expected) in cases {
        let error = create_relations(&session().await, &[rule(&text)], false)
            .await
            .unwrap_err()
            .strip_backtrace();
        assert!(error.contains(expected) && error.contains("mine.sql"), "{error}");
    }
}

#[tokio::test]
async fn a_score_is_the_sum_of_its_terms_and_it_is_said_what_decided() {
    let ctx = session().await;
    datafusion_codeanatomy::register_all(&ctx).unwrap();
    let text = "-- rule: r\n-- relation: rel\n-- group: place\n-- doc: d\n-- feature: evidence 10\n-- feature: extra 3\n\
         SELECT column1 AS src, column2 AS dst, 1 AS evidence, column3 AS extra, column1 AS path, 0 AS bstart, 1 AS bend, 'x' AS resolution FROM t";
    let relations = create_relations(&ctx, &[rule(text)], false).await.unwrap();
    create_answers(&ctx, &relations).await.unwrap();
    let terms = "SELECT src, dst, score, decided_by, t['feature'], t['value'], t['weight'], t['term'] \
         FROM (SELECT *, unnest(terms) AS t FROM rel_explained) ORDER BY src, rank, t['feature']";
    assert_eq!(
        lines(&ctx, terms).await,
        [
            "a | x | 25 | dst | evidence | 1 | 10 | 10",
            "a | x | 25 | dst | extra | 5 | 3 | 15",
            "a | y | 25 | dst | evidence | 1 | 10 | 10",
            "a | y | 25 | dst | extra | 5 | 3 | 15",
            "a | z | 19 | score | evidence | 1 | 10 | 10",
            "a | z | 19 | score | extra | 3 | 3 | 9",
            "b | x | 13 | only | evidence | 1 | 10 | 10",
            "b | x | 13 | only | extra | 1 | 3 | 3",
        ]
    );
    // More evidence is more confidence, and never certainty.
    let confidence = "SELECT count(*) FROM rel_candidates a JOIN rel_candidates b ON a.score > b.score WHERE a.confidence <= b.confidence OR a.confidence >= 1";
    assert_eq!(lines(&ctx, confidence).await, ["0"]);
}

#[tokio::test]
async fn an_error_says_the_line_of_the_file() {
    let header = "-- rule: r\n-- relation: rel\n-- group: src\n-- doc: d\n\n";
    for (body, expected) in [
        ("SELECT column1 AS src,\n    nope AS dst\nFROM t", "mine.sql:7: "),
        ("SELECT column1 AS src\nFORM t t t", "mine.sql:7: "),
        (
            "SELECT column1 AS src\nFROM t\nWHERE column1 = no_function(1)",
            "mine.sql:",
        ),
    ] {
        let error = create_relations(&session().await, &[rule(&format!("{header}{body}"))], false)
            .await
            .unwrap_err()
            .strip_backtrace();
        assert!(error.contains(expected), "{error}");
    }
}
