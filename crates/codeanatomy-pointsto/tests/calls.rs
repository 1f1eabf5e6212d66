//! For these files, these are the calls.
#![allow(clippy::unwrap_used)]

mod support;

/// `caller -> callee (form)` of every call, in order, without classes that have a constructor.
fn graph(files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let row = |r: codeanatomy_pointsto::CallRow<'_>| match (r.callee, r.reason) {
        (Some(callee), _) => format!("{} -> {callee} ({})", r.caller, r.form),
        (None, reason) => format!("{} -> ? ({})", r.caller, reason.map_or("", |r| r.name())),
    };
    let calls = support::calls(folder.path());
    let mut rows: Vec<String> = calls
        .iter()
        .filter(|r| r.callee_kind != Some("class"))
        .map(row)
        .collect();
    rows.sort();
    rows.dedup();
    rows
}

fn of(text: &str) -> Vec<String> {
    graph(&[("m.py", text)])
}

#[test]
fn attributes_are_found_in_c3_order_and_super_goes_on_from_there() {
    let text = "class A:\n    def f(self): pass\nclass B(A):\n    def f(self): super().f()\nclass C(A):\n    \
                def f(self): super().f()\nclass D(B, C):\n    def f(self): super().f()\nD().f()\n";
    assert_eq!(
        of(text),
        [
            "m -> m.D.f (call)",
            "m.B.f -> <builtin>.super (call)",
            "m.B.f -> m.C.f (call)",
            "m.C.f -> <builtin>.super (call)",
            "m.C.f -> m.A.f (call)",
            "m.D.f -> <builtin>.super (call)",
            "m.D.f -> m.B.f (call)",
        ]
    );
}

#[test]
fn what_is_set_on_an_instance_hides_what_a_class_outside_may_have() {
    let text = "import out\nclass S:\n    def go(self): pass\nclass T(out.Base):\n    def start(self): self.site = S()\n    \
                def test(self):\n        self.site.go()\n        self.other.go()\n        self.site2.go()\nx = out.x\nx.site2 = S()\n";
    assert_eq!(
        of(text),
        [
            "m.T.test -> m.S.go (call)",
            "m.T.test -> out.Base.other.go (call)",
            "m.T.test -> out.Base.site2.go (call)",
        ]
    );
}

#[test]
fn partial_methods_are_bound_and_attributes_are_read_through_getattribute() {
    let text = "from functools import partialmethod\nclass L:\n    def put(self, state): return self.on\n    \
                def __getattribute__(self, name): pass\n    on = partialmethod(put, True)\nL().on()\n";
    let calls = of(text);
    assert!(calls.contains(&"m -> m.L.put (call)".to_string()), "{calls:?}");
    assert!(
        calls.contains(&"m -> m.L.__getattribute__ (property)".to_string()),
        "{calls:?}"
    );
    assert!(
        calls.contains(&"m.L.put -> m.L.__getattribute__ (property)".to_string()),
        "{calls:?}"
    );
}

#[test]
fn what_a_function_gives_back_as_it_got_it_is_not_mixed_with_other_calls() {
    let text = "def same(f): return f\n@same\ndef a(): pass\n@same\ndef b(): pass\na()\nb()\nsame(a)()\n";
    assert_eq!(
        of(text),
        [
            "m -> m.a (call)",
            "m -> m.b (call)",
            "m -> m.same (call)",
            "m -> m.same (decorator)"
        ]
    );
    let text = "def same(f): return f\ndef a(): pass\ndef b(): pass\ndef c(): same(a)()\ndef d(): same(b)()\n";
    assert_eq!(
        of(text),
        [
            "m.c -> m.a (call)",
            "m.c -> m.same (call)",
            "m.d -> m.b (call)",
            "m.d -> m.same (call)"
        ]
    );
}

