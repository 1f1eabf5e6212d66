//! Trees, queries and names by tree-sitter's grammars.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]
#![cfg(all(
    feature = "lang-python",
    feature = "lang-rust",
    feature = "lang-javascript",
    feature = "lang-typescript"
))]

mod support;

use codeanatomy_extract::{CaptureQuery, Extractor, Options, Request};
use codeanatomy_model::{Language, Languages, find};
use support::{entry, extract, ints, lines, texts};

/// Compares rows of a file with a table written by hand: one row per line.
#[track_caller]
fn check(path: &str, text: &str, dataset: &str, columns: &[&str], expected: &str) {
    let [rows] = extract([dataset], path, text.as_bytes(), Options::default());
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    assert_eq!(lines(&rows, columns), expected, "\n{text}");
}

fn captures(path: &str, text: &str, query: CaptureQuery) -> Vec<String> {
    let request = Request::new(Options::default())
        .with(find("ts_captures").expect("a dataset"), None)
        .with_query(query);
    let mut extractor = Extractor::new(&request).expect("columns");
    extractor.add(&entry(path, text.as_bytes()), Ok(text.as_bytes().to_vec()));
    let rows = extractor
        .table("ts_captures")
        .expect("asked for")
        .take()
        .expect("a batch");
    let columns = [
        "match_id",
        "capture_index",
        "pattern_index",
        "capture",
        "node_id",
        "kind",
        "bstart",
        "bend",
        "line",
        "text",
    ];
    lines(&rows, &columns)
}

#[test]
fn nodes_are_those_of_the_tree_in_preorder() {
    check(
        "a.rs",
        "// é\nfn f(){}\n",
        "ts_nodes",
        &[
            "node_id",
            "parent_id",
            "depth",
            "subtree_size",
            "field",
            "kind",
            "is_named",
            "is_extra",
            "bstart",
            "bend",
            "row",
            "col_utf8",
            "end_row",
            "end_col_utf8",
            "text",
        ],
        "0 - 0 12 - source_file true false 0 15 0 0 2 0 -
         1 0 1 2 - line_comment true true 0 5 0 0 0 5 -
         2 1 2 1 - // false false 0 2 0 0 0 2 //
         3 0 1 9 - function_item true false 6 14 1 0 1 8 -
         4 3 2 1 - fn false false 6 8 1 0 1 2 fn
         5 3 2 1 name identifier true false 9 10 1 3 1 4 f
         6 3 2 3 parameters parameters true false 10 12 1 4 1 6 -
         7 6 3 1 - ( false false 10 11 1 4 1 5 (
         8 6 3 1 - ) false false 11 12 1 5 1 6 )
         9 3 2 3 body block true false 12 14 1 6 1 8 -
         10 9 3 1 - { false false 12 13 1 6 1 7 {
         11 9 3 1 - } false false 13 14 1 7 1 8 }",
    );
}

#[test]
fn errors_are_rows_and_diagnostics() {
    let text = "fn f() { let a = 1 }\nfn g() { h(+ ) }\n";
    let columns = [
        "seq", "kind", "message", "node_id", "bstart", "bend", "line", "col_utf8",
    ];
    let [errors, nodes, files, diagnostics] = extract(
        ["ts_errors", "ts_nodes", "files", "parse_errors"],
        "a.rs",
        text.as_bytes(),
        Options::default(),
    );
    assert_eq!(
        lines(&errors, &columns),
        [
            "0 missing missing \";\" 14 18 18 1 18",
            "1 error unexpected \"+\" 28 32 33 2 11"
        ]
    );
    for (row, id) in ints(&errors, "node_id").into_iter().enumerate() {
        let at = id.expect("a node") as usize;
        assert_eq!(ints(&nodes, "bstart")[at], ints(&errors, "bstart")[row]);
    }
    assert_eq!(lines(&files, &["status", "error_count"]), ["recovered 2"]);
    assert_eq!(texts(&diagnostics, "message"), texts(&errors, "message"));
    // Python has a parser that says more.
    let [errors, diagnostics] = extract(
        ["ts_errors", "parse_errors"],
        "a.py",
        b"print 'x'\n",
        Options::default(),
    );
    assert_eq!((errors.num_rows(), diagnostics.num_rows()), (0, 1));
}

