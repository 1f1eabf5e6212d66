//! `--cache`, and what a process that is killed leaves of it.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, missing_docs)]

use std::path::Path;
use std::process::{Command, Stdio};

fn codeanatomy(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_codeanatomy"));
    command.current_dir(folder).env("HOME", folder).stdin(Stdio::null());
    command.args(["-q", "--format", "csv", "--cache", "cache", "-c"]);
    command
}

/// The files of the cache whose names end so.
fn count(cache: &Path, suffix: &str) -> usize {
    let inside = |folder: &Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        entries.map(|e| e.unwrap().path()).collect::<Vec<_>>()
    };
    let files = inside(cache)
        .into_iter()
        .flat_map(|f| inside(&f))
        .flat_map(|f| inside(&f));
    files.filter(|f| f.to_string_lossy().ends_with(suffix)).count()
}

#[test]
fn a_process_that_is_killed_while_it_writes_leaves_a_cache_that_is_right() {
    let folder = tempfile::tempdir().unwrap();
    let (source, cache) = (folder.path().join("src"), folder.path().join("cache"));
    std::fs::create_dir(&source).unwrap();
    for i in 0..300 {
        std::fs::write(
            source.join(format!("m{i}.py")),
            format!("def f{i}(): return {i}\n").repeat(300),
        )
        .unwrap();
    }
    let sql = "SELECT count(*), sum(bstart), count(DISTINCT def_id) FROM definitions('src')";
    for _ in 0..5 {
        let mut child = codeanatomy(folder.path())
            .arg(sql)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // As soon as it has begun to write, unless it was so fast that it is done.
        while count(&cache, ".tmp") == 0 && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(count(&cache, ".tmp") > 0, "none was killed while it wrote");
    let answer = || {
        let output = codeanatomy(folder.path()).arg(sql).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let text: i64 = (0..300)
        .map(|i: i64| format!("def f{i}(): return {i}\n").len() as i64)
        .sum();
    let expected = (0..300_i64).map(|i| i * text).sum::<i64>();
    for _ in 0..2 {
        let answer = answer();
        assert!(answer.contains(&format!("90000,{expected},90000")), "{answer}");
    }
    assert!(count(&cache, ".pack") > 0);
}