#[test]
fn what_reaches_a_use_counts_and_not_what_was_there_before() {
    let text = "def a(): pass\ndef b(): pass\nf = a\nf = b\nf()\nd = {'k': a}\nd['k'] = b\nd['k']()\nif f:\n    d['k'] = a\nd['k']()\n";
    assert_eq!(of(text), ["m -> m.a (call)", "m -> m.b (call)"]);
    let text = "def a(): pass\ndef b(): pass\nf = a\nf = b\nf()\nd = {'k': a}\nd['k'] = b\nd['k']()\n";
    assert_eq!(of(text), ["m -> m.b (call)"]);
}

#[test]
fn a_store_is_forgotten_where_other_code_may_have_changed_the_container() {
    let text = "def a(): pass\ndef b(): pass\ndef change(): d['k'] = a\nd = {}\nd['k'] = b\nchange()\nd['k']()\n";
    assert_eq!(of(text), ["m -> m.a (call)", "m -> m.b (call)", "m -> m.change (call)"]);
}

#[test]
fn protocols_call_without_a_call_expression() {
    let text = "class P:\n    @property\n    def p(self): return self.q\n    def q(self): pass\n    def __enter__(self): return self\n    \
                def __exit__(self, *a): pass\n    def __add__(self, o): return self\n    def __call__(self): pass\n    \
                def __len__(self): return 0\n    def __iter__(self):\n        yield self.q\nwith P() as x:\n    x.p()\n\
                (x + x)()\nlen(x)\nfor y in x:\n    y()\n";
    assert_eq!(
        of(text),
        [
            "m -> <builtin>.len (call)",
            "m -> m.P.__add__ (operator)",
            "m -> m.P.__call__ (call)",
            "m -> m.P.__enter__ (with)",
            "m -> m.P.__exit__ (with)",
            "m -> m.P.__iter__ (iteration)",
            "m -> m.P.__len__ (operator)",
            "m -> m.P.p (property)",
            "m -> m.P.q (call)",
        ]
    );
}

#[test]
fn names_go_through_modules_stars_and_reexports_and_leave_the_source_by_name() {
    let calls = graph(&[
        ("p/__init__.py", "from .a import *\nfrom .b import g as h\n"),
        ("p/a.py", "def f(): pass\ndef _hidden(): pass\n"),
        (
            "p/b.py",
            "from functools import partial\nimport os.path\ndef g(): os.path.join('a')\nk = partial(g)\n",
        ),
        (
            "main.py",
            "import p.b\nfrom p import *\nfrom p import h\ntry:\n    import fast as impl\nexcept ImportError:\n    import p.a as impl\n\
             f()\nh()\np.b.k()\nimpl.f()\n_hidden()\n",
        ),
    ]);
    assert_eq!(
        calls,
        [
            "main -> ? (unknown_value)",
            "main -> fast.f (call)",
            "main -> p.a.f (call)",
            "main -> p.b.g (call)",
            "p.b -> functools.partial (call)",
            "p.b.g -> os.path.join (call)",
        ]
    );
}

#[test]
fn what_nothing_calls_is_called_on_its_own_class_and_on_what_annotations_say() {
    let text = "class A:\n    def f(self): self.g()\n    def g(self): pass\ndef use(a: 'A', b: A | None): a.f(); b.g()\n\
                def dynamic(x): x.run(); getattr(x, 'f')(); [].append(x)\n";
    assert_eq!(
        of(text),
        [
            "m.A.f -> m.A.g (call)",
            "m.dynamic -> <builtin>.getattr (call)",
            "m.dynamic -> ? (builtin_method)",
            "m.dynamic -> ? (unknown_value)",
            "m.use -> m.A.f (call)",
            "m.use -> m.A.g (call)",
        ]
    );
}

#[test]
fn what_leads_in_circles_ends() {
    let text = "import m\nfrom m import *\nfrom m import loop\nclass A(m.B): pass\nclass B(A): pass\nB().x()\n\
                def f(g): return f(f)(g)\nf(f)\nd = {}\nd['d'] = d\nd['d']['d']['d']()\nx = x.y.z()\n";
    assert!(!of(text).is_empty());
}

