//! Targets of assignments with the values that they get.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]

mod rows;

use rows::{batch, check, lines};

const VALUES: [&str; 5] = ["target", "target_path", "value_shape", "value", "value_bstart"];

#[test]
fn targets_are_taken_apart_together_with_their_value() {
    check("a = b.c\n", "assignments", &VALUES, "a - attribute b.c 4");
    check(
        "a, (b, [c]) = x, (y, z)\n",
        "assignments",
        &VALUES,
        "a 0 name x 14
         b 1.0 name y 18
         c 1.1.0 - - -",
    );
    check(
        "a, *b, c = x, y, z\n",
        "assignments",
        &VALUES,
        "a 0 name x 11
         b * - - -
         c -1 name z 17",
    );
    check(
        "a, *(b, c), d = x, *y\n",
        "assignments",
        &VALUES,
        "a 0 name x 16
         b *.0 - - -
         c *.1 - - -
         d -1 - - -",
    );
    check(
        "a, b, c = w, *x, y\n",
        "assignments",
        &VALUES,
        "a 0 name w 10
         b 1 - - -
         c 2 name y 17",
    );
    // It cannot succeed, so nothing gets a value.
    check(
        "a, b = 1, 2, 3\na, = *x, 1, 2\na, *b, c = 1,\n",
        "assignments",
        &["target", "value_bstart"],
        "a -\nb -\na -\na -\nb -\nc -",
    );
}

#[test]
fn a_chain_gives_one_value_to_all_of_its_targets() {
    check(
        "a = b.c = d[0] = (e, f) = x\n",
        "assignments",
        &[
            "target_index",
            "target_path",
            "target_shape",
            "target",
            "name",
            "root_name",
            "value",
            "source_bstart",
        ],
        "0 - name a a a x 26
         1 - attribute b.c c b x 26
         2 - subscript d[0] - d x 26
         3 0 name e e e - 26
         3 1 name f f f - 26",
    );
}

#[test]
fn every_construct_that_assigns_is_there() {
    check(
        "
a: int
b: int = c
self.n += 1
for i, j in k: pass
with (l as m, o() as (p, q)): pass
try: pass
except E as r: pass
except: pass
type S = t
(u := v)
w = [0 for x in y]
a().b[0], = z
",
        "assignments",
        &["kind", "target", "target_path", "root_name", "value", "source_bend"],
        "annotated a - a - -
         annotated b - b c 18
         augmented self.n - self - 30
         for i 0 i - 44
         for j 1 j - 44
         with m - m - 58
         with p 0 p - 68
         with q 1 q - 68
         except r - r - 104
         type_alias S - S t 139
         walrus u - u v 147
         assign w - w - 167
         comprehension x - x - 166
         assign a().b[0] 0 - - 181",
    );
}

#[test]
fn patterns_capture() {
    check(
        "
match s:
    case [a, *b]: pass
    case {'k': c, **d}: pass
    case P(e, k=f) as g: pass
    case (h as i) | [_, *_]: pass
    case j: pass
",
        "assignments",
        &["kind", "target", "target_path", "value", "source_bend"],
        "match a - - 8
         match b - - 8
         match d - - 8
         match c - - 8
         match g - s 8
         match e - - 8
         match f - - 8
         match i - s 8
         match h - s 8
         match j - s 8",
    );
}

#[test]
fn a_walrus_in_a_comprehension_binds_outside() {
    let text = "def f():\n  return [y for x in z if (y := x)]\n";
    let bound = lines(&batch(text, "assignments", &["target", "binding_id"]));
    let bindings = lines(&batch(text, "bindings", &["binding_id", "scope_id"]));
    let scopes = lines(&batch(text, "scopes", &["scope_id", "kind"]));
    let kind_of = |target: &str| {
        let id = bound
            .iter()
            .find_map(|b| b.strip_prefix(target))
            .expect("a target")
            .trim();
        let scope = bindings
            .iter()
            .find_map(|b| b.strip_prefix(id))
            .expect("a binding")
            .trim();
        let kind = scopes
            .iter()
            .find_map(|s| s.strip_prefix(scope))
            .expect("a scope")
            .trim();
        kind.to_owned()
    };
    assert_eq!(
        (kind_of("x"), kind_of("y")),
        ("listcomp".to_owned(), "function".to_owned())
    );
}

#[test]
fn names_declared_global_are_bound_in_the_module() {
    let text = "x = 1\ndef f():\n  global x\n  x = 2\n  x.y = 3\n";
    let rows = lines(&batch(text, "assignments", &["target", "binding_id"]));
    assert_eq!(rows[0], rows[1]);
    assert_eq!(rows[2], "x.y -");
}

#[test]
fn long_targets_values_and_paths_are_cut() {
    let deep = format!("{}a{} = x\n", "(".repeat(40), ",)".repeat(40));
    let path = ["0"; 32].join(".");
    check(&deep, "assignments", &["target_path"], &format!("{path}.…"));
    let long = format!("a = f({:?}).b = {}c\n", "x".repeat(300), "c.".repeat(300));
    let rows = lines(&batch(&long, "assignments", &["target", "value"]));
    assert!(rows[0].len() < 300 && rows[0].ends_with('…'));
    assert!(rows[1].starts_with("f(\"xx") && rows[1].len() < 600);
}

#[test]
fn an_annotation_alone_is_a_target_without_a_value() {
    let text = "(x): int\nfrom __future__ import annotations\ny: (z := int)\n";
    check(
        text,
        "assignments",
        &["target", "kind", "source_bstart"],
        "x annotated -
         y annotated -
         z walrus 53",
    );
    // `x` is no local, and what is not evaluated binds nothing.
    let bound = lines(&batch(text, "assignments", &["binding_id"]));
    let y = lines(&batch(text, "bindings", &["name", "binding_id"]));
    assert_eq!(bound, ["-", y[1].trim_start_matches("y "), "-"]);
}
