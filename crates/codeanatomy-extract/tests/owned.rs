//! What belongs to definitions and calls: parameters, decorators, arguments, bases, annotations.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]

mod rows;

use rows::{batch, check, lines};

#[test]
fn parameters_stand_in_the_order_of_the_text_with_their_owner() {
    let text = "def f(a, /, b: int=1, *c: 'T', d, e=(2), **g): pass\nclass C:\n  def m(self): return lambda x=lambda y: 0, *z: 1\n";
    check(
        text,
        "parameters",
        &[
            "owner_kind",
            "position",
            "kind",
            "name",
            "has_default",
            "default_text",
            "annotation",
        ],
        "function 0 posonly a - -
         function 1 positional b has_default 1 int
         function 2 vararg c - 'T'
         function 3 kwonly d - -
         function 4 kwonly e has_default 2 -
         function 5 kwarg g - -
         method 0 positional self - -
         lambda 0 positional x has_default lambda y: 0 -
         lambda 1 vararg z - -
         lambda 0 positional y - -",
    );
    // The symbol is that of the scope which the parameter belongs to.
    let scopes = lines(&batch(text, "parameters", &["scope_id"]));
    let known = lines(&batch(text, "scopes", &["scope_id", "kind"]));
    let kinds = scopes.iter().map(|id| {
        let found = known.iter().find_map(|k| k.strip_prefix(id.as_str()));
        found.expect("a scope").trim().to_owned()
    });
    assert_eq!(
        kinds.collect::<Vec<_>>(),
        [vec!["function"; 7], vec!["lambda"; 3]].concat()
    );
    let ids = lines(&batch(text, "parameters", &["symbol_id", "binding_id"]));
    assert!(ids.iter().all(|ids| ids.starts_with("sym:") && ids.contains(" bind:")));
}

#[test]
fn a_lambda_in_an_annotation_that_is_not_evaluated_has_no_scope() {
    check(
        "from __future__ import annotations\nx: lambda a, b=1: a\n",
        "parameters",
        &["name", "default_text", "scope_id", "symbol_id", "binding_id"],
        "a - - - -
         b 1 - - -",
    );
}

#[test]
fn defaults_in_defaults_are_cut() {
    let text = format!(
        "def f(x={}0): pass",
        "lambda y=1, *, z=".repeat(100) + &": 0, w=".repeat(0)
    );
    let rows = lines(&batch(&text, "parameters", &["default_text"]));
    assert!(rows.iter().all(|row| row.len() <= 260));
    let short = format!("def f(x={:?}): pass", "é".repeat(127));
    check(
        &short,
        "parameters",
        &["default_text"],
        &format!("{:?}", "é".repeat(127)),
    );
    let long = format!("def f(x={:?}): pass", "é".repeat(128));
    check(
        &long,
        "parameters",
        &["default_text"],
        &format!("\"{}…", "é".repeat(127)),
    );
}

#[test]
fn decorators_are_named_by_what_is_called() {
    check(
        "@a\n@b.c\n@d.e('/')\n@f()()\n@ (g[0]) # :\ndef h(): pass\n",
        "decorators",
        &[
            "position",
            "shape",
            "is_call",
            "dotted",
            "root_name",
            "name",
            "at_bstart",
            "bstart",
            "bend",
        ],
        "0 name a a a 0 1 2
         1 attribute b.c b c 3 4 7
         2 call is_call d.e d e 8 9 17
         3 call is_call - - - 18 19 24
         4 subscript - - - 25 28 32",
    );
}

#[test]
fn arguments_stand_as_written_and_know_what_they_begin_with() {
    check(
        "f(a, *b.c, k=d[0], *e, **{**g})\nh(x for x in y)\ni(\n  (z))\n",
        "call_arguments",
        &[
            "position",
            "kind",
            "keyword",
            "value_shape",
            "value",
            "root_name",
            "bstart",
            "bend",
            "value_bstart",
            "value_bend",
        ],
        "0 positional - name a a 2 3 2 3
         1 star - attribute b.c b 5 9 6 9
         2 keyword k subscript - - 11 17 13 17
         3 star - name e e 19 21 20 21
         4 double_star - dict - - 23 30 25 30
         0 positional - comprehension - - 33 47 33 47
         0 positional - name z z 54 55 54 55",
    );
    // The argument of a decorator, a call in a call, a lambda and its body.
    let text = "@d(e)\ndef f(x): return g(x, h(lambda y: k(y, x)))\n";
    let symbol = |dataset: &str, name: &str| lines(&batch(text, dataset, &[name, "symbol_id"]));
    let references = symbol("references", "name");
    let arguments = symbol("call_arguments", "value");
    assert_eq!(arguments.len(), 6);
    for argument in arguments.iter().filter(|a| !a.starts_with('-')) {
        assert!(references.contains(argument), "{argument}");
    }
}

