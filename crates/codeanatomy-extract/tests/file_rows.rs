//! What `files`, `lines` and `parse_errors` say of files that are odd.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]

mod support;

use std::io;

use codeanatomy_extract::{Extractor, Options, Request};
use codeanatomy_model::{CATALOGUE, Contract, Language, find};
use support::{entry, extract, lines};

const ALL: [&str; 4] = ["files", "lines", "parse_errors", "ast_nodes"];

fn with_options(content: &[u8], options: Options) -> [Vec<String>; 3] {
    let [files, rows, errors, nodes] = extract(ALL, "a.py", content, options);
    let status = lines(
        &files,
        &[
            "status",
            "error_count",
            "encoding",
            "encoding_source",
            "has_bom",
            "newline",
            "line_count",
        ],
    );
    let errors = lines(
        &errors,
        &["seq", "source", "bstart", "bend", "line", "col_utf8", "message"],
    );
    [
        status,
        errors,
        vec![rows.num_rows().to_string(), nodes.num_rows().to_string()],
    ]
}

#[test]
fn broken_files_have_a_status_and_say_why() {
    for (content, status, errors, rows) in [
        (&b""[..], "ok 0 utf-8 default false none 0", vec![], ["0", "1"]),
        (
            b"\xef\xbb\xbfx = 1\r\n",
            "ok 0 utf-8 bom true crlf 1",
            vec![],
            ["1", "4"],
        ),
        (
            b"#coding:latin-1\n'\xe9'",
            "ok 0 iso-8859-1 cookie false lf 2",
            vec![],
            ["2", "3"],
        ),
        (
            b"\xff",
            "undecodable 1 - - false - -",
            vec!["0 decode - - - - byte 0xFF at offset 0 is not UTF-8, and no encoding is declared"],
            ["0", "0"],
        ),
        (
            b"a\nb c\n",
            "recovered 1 utf-8 default false lf 2",
            vec!["0 syntax 4 5 2 2 Simple statements must be separated by newlines or semicolons"],
            ["2", "7"],
        ),
        (
            b"# \0\n",
            "recovered 1 utf-8 default false lf 1",
            vec!["0 syntax 2 3 1 2 Source code cannot contain null bytes"],
            ["1", "1"],
        ),
    ] {
        let expected = [
            vec![status.to_owned()],
            errors.iter().map(|&e| e.to_owned()).collect(),
            rows.map(String::from).to_vec(),
        ];
        assert_eq!(with_options(content, Options::default()), expected);
    }
}

#[test]
fn limits_leave_the_text_but_no_tree() {
    let [status, errors, rows] = with_options(
        b"x = 1\n",
        Options {
            max_file_bytes: 5,
            ..Options::default()
        },
    );
    assert_eq!(status, ["too_large 1 utf-8 default false lf 1"]);
    assert_eq!(
        errors,
        ["0 limit - - - - the file has 6 bytes, more than max_file_bytes, 5: it was not parsed"]
    );
    assert_eq!(rows, ["1", "0"]);
}

#[cfg(feature = "lang-rust")]
#[test]
fn a_file_in_another_language_is_described_by_its_own_rules() {
    let [files, rows, errors, nodes] = extract(ALL, "src/a.rs", b"// coding: latin-1\nfn f() {}\n", Options::default());
    let columns = [
        "language",
        "status",
        "encoding_source",
        "line_count",
        "module",
        "is_package",
    ];
    assert_eq!(lines(&files, &columns), ["rust ok default 2 - false"]);
    assert_eq!((rows.num_rows(), errors.num_rows(), nodes.num_rows()), (2, 0, 0));
}

#[test]
fn bytecode_and_indexes_are_no_files_of_source() {
    for path in ["a.pyc", "index.scip"] {
        for table in extract(ALL, path, b"\xff\0", Options::default()) {
            assert_eq!(table.num_rows(), 0, "{path}");
        }
    }
}

#[test]
fn a_file_that_cannot_be_read_is_a_row() {
    let request = ALL.iter().fold(Request::new(Options::default()), |r, n| {
        r.with(find(n).expect("a dataset"), None)
    });
    let mut extractor = Extractor::new(&request).expect("columns");
    extractor.add(
        &entry("a.py", b""),
        Err(io::Error::from(io::ErrorKind::PermissionDenied)),
    );
    let mut take = |name| extractor.table(name).expect("asked for").take().expect("a batch");
    assert_eq!(
        lines(&take("files"), &["status", "content_hash", "line_count"]),
        ["unreadable - -"]
    );
    assert_eq!(
        lines(&take("parse_errors"), &["source", "message"]),
        ["read the file cannot be read: permission denied"]
    );
}

#[test]
fn equal_errors_have_ids_of_their_own() {
    let [errors] = extract(["parse_errors"], "a.py", b"a b\na b\n", Options::default());
    let ids = lines(&errors, &["error_id"]);
    assert!(
        ids.len() == 2 && ids[0] != ids[1] && ids[0].starts_with("err:"),
        "{ids:?}"
    );
    // A line above changes neither.
    let [moved] = extract(["parse_errors"], "a.py", b"\na b\na b\n", Options::default());
    assert_eq!(lines(&moved, &["error_id"]), ids);
}

#[test]
fn lines_have_lengths_in_every_unit() {
    let [rows] = extract(
        ["lines"],
        "a.py",
        "aé\r\n\u{1f600}\rb\u{2028}c\n\nd".as_bytes(),
        Options::default(),
    );
    let columns = [
        "line",
        "bstart",
        "bend",
        "newline",
        "is_ascii",
        "length_utf32",
        "length_utf16",
        "text",
    ];
    assert_eq!(
        lines(&rows, &columns),
        [
            "1 0 3 crlf false 2 2 aé",
            "2 5 9 cr false 1 2 \u{1f600}",
            "3 10 15 lf false 3 3 b\u{2028}c",
            "4 16 16 lf true 0 0 ",
            "5 17 18 none true 1 1 d",
        ]
    );
}

#[test]
fn a_projection_gives_the_same_cells() {
    let content = "# generated by x\nclass C:\n  def f(self): return f'{self}'\n";
    let is_read = |c: &&&Contract| ALL.contains(&c.name);
    for contract in CATALOGUE.iter().filter(is_read) {
        let [whole] = extract([contract.name], "test_a.py", content.as_bytes(), Options::default());
        for (i, column) in contract.columns.iter().enumerate() {
            let request = Request::new(Options::default()).with(contract, Some(vec![i]));
            let mut extractor = Extractor::new(&request).expect("columns");
            let bytes = if extractor.reads(Language::Python) {
                content.as_bytes().to_vec()
            } else {
                Vec::new()
            };
            extractor.add(&entry("test_a.py", content.as_bytes()), Ok(bytes));
            let part = extractor
                .table(contract.name)
                .expect("asked for")
                .take()
                .expect("a batch");
            assert_eq!(part.column(0), whole.column(i), "{}.{}", contract.name, column.name);
        }
    }
}
