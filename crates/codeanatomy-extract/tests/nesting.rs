//! No nesting, however deep, ends the process or takes time that grows with its square.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]

use std::time::{Duration, Instant};

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use codeanatomy_extract::file::Entry;
use codeanatomy_extract::{Extractor, Options, Request};
use codeanatomy_model::{Language, find};

/// Without optimisation a level takes more stack and time.
const LEVELS: usize = if cfg!(debug_assertions) { 20_000 } else { 100_000 };

/// The tables `ast_nodes` and `files` of one file, extracted on a stack of 2 MiB.
fn extract(text: String, options: Options) -> (RecordBatch, RecordBatch) {
    let run = move || {
        let request = Request::new(options)
            .with(find("ast_nodes").expect("a dataset"), None)
            .with(find("files").expect("a dataset"), None);
        let mut extractor = Extractor::new(&request).expect("columns");
        let size = text.len() as u64;
        let entry = Entry {
            path: "deep.py".into(),
            language: Language::Python,
            size,
            module: Some("deep".into()),
            is_package: false,
        };
        extractor.add(&entry, Ok(text.into_bytes()));
        let mut take = |name| extractor.table(name).expect("asked for").take().expect("a batch");
        (take("ast_nodes"), take("files"))
    };
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(run)
        .expect("a thread")
        .join()
        .expect("no panic")
}

fn status(files: &RecordBatch) -> String {
    files
        .column_by_name("status")
        .expect("a column")
        .as_string_view()
        .value(0)
        .to_owned()
}

fn deepest(nodes: &RecordBatch) -> i64 {
    let depth = nodes
        .column_by_name("depth")
        .expect("a column")
        .as_primitive::<Int64Type>();
    depth.values().iter().copied().max().unwrap_or(-1)
}

fn nests() -> Vec<(&'static str, String, usize)> {
    let n = LEVELS;
    let repeat = |before: &str, middle: &str, after: &str| format!("{}{middle}{}\n", before.repeat(n), after.repeat(n));
    vec![
        ("attributes", repeat("", "a", ".b"), n),
        ("sums", repeat("1+", "1", ""), n),
        ("powers", repeat("1**", "1", ""), n),
        ("lists", repeat("[", "", "]"), n),
        ("lists of two", repeat("[0, ", "0", ", 0]"), n),
        ("parentheses", repeat("(", "1", ")"), 2),
        ("tuples", repeat("(", "", ",)").replacen(",)", ")", 1), n),
        ("calls", repeat("", "a", "()"), n),
        ("calls in calls", repeat("a(1, b=", "1", ", c=2)"), 2 * n),
        ("subscripts", repeat("", "a", "[b, c]"), n),
        ("subscripts of strings", repeat("\"a\", \"b\"[*", "c", ", d]"), 2 * n),
        ("signs", repeat("-", "1", ""), n),
        ("nots", repeat("not ", "1", ""), n),
        ("lambdas", repeat("lambda a, b=1, *c: ", "1", ""), n),
        ("conditions", repeat("a if b else ", "c", ""), n),
        ("dictionaries", repeat("{1: 2, 3: ", "4", "}"), n),
        ("elifs", format!("if a: pass\n{}", "elif b: pass\n".repeat(n)), n),
        (
            "patterns",
            format!("match a:\n case {}b{}: pass\n", "[".repeat(n), "]".repeat(n)),
            n,
        ),
        ("assignments", repeat("a = ", "1", ""), 2),
        ("awaits", repeat("await ", "a", ""), n),
        ("lines of calls", repeat("a(\n", "", ")\n"), n),
        ("unclosed lists", repeat("[", "", ""), n),
        ("unclosed calls", repeat("f(a, ", "", ""), n),
        ("wrong brackets", repeat("[)", "", ""), 1),
        ("unclosed lambdas", repeat("lambda x, ", "", ""), 1),
    ]
}

#[test]
fn deep_trees_are_walked_and_dropped() {
    for (name, text, levels) in nests() {
        let start = Instant::now();
        let (nodes, files) = extract(text, Options::default());
        assert!(
            ["ok", "recovered"].contains(&status(&files).as_str()),
            "{name}: {}",
            status(&files)
        );
        assert!(deepest(&nodes) >= levels as i64, "{name}: {}", deepest(&nodes));
        let limit = Duration::from_secs(20);
        assert!(start.elapsed() < limit, "{name} took {:?}", start.elapsed());
    }
}

#[test]
fn nested_blocks_and_strings_are_walked() {
    // CPython allows 100 levels of blocks and fewer of strings; each level of a block costs its indentation.
    let blocks: String = (0..2_000).map(|i| format!("{}if a:\n", " ".repeat(i))).collect();
    let (nodes, files) = extract(format!("{blocks}{}pass\n", " ".repeat(2_000)), Options::default());
    assert_eq!((status(&files).as_str(), deepest(&nodes)), ("ok", 2_001));
    let strings = format!("{}1{}\n", "f'{".repeat(150), "}'".repeat(150));
    let (nodes, files) = extract(strings, Options::default());
    assert_eq!((status(&files).as_str(), deepest(&nodes)), ("ok", 302));
}

#[test]
fn beyond_the_limit_there_is_a_diagnostic_and_no_tree() {
    for (name, text, levels) in nests() {
        if levels < LEVELS {
            continue;
        }
        let (nodes, files) = extract(
            text,
            Options {
                max_depth: 1_000,
                ..Options::default()
            },
        );
        let status = status(&files);
        // A chain of `elif` needs no stack.
        let expected = if name == "elifs" { "ok" } else { "too_deep" };
        assert_eq!(
            (status.as_str(), nodes.num_rows() == 0),
            (expected, name != "elifs"),
            "{name}"
        );
    }
}

#[test]
fn wide_is_not_deep() {
    let row = "[1, 2.5, 'x', (a + b) * c, f(d, e=-1), {'k': [None]}, f'{x:>{w}}'],\n";
    let text = format!("rows = [\n{}]\n", row.repeat(20_000));
    let (nodes, files) = extract(
        text,
        Options {
            max_depth: 1_000,
            ..Options::default()
        },
    );
    assert_eq!(status(&files), "ok");
    assert!(nodes.num_rows() > 400_000);
    for text in ["'a' 'b'\n".repeat(1_000).replace('\n', " "), "a; b = c;".repeat(1_000)] {
        let options = Options {
            max_depth: 200,
            ..Options::default()
        };
        assert_eq!(status(&extract(text, options).1), "ok");
    }
}