#[test]
fn star_imports_in_a_circle_end() {
    let calls = graph(&[
        ("a.py", "from b import *\nfrom c import *\ndef f(): g(); missing()\n"),
        ("b.py", "from c import *\nfrom a import *\ndef g(): f(); missing()\n"),
        ("c.py", "from a import *\nfrom b import *\nf(); g(); missing()\n"),
    ]);
    assert_eq!(
        calls,
        [
            "a.f -> ? (unknown_value)",
            "a.f -> b.g (call)",
            "b.g -> ? (unknown_value)",
            "b.g -> a.f (call)",
            "c -> ? (unknown_value)",
            "c -> a.f (call)",
            "c -> b.g (call)",
        ]
    );
}

#[test]
fn what_is_made_of_itself_is_made_once() {
    let text = "from functools import partial\ndef f(*a): pass\np = f\nd = {}\ne = ()\n\
                class A:\n    pass\nA.__call__ = A()\nA()()\n\
                for x in y:\n    p = partial(p, x)\n    d = {1: d.values(), 2: list(d.items())}\n    e = (e, A)\n    p()\n\
                try: pass\nexcept e as z: z()\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("m.py"), text).unwrap();
    let (calls, cost) = support::analysis(folder.path()).solve_counted(&|| true);
    let callees: Vec<_> = calls.iter().filter_map(|r| r.callee).collect();
    assert!(callees.iter().any(|callee| callee == "m.f"));
    assert!(cost.work < 1_000, "{cost:?}");
}

#[test]
fn what_is_unknown_at_the_bound_of_the_work_says_so() {
    let text = "def f(g): g()\ndef h(): pass\nf(h)\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("m.py"), text).unwrap();
    let reasons = |limit| {
        let analysis = support::analysis(folder.path()).with_limit(limit);
        analysis
            .solve(&|| true)
            .iter()
            .map(|r| r.reason.map(|r| r.name()))
            .collect::<Vec<_>>()
    };
    assert_eq!(reasons(0), [Some("analysis_limit"), Some("analysis_limit")]);
    assert_eq!(reasons(1_000), [None, None]);
}

#[test]
fn a_hub_takes_time_in_proportion() {
    let mut text = String::from("class Base:\n    def hook(self): pass\n    def run(self): self.hook()\n");
    for i in 0..2_000 {
        text.push_str(&format!("class C{i}(Base):\n    def hook(self): pass\nC{i}().run()\n"));
    }
    for i in 0..1_000 {
        text.push_str(&format!("class D{}(D{i}): pass\n", i + 1));
    }
    text = format!("class D0:\n    def far(self): pass\n{text}D1000().far()\n");
    let calls = of(&text);
    assert!(calls.contains(&"m -> m.D0.far (call)".to_string()));
}

#[test]
fn what_a_mixin_sets_is_on_instances_of_classes_that_have_it() {
    let text = "import unittest\nclass Log:\n    def put(self): pass\nclass Other:\n    def put(self): pass\n\
        class Mixin:\n    def setUp(self):\n        self.log = Log()\n        self.own = Other()\n\
        class Base(unittest.TestCase): pass\n\
        class A(Mixin, Base):\n    def test(self):\n        self.log.put()\n\
        class B(Mixin):\n    def run(self):\n        self.log.put()\n\
        class C(Mixin, Base):\n    def setUp(self):\n        self.own = Log()\n    def test(self):\n        self.own.put()\n";
    let calls = of(text);
    for call in [
        "m.A.test -> m.Log.put (call)",
        "m.B.run -> m.Log.put (call)",
        "m.C.test -> m.Log.put (call)",
    ] {
        assert!(calls.contains(&call.to_string()), "{call}: {calls:?}");
    }
    let wrong = |call: &&String| call.contains("m.Other.put") || call.contains("TestCase");
    assert_eq!(calls.iter().find(wrong), None);
}

