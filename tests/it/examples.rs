//! The examples of the pages in `docs/`: every `sql` block is run, and the `text` block behind it is what comes out.
//! `WRITE_PAGES=1` writes what comes out.

use std::path::Path;

use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_codeanatomy::register_all;

use crate::rows;

const PAGES: &[&str] = &["interval_join.md"];

/// `page` with the answers to its questions.
async fn answered(page: &str) -> String {
    let config = SessionConfig::new()
        .with_target_partitions(2)
        .set_str("datafusion.explain.format", "indent")
        .set_bool("datafusion.explain.physical_plan_only", true)
        .set_str("datafusion.explain.analyze_categories", "rows");
    let ctx = SessionContext::new_with_config(config);
    register_all(&ctx).unwrap();
    let mut answered = String::new();
    let mut rest = page;
    while let Some(start) = rest.find("```sql\n") {
        let from = start + "```sql\n".len();
        let length = rest[from..].find("```").unwrap();
        let sql = &rest[from..from + length];
        let end = from + length + "```\n".len();
        answered.push_str(&rest[..end]);
        rest = &rest[end..];
        let mut last = vec![];
        for statement in sql.split(';').filter(|s| !s.trim().is_empty()) {
            last = rows(&ctx, statement)
                .await
                .unwrap_or_else(|e| panic!("{e}\n{statement}"));
        }
        if let Some(text) = rest.strip_prefix("\n```text\n") {
            let table = pretty_format_batches(&last).unwrap().to_string();
            answered.push_str(&format!("\n```text\n{table}\n```\n"));
            rest = &text[text.find("```").unwrap() + "```\n".len()..];
        }
    }
    answered + rest
}

#[tokio::test]
async fn the_examples_of_the_pages_give_what_stands_there() {
    for page in PAGES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(page);
        let written = std::fs::read_to_string(&path).unwrap();
        let answered = answered(&written).await;
        if std::env::var_os("WRITE_PAGES").is_some() {
            std::fs::write(&path, &answered).unwrap();
            continue;
        }
        assert!(
            written == answered,
            "{page} says other than what its examples give: run this test with WRITE_PAGES=1"
        );
    }
}