#[test]
fn a_query_gives_a_row_for_each_capture() {
    let query = CaptureQuery::new(
        "((call function: (identifier) @f arguments: (_) @a) (#not-eq? @f \"g\")) (pass_statement) @p",
        None,
    )
    .expect("a query");
    assert_eq!(query.languages(), Languages::PYTHON);
    assert_eq!(
        captures("a.py", "f(1)\ng(2)\nif h(): pass\n", query.clone()),
        [
            "0 0 0 f 3 identifier 0 1 1 f",
            "0 1 0 a 4 argument_list 1 4 1 (1)",
            "1 0 0 f 18 identifier 13 14 3 h",
            "1 1 0 a 19 argument_list 14 16 3 ()",
            "2 0 1 p 24 pass_statement 18 22 3 pass",
        ]
    );
    assert!(captures("a.rs", "fn f() { g() }", query).is_empty());
}

#[test]
fn a_query_runs_on_every_language_that_it_fits_or_on_the_one_that_is_named() {
    let any = CaptureQuery::new("(identifier) @i", None).expect("a query");
    for language in [Language::Python, Language::Rust, Language::JavaScript, Language::Tsx] {
        assert!(any.languages().contains(language), "{}", language.name());
    }
    assert_eq!(captures("a.rs", "fn f() {}", any), ["0 0 0 i 3 identifier 3 4 1 f"]);
    let rust = CaptureQuery::new("(identifier) @i", Some(Language::Rust)).expect("a query");
    assert!(captures("a.py", "f", rust).is_empty());
}

#[test]
fn a_bad_query_is_an_error_that_says_where_and_for_which_language() {
    for (query, language, message) in [
        (
            "(identifier) @a\r\n  (nonsense) @b",
            Some(Language::Rust),
            "the query is wrong for rust at line 2, column 4: the grammar has no node \"nonsense\"",
        ),
        (
            "(call nose: (identifier))",
            Some(Language::Python),
            "the query is wrong for python at line 1, column 7: the grammar has no field \"nose\"",
        ),
        (
            "((identifier) @a (#eq? @nope \"x\"))",
            Some(Language::Rust),
            "the query is wrong for rust at line 1, column 25: the pattern has no capture \"nope\"",
        ),
        (
            "(module (module))",
            Some(Language::Python),
            "the query is wrong for python at line 1, column 9: no tree of the grammar has this structure",
        ),
        (
            "(identifier",
            Some(Language::Rust),
            "the query is wrong for rust at line 1, column 12: the query ends too early",
        ),
        (
            "\n((identifier) @a (#match? @a \"(\"))",
            Some(Language::Rust),
            "the query is wrong for rust at line 2, column 1: Invalid regex '('",
        ),
        (
            "((identifier) @a (#is? @a local))",
            Some(Language::Rust),
            "the predicate #is? is unknown; known are #eq?",
        ),
        (" ; nothing", Some(Language::Rust), "there is no pattern in it"),
        (
            "(function_item (nonsense))",
            None,
            "the query is wrong for rust at line 1, column 17: the grammar has no node \"nonsense\"; it is wrong for every \
             other language, too: name the one that it is for",
        ),
        (
            "(identifier) @a",
            Some(Language::Scip),
            "no grammar of scip is built in; there are those of python, rust, javascript, typescript, tsx",
        ),
    ] {
        let error = CaptureQuery::new(query, language).expect_err(query).to_string();
        assert!(error.contains(message), "{error}");
    }
    let request = Request::new(Options::default()).with(find("ts_captures").expect("a dataset"), None);
    let error = Extractor::new(&request).expect_err("no query").to_string();
    assert!(error.contains("ts_captures needs a query"), "{error}");
}

