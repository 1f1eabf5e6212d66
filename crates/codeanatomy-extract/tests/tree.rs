//! What `ast_nodes` says of trees, whole and broken.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]

mod support;

use codeanatomy_extract::Options;
use support::{extract, ints, lines, texts};

/// Every kind of syntax, for the damage that the tests below do to it.
const SAMPLE: &str = r#"# größe
import os.path as p, sys
from ..pkg.mod import (a as b, c)
from . import *
type Alias[T: int = str, *Ts, **P] = dict[str, T]

@deco.rator(x for x in y)  # comment
@other
async def f[T](a, /, b: int = 1, *args: T, c, d=2, **kw) -> "T":
    """doc"""
    global g; nonlocal h
    async with a as b, (c) as (d, e): pass;
    async for i, *j in k:
        await i; yield
    else: return lambda: (yield from x), lambda *a, b=1: a
    try:
        raise E from None
    except (A, B) as e: ...
    except: del a.b, c[1:2, ::3], (d)
    else: assert x, "m" 'n'
    finally: x @= -1 ** ~2 if not y else z

class C(B, metaclass=M, **kw):
    x: int = 1
    (y): str
    if a < b <= c is not d not in e and f or g: pass
    elif (n := 10) > 5: pass
    elif z:
        pass;
    else: a = b = [*c, *d], {**e, 'k': v, 1j: 2}, {1, 2.5, 0xFF}, ()

match x, y:
    case [1, -2 + 3j, *rest] | (a.b as q): pass
    case {"k": v, **others} if v > 1: pass
    case C(1, k=None, m=True) | _: pass
print(f"a{x!r:>{w}}b{{c}}" "d" f'{y = }{z:%H:%M}' rf"\{q}", t"t{v}", b"x" b'y', u"é")
[x for x in y if x if y for z in w], {k: v async for k, v in d}, {s for s in t}
while True:
    if x: break
    else: continue
else: pass
try: pass
except* E: raise; match = 1
a; match(b); raise \
 ; c
"#;

/// What must hold for the rows of any text.
fn check(text: &str, label: &str) {
    let [nodes, errors] = extract(
        ["ast_nodes", "parse_errors"],
        "a.py",
        text.as_bytes(),
        Options::default(),
    );
    let (ids, parents) = (ints(&nodes, "node_id"), ints(&nodes, "parent_id"));
    let (depths, sizes) = (ints(&nodes, "depth"), ints(&nodes, "subtree_size"));
    let (starts, ends) = (ints(&nodes, "bstart"), ints(&nodes, "bend"));
    let (kinds, values, fields) = (texts(&nodes, "kind"), texts(&nodes, "value"), texts(&nodes, "field"));
    let number = |cell: Option<i64>| usize::try_from(cell.expect("not null")).expect("not negative");
    let mut counted = vec![1; ids.len()];
    for i in (0..ids.len()).rev() {
        assert_eq!(number(ids[i]), i, "{label}: ids are contiguous");
        assert_eq!(number(sizes[i]), counted[i], "{label}: the size of {i}");
        if let (Some(start), Some(end)) = (starts[i], ends[i]) {
            let span = start as usize..end as usize;
            assert!(
                text.get(span.clone()).is_some(),
                "{label}: {:?} at {span:?} is a span of the text",
                kinds[i]
            );
            if kinds[i] == Some("Constant") {
                assert_eq!(values[i], text.get(span), "{label}: the text of a constant");
            }
        }
        let Some(parent) = parents[i] else {
            assert_eq!((i, depths[i]), (0, Some(0)), "{label}: the module is the root");
            continue;
        };
        let parent = parent as usize;
        assert!(
            parent < i && i < parent + number(sizes[parent]),
            "{label}: {i} is inside of its parent"
        );
        assert_eq!(
            number(depths[i]),
            number(depths[parent]) + 1,
            "{label}: the depth of {i}"
        );
        counted[parent] += counted[i];
        // Decorators stand before their definition; what the parser puts in place of a missing part is empty and may
        // stand beside.
        let (Some(start), Some(end), Some(from), Some(to)) = (starts[i], ends[i], starts[parent], ends[parent]) else {
            continue;
        };
        assert!(
            fields[i] == Some("decorator_list") || start == end || (from <= start && end <= to),
            "{label}: {:?} {start}..{end} is inside of {:?} {from}..{to}",
            kinds[i],
            kinds[parent]
        );
    }
    for (start, end) in ints(&errors, "bstart").into_iter().zip(ints(&errors, "bend")) {
        let span = start.expect("a span") as usize..end.expect("a span") as usize;
        assert!(text.get(span.clone()).is_some(), "{label}: an error at {span:?}");
    }
}

#[test]
fn the_sample_parses() {
    let [files] = extract(["files"], "a.py", SAMPLE.as_bytes(), Options::default());
    assert_eq!(lines(&files, &["status", "error_count"]), ["ok 0"]);
    check(SAMPLE, "whole");
}

#[test]
fn a_text_cut_anywhere_gives_sane_rows() {
    for (cut, _) in SAMPLE.char_indices() {
        check(&SAMPLE[..cut], &format!("up to {cut}"));
        check(&SAMPLE[cut..], &format!("from {cut}"));
    }
}