#[test]
fn a_call_of_more_than_is_kept_says_so_in_place_of_what_came_first() {
    let functions: String = (0..20).map(|i| format!("def f{i}(): pass\n")).collect();
    let names: Vec<String> = (0..20).map(|i| format!("f{i}")).collect();
    let rows = of(&format!("{functions}for f in [{}]: f()\n", names.join(", ")));
    assert_eq!(rows, ["m -> ? (too_many_values)"]);
    let rows = of(&format!("{functions}for f in [{}]: f()\n", names[..15].join(", ")));
    assert_eq!(rows.len(), 15, "{rows:?}");
    // Through the class of the receiver, too; but what all of them that are kept have in common may well be called.
    let classes = |base: &str, body: &str| -> String {
        let classes = (0..20).map(|i| format!("class C{i}({base}):\n    {body}\n"));
        classes.collect()
    };
    let made: Vec<String> = (0..20).map(|i| format!("C{i}()")).collect();
    let call = format!("for c in [{}]: c.f()\n", made.join(", "));
    let rows = of(&format!("{}{call}", classes("", "def f(self): pass")));
    assert_eq!(rows, ["m -> ? (too_many_values)"]);
    let base = "class B:\n    def f(self): pass\n";
    let rows = of(&format!("{base}{}{call}", classes("B", "pass")));
    assert_eq!(rows, ["m -> ? (too_many_values)", "m -> m.B.f (call)"]);
    // Of two it is not known that there are no more.
    let below = "class C(B):\n    def f(self): pass\n";
    let rows = of(&format!(
        "{base}{below}{}{call}",
        classes("B", "pass").replace("1(B)", "1(C)")
    ));
    assert_eq!(rows, ["m -> ? (too_many_values)"]);
}

#[test]
fn what_comes_back_through_several_functions_is_not_mixed_either() {
    let text = "class Register:\n    def put(self, name, given=None):\n        if given is None:\n            \
                def decorate(late): return self.take(late)\n            return decorate\n        return given\n    \
                def take(self, taken): return self.put('x', given=taken)\nr = Register()\n\
                def a(): pass\ndef b(): pass\ndef c(): r.take(a)()\ndef d(): r.put('b')(b)()\ndef e(): r.take(*[b])()\n";
    let calls = of(text);
    let called = |caller: &str| -> Vec<&str> {
        let of_caller = calls.iter().filter_map(|c| c.strip_prefix(caller));
        of_caller
            .filter(|c| c.starts_with("m.a") || c.starts_with("m.b"))
            .collect()
    };
    assert_eq!(called("m.c -> "), ["m.a (call)"]);
    assert_eq!(called("m.d -> "), ["m.b (call)"]);
    assert!(called("m.e -> ").contains(&"m.b (call)"), "{calls:?}");
}

#[test]
fn functions_that_give_each_other_a_parameter_back_end() {
    let text = "def a(): pass\ndef f(x):\n    if x: return g(x)\n    return x\ndef g(y): return f(y)\ndef h(z): return h(z)\n\
                def c(): f(a)()\ndef d(): g(a)()\ndef e(): h(a)()\n";
    let calls = of(text);
    for call in ["m.c -> m.a (call)", "m.d -> m.a (call)", "m.e -> ? (unknown_value)"] {
        assert!(calls.contains(&call.to_string()), "{call}: {calls:?}");
    }
}

#[test]
fn a_class_that_an_object_of_many_classes_gives_back_is_that_class() {
    let classes: String = (0..20)
        .map(|i| format!("@mark\nclass C{i}:\n    def f(self): pass\n"))
        .collect();
    let text = format!(
        "class Mark:\n    def __init__(self): self.seen = []\n    def __call__(self, c):\n        self.seen.append(c)\n        \
         return self.seen[-1]\nmark = Mark()\n{classes}C7().f()\n"
    );
    let calls = of(&text);
    let called: Vec<&String> = calls.iter().filter(|c| c.contains(".f ")).collect();
    assert_eq!(called, ["m -> m.C7.f (call)"]);
}

#[test]
fn of_a_receiver_that_comes_from_several_places_outside_nothing_is_said() {
    let rows = of("import a, b, c\nfor x in (a.f(), b.g(), c.h()): x.run()\n");
    assert!(rows.contains(&"m -> ? (mixed_values)".to_string()), "{rows:?}");
    assert_eq!(rows.iter().find(|r| r.contains("run")), None);
    let rows = of("import a, b\nfor x in (a.f(), b.g()): x.run()\n");
    assert!(rows.contains(&"m -> a.f.run (call)".to_string()) && rows.contains(&"m -> b.g.run (call)".to_string()));
}

