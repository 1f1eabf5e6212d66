//! Python's rules of scope, one by one.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]

mod rows;

use rows::{batch, check, lines};

/// Name, resolution and flags of every symbol, behind the number of its scope.
#[track_caller]
fn symbols(text: &str, expected: &str) {
    let columns = [
        "scope_index",
        "name",
        "resolution",
        "is_referenced",
        "is_imported",
        "is_parameter",
        "is_nonlocal",
        "is_annotated",
        "is_assigned",
        "is_namespace",
        "is_type_parameter",
    ];
    check(text, "symbols", &columns, expected);
}

/// What each reference means: `name@line` and the kind and line of its binding.
#[track_caller]
fn meanings(text: &str, expected: &str) {
    let symbols = lines(&batch(text, "symbols", &["symbol_id", "binding_id"]));
    let bindings = lines(&batch(text, "bindings", &["binding_id", "kind", "line"]));
    let find = |rows: &[String], id: &str| {
        let row = rows
            .iter()
            .find_map(|row| row.strip_prefix(id).map(str::trim).map(str::to_owned));
        row.unwrap_or_else(|| "-".to_owned())
    };
    let mut found = Vec::new();
    for row in lines(&batch(text, "references", &["name", "line", "context", "symbol_id"])) {
        let (place, symbol) = row.rsplit_once(' ').expect("four cells");
        found.push(format!("{place} {}", find(&bindings, &find(&symbols, symbol))));
    }
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    assert_eq!(found, expected, "\n{text}");
}

#[test]
fn a_function_sees_the_functions_around_it_and_no_class_between() {
    meanings(
        "
x = 0
def f():
    x = 1
    class C:
        x = 2
        y = x
        def m(self):
            return x
",
        "x 2 store assignment 2
         x 4 store assignment 4
         x 6 store assignment 6
         y 7 store assignment 7
         x 7 load assignment 6
         x 9 load assignment 4",
    );
}

#[test]
fn a_free_name_passes_through_the_scopes_between() {
    symbols(
        "
def f():
    v = 1
    class C:
        def m(self):
            return lambda: v
",
        "0 f local is_assigned is_namespace
         1 C local is_assigned is_namespace
         1 v cell is_assigned
         2 m local is_assigned is_namespace
         2 v free
         3 self local is_parameter
         3 v free
         4 v free is_referenced",
    );
}

#[test]
fn global_and_nonlocal_bind_in_the_scope_that_they_name() {
    let text = "
def f():
    global g
    g = n = 1
    def h():
        nonlocal n
        n += g
    del n
";
    check(
        text,
        "bindings",
        &["scope_index", "name", "kind", "site_count", "line"],
        "0 f function 1 2
         0 g assignment 1 4
         1 h function 1 5
         1 n assignment 3 4",
    );
    symbols(
        text,
        "0 f local is_assigned is_namespace
         0 g global_explicit
         1 g global_explicit is_assigned
         1 h local is_assigned is_namespace
         1 n cell is_assigned
         2 g global_implicit is_referenced
         2 n free is_nonlocal is_assigned",
    );
}

#[test]
fn a_comprehension_is_a_scope_whose_first_iterable_and_walrus_targets_are_outside() {
    let text = "
def f(x):
    return [last := x for x in x if x]
";
    symbols(
        text,
        "0 f local is_assigned is_namespace
         1 last cell is_assigned
         1 x local is_referenced is_parameter
         2 .0 local is_parameter
         2 last free is_nonlocal is_assigned
         2 x local is_referenced is_assigned",
    );
    check(
        text,
        "bindings",
        &["scope_index", "name", "kind"],
        "0 f function\n1 last assignment\n1 x parameter\n2 x assignment",
    );
    symbols(
        "{k: (v := 1) for k in d}",
        "0 d global_implicit is_referenced
         0 v global_explicit
         1 .0 local is_parameter
         1 k local is_referenced is_assigned
         1 v global_explicit is_assigned",
    );
}

