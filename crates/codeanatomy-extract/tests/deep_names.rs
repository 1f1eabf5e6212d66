//! Deep nesting of what makes names and scopes costs neither the stack nor time that grows with its square.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]

use std::time::{Duration, Instant};

use codeanatomy_extract::file::Entry;
use codeanatomy_extract::{Extractor, Options, Request};
use codeanatomy_model::{Language, find};

const LEVELS: usize = 50_000;
const DATASETS: [&str; 15] = [
    "definitions",
    "parameters",
    "decorators",
    "references",
    "imports",
    "calls",
    "call_arguments",
    "assignments",
    "type_annotations",
    "base_classes",
    "exports",
    "scopes",
    "symbols",
    "bindings",
    "def_use",
];

#[test]
fn scopes_names_and_receivers_nest_deep() {
    let repeat =
        |before: &str, middle: &str, after: &str| format!("{}{middle}{}", before.repeat(LEVELS), after.repeat(LEVELS));
    let names = |separator: &str| (0..1_000).map(|i| format!("a{i}")).collect::<Vec<_>>().join(separator);
    let blocks = |head: &str| {
        (0..1_000)
            .map(|i| format!("{}{head}:\n", " ".repeat(i)))
            .collect::<String>()
    };
    let cases = [
        ("chained calls", repeat("", "a", ".b()")),
        ("lambdas", repeat("lambda a, b=1, *c: ", "x", "")),
        (
            "many names through many lambdas",
            format!(
                "def f({}): return {}",
                names(", "),
                repeat("lambda: ", &names(" + "), "")
            ),
        ),
        (
            "a name per lambda",
            (0..LEVELS).map(|i| format!("lambda: a{i} + ")).collect::<String>() + "0",
        ),
        ("walrus in comprehensions", repeat("[(y := 1, ", "x", ") for x in y]")),
        ("iterables", repeat("f(x for x in ", "x", ")")),
        (
            "annotations",
            format!(
                "from __future__ import annotations\nx: {}",
                repeat("(lambda: ", "x", ")")
            ),
        ),
        ("defaults", repeat("lambda a=", "x", ": 0")),
        ("arguments", repeat("f(*a, b=", "x", ", **c)")),
        ("targets", repeat("(a, ", "x", ")") + " = y"),
        (
            "unpacking",
            format!("{} = {}", repeat("(a, ", "x", ")"), repeat("(a, ", "x", ")")),
        ),
        (
            "many targets of a long value",
            format!("{}({})", "a, *b = ".repeat(100_000), "c, ".repeat(100_000)),
        ),
        (
            "many targets of a long chain",
            format!("{}x{}", "a = ".repeat(100_000), ".y".repeat(100_000)),
        ),
        ("subscripts of targets", repeat("[0 for a[", "b", "] in c]")),
        (
            "an annotation in a string",
            format!("x: '{}'", repeat("", "a", ".b()")) + "\ny: '" + &"(".repeat(8_000) + "'",
        ),
        (
            "subscripts of bases",
            format!("class A({}): pass", repeat("B[", "C", "]")),
        ),
        ("decorators", format!("@{}\ndef f(): pass", repeat("", "a", "[0]"))),
        (
            "a sum of lists",
            format!("__all__ = {}", repeat("['a'] + (", "['b']", ")")),
        ),
        (
            "a list that is assigned often",
            "__all__ = ['a']\n__all__.remove('a')\n".repeat(20_000),
        ),
        (
            "classes",
            format!(
                "{}{}x = y{}",
                blocks("class A"),
                " ".repeat(1_000),
                " ".repeat(1_000_000)
            ),
        ),
        (
            "functions",
            format!("{}{}x = y", blocks("def f(a: b) -> c"), " ".repeat(1_000)),
        ),
        (
            "a million names in a scope",
            (0..1_000_000).map(|i| format!("a{i}=0\n")).collect(),
        ),
        (
            "a million uses of a name",
            format!("a = b = 0\n{}", "a;b=a\n".repeat(500_000)),
        ),
        (
            "a million names in a list",
            format!(
                "__all__ = [{}]",
                (0..1_000_000).map(|i| format!("'{i}',")).collect::<String>()
            ),
        ),
    ];
    let options = Options {
        max_file_bytes: 1 << 30,
        ..Options::default()
    };
    for (name, text) in cases {
        let run = move || {
            let request = DATASETS
                .iter()
                .filter_map(|d| find(d))
                .fold(Request::new(options), |r, c| r.with(c, None));
            let mut extractor = Extractor::new(&request).expect("columns");
            let entry = Entry {
                path: "deep.py".into(),
                language: Language::Python,
                size: 0,
                module: Some("deep".into()),
                is_package: false,
            };
            extractor.add(&entry, Ok(text.into_bytes()));
            extractor.table("scopes").expect("asked for").len()
        };

        let start = Instant::now();
        let scopes = std::thread::Builder::new()
            .stack_size(2 << 20)
            .spawn(run)
            .expect("a thread")
            .join()
            .expect("no panic");
        assert!(scopes > 0, "{name}");
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{name}: {:?}",
            start.elapsed()
        );
    }
}
