//! Definitions, imports, calls and references of small sources.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]

mod rows;
mod support;

use codeanatomy_extract::{Extractor, Options, Request, RowFilter};
use codeanatomy_model::find;
use rows::{batch, check, lines};
use support::{entry, extract};

#[test]
fn qualified_names_are_those_of_cpython_behind_the_module() {
    check(
        "
def f():
    def g(): pass
    global h
    def h():
        def i(): pass
    class C:
        def m(self): pass
class D:
    class E:
        async def m(self): pass
    def m(self): pass
    def m(self): pass
",
        "definitions",
        &["kind", "qualified_name", "ordinal", "is_async"],
        "function pkg.mod.f 0
         function pkg.mod.f.<locals>.g 0
         function pkg.mod.h 0
         function pkg.mod.h.<locals>.i 0
         class pkg.mod.f.<locals>.C 0
         method pkg.mod.f.<locals>.C.m 0
         class pkg.mod.D 0
         class pkg.mod.D.E 0
         method pkg.mod.D.E.m 0 is_async
         method pkg.mod.D.m 0
         method pkg.mod.D.m 1",
    );
}

#[test]
fn definitions_bind_a_nonlocal_name_where_it_is_bound() {
    let text = "
def f():
    g = h = None
    def i():
        nonlocal g
        def g(): pass
        def k(): pass
    def l():
        class C:
            nonlocal h
            import h
            def k(self): pass
";
    check(
        text,
        "definitions",
        &["qualified_name", "node_id"],
        "pkg.mod.f 1
         pkg.mod.f.<locals>.i 7
         pkg.mod.f.<locals>.i.<locals>.g 10
         pkg.mod.f.<locals>.i.<locals>.k 13
         pkg.mod.f.<locals>.l 16
         pkg.mod.f.<locals>.l.<locals>.C 18
         pkg.mod.f.<locals>.l.<locals>.C.k 22",
    );
    // The walk over statements alone gives what the whole walk gives, with and without such names.
    for text in [text, &text.replace("def g()", "def m()").replace("import h", "pass")] {
        let of = |datasets| extract(datasets, "mod.py", text.as_bytes(), Options::default());
        let whole = of(["definitions", "imports", "references"]);
        let outline = of(["definitions", "imports", "docstrings"]);
        assert_eq!(whole[..2], outline[..2]);
    }
}

#[test]
fn definitions_that_are_not_wanted_are_left_out_and_counted() {
    let text = "class A:\n  def f(self): pass\n  def g(self): pass\ndef f(): pass\nclass f: pass\n";
    let contract = find("definitions").expect("a dataset");
    let of = |column, values: &[&str]| RowFilter::new(contract, column, values.iter().map(|v| v.to_string()));
    let request = Request::new(Options::default())
        .with(contract, contract.index_of("qualified_name").map(|i| vec![i]))
        .with_filter(contract, of("name", &["f", "h"]).expect("a filter"))
        .with_filter(contract, of("kind", &["method", "class"]).expect("a filter"));
    let mut extractor = Extractor::new(&request).expect("columns");
    extractor.add(&entry("mod.py", text.as_bytes()), Ok(text.as_bytes().to_vec()));
    let table = extractor.table("definitions").expect("asked for");
    assert_eq!((table.len(), table.skipped()), (2, 3));
    assert_eq!(lines(&table.take().expect("a batch")), ["A.f", "f"]);
}

#[test]
fn a_signature_is_one_line_without_comments_and_spans_leave_decorators_out() {
    let text = "@a  # :\n@b(\n)\n# :\ndef f(  # first\n    x: int,\n    y='#',\n) -> (\n    int\n)  :  # :\n    'Doc.'\n    z = 1;\n";
    check(
        text,
        "definitions",
        &["signature"],
        "def f( x: int, y='#', ) -> ( int )",
    );
    let batch = batch(
        text,
        "definitions",
        &[
            "decorated_bstart",
            "bstart",
            "bend",
            "name_bstart",
            "name_bend",
            "body_bstart",
            "docstring_bstart",
            "docstring_bend",
        ],
    );
    let offsets: Vec<usize> = lines(&batch)[0]
        .split(' ')
        .map(|n| n.parse().expect("a number"))
        .collect();
    assert_eq!(offsets[0], 0);
    assert!(text[offsets[1]..offsets[2]].starts_with("def f(") && text[..offsets[2]].ends_with("z = 1;"));
    assert_eq!(&text[offsets[3]..offsets[4]], "f");
    assert_eq!(offsets[5], offsets[6]);
    assert_eq!(&text[offsets[6]..offsets[7]], "'Doc.'");
    check("class A: 'x'", "definitions", &["signature"], "class A");
    check(
        "class A(B, metaclass=C):\n  pass",
        "definitions",
        &["signature"],
        "class A(B, metaclass=C)",
    );
}

