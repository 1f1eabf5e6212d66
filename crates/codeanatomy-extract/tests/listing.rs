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

use codeanatomy_extract::built_in;
use codeanatomy_extract::file::{self, Globs, ListError, Listing, scope};
use codeanatomy_model::{Language, Languages};

const NO: [&str; 0] = [];
const PYTHON: Languages = Languages::PYTHON;

fn tree(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, format!("# {file}\n")).expect("a file");
    }
    folder
}

/// The list that one thread makes, which is that of several.
fn walk(source: &Path, globs: &Globs, languages: Languages) -> Result<Listing, ListError> {
    let list = file::walk(source, globs, languages);
    for threads in [2, 3, 8] {
        let other = file::walk_with_threads(source, globs, languages, threads);
        assert_eq!(format!("{other:?}"), format!("{list:?}"), "{threads} threads");
    }
    list
}

fn paths(folder: &Path, globs: &Globs) -> Vec<String> {
    walk(folder, globs, PYTHON)
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
    let list = walk(&folder.path().join("pkg/sub/m.py"), &Globs::default(), PYTHON).expect("a list");
    let entry = &list.entries[0];
    assert_eq!(
        (entry.path.as_str(), entry.module.as_deref(), entry.size),
        ("m.py", Some("pkg.sub.m"), 15)
    );
    assert_eq!(list.read(entry).expect("bytes"), b"# pkg/sub/m.py\n");
    let list = walk(&folder.path().join("pkg/sub"), &Globs::default(), PYTHON).expect("a list");
    let modules: Vec<_> = list
        .entries
        .iter()
        .map(|e| (e.module.as_deref(), e.is_package))
        .collect();
    assert_eq!(modules, [(Some("pkg.sub"), true), (Some("pkg.sub.m"), false)]);
}

#[cfg(unix)]
#[test]
fn what_has_taken_the_place_of_a_file_is_not_read() {
    let names = ["folder.py", "link.py", "loop.py", "pipe.py", "socket.py"];
    let folder = tree(&names);
    let list = walk(folder.path(), &Globs::default(), PYTHON).expect("a list");
    let [a, link, round, pipe, socket] = names.map(|name| folder.path().join(name));
    for path in [&a, &link, &round, &pipe, &socket] {
        fs::remove_file(path).expect("a file");
    }
    fs::create_dir(&a).expect("a folder");
    fs::write(folder.path().join("there"), "x = 1\n").expect("a file");
    std::os::unix::fs::symlink("there", &link).expect("a link");
    std::os::unix::fs::symlink("loop.py", &round).expect("a link");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    let _bound = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
    for entry in &list.entries {
        let error = list.read(entry).expect_err(&entry.path);
        assert_eq!(error.to_string(), "not a regular file", "{}", entry.path);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8_are_listed_and_read() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tree(&[]);
    fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"a\xff.py")), "x").expect("a file");
    let list = walk(folder.path(), &Globs::default(), PYTHON).expect("a list");
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
        walk(path, &Globs::default(), PYTHON)
            .map(|_| ())
            .expect_err("no source")
            .to_string()
    };
    let missing = folder.path().join("nothing");
    assert_eq!(
        message(&missing),
        format!("no file or folder {missing:?}: the source must be an existing folder or source file")
    );
    let other = message(&folder.path().join("a.txt"));
    assert!(
        other.contains("is neither a folder nor a file of a language that is built in (.py, .pyi, "),
        "{other}"
    );
    assert!(scope(&missing, &Globs::new(NO, NO).expect("globs")).is_err());
}

#[test]
fn only_the_languages_that_are_wanted_are_listed() {
    let all = [
        "a.py", "b.rs", "c.js", "d.ts", "e.tsx", "f.go", "g.java", "h.h", "i.cc", "j.pyc", "k.scip",
    ];
    let folder = tree(&all);
    for (file, language) in all.into_iter().zip(Language::ALL) {
        let only = Languages::NONE.with(language);
        let found = walk(folder.path(), &Globs::default(), only).expect("a list").entries;
        if built_in().contains(language) {
            assert_eq!(
                (found.len(), found[0].path.as_str(), found[0].language),
                (1, file, language)
            );
            // One file as a source: it is there for those who want it, and not there for others.
            let source = folder.path().join(file);
            let count = |languages| {
                walk(&source, &Globs::default(), languages)
                    .expect("a list")
                    .entries
                    .len()
            };
            assert_eq!((count(only), count(built_in().without(language))), (1, 0));
        } else {
            assert!(found.is_empty());
            let error = walk(&folder.path().join(file), &Globs::default(), only).expect_err("no grammar");
            assert!(error.to_string().contains("which is not built in"), "{error}");
        }
    }
    let included: Vec<_> = scope(folder.path(), &Globs::default()).expect("rows");
    let included: Vec<_> = included
        .iter()
        .filter(|s| s.included())
        .map(|s| s.path.as_str())
        .collect();
    let listed = walk(folder.path(), &Globs::default(), Languages::SOURCE)
        .expect("a list")
        .entries;
    assert_eq!(included, listed.iter().map(|e| e.path.as_str()).collect::<Vec<_>>());
}

#[test]
fn bytecode_is_listed_though_it_is_ignored_if_its_folder_is_not() {
    let folder = tree(&[
        "a.py",
        "a.pyc",
        "__pycache__/a.cpython-311.pyc",
        "pkg/__pycache__/b.cpython-311.pyc",
        "pkg/.c.pyc",
        "build/d.pyc",
        "build/__pycache__/d.pyc",
        ".venv/e.pyc",
        "tests/__pycache__/f.pyc",
    ]);
    fs::write(folder.path().join(".gitignore"), "*.py[co]\n__pycache__/\n/build/\n").expect("a file");
    let globs = Globs::new(NO, ["tests/"]).expect("globs");
    let compiled = [
        "__pycache__/a.cpython-311.pyc",
        "a.pyc",
        "pkg/__pycache__/b.cpython-311.pyc",
    ];
    let list = |languages| {
        let found = walk(folder.path(), &globs, languages).expect("a list").entries;
        found.into_iter().map(|e| e.path).collect::<Vec<_>>()
    };
    assert_eq!(list(Languages::BYTECODE), compiled);
    assert_eq!(list(PYTHON), ["a.py"]);
    assert_eq!(
        list(PYTHON.union(Languages::BYTECODE)),
        [compiled[0], "a.py", compiled[1], compiled[2]]
    );
}
