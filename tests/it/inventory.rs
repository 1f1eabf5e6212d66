//! Every question and every answer of a relation has its suite and its page.

use std::path::Path;

use datafusion::prelude::SessionContext;
use datafusion_codeanatomy::relation::pack;
use datafusion_codeanatomy::{Source, SourceOptions, attach_source_with_rules, register_all};

use crate::lines;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Whether a text has rows of results behind a query of this.
fn has_answer(suite: &str, queried: &str) -> bool {
    suite.split("\n\n").any(|record| {
        let answered = record.split_once("\n----\n");
        record.contains("query ") && answered.is_some_and(|(query, _)| query.contains(queried))
    })
}

#[tokio::test]
async fn every_question_has_a_suite_and_a_page_with_its_sql_and_its_command() {
    let ctx = SessionContext::new();
    register_all(&ctx).unwrap();
    let questions = lines(
        &ctx,
        "SELECT name FROM functions() WHERE section = 'Questions' ORDER BY name",
    )
    .await;
    assert!(questions.len() >= 12, "{questions:?}");
    let page = read("docs/questions.md");
    for name in &questions {
        let suite = read(&format!("sqllogictest/suites/questions/{name}.slt"));
        assert!(
            has_answer(&suite, &format!("{name}(")),
            "the suite of {name} asks nothing"
        );
        if name == "explain_relation" {
            // It is shown where relations are.
            assert!(read("docs/relations.md").contains("FROM explain_relation("));
            continue;
        }
        let section = page.split("\n## ").find(|s| s.contains(&format!("FROM {name}(")));
        let section = section.unwrap_or_else(|| panic!("docs/questions.md does not ask {name}"));
        let heading = section.lines().next().unwrap_or_default();
        assert!(
            heading.contains("`codeanatomy "),
            "the section of {name} has no command: {heading}"
        );
    }
    assert!(page.contains("codeanatomy explain "));
}

#[tokio::test]
async fn every_answer_of_a_relation_has_a_suite_and_every_relation_a_row_of_its_page() {
    let ctx = SessionContext::new();
    let source = Source::of_text("a.py", "", &SourceOptions::default()).unwrap();
    let relations = attach_source_with_rules(&ctx, source, &pack()).await.unwrap();
    assert!(relations.len() >= 20);
    let page = read("docs/relations.md");
    for relation in &relations {
        let name = &relation.name;
        let suite = read(&format!("sqllogictest/suites/relations/{name}.slt"));
        let mut answers = vec!["", "_candidates", "_losers", "_ambiguity", "_coverage"];
        if relation.left.is_some() {
            answers.push("_unresolved");
        }
        for answer in answers {
            let table = format!("FROM {name}{answer}");
            let asks = |query: &str| {
                let behind = query.split(&table).skip(1);
                behind
                    .into_iter()
                    .any(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
            };
            assert!(
                asks(&suite),
                "sqllogictest/suites/relations/{name}.slt does not ask {table}"
            );
            assert!(ctx.table_exist(format!("{name}{answer}")).unwrap());
        }
        assert!(
            page.contains(&format!("`{name}`")),
            "docs/relations.md does not name {name}"
        );
    }
}

#[tokio::test]
async fn every_listing_and_what_is_said_of_queries_has_a_suite_and_a_page() {
    let ctx = SessionContext::new();
    register_all(&ctx).unwrap();
    for (section, folder, least) in [("Listings", "catalogue", 7), ("Queries", "queries", 3)] {
        let asked = format!("SELECT name FROM functions() WHERE section = '{section}' ORDER BY name");
        let names = lines(&ctx, &asked).await;
        assert!(names.len() >= least, "{names:?}");
        let page = read("docs/plans.md");
        for name in &names {
            // What is of functions has one suite.
            let file = match name.as_str() {
                "functions" | "function_parameters" => "functions/create_function".to_string(),
                name => format!("{folder}/{name}"),
            };
            let suite = read(&format!("sqllogictest/suites/{file}.slt"));
            assert!(
                has_answer(&suite, &format!("{name}(")),
                "{file}.slt does not ask {name}"
            );
            let is_shown = ["FROM ", "`"]
                .iter()
                .any(|before| page.contains(&format!("{before}{name}(")));
            assert!(section == "Listings" || is_shown, "docs/plans.md does not ask {name}");
        }
    }
}
