//! Predicates on qualified names decide which files are read, and never which rows come.

use std::sync::Arc;

use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::common::config::ConfigOptions;
use datafusion::physical_plan::collect;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_codeanatomy::register_all;

use crate::folder;
use crate::scan::sum;

/// Texts near the names: modules, what is in them, what only begins alike, and what is between.
const TEXTS: [&str; 10] = [
    "app",
    "app.",
    "app.core",
    "app.core.Engine",
    "app.cor",
    "app/",
    "shared.part",
    "tool.work",
    "plain",
    "zz",
];

fn predicates(column: &str) -> Vec<String> {
    let mut predicates = vec![];
    for (i, text) in TEXTS.iter().enumerate() {
        let next = TEXTS[(i + 5) % TEXTS.len()];
        predicates.extend([
            format!("{column} = '{text}'"),
            format!("{column} LIKE '{text}%'"),
            format!("{column} LIKE '{text}.%'"),
            format!("{column} LIKE '{text}_%'"),
            format!("{column} NOT LIKE '{text}%'"),
            format!("{column} ILIKE '{}%'", text.to_uppercase()),
            format!("starts_with({column}, '{text}')"),
            format!("qualified_name_within({column}, '{text}')"),
            format!("NOT qualified_name_within({column}, '{text}')"),
            format!("qualified_name_parent({column}) = '{text}'"),
            format!("{column} >= '{text}'"),
            format!("'{text}' > {column}"),
            format!("{column} <= '{text}'"),
            format!("{column} BETWEEN '{text}' AND '{next}'"),
            format!("{column} IN ('{text}', '{next}')"),
            format!("{column} NOT IN ('{text}', '{next}')"),
            format!("{column} LIKE '{text}%' OR starts_with({column}, '{next}')"),
            format!("{column} LIKE '{text}%' OR path LIKE '%util%'"),
            format!("{column} LIKE '{text}%' AND NOT starts_with({column}, '{next}')"),
            format!("{column} = '{text}' OR {column} IS NULL"),
        ]);
    }
    predicates
}

fn session(rule: bool) -> SessionContext {
    let ctx = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(2));
    register_all(&ctx).unwrap();
    let state = ctx.state_ref();
    let set = |options: &mut ConfigOptions| options.set("codeanatomy.optimizer.module_filter", &rule.to_string());
    set(state.write().config_mut().options_mut()).unwrap();
    ctx
}

/// The rows, and the files that were read for them.
async fn answer(ctx: &SessionContext, sql: &str) -> (Vec<String>, usize) {
    let plan = ctx.sql(sql).await.unwrap().create_physical_plan().await.unwrap();
    let batches = collect(Arc::clone(&plan), ctx.task_ctx()).await.unwrap();
    let table = pretty_format_batches(&batches).unwrap().to_string();
    let mut rows: Vec<_> = table.lines().map(str::to_string).collect();
    rows.sort();
    (rows, sum(&plan, "files_skipped_by_filter"))
}

#[tokio::test]
async fn rows_are_the_same_with_and_without_it() {
    let own = folder(&[
        ("app/__init__.py", "class core:\n    def start(self): pass\n"),
        (
            "app/core.py",
            "class Engine:\n    'e'\n    def start(self):\n        def inner(): pass\n",
        ),
        ("app/core_x.py", "class Engine: pass\n"),
        ("src/tool.py", "'t'\ndef work(): 'w'\n"),
        ("one/shared/__init__.py", "'one'\n"),
        ("one/shared/part.py", "def part(): pass\n"),
        ("two/shared/__init__.py", "'two'\n"),
        ("two/shared/part.py", "def part(): pass\ndef other(): pass\n"),
        (
            "odd-name.py",
            "class app:\n    def core(self): 'x'\nclass odd:\n    def f(self): pass\ndef plain(): pass\n",
        ),
        (
            "web.ts",
            "namespace app { export function core() {} }\nfunction plain() {}\n",
        ),
    ]);
    let samples = format!("{}/../sqllogictest/samples/imports", env!("CARGO_MANIFEST_DIR"));
    let (on, off) = (session(true), session(false));
    let mut skipped = 0;
    let of_names = [("definitions", "qualified_name"), ("docstrings", "qualified_name")];
    let of_modules = [("modules", "module"), ("files", "module")];
    for (source, datasets) in [
        (own.path().display().to_string(), [of_names, of_modules].concat()),
        (samples, vec![of_names[0], of_modules[0]]),
    ] {
        for (dataset, column) in datasets {
            for predicate in predicates(column) {
                let sql = format!("SELECT path, {column} FROM {dataset}('{source}') WHERE {predicate}");
                let (rows, files) = answer(&on, &sql).await;
                let (expected, all) = answer(&off, &sql).await;
                assert_eq!(rows, expected, "{sql}");
                skipped += files - all;
            }
        }
    }
    assert!(skipped > 5_000, "{skipped}");
}
