//! What the inventory says is there, and what is there is in the inventory.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_codeanatomy::{SourceOptions, attach_source, register_all};

use crate::{lines, rows};

fn session() -> SessionContext {
    let ctx = SessionContext::new_with_config(SessionConfig::new().with_information_schema(true));
    register_all(&ctx).unwrap();
    ctx
}

/// All names and other names of functions of a session.
fn names(ctx: &SessionContext) -> BTreeSet<String> {
    let state = ctx.state();
    let mut names: BTreeSet<String> = state.table_functions().keys().cloned().collect();
    names.extend(state.scalar_functions().keys().cloned());
    names.extend(state.aggregate_functions().keys().cloned());
    names.extend(state.window_functions().keys().cloned());
    names.extend(state.higher_order_functions().keys().cloned());
    names
}

async fn ours(ctx: &SessionContext, condition: &str) -> Vec<String> {
    lines(
        ctx,
        &format!("SELECT name FROM functions() WHERE {condition} ORDER BY name"),
    )
    .await
}

#[tokio::test]
async fn no_function_has_the_name_of_one_of_the_engine() {
    let engine = names(&SessionContext::new());
    let ours = ours(&session(), "true").await;
    let both: Vec<_> = ours.iter().filter(|name| engine.contains(*name)).collect();
    assert!(both.is_empty(), "{both:?}");
    assert!(ours.len() > 100, "{}", ours.len());
}

#[tokio::test]
async fn the_inventory_has_every_function_once() {
    let (engine, all) = (names(&SessionContext::new()), names(&session()));
    let registered: Vec<_> = all.difference(&engine).cloned().collect();
    let mut listed = ours(&session(), "true").await;
    // The engine's planner plans functions of relations by name, without a registration.
    listed.retain(|name| !["winners", "interval_join"].contains(&name.as_str()));
    assert_eq!(listed, registered);
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn stems(folder: &str) -> BTreeSet<String> {
    let mut found = vec![];
    files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder),
        &mut found,
    );
    found
        .iter()
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_string())
        .collect()
}

#[tokio::test]
async fn every_function_has_its_file_its_suite_and_its_page() {
    let names: BTreeSet<_> = ours(&session(), "kind <> 'table'").await.into_iter().collect();
    for (what, folder) in [
        ("file", "crates/codeanatomy-functions/src"),
        ("suite", "sqllogictest/suites/functions"),
        ("page", "docs/functions"),
    ] {
        let there = stems(folder);
        let missing: Vec<_> = names.difference(&there).collect();
        assert!(missing.is_empty(), "no {what} in {folder} of {missing:?}");
    }
}

#[tokio::test]
async fn every_example_runs_and_every_page_of_the_engine_has_it() {
    let ctx = session();
    let asked = session();
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/shop");
    attach_source(&asked, shop, &SourceOptions::default()).await.unwrap();
    for (ctx, which) in [(&ctx, "<>"), (&asked, "=")] {
        let sql = format!("SELECT name, example FROM functions() WHERE section {which} 'Questions' ORDER BY name");
        for line in lines(ctx, &sql).await {
            let (name, example) = line.split_once(" | ").unwrap();
            if let Err(error) = rows(ctx, example).await {
                panic!("{name}: {example}\n{error}");
            }
        }
    }
    let unknown = lines(
        &ctx,
        "SELECT name FROM functions() WHERE kind <> 'table' AND name NOT IN (SELECT routine_name FROM \
         information_schema.routines WHERE description IS NOT NULL AND syntax_example IS NOT NULL)",
    )
    .await;
    assert_eq!(unknown, Vec::<String>::new());
}

/// `information_schema` and `SHOW FUNCTIONS` beside our lists, by count and by name.
#[tokio::test]
async fn the_engines_lists_have_all_functions_and_parameters() {
    let ctx = session();
    let missing = "SELECT name, kind FROM functions() WHERE section <> 'Relations' \
                   EXCEPT SELECT routine_name, lower(function_type) FROM information_schema.routines";
    assert_eq!(lines(&ctx, missing).await, Vec::<String>::new());
    // One row of routines for each.
    let twice = "SELECT routine_name FROM information_schema.routines WHERE routine_name IN (SELECT name FROM functions()) \
                 GROUP BY routine_name HAVING count(*) > 1";
    assert_eq!(lines(&ctx, twice).await, Vec::<String>::new());
    let parameters = "SELECT function, position, name FROM function_parameters() WHERE kind <> 'table' ORDER BY 1, 2";
    let theirs = "SELECT specific_name, ordinal_position, parameter_name FROM information_schema.parameters WHERE parameter_mode = 'IN' \
                  AND specific_name IN (SELECT name FROM functions()) ORDER BY 1, 2";
    let listed = lines(&ctx, parameters).await;
    assert_eq!(lines(&ctx, theirs).await, listed);
    assert!(listed.len() > 100, "{}", listed.len());
    let out = "SELECT count(*) AS a, count(data_type) AS b FROM information_schema.parameters WHERE parameter_mode = 'OUT' AND specific_name IN (SELECT name FROM functions())";
    let values = "SELECT count(*) AS a, count(*) AS b FROM functions() WHERE kind <> 'table' AND name <> 'struct_pick'";
    assert_eq!(lines(&ctx, out).await, lines(&ctx, values).await);
    let shown: BTreeSet<String> = lines(&ctx, "SHOW FUNCTIONS")
        .await
        .iter()
        .map(|l| l.split(" | ").next().unwrap().to_string())
        .collect();
    let all: Vec<_> = ours(&ctx, "section <> 'Relations' AND name <> 'struct_pick'").await;
    let unknown: Vec<_> = all.iter().filter(|name| !shown.contains(*name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