#[test]
fn what_is_set_on_something_unknown_is_no_attribute_of_a_class_outside() {
    let text = "import out\nclass T(out.Base):\n    def test(self):\n        self.engine.render()\n        self.check()\n        \
                self.log.put()\ndef inner(x):\n    x.engine = 1\n    x.check = 1\n";
    assert_eq!(
        of(text),
        [
            "m.T.test -> ? (unknown_value)",
            "m.T.test -> out.Base.check (call)",
            "m.T.test -> out.Base.log.put (call)",
        ]
    );
}

#[test]
fn names_of_code_that_is_deep_in_other_code_are_bounded() {
    let text = format!("def g(): pass\nf = {}0\n", "lambda x=g(): ".repeat(500));
    let longest = of(&text).iter().map(String::len).max().unwrap();
    assert!(longest < 1100, "{longest}");
}

/// Of `A` and `B`, whose `go` is called in a file.
fn gone(text: &str) -> String {
    let classes = "class A:\n    def go(self): pass\nclass B:\n    def go(self): pass\n";
    let rows = of(&format!("{classes}{text}"));
    let found = ["A", "B"]
        .into_iter()
        .filter(|class| rows.iter().any(|r| r.contains(&format!("-> m.{class}.go "))));
    found.collect()
}

#[test]
fn of_a_class_that_binds_a_name_again_only_the_last_is_seen() {
    let methods = "class C:\n    def f(self): return A()\n    def f(self): return B()\n";
    assert_eq!(gone(&format!("{methods}C().f().go()\n")), "B");
    let attributes = "class C:\n    x = A()\n    import x, A as x\n    print(x)\n    x, y = B(), A()\nC.x.go()\n";
    assert_eq!(gone(attributes), "B");
    let own = "class C:\n    def f(self): return A()\n    f().go()\n    def f(self): return B()\n";
    assert_eq!(gone(own), "A");
    let inside =
        "class C:\n    if A:\n        def f(self): return A()\n        def f(self): return B()\nC().f().go()\n";
    assert_eq!(gone(inside), "B");
    let before = "class C:\n    for x in y: f = A()\n    f = B()\nC.f.go()\n";
    assert_eq!(gone(before), "B");
}

#[test]
fn what_may_not_be_bound_again_is_seen() {
    for text in [
        "class C:\n    f = B()\n    if x: f = A()\nC.f.go()\n",
        "class C:\n    if x: f = B()\n    else: f = A()\nC.f.go()\n",
        "class C:\n    while x:\n        f = A()\n        if f: break\n        f = B()\nC.f.go()\n",
        "class C:\n    f = A()\n    f: B\n    f |= B()\nC.f.go()\nB().go()\n",
        "class C:\n    f = A()\n    def g(self): C.f = B()\nC.f.go()\n",
        "class C:\n    global f\n    f = A()\n    g()\n    f = B()\ndef g(): f.go()\n",
    ] {
        assert_eq!(gone(text), "AB", "{text}");
    }
}

#[test]
fn of_a_module_the_last_is_seen_if_nothing_runs_in_between() {
    let last = "def f(): return A()\nif A.x > 1:\n    y = [f, lambda: g()]\n@staticmethod\ndef f(x=1): return B()\ndef g(): f().go()\n";
    assert_eq!(gone(last), "B");
    let inner = "def outer():\n    def f(): return A()\n    def f(): return B()\n    def g(): f().go()\n    g()\n";
    assert_eq!(gone(inner), "B");
    for between in [
        "g()",
        "import n",
        "@g\ndef h(): pass",
        "class C(g): pass",
        "[x for x in g]",
        "def h(x=g()): pass",
    ] {
        let text = format!("def g(): f().go()\ndef f(): return A()\n{between}\ndef f(): return B()\n");
        assert_eq!(gone(&text), "AB", "{between}");
    }
    let other = "def f(): return A()\ndef g(): f().go()\ndef h():\n    global f\n    f = lambda: B()\n";
    assert_eq!(gone(other), "AB");
}

