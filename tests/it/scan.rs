//! Datasets as tables: what is read, in which order, under which limits.

use std::sync::Arc;
use std::time::{Duration, Instant};

use codeanatomy_model::Language;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::{ExecutionPlan, displayable, execute_stream};
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_codeanatomy::register_all;
use futures::StreamExt;

use crate::{folder, lines};

fn session(partitions: usize, batch_size: usize) -> SessionContext {
    let config = SessionConfig::new()
        .with_target_partitions(partitions)
        .with_batch_size(batch_size);
    let ctx = SessionContext::new_with_config(config);
    register_all(&ctx).unwrap();
    ctx
}

async fn plan(ctx: &SessionContext, sql: &str) -> Arc<dyn ExecutionPlan> {
    ctx.sql(sql).await.unwrap().create_physical_plan().await.unwrap()
}

async fn metric(ctx: &SessionContext, sql: &str, name: &str) -> usize {
    let plan = plan(ctx, sql).await;
    datafusion::physical_plan::collect(Arc::clone(&plan), ctx.task_ctx())
        .await
        .unwrap();
    sum(&plan, name)
}

pub(crate) fn sum(plan: &Arc<dyn ExecutionPlan>, name: &str) -> usize {
    let own = plan
        .metrics()
        .and_then(|m| m.sum_by_name(name))
        .map_or(0, |v| v.as_usize());
    own + plan.children().into_iter().map(|c| sum(c, name)).sum::<usize>()
}

#[tokio::test]
async fn what_is_not_asked_for_is_not_read() {
    let source = folder(&[("a.py", "x = 1\n"), ("b/c.py", "y = 2\n"), ("b/d.py", "z = 3\n")]);
    let path = source.path().display();
    let ctx = session(2, 8192);
    let cheap = format!("SELECT path, size, module, is_test FROM files(source => '{path}')");
    assert_eq!(metric(&ctx, &cheap, "files_read").await, 0);
    let one = format!("SELECT text FROM lines(source => '{path}') WHERE path = 'b/c.py' AND text <> ''");
    assert_eq!(metric(&ctx, &one, "files_read").await, 1);
    let prefix =
        format!("SELECT name FROM \"references\"(source => '{path}') WHERE starts_with(path, 'b/') AND line > 0");
    assert_eq!(metric(&ctx, &prefix, "files_read").await, 2);
    let limited = format!("SELECT name FROM \"references\"(source => '{path}') LIMIT 1");
    assert!(metric(&session(1, 8192), &limited, "files_read").await <= 2);
}

#[tokio::test]
async fn the_declared_order_needs_no_sort() {
    let source = folder(&[("a.py", "x = 1\n"), ("b.py", "y = 2\n"), ("c.py", "y = 2\n")]);
    let path = source.path().display();
    let sql = format!("SELECT path, node_id, kind FROM ast_nodes(source => '{path}') ORDER BY path, node_id");
    let text = displayable(plan(&session(3, 8192), &sql).await.as_ref())
        .indent(false)
        .to_string();
    assert!(
        !text.contains("SortExec") && text.contains("OrderedConcatExec"),
        "{text}"
    );
    assert!(
        text.contains("output_ordering=[path@0 ASC NULLS LAST, node_id@1 ASC NULLS LAST]"),
        "{text}"
    );
}

