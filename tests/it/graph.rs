//! From source text to edges: for this text, these are the edges, and this one wins.

use datafusion::prelude::SessionContext;
use datafusion_codeanatomy::{SourceOptions, attach_source};

use crate::{folder, lines};

async fn attach(files: &[(&str, &str)]) -> (SessionContext, tempfile::TempDir) {
    let source = folder(files);
    let ctx = SessionContext::new();
    attach_source(&ctx, source.path(), &SourceOptions::default())
        .await
        .unwrap();
    (ctx, source)
}

/// Calls and what they are said to call: `file:line callee -> path:line name (resolution, tied of candidates)`.
const CALLS: &str = "SELECT concat(c.path, ':', c.line, ' ', c.callee, ' -> ', d.path, ':', d.line, ' ', d.qualified_name, \
     ' (', t.resolution, ', ', t.tied, ' of ', t.candidate_count, ')') \
     FROM call_targets t JOIN calls c ON c.call_id = t.src JOIN definitions d ON d.def_id = t.dst \
     ORDER BY c.path, c.line, c.callee, d.line";

#[tokio::test]
async fn calls_follow_bindings_imports_and_reexports() {
    let (ctx, _source) = attach(&[
        (
            "pkg/__init__.py",
            "from .impl import work, C\nfrom . import tools as t\n",
        ),
        (
            "pkg/impl.py",
            "def work(): pass\nclass C:\n    def m(self): return self.n()\n    def n(self): return work()\n",
        ),
        ("pkg/tools.py", "def hammer(): pass\n"),
        (
            "main.py",
            "import pkg.tools\nfrom pkg import work, tools\nfrom pkg.impl import C as K\nimport pkg.tools as pt\n\
             pkg.tools.hammer()\nwork()\ntools.hammer()\nK()\npt.hammer()\nprint()\nK.m(None)\npkg.C.n(None)\npkg()\n",
        ),
    ])
    .await;
    assert_eq!(
        lines(&ctx, CALLS).await,
        [
            "main.py:5 pkg.tools.hammer -> pkg/tools.py:1 pkg.tools.hammer (function, 1 of 1)",
            "main.py:6 work -> pkg/impl.py:1 pkg.impl.work (function, 1 of 1)",
            "main.py:7 tools.hammer -> pkg/tools.py:1 pkg.tools.hammer (function, 1 of 1)",
            "main.py:8 K -> pkg/impl.py:2 pkg.impl.C (class, 1 of 1)",
            "main.py:9 pt.hammer -> pkg/tools.py:1 pkg.tools.hammer (function, 1 of 1)",
            "main.py:11 K.m -> pkg/impl.py:3 pkg.impl.C.m (function, 1 of 1)",
            "main.py:12 pkg.C.n -> pkg/impl.py:4 pkg.impl.C.n (function, 1 of 1)",
            "pkg/impl.py:3 self.n -> pkg/impl.py:4 pkg.impl.C.n (function, 1 of 1)",
            "pkg/impl.py:4 work -> pkg/impl.py:1 pkg.impl.work (function, 1 of 1)",
        ]
    );
}

#[tokio::test]
async fn a_call_of_what_is_defined_on_two_ways_may_call_both() {
    let (ctx, _source) = attach(&[(
        "a.py",
        "import x\nif x:\n    def f(): pass\nelse:\n    def f(): pass\ndef g(): f()\nf()\n",
    )])
    .await;
    assert_eq!(
        lines(&ctx, CALLS).await,
        [
            "a.py:6 f -> a.py:3 a.f (function, 2 of 2)",
            "a.py:6 f -> a.py:5 a.f (function, 2 of 2)",
            "a.py:7 f -> a.py:3 a.f (function, 2 of 2)",
            "a.py:7 f -> a.py:5 a.f (function, 2 of 2)"
        ]
    );
}

