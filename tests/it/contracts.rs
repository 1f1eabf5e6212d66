//! What rules promise of their rows, in builds.

use datafusion::prelude::SessionContext;
use datafusion_codeanatomy::attach_graph;
use datafusion_codeanatomy::build::{BuildOptions, Silent, build};
use datafusion_codeanatomy::relation::{RuleFile, pack};

use crate::{folder, lines};

const FILES: &[(&str, &str)] = &[
    ("a.py", "class A: pass\ndef f(): pass\n"),
    ("b.py", "class B: pass\ndef g(): pass\n"),
];

/// A rule of a user: every class leads to all that another file defines.
fn leads(severity: &str) -> BuildOptions {
    let text = format!(
        "-- rule: leads\n-- relation: leads\n-- unique: pair\n-- endpoints: class -> class, external\n{severity}-- doc: x\n\
         SELECT c.def_id AS src, d.def_id AS dst, c.path, c.bstart, c.bend, 1 AS score, 'x' AS resolution\n\
         FROM definitions c JOIN definitions d ON d.path <> c.path WHERE c.kind = 'class'"
    );
    let mut rules = pack();
    rules.push(RuleFile {
        file: "leads.sql".to_string(),
        text,
    });
    BuildOptions {
        rules,
        ..BuildOptions::default()
    }
}

#[tokio::test]
async fn an_edge_to_a_node_of_a_kind_that_its_rule_does_not_allow_is_listed_whether_the_node_comes_before_or_later() {
    let (source, store) = (folder(FILES), folder(&[]));
    build(source.path(), store.path(), &leads(""), &Silent).await.unwrap();
    let ctx = SessionContext::new();
    attach_graph(&ctx, store.path()).await.unwrap();
    let sql = "SELECT path, code, \"column\", rule, severity, message FROM contract_errors ORDER BY path";
    let message = "the edge may not lead to such a node: it is a function, and `leads` leads to one of class, external";
    assert_eq!(
        lines(&ctx, sql).await,
        ["a.py", "b.py"].map(|path| format!("{path} | dst_kind | dst | leads | error | {message}"))
    );
    assert_eq!(
        lines(&ctx, "SELECT * FROM contract_summary").await,
        ["dst_kind | error | cpg_edges | leads | 2"]
    );
}

#[tokio::test]
async fn a_rule_says_itself_whether_that_is_fatal() {
    let source = folder(FILES);
    let strict = |severity| BuildOptions {
        strict: true,
        ..leads(severity)
    };
    let error = build(source.path(), folder(&[]).path(), &strict(""), &Silent).await;
    assert!(error.unwrap_err().to_string().contains("break a contract; 2 do"));
    let store = folder(&[]);
    let report = build(source.path(), store.path(), &strict("-- severity: warning\n"), &Silent).await;
    assert_eq!(report.unwrap().contract_errors, [("dst_kind".to_string(), 2)]);
    let ctx = SessionContext::new();
    attach_graph(&ctx, store.path()).await.unwrap();
    let summary = lines(&ctx, "SELECT code, severity, rows FROM contract_summary").await;
    assert_eq!(summary, ["dst_kind | warning | 2"]);
}

#[tokio::test]
async fn a_graph_of_another_format_is_an_error_that_says_what_to_do() {
    let (source, store) = (folder(FILES), folder(&[]));
    let report = build(source.path(), store.path(), &BuildOptions::default(), &Silent)
        .await
        .unwrap();
    let manifest = std::path::Path::new(&report.folder).join("manifest.json");
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, text.replace("\"format\": 2", "\"format\": 1")).unwrap();
    let error = attach_graph(&SessionContext::new(), store.path())
        .await
        .unwrap_err()
        .strip_backtrace();
    assert!(
        error.contains("has format 1, this program reads format 2; build it again"),
        "{error}"
    );
}