#[test]
fn private_names_are_mangled_for_the_innermost_class() {
    symbols(
        "
class _C:
    __a = 1
    __b__ = 2
    import __m.n
    def __f(self, __p):
        return __p, self.__q
    class __D:
        __e = 3
",
        "0 _C local is_assigned is_namespace
         1 _C__D local is_assigned
         1 _C__a local is_assigned
         1 _C__f local is_assigned
         1 _C__m local is_imported
         1 __b__ local is_assigned
         2 _C__p local is_referenced is_parameter
         2 self local is_referenced is_parameter
         3 _D__e local is_assigned",
    );
}

#[test]
fn super_uses_the_cell_of_the_class() {
    symbols(
        "
class C:
    def m(self):
        return super().m()
",
        "0 C local is_assigned is_namespace
         1 m local is_assigned is_namespace
         2 __class__ free is_referenced
         2 self local is_parameter
         2 super global_implicit is_referenced",
    );
}

#[test]
fn annotations_are_names_unless_they_are_strings_by_request() {
    let text = "
class A: pass
def f(p: A) -> B:
    v: A
    (w): A
";
    symbols(
        text,
        "0 A local is_assigned is_namespace
         0 f local is_assigned is_namespace
         2 .format local is_referenced is_parameter
         2 A global_implicit is_referenced
         2 B global_implicit is_referenced
         3 p local is_parameter
         3 v local is_annotated is_assigned
         4 .format local is_referenced is_parameter
         4 A global_implicit is_referenced",
    );
    let text = format!("from __future__ import annotations{text}");
    symbols(
        &text,
        "0 A local is_assigned is_namespace
         0 annotations local is_imported
         0 f local is_assigned is_namespace
         2 p local is_parameter
         2 v local is_annotated is_assigned",
    );
    // Not in the table, they still mean what they would mean.
    meanings(
        &text,
        "A 3 load class 2
         v 4 store annotation 4
         A 4 load class 2
         w 5 store -
         A 5 load class 2
         B 3 load -",
    );
}

#[test]
fn bindings_of_every_statement_have_their_kind_and_first_site() {
    check(
        "
import a.b, c as d
from e import f, g as h
from i import *
try: pass
except E as j: pass
with k as l: pass
for m in n: pass
match o:
    case [p, *q] | {'r': p, **q} | T(u=p) as q: pass
s: int
del t
async def v(w, /, x, *y, z=1, **aa): pass
d = 1
",
        "bindings",
        &["name", "kind", "site_count", "line"],
        "a import 1 2
         d import 2 2
         f import 1 3
         h import 1 3
         j assignment 1 6
         l assignment 1 7
         m assignment 1 8
         p assignment 3 10
         q assignment 3 10
         s annotation 1 11
         t deletion 1 12
         v function 1 13
         aa parameter 1 13
         w parameter 1 13
         x parameter 1 13
         y parameter 1 13
         z parameter 1 13",
    );
}

#[test]
fn defaults_decorators_annotations_and_bases_belong_to_the_scope_around() {
    check(
        "
class C(base(lambda: 1), metaclass=[m for m in n]):
    @deco(lambda: 2)
    def f(self, p: {a for a in b} = (lambda: 3)): pass
",
        "scopes",
        &[
            "scope_index",
            "kind",
            "name",
            "qualified_name",
            "depth",
            "is_nested",
            "line",
        ],
        "0 module top  0 0
         1 lambda lambda <lambda> 1 2
         2 listcomp listcomp <listcomp> 1 2
         3 class C C 1 2
         4 lambda lambda C.<lambda> 2 4
         5 lambda lambda C.<lambda> 2 3
         6 annotation __annotate__ C.<annotations of f> 2 4
         7 setcomp setcomp C.<setcomp> 3 is_nested 4
         8 function f C.f 2 4",
    );
}

