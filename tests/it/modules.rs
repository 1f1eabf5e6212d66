//! Imports followed through many files.

use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_codeanatomy::register_all;

use crate::{folder, lines};

fn session(partitions: usize) -> SessionContext {
    let ctx = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(partitions));
    register_all(&ctx).unwrap();
    ctx
}

fn source(files: &[(String, String)]) -> tempfile::TempDir {
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    folder(&files)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_of_ten_thousand_re_exports_is_followed_to_its_end_from_everywhere_in_time() {
    // From the last file on in the order of paths, so that the first walk is the longest.
    let mut files: Vec<(String, String)> = (0..9_999)
        .map(|i| (format!("m{i:04}.py"), format!("from m{:04} import f\n", i + 1)))
        .collect();
    files.push(("m9999.py".to_string(), "def f(): ...\n".to_string()));
    // And a chain of stars.
    files.extend((0..9_999).map(|i| (format!("s{i:04}.py"), format!("from s{:04} import *\n", i + 1))));
    files.push(("s9999.py".to_string(), "def f(): ...\n".to_string()));
    let source = source(&files);
    let path = source.path().display();
    for partitions in [1, 7] {
        let sql = format!(
            "SELECT is_star AND seq = 0 AS star, target_kind, count(*), count(DISTINCT target_def_id), sum(hops), \
             min(candidate_count), max(candidate_count) FROM resolved_imports(source => '{path}') GROUP BY 1, 2 ORDER BY 1"
        );
        let started = Instant::now();
        let found = lines(&session(partitions), &sql).await;
        let hops = 2 * (0..9_999).sum::<usize>();
        let expected = [
            format!("false | definition | 19998 | 2 | {hops} | 1 | 1"),
            "true | module | 9999 | 0 | 0 | 1 | 1".to_string(),
        ];
        assert_eq!(found, expected);
        // A walk of its own for each would be a hundred million steps.
        assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_star_of_ten_thousand_names_and_a_hub_of_many_stars_bring_each_name_once() {
    let mut hub = String::new();
    let mut files = vec![];
    for i in 0..100 {
        writeln!(hub, "from part{i} import *").unwrap();
        let text = (0..100).fold(String::new(), |text, j| format!("{text}def f{i}_{j}(): ...\n"));
        files.push((format!("part{i}.py"), text));
    }
    files.push(("hub.py".to_string(), hub));
    files.push(("user.py".to_string(), "from hub import *\n".to_string()));
    let source = source(&files);
    let sql = format!(
        "SELECT count(*), count(DISTINCT target_def_id), min(hops), max(hops), min(target_kind) \
         FROM resolved_imports(source => '{}') WHERE path = 'user.py' AND seq > 0",
        source.path().display()
    );
    assert_eq!(lines(&session(2), &sql).await, ["10000 | 10000 | 1 | 1 | definition"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cycle_of_stars_ends_and_what_a_cycle_defines_is_found() {
    let files: Vec<(String, String)> = (0..200)
        .map(|i| {
            let next = (i + 1) % 200;
            (
                format!("m{i}.py"),
                format!("from m{next} import *\nfrom m{next} import lost\ndef f{i}(): ...\n"),
            )
        })
        .collect();
    let source = source(&files);
    let sql = format!(
        "SELECT target_kind, reason, count(*) FROM resolved_imports(source => '{}') WHERE path = 'm7.py' GROUP BY 1, 2 ORDER BY 1, 2",
        source.path().display()
    );
    let expected = ["definition |  | 200", "module |  | 1", "unresolved | cycle | 2"];
    assert_eq!(lines(&session(2), &sql).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_import_leads_to_does_not_depend_on_which_imports_were_followed_before() {
    // Two circles, one behind the other by two ways, names that are bound in branches, and long ways between them.
    let either =
        |a: &str, b: &str| format!("try:\n    from {a} import f\nexcept ImportError:\n    from {b} import f\n");
    let mut files = vec![];
    for circle in ["x", "y"] {
        let behind = if circle == "x" { "w00" } else { "end" };
        for i in 0..5 {
            let text = either(
                &format!("{circle}{}", (i + 1) % 5),
                if i % 2 == 0 { behind } else { "end" },
            );
            files.push((format!("{circle}{i}.py"), text));
        }
    }
    files.extend((0..40).map(|i| {
        let text = either(&format!("w{:02}", i + 1), if i % 3 == 0 { "y2" } else { "end" });
        (format!("w{i:02}.py"), text)
    }));
    files.push(("w40.py".to_string(), either("y1", "y3")));
    files.push((
        "end.py".to_string(),
        "if c:\n    def f(): ...\nelse:\n    f = 1\n".to_string(),
    ));
    let source = source(&files);
    let rows = |path: Option<&str>| {
        let filter = path.map(|path| format!("WHERE path = '{path}'")).unwrap_or_default();
        format!(
            "SELECT path, seq, bstart, target_kind, target_path, hops, via, candidates, reason \
             FROM resolved_imports(source => '{}') {filter} ORDER BY path, bstart, seq",
            source.path().display()
        )
    };
    let all = lines(&session(1), &rows(None)).await;
    let mut alone = vec![];
    for (path, _) in &files {
        alone.extend(lines(&session(1), &rows(Some(path))).await);
    }
    alone.sort();
    assert_eq!(all.len(), 102);
    assert_eq!(all, alone);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_on_the_path_reads_what_its_imports_lead_to_and_no_more() {
    let mut files = vec![
        ("a.py".to_string(), "from b import f\nimport c\n".to_string()),
        ("b.py".to_string(), "from d import f\n".to_string()),
        ("c.py".to_string(), "x = 1\n".to_string()),
        ("d.py".to_string(), "def f(): ...\n".to_string()),
    ];
    files.extend((0..50).map(|i| (format!("other{i}.py"), "from a import c\n".to_string())));
    let source = source(&files);
    let ctx = session(4);
    let sql = format!(
        "SELECT target_path FROM resolved_imports(source => '{}') WHERE path = 'a.py'",
        source.path().display()
    );
    let plan = ctx.sql(&sql).await.unwrap().create_physical_plan().await.unwrap();
    let rows = datafusion::physical_plan::collect(Arc::clone(&plan), ctx.task_ctx())
        .await
        .unwrap();
    assert_eq!(rows.iter().map(|batch| batch.num_rows()).sum::<usize>(), 2);
    assert_eq!(crate::scan::sum(&plan, "files_read"), 3, "a, b and d");
    // Names alone say which modules there are, and what is external.
    let sql = format!(
        "SELECT path, module, root FROM modules(source => '{}')",
        source.path().display()
    );
    let plan = ctx.sql(&sql).await.unwrap().create_physical_plan().await.unwrap();
    datafusion::physical_plan::collect(Arc::clone(&plan), ctx.task_ctx())
        .await
        .unwrap();
    assert_eq!(crate::scan::sum(&plan, "files_read"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_of_modules_is_charged_to_the_memory_pool() {
    let text = (0..20_000).fold(String::new(), |text, i| format!("{text}name_of_some_length_{i} = 1\n"));
    let files = [
        ("a.py".to_string(), text),
        ("b.py".to_string(), "from a import x\n".to_string()),
    ];
    let source = source(&files);
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_limit(1 << 19, 1.0)
        .build_arc()
        .unwrap();
    let ctx = SessionContext::new_with_config_rt(SessionConfig::new(), runtime);
    register_all(&ctx).unwrap();
    let sql = format!(
        "SELECT * FROM resolved_imports(source => '{}')",
        source.path().display()
    );
    let error = ctx.sql(&sql).await.unwrap().collect().await.unwrap_err().to_string();
    assert!(
        error.contains("Resources exhausted") && error.contains("modules of resolved_imports"),
        "{error}"
    );
}