#[test]
fn a_definition_ends_behind_the_semicolon_of_its_last_statement() {
    check("def f():\n  if a:\n    b \\\n ;\nc", "definitions", &["bend"], "27");
    check("def f():\n  b # ;\nc", "definitions", &["bend"], "12");
}

#[test]
fn relative_levels_are_applied_to_the_module_of_the_file() {
    check(
        "
import os.path, sys as system
from . import a
from .b import c as d
from .. import e
from os import *
from __future__ import annotations
if TYPE_CHECKING:
    try:
        import x
    except ImportError:
        x = None
    else:
        import y
",
        "imports",
        &[
            "kind",
            "module",
            "level",
            "target_module",
            "name",
            "asname",
            "bound_name",
            "is_star",
            "is_future",
            "in_type_checking",
            "in_try",
        ],
        "import os.path 0 os.path - - os
         import sys 0 sys - system system
         from - 1 pkg a - a
         from b 1 pkg.b c d d
         from - 2 - e - e
         from os 0 os * - - is_star
         from __future__ 0 __future__ annotations - annotations is_future
         import x 0 x - - x in_type_checking in_try
         import y 0 y - - y in_type_checking",
    );
}

#[test]
fn calls_know_their_callee_and_the_method_that_they_stand_in() {
    let text = "
@deco()
class C:
    top()
    @register(1)
    def m(self, *a, **k):
        self.x.y(1, *a, z=2, **k)
        f(a)(b)
        g(x)  .  h()
        async def inner():
            await self.n()
        def other(self):
            self.o()
    @staticmethod
    def s(arg):
        arg()
table[0]()
(lambda: 1)()
";
    check(
        text,
        "calls",
        &[
            "callee_shape",
            "callee",
            "callee_name",
            "receiver",
            "root_name",
            "self_name",
            "positional_count",
            "keyword_count",
            "has_star",
            "has_double_star",
            "is_awaited",
            "is_decorator",
        ],
        "name top top - top - 0 0
         attribute self.x.y y self.x self self 2 2 has_star has_double_star
         call - - - - self 1 0
         name f f - f self 1 0
         attribute - h g(x) - self 0 0
         name g g - g self 1 0
         attribute self.n n self self self 0 0 is_awaited
         attribute self.o o self self - 0 0
         name register register - register - 1 0 is_decorator
         name arg arg - arg - 0 0
         name deco deco - deco - 0 0 is_decorator
         subscript - - - - - 0 0
         lambda - - - - - 0 0",
    );
    let class = &lines(&batch(text, "definitions", &["def_id"]))[0];
    let of_method = |line: &String| line == class;
    assert_eq!(
        lines(&batch(text, "calls", &["class_id"]))
            .iter()
            .filter(|l| of_method(l))
            .count(),
        8
    );
}

#[test]
fn the_receiver_of_a_long_chain_is_cut() {
    let text = format!("a(){}", ".b()".repeat(10_000));
    let receivers = lines(&batch(&text, "calls", &["receiver"]));
    assert_eq!(receivers.len(), 10_001);
    assert!(receivers.iter().all(|r| r.len() <= 260));
    assert!(receivers[0].ends_with('…') && receivers[9_999] == "a()");
}

#[test]
fn references_carry_the_chain_that_they_begin() {
    check(
        "a.b.c(d)[e] = f'{g.h:{i}}'; del j\nk().l",
        "references",
        &["name", "context", "dotted", "ordinal"],
        "a load a.b.c 0
         d load d 0
         e load e 0
         g load g.h 0
         i load i 0
         j del j 0
         k load k 0",
    );
}

#[test]
fn broken_source_gives_the_rows_that_could_be_had() {
    let text = "def f(:\n  x = \nclass \nimport \nfrom . import\ndef g(a, a): return __b + \nglobal\nf(\n";
    for dataset in [
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
    ] {
        batch(text, dataset, &["path"]);
    }
    assert!(lines(&batch(text, "definitions", &["name"])).contains(&"g".to_owned()));
}