const RUST: &str = "
struct Point<T> { x: T }
impl<T> Point<T> {
    async fn new(x: T) -> Self /* c */ { make(x).go(1,\n 2).await }
}
impl Drop for Point<u8> { fn drop(&mut self) { self.x.clear(); } }
mod inner { trait Tr { fn f(&self) { println!(); } } }
fn outer() { fn nested() {} nested(); }
";

#[test]
fn rust_has_the_names_that_its_tags_find() {
    let columns = ["kind", "name", "qualified_name", "is_async", "line", "signature"];
    check(
        "a.rs",
        RUST,
        "definitions",
        &columns,
        "class Point Point false 2 struct Point<T>
         method new Point.new true 4 async fn new(x: T) -> Self
         method drop Point.drop false 7 fn drop(&mut self)
         module inner inner false 8 mod inner
         interface Tr inner.Tr false 8 trait Tr
         method f inner.Tr.f false 8 fn f(&self)
         function outer outer false 9 fn outer()
         function nested outer.nested false 9 fn nested()",
    );
    check(
        "a.rs",
        RUST,
        "references",
        &["context", "name", "ordinal", "line", "scope_id"],
        "call make 0 4 -\n call go 0 4 -\n implementation Drop 0 7 -\n call clear 0 7 -\n call println 0 8 -\n call nested 0 9 -",
    );
    check(
        "a.rs",
        RUST,
        "calls",
        &[
            "callee_shape",
            "callee",
            "receiver",
            "root_name",
            "positional_count",
            "keyword_count",
            "is_awaited",
            "symbol_id",
        ],
        "attribute - make(x) - 2 0 true -
         name make - make 1 0 false -
         attribute self.x.clear self.x self 0 0 false -
         name println - println - 0 false -
         name nested - nested 0 0 false -",
    );
}

#[test]
fn containers_and_ids_are_those_of_the_definitions_around() {
    let [definitions, references, calls] = extract(
        ["definitions", "references", "calls"],
        "a.rs",
        RUST.as_bytes(),
        Options::default(),
    );
    let ids = texts(&definitions, "def_id");
    let names = texts(&definitions, "name");
    let name_of = |id: Option<&str>| ids.iter().position(|i| *i == id).map(|at| names[at].expect("a name"));
    let containers = |rows| texts(rows, "container_id").into_iter().map(name_of).collect::<Vec<_>>();
    assert_eq!(
        containers(&calls),
        [Some("new"), Some("new"), Some("drop"), Some("f"), Some("outer")]
    );
    // An `impl` is no definition.
    assert_eq!(containers(&definitions)[1..3], [None, None]);
    assert_eq!(name_of(texts(&calls, "class_id")[3]), Some("Tr"));
    // What is above moves no id.
    let moved = format!("// above\nuse x;\n{RUST}");
    let [d, r, c] = extract(
        ["definitions", "references", "calls"],
        "a.rs",
        moved.as_bytes(),
        Options::default(),
    );
    for (before, after, id) in [
        (&definitions, &d, "def_id"),
        (&references, &r, "ref_id"),
        (&calls, &c, "call_id"),
    ] {
        let mut unique = texts(before, id);
        assert_eq!(unique, texts(after, id));
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), before.num_rows());
    }
}

#[test]
fn javascript_has_the_names_that_its_tags_find() {
    let text = "
class A extends B {
  constructor() { super(); }
  async run(x) { await this.go(...x); return new C(x, 1); }
}
const f = async (a) => { g(a)
  .then(h); a?.b.c(); };
var o = { k: function () { require('x'); } };
";
    check(
        "a.mjs",
        text,
        "definitions",
        &[
            "language",
            "kind",
            "qualified_name",
            "is_async",
            "decorator_count",
            "signature",
        ],
        "javascript class A false - class A extends B
         javascript method A.run true - async run(x)
         javascript function f true - f = async (a) =>
         javascript function k false - k: function ()",
    );
    check(
        "a.mjs",
        text,
        "calls",
        &[
            "callee",
            "callee_name",
            "receiver",
            "positional_count",
            "has_star",
            "is_awaited",
        ],
        "this.go go this 1 true true\n - then g(a) 1 false false\n g g - 1 false false\n a?.b.c c a?.b 0 false false",
    );
    check(
        "a.mjs",
        text,
        "references",
        &["context", "name"],
        "call go\n class C\n call g\n call then\n call c",
    );
}

