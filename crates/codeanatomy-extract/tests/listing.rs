//! Which files of a folder are listed, and why.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]

use std::fs;
use std::path::Path;

use codeanatomy_extract::file::{Globs, scope, walk};

const NO: [&str; 0] = [];

fn tree(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, format!("# {file}\n")).expect("a file");
    }
    folder
}

fn paths(folder: &Path, globs: &Globs) -> Vec<String> {
    walk(folder, globs)
        .expect("a list")
        .entries
        .into_iter()
        .map(|e| e.path)
        .collect()
}

#[test]
fn paths_are_in_the_order_of_their_bytes() {
    let folder = tree(&[
        "a/b.py", "a-b.py", "a.py", "a/b/c.py", "B.pyi", "ä.pyw", "a0.py", "no.txt",
    ]);
    let expected = ["B.pyi", "a-b.py", "a.py", "a/b.py", "a/b/c.py", "a0.py", "ä.pyw"];
    assert_eq!(paths(folder.path(), &Globs::default()), expected);
}

#[test]
fn every_path_has_a_reason_and_the_included_ones_are_listed() {
    let folder = tree(&[
        "a.py",
        "b.txt",
        ".hidden.py",
        ".git/x.py",
        "out/x.py",
        "out/y.py",
        "gen_a.py",
        "tests/t.py",
        "lib/c.pyi",
    ]);
    fs::write(folder.path().join(".gitignore"), "/out/\ngen_*\n").expect("a file");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("a.py", folder.path().join("link.py")).expect("a link");
        std::os::unix::fs::symlink("nowhere", folder.path().join("dangling.py")).expect("a link");
        std::os::unix::fs::symlink("..", folder.path().join("lib/up")).expect("a link");
        std::os::unix::net::UnixListener::bind(folder.path().join("socket.py")).expect("a socket");
    }
    let globs = Globs::new(["*.py"], ["tests/"]).expect("globs");
    let rows = scope(folder.path(), &globs).expect("rows");
    let found: Vec<_> = rows.iter().map(|s| (s.path.as_str(), s.reason)).collect();
    let mut expected = vec![
        (".git", "hidden"),
        (".gitignore", "hidden"),
        (".hidden.py", "hidden"),
        ("a.py", "included"),
        ("b.txt", "language"),
        ("gen_a.py", "ignored"),
        ("lib/c.pyi", "not_included"),
        ("out", "ignored"),
        ("tests/t.py", "excluded"),
    ];
    if cfg!(unix) {
        let links = ["dangling.py", "lib/up", "link.py"].map(|p| (p, "symlink"));
        expected.extend(links);
        expected.push(("socket.py", "not_a_file"));
        expected.sort_unstable();
    }
    assert_eq!(found, expected);
    assert_eq!(paths(folder.path(), &globs), ["a.py"]);
    assert_eq!(
        paths(folder.path(), &Globs::default()),
        ["a.py", "lib/c.pyi", "tests/t.py"]
    );
}

#[test]
fn a_source_may_be_one_file_and_carries_its_package() {
    let folder = tree(&["pkg/__init__.py", "pkg/sub/__init__.py", "pkg/sub/m.py"]);
    let list = walk(&folder.path().join("pkg/sub/m.py"), &Globs::default()).expect("a list");
    let entry = &list.entries[0];
    assert_eq!(
        (entry.path.as_str(), entry.module.as_deref(), entry.size),
        ("m.py", Some("pkg.sub.m"), 15)
    );
    assert_eq!(list.read(entry).expect("bytes"), b"# pkg/sub/m.py\n");
    let list = walk(&folder.path().join("pkg/sub"), &Globs::default()).expect("a list");
    let modules: Vec<_> = list
        .entries
        .iter()
        .map(|e| (e.module.as_deref(), e.is_package))
        .collect();
    assert_eq!(modules, [(Some("pkg.sub"), true), (Some("pkg.sub.m"), false)]);
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8_are_listed_and_read() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tree(&[]);
    fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"a\xff.py")), "x").expect("a file");
    let list = walk(folder.path(), &Globs::default()).expect("a list");
    assert_eq!(list.entries[0].path, "a\\xff.py");
    assert_eq!(
        (
            list.entries[0].module.as_deref(),
            list.read(&list.entries[0]).expect("bytes")
        ),
        (None, b"x".to_vec())
    );
    assert_eq!(
        scope(folder.path(), &Globs::default()).expect("rows")[0].path,
        "a\\xff.py"
    );
}

#[test]
fn a_source_that_is_not_there_is_one_readable_sentence() {
    let folder = tree(&["a.txt"]);
    let message = |path: &Path| {
        walk(path, &Globs::default())
            .map(|_| ())
            .expect_err("no source")
            .to_string()
    };
    let missing = folder.path().join("nothing");
    assert_eq!(
        message(&missing),
        format!("no file or folder {missing:?}: the source must be an existing folder or Python file")
    );
    assert!(message(&folder.path().join("a.txt")).contains("is neither a folder nor a Python file"));
    assert!(scope(&missing, &Globs::new(NO, NO).expect("globs")).is_err());
}
