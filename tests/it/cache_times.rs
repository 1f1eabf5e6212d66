//! The persistent cache does not read a file that the disk says is unchanged, and never takes a changed one for unchanged.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use datafusion::prelude::SessionContext;
use datafusion_codeanatomy::register_all;

use crate::{folder, lines, write};

fn session(cache: &Path) -> SessionContext {
    let ctx = SessionContext::new();
    register_all(&ctx).unwrap();
    set(&ctx, "codeanatomy.cache_dir", &cache.display().to_string());
    ctx
}

fn set(ctx: &SessionContext, name: &str, value: &str) {
    let state = ctx.state_ref();
    state.write().config_mut().options_mut().set(name, value).unwrap();
}

/// How many files a query reads, and what it gives.
async fn answer(ctx: &SessionContext, source: &Path) -> (usize, Vec<String>) {
    let sql = format!(
        "SELECT name FROM definitions(source => '{}') ORDER BY name",
        source.display()
    );
    let plan = ctx.sql(&sql).await.unwrap().create_physical_plan().await.unwrap();
    datafusion::physical_plan::collect(Arc::clone(&plan), ctx.task_ctx())
        .await
        .unwrap();
    let mut read = 0;
    let mut open = vec![plan];
    while let Some(plan) = open.pop() {
        let metric = plan.metrics().and_then(|m| m.sum_by_name("files_read"));
        read += metric.map_or(0, |v| v.as_usize());
        open.extend(plan.children().into_iter().cloned());
    }
    (read, lines(ctx, &sql).await)
}

/// Asks until no file is read any more: until their last change is so long ago that the next one shows.
#[allow(clippy::disallowed_methods)] // The clock of the disk is what is awaited.
async fn settle(ctx: &SessionContext, source: &Path) -> Vec<String> {
    for _ in 0..200 {
        let (read, rows) = answer(ctx, source).await;
        if read == 0 {
            return rows;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("files are read after 20 seconds without a change");
}

fn modified(path: &Path) -> SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

fn set_modified(path: &Path, time: SystemTime) {
    File::options()
        .append(true)
        .open(path)
        .unwrap()
        .set_modified(time)
        .unwrap();
}

#[tokio::test]
async fn a_file_that_was_not_changed_is_not_read_and_one_that_was_gives_its_new_rows() {
    let source = folder(&[("a.py", "def a(): pass\n"), ("b.py", "def b(): pass\n")]);
    let (cache, source) = (tempfile::tempdir().unwrap(), source.path());
    let ctx = session(cache.path());
    assert_eq!(settle(&ctx, source).await, ["a", "b"]);
    // Another session, with what is on the disk.
    assert_eq!(
        answer(&session(cache.path()), source).await,
        (0, vec!["a".into(), "b".into()])
    );
    // As long as before, and with the time of before.
    let (path, time) = (source.join("a.py"), modified(&source.join("a.py")));
    write(source, "a.py", "def c(): pass\n");
    set_modified(&path, time);
    assert_eq!(answer(&ctx, source).await, (1, vec!["b".into(), "c".into()]));
    // Another file in its place, that was made with the same time.
    write(source, "new", "def d(): pass\n");
    set_modified(&source.join("new"), time);
    fs::rename(source.join("new"), &path).unwrap();
    assert_eq!(answer(&ctx, source).await.1, ["b", "d"]);
    settle(&ctx, source).await;
    // Two files that change places.
    fs::rename(&path, source.join("x")).unwrap();
    fs::rename(source.join("b.py"), &path).unwrap();
    fs::rename(source.join("x"), source.join("b.py")).unwrap();
    assert_eq!(answer(&ctx, source).await, (2, vec!["b".into(), "d".into()]));
    settle(&ctx, source).await;
    // Touched, and nothing else: it is read, and its rows are found.
    set_modified(&path, SystemTime::UNIX_EPOCH);
    assert_eq!(answer(&ctx, source).await.0, 1);
    set(&ctx, "codeanatomy.cache_trusts_times", "false");
    assert_eq!(answer(&ctx, source).await.0, 2);
}

#[tokio::test]
async fn a_file_that_changes_again_and_again_within_a_step_of_the_clock_gives_its_new_rows() {
    let source = folder(&[("a.py", "def a0000(): pass\n")]);
    let (cache, source) = (tempfile::tempdir().unwrap(), source.path());
    let (ctx, path, time) = (
        session(cache.path()),
        source.join("a.py"),
        modified(&source.join("a.py")),
    );
    for i in 1..300 {
        write(source, "a.py", &format!("def a{i:04}(): pass\n"));
        set_modified(&path, time);
        assert_eq!(answer(&ctx, source).await, (1, vec![format!("a{i:04}")]));
    }
}