#[test]
fn typescript_has_the_names_of_javascript_and_its_own() {
    let text = "namespace N { interface I { m(a: string): void } }
abstract class A implements N.I { private x: Foo; abstract q(): void; m() { this.x!.z(); } }
@dec() class K {}";
    for path in ["a.ts", "a.tsx"] {
        check(
            path,
            text,
            "definitions",
            &["kind", "qualified_name", "body_bstart"],
            "interface N.I 26\n method N.I.m -\n class A 83\n method A.q -\n method A.m 125\n class K 159",
        );
        check(
            path,
            text,
            "references",
            &["context", "name"],
            "type Foo\n call z\n call dec",
        );
        check(
            path,
            text,
            "calls",
            &["callee", "is_decorator"],
            "this.x!.z false\n dec true",
        );
    }
}

#[cfg(feature = "lang-go")]
#[test]
fn go_has_the_names_that_its_tags_find() {
    let text = "package p\ntype T struct { x int }\nfunc (t *T) M(a ...int) { fmt.Println(t.x); f(a...) }\n";
    check(
        "a.go",
        text,
        "definitions",
        &["kind", "qualified_name"],
        "type T\n method T.M",
    );
    check(
        "a.go",
        text,
        "calls",
        &["callee", "has_star"],
        "fmt.Println false\n f true",
    );
}

#[cfg(feature = "lang-java")]
#[test]
fn java_has_the_names_that_its_tags_find() {
    let text = "class A extends B { void m(int a) { this.foo(a).bar(1, 2); new D(); } interface I { void q(); } }";
    check(
        "A.java",
        text,
        "definitions",
        &["kind", "qualified_name", "signature"],
        "class A class A extends B\n method A.m void m(int a)\n interface A.I interface I\n method A.I.q void q();",
    );
    check(
        "A.java",
        text,
        "calls",
        &["callee", "receiver"],
        "- this.foo(a)\n this.foo this",
    );
    check(
        "A.java",
        text,
        "references",
        &["context", "name"],
        "class B\n call foo\n call bar\n class D",
    );
}

#[cfg(all(feature = "lang-c", feature = "lang-cpp"))]
#[test]
fn c_and_cpp_have_the_definitions_that_their_tags_find() {
    let columns = [
        "node_id",
        "kind",
        "qualified_name",
        "container_id",
        "signature",
        "body_bstart",
    ];
    check(
        "a.c",
        "static int *f(int a) { return g(a); }\nint p(void);\ntypedef int A, B;",
        "definitions",
        &columns,
        "1 function f - static int *f(int a) 21
         29 function p - p(void) -
         37 type A - typedef int A, B; -
         42 type B - typedef int A, B; -",
    );
    check(
        "a.cc",
        "namespace n { class K { void in() {} }; }\nvoid K::out() {}",
        "definitions",
        &["kind", "qualified_name"],
        "class n.K\n function n.K.in\n method K.out",
    );
}

