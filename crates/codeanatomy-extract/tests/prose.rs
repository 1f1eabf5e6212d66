//! What `comments` and `docstrings` say. Whole files are compared with CPython by `tests/judge_tokens.py`.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]

mod rows;
mod support;

use std::time::{Duration, Instant};

use codeanatomy_extract::Options;
use rows::check;
use support::{extract, lines, texts};

/// The comments of a text with the name of the definition that they belong to.
fn owners(text: &str) -> Vec<String> {
    let [comments, definitions] = extract(["comments", "definitions"], "a.py", text.as_bytes(), Options::default());
    let ids = texts(&definitions, "def_id");
    let names = lines(&definitions, &["qualified_name"]);
    let name = |id: &str| ids.iter().position(|i| *i == Some(id)).map(|i| names[i].as_str());
    texts(&comments, "text")
        .into_iter()
        .zip(texts(&comments, "container_id"))
        .map(|(text, id)| {
            format!(
                "{} {}",
                text.unwrap(),
                id.map_or("-", |id| name(id).expect("a definition"))
            )
        })
        .collect()
}

#[test]
fn a_comment_is_of_a_kind_and_alone_or_not() {
    check(
        "#!/bin/sh\n# coding: utf-8\n# coding: late\nx = (1, # type: int\n \t# noqa\n)\ns = '''\n'''# pylint: disable=a\n",
        "comments",
        &["kind", "directive", "is_own_line", "text", "line"],
        "shebang - is_own_line #!/bin/sh 1
         encoding - is_own_line # coding: utf-8 2
         other - is_own_line # coding: late 3
         type_comment - # type: int 4
         noqa noqa is_own_line # noqa 5
         directive pylint # pylint: disable=a 8",
    );
}

#[test]
fn the_line_of_the_declaration_is_told_behind_a_byte_order_mark_and_a_carriage_return() {
    check(
        "\u{feff}# a\r# vim: set fileencoding=utf-8 :\r",
        "comments",
        &["kind", "bstart", "bend", "line"],
        "other 3 6 1
         encoding 7 38 2",
    );
}

#[test]
fn a_comment_belongs_to_the_definition_of_its_code_or_of_its_indentation() {
    let text = "\
# module
@decorator  # on a decorator
def f(a,  # in a header
      b):
    # in f
    class C:
        x = 1  # last of C
        # behind C
      # behind C, too
    # behind C in f

    # still f
# behind f
    # not f anymore
def g(): return 1;  # in g
y = 2  # module again
class D:

\tdef m(self): pass
\t# D
        # D by tabs
";
    let expected = [
        "# module -",
        "# on a decorator -",
        "# in a header f",
        "# in f f",
        "# last of C f.<locals>.C",
        "# behind C f.<locals>.C",
        "# behind C, too f.<locals>.C",
        "# behind C in f f",
        "# still f f",
        "# behind f -",
        "# not f anymore -",
        "# in g g",
        "# module again -",
        "# D D",
        "# D by tabs D",
    ];
    assert_eq!(owners(text), expected);
}

#[test]
fn definitions_in_one_long_line_take_no_time_that_grows_with_their_square() {
    let blanks = " ".repeat(500_000);
    let text = format!("{blanks}{}\n{}", "def f():".repeat(50_000), "#\n".repeat(100_000));
    let start = Instant::now();
    let [comments] = extract(["comments"], "a.py", text.as_bytes(), Options::default());
    assert_eq!(comments.num_rows(), 100_000);
    assert!(start.elapsed() < Duration::from_secs(20), "took {:?}", start.elapsed());
}

#[test]
fn comments_without_their_owner_are_the_same_rows() {
    let text = "def f():\n    pass # a\n    # b\n# c\n";
    let columns = ["bstart", "bend", "kind", "is_own_line", "text", "line"];
    let [all] = extract(["comments"], "pkg/mod.py", text.as_bytes(), Options::default());
    let without = rows::batch(text, "comments", &columns);
    assert_eq!(lines(&all, &columns), lines(&without, &columns));
}

#[test]
fn docstrings_are_evaluated_and_cleaned() {
    check(
        "r'''m\\n'''\nclass C:\n  u'a' \"\\x62\\\n\"\n  async def f(self): ('c'\n  '\\N{DIGIT ONE}'); 'd'\n  def g(self): b'e'\n  def h(self): f'f'\n",
        "docstrings",
        &[
            "node_id",
            "owner_kind",
            "qualified_name",
            "bstart",
            "bend",
            "value",
            "summary",
            "line_count",
            "line",
        ],
        r"0 module pkg.mod 0 10 m\n m\n 1 1
          3 class pkg.mod.C 22 35 ab ab 1 3
          6 method pkg.mod.C.f 58 79 c1 c1 1 5",
    );
}

#[test]
fn line_ends_in_a_docstring_are_lf_but_escapes_stay() {
    let text = "def f():\r\n    '''a\r\n    b\\r\r    c\\\r\nd\r\n    '''\r\n";
    let [docstrings] = extract(["docstrings"], "a.py", text.as_bytes(), Options::default());
    assert_eq!(texts(&docstrings, "value"), [Some("a\n    b\r\n    cd\n    ")]);
    assert_eq!(texts(&docstrings, "cleaned"), [Some("a\nb\r\ncd")]);
}

#[test]
fn a_docstring_that_cannot_be_evaluated_is_a_row_without_a_value() {
    check(
        "'\\N{NO SUCH NAME}'\ndef f(): '\\ud800'\ndef g(): '",
        "docstrings",
        &["owner_kind", "value", "cleaned", "summary", "line_count"],
        "module - - - -
         function \u{fffd} \u{fffd} \u{fffd} 1
         function    0",
    );
}