#[tokio::test]
async fn rows_are_the_same_for_all_partitions_and_batch_sizes() {
    let text = |i: usize| {
        (0..i % 7 + 1)
            .map(|j| {
                format!(
                    "import m{j}  # why\n@d\ndef f{j}(a: int, *b):\n    'What it does.'\n    return a.b({j})\nclass C(B):\n    x = 1\n"
                )
            })
            .collect::<String>()
    };
    let files: Vec<(String, String)> = (0..23).map(|i| (format!("p{}/m{i}.py", i % 3), text(i))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
    let source = folder(&files);
    let path = source.path().display();
    for contract in codeanatomy_model::CATALOGUE {
        let order = contract.order.join(", ");
        let query = match contract.name {
            "ts_captures" => ", query => '(identifier) @name'",
            _ => "",
        };
        let sql = format!(
            "SELECT * FROM \"{}\"(source => '{path}'{query}) ORDER BY {order}",
            contract.name
        );
        let expected = lines(&session(1, 8192), &sql).await;
        let is_of_python = contract.inputs.contains(Language::Python);
        let may_be_empty =
            !is_of_python || ["parse_errors", "ts_errors", "check_symbols", "check_calls"].contains(&contract.name);
        assert!(may_be_empty || !expected.is_empty(), "{}", contract.name);
        for (partitions, batch_size) in [(1, 1), (3, 8192), (16, 1), (64, 100)] {
            assert_eq!(
                lines(&session(partitions, batch_size), &sql).await,
                expected,
                "{} {partitions}",
                contract.name
            );
        }
    }
}

/// How many files there are: `SMALL_FILES=100000` for many.
fn small_files() -> usize {
    std::env::var("SMALL_FILES")
        .ok()
        .map_or(5000, |count| count.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_within_a_second_and_before_most_of_many_small_files_are_read() {
    let source = folder(&[]);
    for i in 0..small_files() {
        let parent = source.path().join(format!("d{}", i / 100));
        if i % 100 == 0 {
            std::fs::create_dir(&parent).unwrap();
        }
        std::fs::write(
            parent.join(format!("f{i}.py")),
            format!("import os\ndef f(x):\n    return x + {i}\n"),
        )
        .unwrap();
    }
    let path = source.path().display();
    let ctx = session(2, 1024);
    for dataset in [
        "ast_nodes",
        "lines",
        "definitions",
        "modules",
        "resolved_imports",
        "files",
    ] {
        let mut least = Duration::MAX;
        for _ in 0..3 {
            let started = Instant::now();
            let plan = plan(&ctx, &format!("SELECT * FROM {dataset}('{path}')")).await;
            let mut rows = execute_stream(Arc::clone(&plan), ctx.task_ctx()).unwrap();
            rows.next().await.unwrap().unwrap();
            least = least.min(started.elapsed());
            let read = sum(&plan, "files_read");
            assert!(
                read < small_files(),
                "{dataset}: {read} files were read for the first rows"
            );
        }
        assert!(least < Duration::from_secs(1), "{dataset}: {least:?}");
    }
}

/// 400 files of 6,001 nodes each.
fn files_of_assignments() -> tempfile::TempDir {
    let files: Vec<(String, String)> = (0..400).map(|i| (format!("m{i}.py"), "x = 1\n".repeat(2000))).collect();
    folder(&Vec::from_iter(files.iter().map(|(p, t)| (p.as_str(), t.as_str()))))
}

#[tokio::test]
async fn a_dropped_query_stops_reading() {
    let source = files_of_assignments();
    let ctx = session(1, 8192);
    let plan = plan(
        &ctx,
        &format!("SELECT * FROM ast_nodes(source => '{}')", source.path().display()),
    )
    .await;
    let mut stream = plan.execute(0, ctx.task_ctx()).unwrap();
    assert!(stream.next().await.unwrap().unwrap().num_rows() > 0);
    drop(stream);
    let read = || sum(&plan, "files_read");
    let mut seen = read();
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if read() == seen {
            break;
        }
        seen = read();
    }
    assert!(seen < 400, "all files were read although no one wanted them");
}

#[tokio::test]
async fn the_memory_limit_is_respected() {
    let source = folder(&[("a.py", &"x = 1\n".repeat(50_000))]);
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_limit(1 << 20, 1.0)
        .build_arc()
        .unwrap();
    let ctx = SessionContext::new_with_config_rt(SessionConfig::new(), runtime);
    register_all(&ctx).unwrap();
    let sql = format!("SELECT * FROM ast_nodes(source => '{}')", source.path().display());
    let error = ctx.sql(&sql).await.unwrap().collect().await.unwrap_err().to_string();
    assert!(
        error.contains("Resources exhausted") && error.contains("ast_nodes"),
        "{error}"
    );
}

#[tokio::test]
async fn nothing_is_read_before_it_is_asked_for_and_nothing_stays_charged() {
    let code = "pass\n".repeat(8191);
    let files: Vec<String> = (0..20).map(|i| format!("m{i:02}.py")).collect();
    let source = folder(&Vec::from_iter(files.iter().map(|path| (path.as_str(), code.as_str()))));
    for batch_size in [8192, 1000] {
        let runtime = RuntimeEnvBuilder::new().with_memory_limit(8 << 20, 1.0);
        let config = SessionConfig::new()
            .with_target_partitions(1)
            .with_batch_size(batch_size);
        let ctx = SessionContext::new_with_config_rt(config, runtime.build_arc().unwrap());
        register_all(&ctx).unwrap();
        let sql = format!("SELECT * FROM ast_nodes(source => '{}')", source.path().display());
        let plan = plan(&ctx, &sql).await;
        let mut stream = plan.execute(0, ctx.task_ctx()).unwrap();
        let pool = Arc::clone(&ctx.task_ctx().runtime_env().memory_pool);
        let mut rows = 0;
        while let Some(batch) = stream.next().await {
            rows += batch.unwrap().num_rows();
            tokio::time::sleep(Duration::from_millis(1)).await;
            assert_eq!(sum(&plan, "files_read"), rows.div_ceil(8192), "after {rows} rows");
            let is_charged = pool.reserved() > 0;
            assert_eq!(is_charged, rows % 8192 > 0, "{} after {rows} rows", pool.reserved());
        }
        assert_eq!(rows, 20 * 8192);
        assert_eq!(pool.reserved(), 0);
    }
}

#[tokio::test]
async fn others_have_their_turn_while_nothing_is_found() {
    let source = files_of_assignments();
    let ctx = session(1, 8192);
    let sql = format!(
        "SELECT * FROM ast_nodes(source => '{}') WHERE kind = 'Call'",
        source.path().display()
    );
    let plan = plan(&ctx, &sql).await;
    let mut stream = plan.execute(0, ctx.task_ctx()).unwrap();
    assert!(futures::poll!(stream.next()).is_pending());
    let read = sum(&plan, "files_read");
    assert!((1..400).contains(&read), "{read} files were read");
    assert!(stream.next().await.is_none());
    assert_eq!(sum(&plan, "files_read"), 400);
}

/// The engine trusts the order, so that only rows which it has forgotten the order of can be sorted anew.
#[tokio::test]
async fn every_dataset_comes_in_the_order_that_it_declares() {
    let sources = [
        "../sqllogictest/fixtures",
        "../crates/codeanatomy-extract/tests",
        "../examples",
    ];
    let mut seen = 0;
    for source in sources.map(|s| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(s)) {
        let ctx = session(1, 512);
        for contract in codeanatomy_model::CATALOGUE {
            let query = match contract.name {
                "ts_captures" => ", query => '(identifier) @name'",
                _ => "",
            };
            let sql = format!(
                "SELECT * FROM \"{}\"(source => '{}'{query})",
                contract.name,
                source.display()
            );
            let given = crate::rows(&ctx, &sql).await.unwrap();
            seen += given
                .iter()
                .map(datafusion::arrow::array::RecordBatch::num_rows)
                .sum::<usize>();
            let name = format!("copy_{}", contract.name);
            let schema = contract.schema();
            let given = datafusion::arrow::compute::concat_batches(&schema, &given).unwrap();
            let copy = datafusion::catalog::MemTable::try_new(schema, vec![vec![given.clone()]]).unwrap();
            ctx.register_table(&name, Arc::new(copy)).unwrap();
            let order = contract
                .order
                .iter()
                .map(|c| format!("{c} NULLS LAST"))
                .collect::<Vec<_>>();
            let sql = format!("SELECT * FROM {name} ORDER BY {}", order.join(", "));
            let sorted = crate::rows(&ctx, &sql).await.unwrap();
            let sorted = datafusion::arrow::compute::concat_batches(&contract.schema(), &sorted).unwrap();
            assert_eq!(given, sorted, "{} of {}", contract.name, source.display());
            ctx.deregister_table(&name).unwrap();
        }
    }
    assert!(seen > 50_000, "{seen} rows");
}

#[tokio::test]
async fn every_column_can_be_named_without_quotes() {
    let (ctx, source) = (session(1, 8192), folder(&[]));
    for contract in codeanatomy_model::CATALOGUE {
        let query = match contract.name {
            "ts_captures" => ", query => '(identifier) @name'",
            _ => "",
        };
        let columns: Vec<_> = contract.columns.iter().map(|c| c.name).collect();
        let (listed, folder) = (columns.join(", "), source.path().display());
        let sql = format!("SELECT {listed} FROM {}(source => '{folder}'{query})", contract.name);
        let frame = ctx.sql(&sql).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
        assert_eq!(frame.schema().fields().len(), columns.len());
    }
}