#[test]
fn the_ids_of_calls_are_those_that_arguments_have() {
    let text = "f(g(1), h(2, x.y(3)))\n";
    let calls = lines(&batch(text, "calls", &["node_id", "call_id"]));
    let arguments = lines(&batch(text, "call_arguments", &["call_node_id", "call_id"]));
    assert_eq!(arguments.len(), 6);
    assert!(arguments.iter().all(|argument| calls.contains(argument)));
}

#[test]
fn bases_and_class_keywords_have_the_name_that_they_begin_with() {
    check(
        "class A(b.C, D[int][str], *e, metaclass=M, f=1, **g): pass\nclass B[T](List[T]): pass\nclass C: pass\nclass D(): pass\n",
        "base_classes",
        &[
            "position",
            "kind",
            "keyword",
            "shape",
            "text",
            "dotted",
            "root_name",
            "name",
            "bstart",
            "bend",
        ],
        "0 base - attribute b.C b.C b C 8 11
         1 base - subscript D[int][str] D D D 13 24
         2 star - name e e e e 27 28
         3 keyword metaclass name M M M M 40 41
         4 keyword f constant 1 - - - 45 46
         5 double_star - name g g g g 50 51
         0 base - subscript List[T] List List List 70 77",
    );
    // With type parameters, bases are evaluated in their scope.
    let text = "class T: pass\nclass B[T](T): pass\n";
    let scopes = lines(&batch(text, "scopes", &["kind", "scope_id"]));
    let bases = lines(&batch(text, "base_classes", &["scope_id"]));
    assert!(scopes.contains(&format!("type_parameters {}", bases[0])));
    let symbols = lines(&batch(text, "symbols", &["symbol_id", "is_type_parameter"]));
    let base = &lines(&batch(text, "base_classes", &["symbol_id"]))[0];
    assert!(symbols.contains(&format!("{base} is_type_parameter")));
}

#[test]
fn annotations_are_told_apart_and_strings_are_read() {
    check(
        "def f(a: typing.List[int], *b: 'Foo[x]') -> ' p.Q ': pass
x: int | None = 1
self.y: 'not valid!'
z[0]: list['T']
(w): 'a' '.b'
async def g() -> None: pass
",
        "type_annotations",
        &[
            "role",
            "name",
            "text",
            "is_string",
            "string_text",
            "dotted",
            "root_name",
        ],
        "parameter a typing.List[int] - typing.List typing
         parameter b 'Foo[x]' is_string Foo[x] Foo Foo
         return f ' p.Q ' is_string p.Q p.Q p
         variable x int | None - - -
         attribute y 'not valid!' is_string - - -
         subscript - list['T'] - list list
         variable w 'a' '.b' is_string a.b a.b a
         return g None - - -",
    );
}

#[test]
fn names_in_annotations_mean_what_they_would_mean_there() {
    for future in ["", "from __future__ import annotations\n"] {
        let text = format!(
            "{future}class T: pass\nclass C:\n  class T: pass\n  x: 'T'\n  def f(self, a: T, b: 'T[int]'):\n    y: 'T'\n"
        );
        let symbols = lines(&batch(&text, "type_annotations", &["symbol_id"]));
        let of = |scope: &str| {
            let known = lines(&batch(&text, "scopes", &["scope_id", "name", "qualified_name"]));
            let scopes = known.iter().filter_map(|k| k.split_once(' '));
            let (id, _) = scopes.into_iter().find(|(_, names)| *names == scope).expect("a scope");
            let all = lines(&batch(&text, "symbols", &["scope_id", "name", "symbol_id"]));
            let symbol = all.iter().find_map(|s| s.strip_prefix(&format!("{id} T ")));
            symbol.expect("a symbol").to_owned()
        };
        // In the class its own, which an annotation that is evaluated reaches from its scope; in the method that of the module.
        let evaluated = match future {
            "" => of("__annotate__ C.<annotations of f>"),
            _ => of("C C"),
        };
        assert_eq!(symbols, [of("C C"), evaluated, of("C C"), of("top")], "{future}");
    }
}

#[test]
fn a_missing_expression_is_no_name() {
    check(
        "f(a, b=)\n",
        "call_arguments",
        &["kind", "value_shape", "value"],
        "positional name a\nkeyword missing -",
    );
    check(
        "x =\n",
        "assignments",
        &["target", "value_shape", "value"],
        "x missing -",
    );
    check("@\ndef f(): pass\n", "decorators", &["shape", "dotted"], "missing -");
}
