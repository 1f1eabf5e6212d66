//! The persistent cache: files that were not changed are not parsed again, and rows are the same with it and without.

use std::path::Path;
use std::sync::Arc;

use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_codeanatomy::register_all;

use crate::{folder, lines, write};

fn session(cache: &Path, partitions: usize) -> SessionContext {
    let config = SessionConfig::new().with_target_partitions(partitions);
    let ctx = SessionContext::new_with_config(config);
    register_all(&ctx).unwrap();
    set(&ctx, "codeanatomy.cache_dir", &cache.display().to_string());
    // What another query has parsed would show in the counts.
    set(&ctx, "codeanatomy.parse_cache_bytes", "0");
    ctx
}

fn set(ctx: &SessionContext, name: &str, value: &str) {
    let state = ctx.state_ref();
    let mut state = state.write();
    state.config_mut().options_mut().set(name, value).unwrap();
}

fn sum(plan: &Arc<dyn ExecutionPlan>, name: &str) -> usize {
    let own = plan
        .metrics()
        .and_then(|m| m.sum_by_name(name))
        .map_or(0, |v| v.as_usize());
    own + plan.children().into_iter().map(|c| sum(c, name)).sum::<usize>()
}

/// How many files a query parsed, how many it found in the cache, how many entries were damaged, and how often the cache failed.
async fn counts(ctx: &SessionContext, sql: &str) -> [usize; 4] {
    let plan = ctx.sql(sql).await.unwrap().create_physical_plan().await.unwrap();
    datafusion::physical_plan::collect(Arc::clone(&plan), ctx.task_ctx())
        .await
        .unwrap();
    ["files_parsed", "files_cached", "cache_repaired", "cache_failed"].map(|name| sum(&plan, name))
}

#[tokio::test]
async fn only_what_was_changed_is_parsed_again() {
    let source = folder(&[
        ("a.py", "def a(): pass\n"),
        ("b.py", "def b(): pass\n"),
        ("c.py", "def c(): pass\n"),
    ]);
    let cache = tempfile::tempdir().unwrap();
    let path = source.path().display();
    let sql = format!("SELECT name FROM definitions(source => '{path}') ORDER BY name");
    assert_eq!(counts(&session(cache.path(), 2), &sql).await, [3, 0, 0, 0]);
    assert_eq!(counts(&session(cache.path(), 3), &sql).await, [0, 3, 0, 0]);
    // Other columns are there, too.
    let other = format!("SELECT def_id, signature FROM definitions(source => '{path}')");
    assert_eq!(counts(&session(cache.path(), 1), &other).await, [0, 3, 0, 0]);
    write(source.path(), "b.py", "def d(): pass\n");
    let ctx = session(cache.path(), 1);
    assert_eq!(counts(&ctx, &sql).await, [1, 2, 0, 0]);
    assert_eq!(lines(&ctx, &sql).await, ["a", "c", "d"]);
    // What was there before is found again.
    write(source.path(), "b.py", "def b(): pass\n");
    assert_eq!(counts(&ctx, &sql).await, [0, 3, 0, 0]);
    // The same content elsewhere has other ids.
    std::fs::rename(source.path().join("b.py"), source.path().join("e.py")).unwrap();
    assert_eq!(counts(&ctx, &sql).await, [1, 2, 0, 0]);
    // A package changes the names of what is in it.
    write(source.path(), "__init__.py", "");
    assert_eq!(counts(&ctx, &sql).await[0], 4);
}

