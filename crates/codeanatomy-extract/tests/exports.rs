//! What modules offer.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]

mod rows;
mod support;

use codeanatomy_extract::Options;
use rows::{batch, check, lines};

const COLUMNS: [&str; 6] = ["kind", "reason", "name", "origin", "is_exported", "is_conditional"];

#[test]
fn without_a_list_public_names_are_offered() {
    check(
        "
import os.path
import a as a, b as c
from .m import d, _e, f as f
from n import *
class G: pass
def _h(): pass
i = j = 1
k: int
_l = 2
del i
",
        "exports",
        &COLUMNS,
        "reexport import os os.path is_exported
         reexport alias a a is_exported
         reexport import c b is_exported
         reexport import d .m.d is_exported
         reexport alias f .m.f is_exported
         reexport star - n.* is_exported
         definition class G - is_exported
         variable assignment i - is_exported
         variable assignment j - is_exported
         variable annotation k -",
    );
}

#[test]
fn a_list_decides() {
    check(
        "
from m import a, b
from n import *
__all__ = ['a', '_c', 'missing']
def _c(): pass
def d(): pass
",
        "exports",
        &COLUMNS,
        "reexport import a m.a is_exported
         reexport import b m.b
         reexport star - n.* -
         all assign a - is_exported
         all assign _c - is_exported
         all assign missing - is_exported
         definition function _c - is_exported
         definition function d -",
    );
    // Literals carry their span, and names their binding if the module binds them.
    let text = "__all__ = ['x', 'y']\nx = 1\n";
    let rows = lines(&batch(text, "exports", &["name", "bstart", "bend", "binding_id"]));
    assert!(rows[0].starts_with("x 11 14 bind:"));
    assert_eq!(rows[1], "y 16 19 -");
}

#[test]
fn a_list_is_followed_through_branches() {
    check(
        "
__all__ = ['gone']
__all__ = ['a', 'b', *sub.__all__]
__all__ += ['c'] + other.__all__
__all__.extend(('d',))
__all__.append('e')
__all__.insert(0, 'f')
__all__ = __all__ + ['g']
__all__.remove('a')
if x:
    __all__ += ['h']
    __all__.remove('b')
    def i(): pass
try:
    with y:
        __all__.append(name)
except E:
    __all__ = ['j']
def k():
    __all__ = ['l']
",
        "exports",
        &COLUMNS,
        "all assign gone - -
         all assign a - -
         all assign b - is_exported
         all assign - sub.__all__ -
         all augmented c - is_exported
         all augmented - other.__all__ -
         all extend d - is_exported
         all append e - is_exported
         all insert f - is_exported
         all augmented g - is_exported
         all remove a - -
         all augmented h - is_exported is_conditional
         all remove b - is_exported is_conditional
         definition function i - - is_conditional
         all append - name - is_conditional
         all assign j - is_exported is_conditional
         definition function k - -",
    );
}

#[test]
fn a_list_that_is_not_written_down_leaves_names_open() {
    check(
        "def f(): pass\n__all__ = compute()\n",
        "exports",
        &COLUMNS,
        "definition function f - -
         all assign - - -",
    );
    check(
        "from m import __all__\ndef f(): pass\n",
        "exports",
        &COLUMNS,
        "definition function f - -",
    );
}

#[test]
fn stubs_offer_what_they_import_only_if_they_say_so() {
    let text = b"from m import a, b as b\nfrom n import *\nx: int\nimport c as d\n";
    let [batch] = support::extract(["exports"], "pkg/mod.pyi", text, Options::default());
    assert_eq!(
        support::lines(&batch, &["name", "reason", "is_exported"]),
        [
            "a import false",
            "b alias true",
            "- star true",
            "x annotation true",
            "d import false"
        ]
    );
}

#[test]
fn all_rows_of_a_name_say_the_same_of_it() {
    check(
        "x = y = 1\n__all__ = ['x', 'y']\n__all__ = compute()\n__all__.remove('y')\n",
        "exports",
        &COLUMNS,
        "variable assignment x - -
         variable assignment y - -
         all assign x - -
         all assign y - -
         all assign - - -
         all remove y - -",
    );
    check(
        "__all__ = ['x', 'y']\n__all__ = ['x']\nx = y = 1\n",
        "exports",
        &COLUMNS,
        "all assign x - is_exported
         all assign y -
         all assign x - is_exported
         variable assignment x - is_exported
         variable assignment y -",
    );
}