#[test]
fn a_text_changed_anywhere_gives_sane_rows() {
    let damage = [
        "", "(", ")", "]", "{", "'", "\"\"\"", "\n", "\r", "\\", ":", ",", "*", "=", "\0", "é", "f'{", "lambda ", "@",
        "\u{feff}", "\t",
    ];
    for (i, (at, c)) in SAMPLE.char_indices().enumerate() {
        let insert = damage[i % damage.len()];
        let changed = format!("{}{insert}{}", &SAMPLE[..at], &SAMPLE[at + c.len_utf8()..]);
        check(&changed, &format!("{c:?} at {at} replaced by {insert:?}"));
    }
}

#[test]
fn the_rules_of_cpython_hold() {
    let spans = |text: &str, kind: &str| -> Vec<String> {
        let [nodes] = extract(["ast_nodes"], "a.py", text.as_bytes(), Options::default());
        let rows = lines(&nodes, &["kind", "bstart", "bend"]).into_iter();
        rows.filter_map(|row| row.strip_prefix(kind).map(|span| span.trim().to_owned()))
            .collect()
    };
    assert_eq!(spans("def f(*args, **kw): pass", "arg "), ["7 11", "15 17"]);
    assert_eq!(spans("f(x for x in y)", "GeneratorExp"), ["1 15"]);
    assert_eq!(spans("if a:\n  b; c \\\n ;\nd", "If"), ["0 17"]);
    assert_eq!(spans("@a\n# def\n@(b)\n\nclass C: pass", "ClassDef"), ["15 28"]);
    assert_eq!(spans("if a: b\nelif c: d\nelse: e", "If"), ["0 25", "8 25"]);
    assert_eq!(spans("f'a{x}' 'b' f'{{c'", "Constant"), ["2 3", "8 17"]);
    assert_eq!(spans("f'{x = }'", "Constant"), ["3 7"]);
    assert_eq!(spans("f'{x:>{w}}'", "JoinedStr"), ["0 11", "4 9"]);
}

#[test]
fn columns_do_not_count_a_byte_order_mark_but_offsets_do() {
    let [nodes] = extract(["ast_nodes"], "a.py", "\u{feff}é; b\nc".as_bytes(), Options::default());
    let rows = lines(&nodes, &["kind", "name", "bstart", "line", "col_utf8", "end_col_utf8"]);
    let names: Vec<_> = rows.iter().filter(|row| row.starts_with("Name")).collect();
    assert_eq!(names, ["Name é 3 1 0 2", "Name b 7 1 4 5", "Name c 9 2 0 1"]);
}

#[test]
fn what_only_the_parser_takes_for_a_mistake_is_none() {
    let read = |text: &str| {
        let [nodes, errors] = extract(
            ["ast_nodes", "parse_errors"],
            "a.py",
            text.as_bytes(),
            Options::default(),
        );
        check(text, text);
        (lines(&nodes, &["kind", "bstart", "bend"]), errors.num_rows())
    };
    let (nodes, errors) = read("def f():\n  try: a\n  except E: raise ; b()\n  raise;\n");
    assert_eq!(errors, 0);
    let raises: Vec<_> = nodes.iter().filter(|row| row.starts_with("Raise")).collect();
    assert_eq!(raises, ["Raise 30 35", "Raise 44 49"]);
    let names: Vec<_> = nodes.iter().filter(|row| row.starts_with("Name")).collect();
    assert_eq!(names, ["Name 16 17", "Name 27 28", "Name 38 39"]);
    let names_of = |text: &str| {
        let (nodes, errors) = read(text);
        (nodes.iter().filter(|row| row.starts_with("Name")).count(), errors)
    };
    assert_eq!(names_of("a(); match = b\nc; match(d); match[0]: int # :\n"), (8, 0));
    assert_eq!(names_of("a;\nmatch b:\n  case _: pass\n"), (2, 0));
    let (_, errors) = read("a; match b:\n  case _: pass\n");
    assert!(errors > 0, "a statement `match` stands on a line of its own");
    for text in ["raise from;", "raise a b;", "raise a,; b)", "a; if b: c"] {
        assert!(read(text).1 > 0, "{text} is a mistake");
    }
    // As many on one line as there may be.
    let (_, errors) = read(&"match = 1; ".repeat(20_000));
    assert_eq!(errors, 0);
}

#[test]
fn a_try_with_else_and_without_except_is_a_mistake_at_its_else() {
    let errors = |text: &str| {
        let [errors] = extract(["parse_errors"], "a.py", text.as_bytes(), Options::default());
        lines(&errors, &["source", "bstart", "bend"])
    };
    let text = "if 1:\n try: a if b else c\n # else\n else : d\n finally: e\n";
    assert_eq!(errors(text), ["syntax 35 39"]);
    let nested = "def f():\n  try: a\n  finally:\n    try: b\n    else: c\n    finally: d\n";
    assert_eq!(errors(nested).len(), 1);
    assert!(errors("try: a\nexcept E: b\nelse: c\nfinally: d\ntry: a\nfinally: finally_ = 1\n").is_empty());
}