#[tokio::test]
async fn another_dataset_or_option_is_another_entry_and_a_filter_or_limit_is_not() {
    let source = folder(&[("a.py", "x = f(1)\n"), ("b.py", "y = f(2)\n")]);
    let cache = tempfile::tempdir().unwrap();
    let ctx = session(cache.path(), 1);
    let path = source.path().display();
    let query = |what: &str| what.replace("SOURCE", &format!("source => '{path}'"));
    for (sql, expected) in [
        ("SELECT * FROM calls(SOURCE)", [2, 0, 0, 0]),
        ("SELECT * FROM calls(SOURCE)", [0, 2, 0, 0]),
        ("SELECT * FROM calls(SOURCE) WHERE path = 'b.py'", [0, 1, 0, 0]),
        (
            "SELECT callee FROM calls(SOURCE) WHERE line = 1 AND path LIKE 'a%'",
            [0, 1, 0, 0],
        ),
        ("SELECT count(*) FROM calls(SOURCE) WHERE line > 0", [0, 2, 0, 0]),
        ("SELECT * FROM calls(SOURCE, max_file_bytes => 4)", [0, 0, 0, 0]),
        ("SELECT * FROM calls(SOURCE, max_file_bytes => 4)", [0, 2, 0, 0]),
        ("SELECT * FROM \"references\"(SOURCE)", [2, 0, 0, 0]),
        ("SELECT status FROM files(SOURCE)", [2, 0, 0, 0]),
        ("SELECT status, language FROM files(SOURCE)", [0, 2, 0, 0]),
        // Nothing is parsed for these, so that nothing is kept either.
        ("SELECT path, size FROM files(SOURCE)", [0, 0, 0, 0]),
        ("SELECT text FROM lines(SOURCE)", [0, 0, 0, 0]),
        ("SELECT status, text FROM files(SOURCE)", [2, 0, 0, 0]),
        (
            "SELECT * FROM ts_captures(SOURCE, query => '(identifier) @a')",
            [0, 0, 0, 0],
        ),
        (
            "SELECT * FROM ts_captures(SOURCE, query => '(identifier) @a')",
            [0, 2, 0, 0],
        ),
        (
            "SELECT * FROM ts_captures(SOURCE, query => '(identifier) @b')",
            [0, 0, 0, 0],
        ),
    ] {
        assert_eq!(counts(&ctx, &query(sql)).await, expected, "{sql}");
    }
}

/// Of the fixtures, with broken files, other languages, bytecode and indexes among them.
#[tokio::test]
async fn rows_are_the_same_with_a_cache_and_without() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sqllogictest/fixtures");
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sqllogictest/samples");
    let cache = tempfile::tempdir().unwrap();
    let without = SessionContext::new();
    register_all(&without).unwrap();
    let (mut found, mut rows) = (0, 0);
    for source in [source, samples] {
        for contract in codeanatomy_model::CATALOGUE {
            let query = match contract.name {
                "ts_captures" => ", query => '(identifier) @name'",
                _ => "",
            };
            let from = format!("\"{}\"(source => '{}'{query})", contract.name, source.display());
            let order = contract.order.join(", ");
            let columns: Vec<_> = contract
                .columns
                .iter()
                .map(|c| c.name)
                .filter(|c| *c != "text" || contract.name != "files")
                .collect();
            let half: Vec<_> = columns.iter().copied().step_by(2).collect();
            for columns in [columns.join(", "), half.join(", "), "count(*)".to_string()] {
                let order = if columns == "count(*)" {
                    String::new()
                } else {
                    format!("ORDER BY {order}")
                };
                let sql = format!("SELECT {columns} FROM {from} {order}");
                let expected = lines(&without, &sql).await;
                rows += expected.len();
                for partitions in [1, 3] {
                    let ctx = session(cache.path(), partitions);
                    assert_eq!(lines(&ctx, &sql).await, expected, "{sql}");
                    found += counts(&ctx, &sql).await[1];
                }
            }
        }
    }
    assert!(found > 1000 && rows > 10_000, "{found} found, {rows} rows");
}

#[tokio::test]
async fn a_limit_and_a_dropped_query_leave_what_they_have_extracted() {
    let files: Vec<(String, String)> = (0..200)
        .map(|i| (format!("m{i:03}.py"), "x = 1\n".repeat(2000)))
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
    let source = folder(&files);
    let cache = tempfile::tempdir().unwrap();
    let ctx = session(cache.path(), 1);
    let sql = format!("SELECT * FROM ast_nodes(source => '{}')", source.path().display());
    let [parsed, ..] = counts(&ctx, &format!("{sql} LIMIT 5")).await;
    assert!((1..10).contains(&parsed), "{parsed}");
    let [again, found, ..] = counts(&session(cache.path(), 1), &format!("{sql} LIMIT 5")).await;
    assert_eq!((again, found), (0, 1));
    let [rest, found, ..] = counts(&session(cache.path(), 1), &sql).await;
    assert_eq!((rest, found), (200 - parsed, parsed));
}