#[test]
fn a_projection_gives_the_same_cells() {
    let datasets = ["ts_nodes", "ts_errors", "definitions", "references", "calls"];
    let text = format!("{RUST}\nfn broken( {{");
    for dataset in datasets {
        let contract = find(dataset).expect("a dataset");
        let [whole] = extract([dataset], "a.rs", text.as_bytes(), Options::default());
        assert!(whole.num_rows() > 0, "{dataset}");
        for (i, column) in contract.columns.iter().enumerate() {
            let request = Request::new(Options::default()).with(contract, Some(vec![i]));
            let mut extractor = Extractor::new(&request).expect("columns");
            extractor.add(&entry("a.rs", text.as_bytes()), Ok(text.as_bytes().to_vec()));
            let part = extractor.table(dataset).expect("asked for").take().expect("a batch");
            assert_eq!(part.column(0), whole.column(i), "{dataset}.{}", column.name);
        }
    }
}

#[test]
fn deep_and_odd_texts_overflow_no_stack() {
    let texts = [
        "(".repeat(50_000),
        "[".repeat(20_000) + &"]".repeat(20_000),
        "fn f() { ".repeat(10_000),
        "a.b".repeat(50_000),
        "// c\n".repeat(50_000) + "function f() {}",
        "\0\u{feff}漢".repeat(1_000),
    ];
    let run = move || {
        for text in texts {
            for path in ["a.py", "a.rs", "a.js", "a.ts", "a.tsx"] {
                let [nodes, files] = extract(["ts_nodes", "files"], path, text.as_bytes(), Options::default());
                let status = status_of(&files);
                assert!(nodes.num_rows() > 0 || status == "stopped", "{path} {status}");
            }
        }
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(run);
    thread.expect("a thread").join().expect("no panic");
}

fn status_of(files: &arrow_array::RecordBatch) -> String {
    texts(files, "status")[0].unwrap_or_default().to_owned()
}

#[cfg(feature = "lang-c")]
#[test]
fn a_text_that_takes_too_much_effort_is_stopped_and_says_so() {
    let text = "a=>".repeat(100_000);
    let [errors, nodes, files, diagnostics] = extract(
        ["ts_errors", "ts_nodes", "files", "parse_errors"],
        "a.c",
        text.as_bytes(),
        Options::default(),
    );
    let message = "the parser takes more effort than a text of this length may: no tree was built";
    let columns = ["seq", "kind", "node_id", "bstart", "message"];
    assert_eq!(lines(&errors, &columns), [format!("0 limit - - {message}")]);
    assert_eq!(
        lines(&diagnostics, &["source", "message"]),
        [format!("limit {message}")]
    );
    assert_eq!((nodes.num_rows(), status_of(&files).as_str()), (0, "stopped"));
}

#[test]
fn names_are_not_looked_for_where_that_takes_the_square_of_the_length() {
    let stopped = |text: &str| {
        let [definitions, named] = extract(
            ["definitions", "parse_errors"],
            "a.js",
            text.as_bytes(),
            Options::default(),
        );
        let limits = lines(&named, &["source", "message"])
            .into_iter()
            .filter(|line| line.starts_with("limit"));
        (definitions.num_rows(), limits.collect::<Vec<_>>())
    };
    let message = "limit finding names takes more effort than a text of this length may: none are listed";
    assert_eq!(stopped(&"(".repeat(100_000)), (0, vec![message.to_owned()]));
    // What people write is long in another way.
    assert_eq!(
        stopped(&"function f() { return [1, 2, g(h)]; }\n".repeat(3000)),
        (3000, vec![])
    );
    assert_eq!(stopped(&format!("x = [{}];", "1,".repeat(50_000))), (0, vec![]));
}

#[test]
fn a_file_that_is_too_large_has_a_row_that_says_so() {
    let options = Options {
        max_file_bytes: 4,
        ..Options::default()
    };
    for path in ["a.py", "a.rs"] {
        let [errors, nodes] = extract(["ts_errors", "ts_nodes"], path, b"xyz = 1", options);
        let expected = "0 limit the file has 7 bytes, more than max_file_bytes, 4: it was not parsed - -";
        assert_eq!(
            lines(&errors, &["seq", "kind", "message", "node_id", "line"]),
            [expected],
            "{path}"
        );
        assert_eq!(nodes.num_rows(), 0);
    }
}