#[test]
fn type_parameters_and_aliases_are_scopes_that_see_the_class_around() {
    let text = "
class A[T](list[T]):
    U = int
    def m[V: U](self, v: V) -> T: pass
    type P[*W] = tuple[U, *W]
";
    check(
        text,
        "scopes",
        &["kind", "name", "qualified_name"],
        "module top
         type_parameters A <generic parameters of A>
         class A A
         type_parameters m A.<generic parameters of m>
         type_variable V A.V
         annotation __annotate__ A.<annotations of m>
         function m A.m
         type_parameters P A.<generic parameters of P>
         type_alias P A.P",
    );
    meanings(
        text,
        "list 2 load -
         T 2 load type_parameter 2
         U 3 store assignment 3
         int 3 load -
         V 4 load type_parameter 4
         T 4 load type_parameter 2
         U 4 load assignment 3
         P 5 store type_alias 5
         tuple 5 load -
         U 5 load assignment 3
         W 5 load type_parameter 5",
    );
}

#[test]
fn every_id_is_its_own_and_survives_edits_elsewhere() {
    let text = "
def f(): return [x for x in y], [x for x in z]
def f(): return lambda: (lambda: x)
if a: x = f(f(), f())
";
    for (dataset, id) in [
        ("scopes", "scope_id"),
        ("symbols", "symbol_id"),
        ("bindings", "binding_id"),
        ("definitions", "def_id"),
        ("references", "ref_id"),
        ("calls", "call_id"),
    ] {
        let ids = lines(&batch(text, dataset, &[id]));
        let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len(), "{dataset}");
        let edited = lines(&batch(&format!("# More.\n{text}"), dataset, &[id]));
        assert_eq!(edited, ids, "{dataset}");
    }
}

#[test]
fn annotations_are_scopes_of_their_own() {
    let text = "
y: int
@d
def f(a: A, *b: (lambda: B)) -> y: pass
class C:
    m = 1
    x: m
    def g[T](self, p: T = m) -> m: pass
    z: [i for i in m]
def h():
    v: y
y: (lambda: y)
";
    check(
        text,
        "scopes",
        &[
            "scope_index",
            "kind",
            "name",
            "qualified_name",
            "depth",
            "is_nested",
            "line",
        ],
        "0 module top  0 0
         1 annotation __annotate__ <annotations> 1 2
         2 annotation __annotate__ <annotations of f> 1 4
         3 lambda lambda <lambda> 2 is_nested 4
         4 function f f 1 4
         5 class C C 1 5
         6 annotation __annotate__ C.<annotations> 2 7
         7 type_parameters g C.<generic parameters of g> 2 8
         8 annotation __annotate__ C.<annotations of g> 3 is_nested 8
         9 function g C.g 3 is_nested 8
         10 listcomp listcomp C.<listcomp> 3 is_nested 9
         11 function h h 1 10
         12 annotation __annotate__ h.<locals>.<annotations> 2 is_nested 11
         13 lambda lambda <lambda> 2 is_nested 12",
    );
    meanings(
        "
def f(T):
    class C:
        T = 1
        a: T
        def g(self: T, b: (lambda: T)): pass
        a: [T for i in T]
    a: (lambda: T)
",
        "T 4 store assignment 4
         a 5 store annotation 5
         T 5 load assignment 4
         T 6 load assignment 4
         T 6 load parameter 2
         a 7 store annotation 5
         T 7 load parameter 2
         i 7 store assignment 7
         T 7 load assignment 4
         a 8 store annotation 8
         T 8 load parameter 2",
    );
}

#[test]
fn a_class_says_which_names_are_free_and_a_comprehension_which_it_iterates() {
    check(
        "
def f(x, y, z):
    class C:
        x = 1
        z
        def g(self): x, y
    [a for a[b] in c]
",
        "symbols",
        &["scope_index", "name", "is_free_class", "is_comp_iter"],
        "0 f
         1 C
         1 c
         1 x
         1 y
         1 z
         2 g
         2 x is_free_class
         2 y
         2 z
         3 self
         3 x
         3 y
         4 .0
         4 a is_comp_iter
         4 b is_comp_iter",
    );
}
