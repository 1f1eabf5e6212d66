//! The cost of `def_use` grows with the size of a file and not with its square, and nesting costs no stack.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]

mod support;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use codeanatomy_extract::Options;
use support::{extract, texts};

/// Far more than what any of the cases takes, and less than a quadratic cost would, in seconds.
const PATIENCE: f64 = 2.0;

/// The CPU time of this thread in seconds, where the system tells; it does not depend on what else runs.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = stat.split_whitespace().next().and_then(|n| n.parse::<u64>().ok());
    nanoseconds.unwrap_or_default() as f64 / 1e9
}

fn rows(name: &str, text: String) -> RecordBatch {
    let run = move || {
        let [batch] = extract(["def_use"], "big.py", text.as_bytes(), Options::default());
        (batch, cpu_seconds())
    };
    let thread = std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(run)
        .expect("a thread");
    let (batch, seconds) = thread.join().expect("no panic");
    assert!(seconds < PATIENCE, "{name}: {seconds}");
    batch
}

/// Lines, each with its number in the place of every `#`.
fn lines(count: usize, line: &str) -> String {
    (0..count).map(|i| line.replace('#', &i.to_string()) + "\n").collect()
}

#[test]
fn many_names_statements_and_jumps_cost_no_square() {
    let uses = |count: usize| lines(count, "use(x#)");
    let cases = [
        ("names", lines(600_000, "x# = x#"), 600_000),
        ("branches", lines(50_000, "if c: x# = 1") + &uses(50_000), 100_000),
        (
            "imports that may fail",
            lines(30_000, "try:\n import x#\nexcept E:\n x# = None") + &uses(30_000),
            60_000,
        ),
        (
            "exits of a loop",
            format!(
                "def f():\n while c:\n{} use(x0)\n{}",
                lines(50_000, "  x# = 1\n  if c: break\n  if d: continue"),
                lines(50_000, " use(x#)"),
            ),
            100_000,
        ),
        (
            "what a handler sees",
            format!(
                "def f():\n try:\n{} except E:\n  pass\n{}",
                lines(50_000, "  x# = f()"),
                lines(50_000, " use(x#)"),
            ),
            100_000,
        ),
        (
            "ways through a finally",
            format!(
                "def f():\n while c:\n  try:\n{}  finally:\n{}",
                lines(30_000, "   x# = f()\n   if c: break\n   if d: return"),
                lines(30_000, "   use(x#)"),
            ),
            60_000,
        ),
        (
            "context managers",
            lines(30_000, "with c: x# = f()") + &uses(30_000),
            60_000,
        ),
        (
            "cases",
            format!("match c:\n{}", lines(50_000, " case #: x# = 1")) + &uses(50_000),
            100_000,
        ),
        (
            "star imports",
            lines(20_000, "from m# import *\nx# = 1") + &uses(20_000),
            20_000,
        ),
        (
            "classes and functions",
            lines(50_000, "class C#:\n x = 1\n y = x\n def f(self, a=#): return self"),
            100_000,
        ),
    ];
    for (name, text, least) in cases {
        let found = rows(name, text).num_rows();
        assert!(found >= least, "{name}: {found}");
    }
}

#[test]
fn many_definitions_of_many_uses_are_listed_as_far_as_there_is_room() {
    // 256 of them for each use: half a million rows.
    let wide = format!("def f():\n{}{}", lines(2_000, " if c: x = #"), lines(2_000, " use(x)"));
    let batch = rows("wide", wide);
    assert_eq!(batch.num_rows(), 2_000 * 256);
    let is_complete = batch
        .column_by_name("is_complete")
        .expect("a column")
        .as_boolean()
        .clone();
    assert!(is_complete.iter().all(|complete| complete == Some(false)));
    // Sixteen: more would be more than four million rows.
    let wider = format!(
        "def f():\n{}{}",
        lines(20_000, " if c: x = #"),
        lines(20_000, " use(x)")
    );
    assert_eq!(rows("wider", wider).num_rows(), 20_000 * 16);
    let merges = lines(60_000, "if c: x = #\nuse(x)");
    assert!(rows("merges", merges).num_rows() <= 4_000_000);
}

#[test]
fn deep_nesting_is_followed_or_says_that_it_is_not() {
    const DEEP: usize = 50_000;
    let nest =
        |before: &str, middle: &str, after: &str| format!("{}{middle}{}", before.repeat(DEEP), after.repeat(DEEP));
    let cases = [
        ("conditions", nest("(c and (1 + ", "(y := 1)", "))")),
        ("branches", nest("(1 if (y := c) else ", "y", ")")),
        ("negations", format!("if {}(y := c): y", "not ".repeat(DEEP))),
        ("comprehensions", nest("[(y := 1, ", "y", ") for x in y]")),
        ("generators", nest("f(x for x in ", "y", ")")),
        ("scopes", nest("[x for x in ", "y", " if x]")),
        ("lambdas", nest("lambda x=1: ", "x", "")),
        // The parser itself has no room for more.
        ("targets", format!("{}x{} = y", "[".repeat(4_000), "]".repeat(4_000))),
        ("patterns", format!("match y:\n case {}: x", nest("[", "x", "]"))),
        (
            "alternatives",
            format!("match y:\n case {}: x", nest("(x | ", "x", ")")),
        ),
        ("elif", format!("if c: x = 1\n{}use(x)", lines(DEEP, "elif c: x = #"))),
        ("items", format!("with {} as x: x", vec!["f(y)"; DEEP].join(", "))),
        (
            "branches one by one",
            format!("x = {}0", lines(DEEP, "(y := #) if c else \\")),
        ),
    ];
    for (name, text) in cases {
        rows(name, text);
    }
    let block = |head: &str, levels: usize| {
        let heads: String = (0..levels).map(|i| format!("{}{head}:\n", " ".repeat(i))).collect();
        format!(
            "def f(x):\n{}",
            (heads + &" ".repeat(levels) + "use(x)\n")
                .lines()
                .map(|l| format!(" {l}\n"))
                .collect::<String>()
        )
    };
    for head in ["while c", "with c", "for x in x", "if x"] {
        let batch = rows(head, block(head, 1_000));
        assert!(texts(&batch, "reason").contains(&Some("too_deep")), "{head}");
        let batch = rows(head, block(head, 100));
        assert!(!texts(&batch, "reason").contains(&Some("too_deep")), "{head}");
    }
    let attempt = |levels: usize| {
        let heads: String = (0..levels).map(|i| format!("{}try:\n", " ".repeat(i))).collect();
        let ends: String = (0..levels)
            .rev()
            .map(|i| format!("{0}finally:\n{0} x = 1\n", " ".repeat(i)))
            .collect();
        format!("{heads}{}use(x)\n{ends}", " ".repeat(levels))
    };
    rows("try in try", attempt(90));
    // A `finally` inside of a `finally`, and so on.
    let inside: String = (0..90)
        .map(|i| {
            format!(
                "{0}try:\n{0} x = {i}\n{0} if x: break\n{0}finally:\n",
                " ".repeat(i + 1)
            )
        })
        .collect();
    rows(
        "finally in finally",
        format!("while c:\n{inside}{}use(x)\n", " ".repeat(91)),
    );
}
