//! Every promise, broken once.

use datafusion::arrow::array::ArrayRef;

use super::node::Kind;
use super::*;
use crate::relation::{Endpoints, RuleContract};

fn texts(values: &[&str]) -> ArrayRef {
    Arc::new(StringViewArray::from_iter_values(values))
}

fn rows(columns: &[(&str, &[&str])], spans: &[(i64, i64)]) -> RecordBatch {
    let ints = |f: fn(&(i64, i64)) -> i64| Arc::new(Int64Array::from_iter_values(spans.iter().map(f))) as ArrayRef;
    let columns = columns.iter().map(|(name, values)| (*name, texts(values)));
    let others = [
        ("bstart", ints(|s| s.0)),
        ("bend", ints(|s| s.1)),
        ("score", ints(|s| s.0)),
    ];
    RecordBatch::try_from_iter(columns.chain(others)).unwrap()
}

fn contract(severity: Severity, from: &str, to: &str) -> EdgeContract {
    let ends = |text: &str| vec![text.to_string()];
    EdgeContract {
        relation: "r".to_string(),
        unique: Some(UniqueBy::Src),
        contract: RuleContract {
            rule: "made".to_string(),
            endpoints: vec![Endpoints {
                edge: None,
                from: ends(from),
                to: ends(to),
            }],
            severity,
        },
    }
}

fn found(errors: &RecordBatch, columns: [&str; 4]) -> Vec<[String; 4]> {
    let columns = columns.map(|name| text(errors, name).unwrap());
    let cell = |row: usize| {
        columns.map(|c| {
            if c.is_valid(row) {
                c.value(row).to_string()
            } else {
                "-".to_string()
            }
        })
    };
    (0..errors.num_rows()).map(cell).collect()
}

#[test]
fn every_broken_promise_is_reported_once() {
    let mut checks = Checks::default();
    checks
        .nodes(&rows(
            &[
                ("node_id", &["a", "b", "a"]),
                ("kind", &["class", "function", "class"]),
                ("path", &["p", "p", "p"]),
            ],
            &[(0, 1), (5, 4), (0, 1)],
        ))
        .unwrap();
    let edges = rows(
        &[
            ("edge_id", &["e1", "e2", "e3", "e4"]),
            ("kind", &["k", "k", "k", "k"]),
            ("src", &["a", "a", "a", "gone"]),
            ("dst", &["b", "b", "later", "a"]),
            ("relation", &["r", "r", "r", "r"]),
            ("rule", &["made", "made", "made", "made"]),
            ("path", &["p", "p", "p", "p"]),
        ],
        &[(0, 1), (0, 1), (0, 1), (-1, 1)],
    );
    checks
        .edges(&edges, &[contract(Severity::Warning, "class", "function")])
        .unwrap();
    checks
        .nodes(&rows(
            &[("node_id", &["later"]), ("kind", &["method"]), ("path", &["q"])],
            &[(0, 1)],
        ))
        .unwrap();
    let errors = checks.finish().unwrap();
    // What a rule promises is as bad as it says, and the rest is an error.
    assert_eq!(
        found(&errors, ["id", "code", "rule", "severity"]),
        [
            ["e2", "edge_not_unique", "made", "error"],
            ["e2", "src_not_unique", "made", "warning"],
            ["e3", "dst_kind", "made", "warning"],
            ["e3", "src_not_unique", "made", "warning"],
            ["e4", "dst_kind", "made", "warning"],
            ["e4", "score_out_of_range", "made", "error"],
            ["e4", "span_not_sane", "made", "error"],
            ["e4", "src_dangling", "made", "error"],
            ["a", "node_not_unique", "-", "error"],
            ["b", "span_not_sane", "-", "error"],
        ]
    );
    let messages = text(&errors, "message").unwrap();
    assert_eq!(
        messages.value(2),
        "the edge may not lead to such a node: it is a method, and `k` leads to one of function"
    );
}

#[test]
fn kinds_that_are_too_many_to_tell_are_not_judged() {
    let mut kinds = Kinds::default();
    let all: Vec<Kind> = (0..80).map(|n| kinds.of(&n.to_string())).collect();
    let wanted = all[3].bit() | all[4].bit();
    let inside: Vec<usize> = (0..80).filter(|n| all[*n].is_in(wanted)).collect();
    assert_eq!(inside, [3, 4].into_iter().chain(63..80).collect::<Vec<_>>());
}
