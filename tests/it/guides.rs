//! The pages of `docs/` that are written by hand: what they show is what comes out. `WRITE_PAGES=1` writes it anew.
//!
//! A block `sql` is run, in one session per page, and the block `text` behind it is the table that its last statement gives.

use std::path::Path;

use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_codeanatomy::{SourceOptions, attach_source, register_all};

use crate::rows;

type Settings = &'static [(&'static str, &'static str)];

/// Each with the settings of its session, and the source that it has, if any.
const GUIDES: &[(&str, Settings, Option<&str>)] = &[
    (
        "winners.md",
        &[
            ("datafusion.execution.target_partitions", "4"),
            ("datafusion.catalog.information_schema", "true"),
        ],
        None,
    ),
    ("call_graph.md", &[], Some("../examples/shop")),
    ("questions.md", &[], Some("../examples/shop")),
    ("relations.md", &[], Some("../sqllogictest/samples/clinic")),
    ("plans.md", &[], None),
    (
        "calling_functions.md",
        &[
            ("datafusion.catalog.information_schema", "true"),
            ("datafusion.explain.format", "indent"),
            ("datafusion.explain.logical_plan_only", "true"),
            ("datafusion.explain.analyze_categories", "rows"),
            ("datafusion.execution.target_partitions", "1"),
        ],
        Some("../examples/shop"),
    ),
    (
        "interval_join.md",
        &[
            ("datafusion.execution.target_partitions", "2"),
            ("datafusion.explain.format", "indent"),
            ("datafusion.explain.physical_plan_only", "true"),
            ("datafusion.explain.analyze_categories", "rows"),
        ],
        None,
    ),
];

/// The page with what its statements give.
async fn run(page: &str, settings: &[(&str, &str)], source: Option<&str>) -> String {
    let config = settings.iter().fold(SessionConfig::new(), |config, (name, value)| {
        config.set_str(name, value)
    });
    let ctx = SessionContext::new_with_config(config);
    register_all(&ctx).unwrap();
    if let Some(source) = source {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(source);
        attach_source(&ctx, source, &SourceOptions::default()).await.unwrap();
    }
    let mut out = String::new();
    let mut lines = page.lines();
    let mut shown: Option<String> = None;
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let block = |out: &mut String, lines: &mut std::str::Lines<'_>, keep: bool| {
            let mut text = String::new();
            for line in lines.by_ref().take_while(|line| *line != "```") {
                text.push_str(line);
                text.push('\n');
            }
            if keep {
                out.push_str(&text);
                out.push_str("```\n");
            }
            text
        };
        match line {
            "```sql" => {
                let sql = block(&mut out, &mut lines, true);
                for statement in sql.split(";\n").filter(|s| !s.trim().is_empty()) {
                    let batches = rows(&ctx, statement)
                        .await
                        .unwrap_or_else(|e| panic!("{statement}\n{e}"));
                    shown = Some(pretty_format_batches(&batches).unwrap().to_string());
                }
            }
            "```text" => {
                // A text that no statement comes before is shown as it is.
                let Some(shown) = shown.take() else {
                    block(&mut out, &mut lines, true);
                    continue;
                };
                block(&mut out, &mut lines, false);
                let trimmed: Vec<_> = shown.lines().map(str::trim_end).collect();
                out.push_str(&trimmed.join("\n"));
                out.push_str("\n```\n");
            }
            _ => {}
        }
    }
    out
}

#[tokio::test]
async fn the_examples_of_the_guides_are_what_comes_out() {
    for (guide, settings, source) in GUIDES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(guide);
        let written = std::fs::read_to_string(&path).unwrap();
        let found = run(&written, settings, *source).await;
        if std::env::var_os("WRITE_PAGES").is_some() {
            std::fs::write(&path, &found).unwrap();
        } else {
            assert!(
                written == found,
                "{guide} is stale: run this test with WRITE_PAGES=1\n{found}"
            );
        }
    }
}
