//! For these files, this is what bases, decorators, annotations, exceptions, attributes and methods refer to.
#![allow(clippy::unwrap_used)]

mod support;

/// `role owner? text -> target (kind)` of every reference, in order.
fn references(files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let row = |r: codeanatomy_pointsto::ReferenceRow<'_>| {
        let text = files.iter().find(|(path, _)| *path == r.path).unwrap().1;
        let text = &text[r.bstart as usize..r.bend as usize];
        let text = text.lines().next().unwrap_or_default();
        match (r.target, r.reason) {
            (Some(target), _) => format!("{} {text} -> {target} ({})", r.role, r.target_kind.unwrap()),
            (None, reason) => format!("{} {text} -> ? ({})", r.role, reason.map_or("", |r| r.name())),
        }
    };
    support::references(folder.path()).iter().map(row).collect()
}

#[test]
fn an_attribute_belongs_to_the_class_whose_methods_set_it() {
    let text = "class A:\n    def __init__(self): self.x = 1\nclass B(A):\n    def f(self): return self.x\n\
                class C:\n    y = 1\nc = C()\nc.z = c.y\nB().x\n";
    assert_eq!(
        references(&[("m.py", text)]),
        [
            "write self.x -> m.A.x (attribute)",
            "base A -> m.A (class)",
            "read self.x -> m.A.x (attribute)",
            "write c.z -> m.C.z (attribute)",
            "read c.y -> m.C.y (class_variable)",
            "read B().x -> m.A.x (attribute)",
        ]
    );
}

#[test]
fn a_name_of_a_module_is_followed_through_re_exports_and_stars() {
    let files = [
        ("a.py", "import p\np.X\np.Y\np.q.Z\np.W\n"),
        (
            "p/__init__.py",
            "from .q import X\nfrom .q import *\nfrom . import q\nY = 1\n",
        ),
        ("p/q.py", "X = 1\nZ = 2\ndef W(): pass\n"),
    ];
    assert_eq!(
        references(&files),
        [
            "read p.X -> p.q.X (variable)",
            "read p.Y -> p.Y (variable)",
            "read p.q.Z -> p.q.Z (variable)",
            "read p.q -> p.q (variable)",
            "read p.W -> p.q.W (function)",
        ]
    );
}

#[test]
fn a_method_overrides_that_of_the_next_class_in_c3_order() {
    let text = "class A:\n    def f(self): pass\nclass B(A): pass\nclass C(A):\n    def f(self): pass\n\
                class D(B, C):\n    def f(self): pass\n    def g(self): pass\n";
    let found = references(&[("m.py", text)]);
    let overrides: Vec<_> = found.iter().filter(|r| r.starts_with("override")).collect();
    assert_eq!(
        overrides,
        [
            "override def f(self): pass -> m.A.f (function)",
            "override def f(self): pass -> m.C.f (function)",
        ]
    );
}

#[test]
fn exceptions_are_known_by_class_and_by_instance() {
    let text = "class E(Exception): pass\nALL = (E, OSError)\ndef f(x):\n    try:\n        raise E('a')\n    except ALL:\n        raise\n    \
                except E as e:\n        raise e\n    except x: raise ValueError\n";
    assert_eq!(
        references(&[("m.py", text)]),
        [
            "base Exception -> <builtin>.Exception (builtin)",
            "raise E('a') -> m.E (class)",
            "catch ALL -> m.E (class)",
            "catch E -> m.E (class)",
            "raise e -> m.E (class)",
            "catch x -> ? (unknown_value)",
            "raise ValueError -> <builtin>.ValueError (builtin)",
        ]
    );
}

#[test]
fn annotations_are_known_in_texts_and_where_they_come_before_the_class() {
    let text = "from typing import Literal, Optional\nclass A:\n    def f(self, a: 'Optional[A]', b: Literal['A']) -> A: pass\n";
    let found = references(&[("m.py", text)]);
    assert_eq!(
        found,
        [
            "annotation 'Optional[A]' -> m.A (class)",
            "annotation 'Optional[A]' -> typing.Optional (external)",
            "annotation Literal -> typing.Literal (external)",
            "annotation A -> m.A (class)",
        ]
    );
}