#[test]
fn an_overload_is_not_called_and_its_annotation_is_that_of_the_last() {
    let module = "from typing import overload\n@overload\ndef f(x: int) -> 'A': ...\n@overload\ndef f(x: str) -> 'B': ...\n\
                  @cache(1)\ndef f(x): return x.unknown\n";
    let calls = graph(&[("m.py", module), ("n.py", "from m import f\nimport m\nf(1)\nm.f(2)\n")]);
    assert_eq!(calls.iter().filter(|c| c.starts_with("n -> ")).count(), 1, "{calls:?}");
    let kept = "@overload\ndef f(x: int) -> 'A': ...\n@overload\ndef f(x: str) -> 'B': ...\ndef f(x): return x.unknown\nf(1).go()\n";
    assert_eq!(gone(kept), "AB");
    let said = "class C:\n    @overload\n    def f(self) -> 'A': ...\n    def f(self): return B()\nC().f().go()\n";
    assert_eq!(gone(said), "B");
}

#[test]
fn a_property_keeps_its_getter_when_its_setter_binds_the_name_again() {
    let text = "class C:\n    @property\n    def p(self): return A()\n    @p.setter\n    def p(self, v): B().go()\nc = C()\nc.p.go()\nc.p = 1\n";
    assert_eq!(gone(text), "AB");
    assert!(of(&format!("class A: pass\nclass B: pass\n{text}")).contains(&"m -> m.C.p (property)".to_string()));
}

#[test]
fn names_that_are_bound_again_and_again_take_time_in_proportion() {
    let names: String = (0..30_000).map(|i| format!("a{i} = 1\n")).collect();
    let (functions, attributes) = ("def f(): return A()\n".repeat(30_000), "    x = A()\n".repeat(30_000));
    let last = "def f(): return B()\ndef g(): f().go()\n";
    assert_eq!(gone(&format!("{names}{names}{functions}{last}")), "B");
    assert_eq!(gone(&format!("class C:\n{attributes}    x = B()\nC.x.go()\n")), "B");
}

#[test]
fn a_cast_gives_its_value_and_where_nothing_is_known_of_it_its_type() {
    for cast in [
        "typing.cast('A', unknown)",
        "typing.cast(A, unknown)",
        "typing.cast('A | None', unknown)",
        "typing.cast(typing.Optional[A], unknown.x[1])",
        "typing.cast(B, A())",
    ] {
        assert_eq!(gone(&format!("import typing\n{cast}.go()\n")), "A", "{cast}");
    }
    assert_eq!(
        gone("def cast(a, b): return b\ncast(A, B()).go()\ncast(A, x).go()\n"),
        "B"
    );
}

#[test]
fn the_class_of_an_annotation_with_arguments_is_meant_and_forms_of_typing_are_nothing() {
    for annotation in [
        "A[int]",
        "'A[int]'",
        "ClassVar[A]",
        "Annotated[A, B]",
        "Optional[Annotated[A[B], B]]",
    ] {
        assert_eq!(gone(&format!("def f(x: {annotation}): x.go()\n")), "A", "{annotation}");
    }
    let text = "import typing\nfrom collections.abc import Callable\ndef f(x: typing.Any, y: Callable[[], A], z: typing.List[A]):\n    x()\n    y()\n    \
                z.go()\n    x.go()\n";
    assert_eq!(of(text), ["m.f -> ? (unknown_value)"]);
}

#[test]
fn a_base_that_only_says_something_has_no_attributes() {
    for base in ["ABC", "Generic[T]", "Protocol"] {
        let text = format!(
            "from abc import ABC\nfrom typing import Generic, Protocol\nclass C({base}):\n    def f(self): self.g()\n"
        );
        assert_eq!(of(&text), ["m.C.f -> ? (unknown_value)"], "{base}");
    }
}