#[tokio::test]
async fn a_damaged_cache_gives_the_right_rows_and_is_repaired() {
    let source = folder(&[("a.py", "def a(): pass\n"), ("b.py", "def b(): pass\n")]);
    let cache = tempfile::tempdir().unwrap();
    let sql = format!("SELECT name FROM definitions(source => '{}')", source.path().display());
    counts(&session(cache.path(), 1), &sql).await;
    let version = std::fs::read_dir(cache.path()).unwrap().next().unwrap().unwrap().path();
    let pack = std::fs::read_dir(version.join("definitions"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let mut bytes = std::fs::read(&pack).unwrap();
    bytes[20] ^= 1;
    std::fs::write(&pack, bytes).unwrap();
    let ctx = session(cache.path(), 1);
    assert_eq!(counts(&ctx, &sql).await, [1, 1, 1, 0]);
    assert_eq!(counts(&ctx, &sql).await, [0, 2, 0, 0]);
    assert_eq!(lines(&ctx, &sql).await, ["a", "b"]);
}

#[tokio::test]
async fn a_cache_that_cannot_be_made_is_an_error_and_one_that_cannot_be_used_is_not() {
    let source = folder(&[("a.py", "def a(): pass\n")]);
    let cache = folder(&[("file", "")]);
    let sql = format!("SELECT name FROM definitions(source => '{}')", source.path().display());
    let wrong = session(&cache.path().join("file/below"), 1);
    let error = wrong.sql(&sql).await.unwrap().collect().await.unwrap_err().to_string();
    assert!(
        error.contains("codeanatomy.cache_dir is '") && error.contains("SET codeanatomy.cache_dir = ''"),
        "{error}"
    );
    // A file where the folder of the dataset would be, as for one who may not write.
    counts(&session(cache.path(), 1), &sql).await;
    let versions = std::fs::read_dir(cache.path()).unwrap().map(|e| e.unwrap().path());
    let place = versions.filter(|p| p.is_dir()).last().unwrap().join("definitions");
    std::fs::remove_dir_all(&place).unwrap();
    std::fs::write(&place, "").unwrap();
    let ctx = session(cache.path(), 1);
    let [parsed, found, repaired, failed] = counts(&ctx, &sql).await;
    assert!((parsed, found, repaired) == (1, 0, 0) && failed > 0, "{failed}");
    assert_eq!(lines(&ctx, &sql).await, ["a"]);
}

#[tokio::test]
async fn the_memory_limit_is_respected_with_a_cache() {
    let source = folder(&[("a.py", &"x = 1\n".repeat(50_000))]);
    let cache = tempfile::tempdir().unwrap();
    let sql = format!("SELECT * FROM ast_nodes(source => '{}')", source.path().display());
    counts(&session(cache.path(), 1), &sql).await;
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_limit(1 << 20, 1.0)
        .build_arc()
        .unwrap();
    let ctx = SessionContext::new_with_config_rt(SessionConfig::new(), runtime);
    register_all(&ctx).unwrap();
    set(&ctx, "codeanatomy.cache_dir", &cache.path().display().to_string());
    let error = ctx.sql(&sql).await.unwrap().collect().await.unwrap_err().to_string();
    assert!(
        error.contains("Resources exhausted") && error.contains("ast_nodes"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_at_once_share_a_cache() {
    let files: Vec<(String, String)> = (0..60)
        .map(|i| (format!("m{i}.py"), format!("def f{i}(): pass\n")))
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
    let source = folder(&files);
    let cache = tempfile::tempdir().unwrap();
    let sql = format!(
        "SELECT count(DISTINCT name) FROM definitions(source => '{}')",
        source.path().display()
    );
    let queries = (0..12).map(|i| {
        let (ctx, sql) = (session(cache.path(), 1 + i % 4), sql.clone());
        tokio::spawn(async move { lines(&ctx, &sql).await })
    });
    for query in queries.collect::<Vec<_>>() {
        assert_eq!(query.await.unwrap(), ["60"]);
    }
    assert_eq!(counts(&session(cache.path(), 2), &sql).await, [0, 60, 0, 0]);
}