#[tokio::test]
async fn names_refer_to_what_pythons_scoping_gives_them() {
    let text = "x = 0\nclass C:\n    x = 1\n    def m(self): return x\n\ndef f():\n    x = 2\n    class D:\n        \
                def m(self): return x\n    def g():\n        nonlocal x\n        x = 3\n        return [x for x in x]\n    \
                def h():\n        global x\n        x = 4\n";
    let (ctx, _source) = attach(&[("a.py", text)]).await;
    let sql = "SELECT concat(r.line, ' ', r.context, ' -> ', b.line, ' in ', s.kind, ' ', s.qualified_name) \
         FROM refers_to t JOIN \"references\" r ON r.ref_id = t.src JOIN bindings b ON b.binding_id = t.dst \
         JOIN scopes s ON s.scope_id = b.scope_id WHERE r.name = 'x' ORDER BY r.line, r.bstart";
    assert_eq!(
        lines(&ctx, sql).await,
        [
            "1 store -> 1 in module",
            "3 store -> 3 in class C",
            "4 load -> 1 in module",
            "7 store -> 7 in function f",
            "9 load -> 7 in function f",
            "12 store -> 7 in function f",
            "13 load -> 13 in listcomp f.<locals>.g.<locals>.<listcomp>",
            "13 store -> 13 in listcomp f.<locals>.g.<locals>.<listcomp>",
            "13 load -> 7 in function f",
            "16 store -> 1 in module",
        ]
    );
}

#[tokio::test]
async fn imports_lead_to_modules_submodules_and_outside() {
    let (ctx, _source) = attach(&[
        ("p/__init__.py", ""),
        (
            "p/a.py",
            "from . import b\nfrom .b import f\nfrom .. import nothing\nimport p.b, os.path\nfrom p import *\n",
        ),
        ("p/b.py", "def f(): pass\n"),
    ])
    .await;
    let sql = "SELECT concat(i.line, ' ', i.kind, ' -> ', n.kind, ' ', n.name, ' (', t.resolution, ')') \
         FROM module_imports t JOIN imports i ON i.import_id = t.src JOIN cpg_nodes n ON n.node_id = t.dst \
         ORDER BY i.line, i.bstart";
    assert_eq!(
        lines(&ctx, sql).await,
        [
            "1 from -> file p/b.py (submodule)",
            "2 from -> file p/b.py (module)",
            "4 import -> file p/b.py (module)",
            "4 import -> external_module os.path (external)",
            "5 from -> file p/__init__.py (module)",
        ]
    );
}

#[tokio::test]
async fn a_star_import_hides_a_builtin_and_gives_no_private_names() {
    let (ctx, _source) = attach(&[
        ("m.py", "def open(): pass\ndef _hidden(): pass\n"),
        ("a.py", "from m import *\nopen()\n_hidden\nlen\nnowhere\n"),
    ])
    .await;
    let sql = "SELECT concat(r.name, ' -> ', n.kind, ' ', n.name, ' (', e.resolution, ')') \
         FROM cpg_edges e JOIN \"references\" r ON r.ref_id = e.src JOIN cpg_nodes n ON n.node_id = e.dst \
         WHERE e.kind = 'reads' ORDER BY r.line";
    assert_eq!(
        lines(&ctx, sql).await,
        ["open -> binding open (star_import)", "len -> builtin len (builtin)"]
    );
}

#[tokio::test]
async fn an_error_is_in_the_innermost_definition_around_it() {
    let text = "class A:\n    def f(self):\n        x = (1 +)\n        return x\n    y = [1 2]\n\n\nz = )\n";
    let (ctx, _source) = attach(&[("a.py", text), ("b.py", "def g():\n    return 1\n")]).await;
    let sql = "SELECT DISTINCT concat(e.line, ' ', n.kind, ' ', n.name) FROM cpg_edges c JOIN parse_errors e ON e.error_id = c.dst \
         JOIN cpg_nodes n ON n.node_id = c.src WHERE c.kind = 'contains' ORDER BY 1";
    assert_eq!(lines(&ctx, sql).await, ["3 method f", "5 class A", "8 file a.py"]);
}

#[tokio::test]
async fn a_line_at_the_top_changes_no_id_of_what_it_did_not_touch() {
    let text = "import os\ndef f(a): return a\nclass C:\n    def m(self): return f(os.sep)\n";
    let ids = async |text: &str| {
        let (ctx, _source) = attach(&[("a.py", text)]).await;
        lines(
            &ctx,
            "SELECT node_id FROM cpg_nodes WHERE kind <> 'builtin' ORDER BY node_id",
        )
        .await
    };
    let before = ids(text).await;
    let after = ids(&format!("# a comment\n{text}")).await;
    assert!(before.len() > 15, "{before:?}");
    assert_eq!(before, after);
}
