//! Drawn queries over the tables `l` and `r`.

use datafusion::arrow::datatypes::DataType;

use super::draw::Draw;

/// A query, and what it has the form of.
pub(super) struct Query {
    pub(super) form: &'static str,
    pub(super) sql: String,
}

const TWO: &[&str] = &[
    "l.s <= r.s AND r.e <= l.e",
    "r.e >= l.e AND l.s >= r.s",
    "l.s < r.e AND r.s < l.e",
    "l.s <= r.e AND r.s <= l.e",
    "r.s BETWEEN l.s AND l.e",
    "l.s <= r.s AND r.s < l.e",
    "NOT (r.s < l.s) AND NOT (r.e > l.e)",
    "l.s <= r.s AND l.e <= r.e",
    "l.s > r.s AND l.s < r.e",
    "l.s <= r.s AND l.e >= r.e AND r.s < l.e",
    "CASE WHEN l.s < l.e THEN l.s ELSE l.e END <= r.s AND l.e > r.s",
];
const TWO_OF_INTEGERS: &[&str] = &["l.s + 1 <= r.s AND r.e - 2 < l.e", "r.s BETWEEN l.s - 3 AND l.s + 3"];
const ONE: &[&str] = &["l.s <= r.s", "r.e < l.s", "r.s > l.e", "l.e >= r.e"];
const REST: &[&str] = &[
    "",
    "",
    "",
    " AND l.tag <> r.tag",
    " AND (l.id + r.id) % 3 <> 0",
    " AND l.tag IS NOT NULL",
    " AND r.id > 5",
    " AND (l.tag = r.tag OR l.id < 20)",
];

pub(super) fn query(draw: &mut Draw, bound: &DataType, has_lengths: bool) -> Query {
    if has_lengths && draw.one_in(12) {
        return nearest(draw);
    }
    match draw.below(8) {
        0..=2 => plain(draw, bound),
        3 | 4 => existence(draw, bound),
        5 => ranked(draw, bound),
        _ => function(draw, has_lengths),
    }
}

fn condition(draw: &mut Draw, bound: &DataType, two: bool) -> String {
    let ranges = match two {
        true if bound.is_signed_integer() && draw.one_in(4) => draw.of(TWO_OF_INTEGERS),
        true => draw.of(TWO),
        false => draw.of(ONE),
    };
    let keys = *draw.of(&["l.k = r.k AND ", "r.k = l.k AND ", "l.k = r.k AND ", ""]);
    format!("{keys}{ranges}{}", draw.of(REST))
}

const COLUMNS: &str = "l.id, l.s, l.tag, r.id, r.e, r.tag";

fn plain(draw: &mut Draw, bound: &DataType) -> Query {
    let condition = condition(draw, bound, true);
    let columns = *draw.of(&["*", COLUMNS, "r.tag, l.id", "l.id, r.id"]);
    let (form, join) = *draw.of(&[
        ("inner", "JOIN"),
        ("inner", "JOIN"),
        ("left", "LEFT JOIN"),
        ("right", "RIGHT JOIN"),
        ("full", "FULL JOIN"),
    ]);
    let sql = match form == "inner" && draw.one_in(3) {
        true => format!("SELECT {columns} FROM l, r WHERE {condition}"),
        false => format!("SELECT {columns} FROM l {join} r ON {condition}"),
    };
    Query { form, sql }
}

fn existence(draw: &mut Draw, bound: &DataType) -> Query {
    let two = draw.one_in(2);
    let condition = condition(draw, bound, two);
    let (form, sql) = match draw.below(5) {
        0 => ("semi", format!("SELECT * FROM l LEFT SEMI JOIN r ON {condition}")),
        1 => ("anti", format!("SELECT * FROM r RIGHT ANTI JOIN l ON {condition}")),
        2 => (
            "exists",
            format!("SELECT id, s FROM l WHERE EXISTS (SELECT 1 FROM r WHERE {condition})"),
        ),
        3 => (
            "not exists",
            format!("SELECT id, tag FROM l WHERE NOT EXISTS (SELECT 1 FROM r WHERE {condition})"),
        ),
        _ => (
            "in",
            format!("SELECT id FROM l WHERE tag IN (SELECT tag FROM r WHERE {condition})"),
        ),
    };
    Query { form, sql }
}

/// The best matches of a row, whose id tells it apart. The order ends with the right's id, so it is total.
fn ranked(draw: &mut Draw, bound: &DataType) -> Query {
    let two = draw.one_in(2);
    let condition = condition(draw, bound, two);
    let join = *draw.of(&["JOIN", "LEFT JOIN"]);
    let order = *draw.of(&[
        "r.s DESC",
        "r.e",
        "r.tag DESC NULLS LAST, r.s NULLS FIRST",
        "r.tag, l.tag",
    ]);
    let (k, rank) = *draw.of(&[(" = 1", ", rn"), (" <= 1", ""), (" <= 3", ""), (" < 3", "")]);
    let left = *draw.of(&[
        "(SELECT k, s, e, id, min(tag) AS tag FROM l GROUP BY k, s, e, id)",
        "(SELECT *, row_number() OVER () AS number FROM l)",
    ]);
    let key = match left.contains("number") {
        true => "number",
        false => "k, l.s, l.e, l.id",
    };
    let sql = format!(
        "SELECT lid, ls, rid, rtag{rank} FROM (SELECT l.id AS lid, l.s AS ls, r.id AS rid, r.tag AS rtag, \
         row_number() OVER (PARTITION BY l.{key} ORDER BY {order}, r.id) AS rn FROM {left} l {join} r ON {condition}) WHERE rn{k}"
    );
    Query { form: "ranked", sql }
}

/// The nearest rows in plain SQL, where spans may be reversed and bounds null.
fn nearest(draw: &mut Draw) -> Query {
    let join = *draw.of(&[
        "JOIN r ON l.k = r.k",
        "LEFT JOIN r ON l.k = r.k AND l.id > 3",
        "CROSS JOIN r",
    ]);
    let nulls = *draw.of(&["", " NULLS FIRST"]);
    let order = *draw.of(&["r.id", "r.tag DESC, r.id", "r.s, r.id"]);
    let k = *draw.of(&["= 1", "<= 3"]);
    let sql = format!(
        "SELECT lid, ls, rid, rtag FROM (SELECT l.id AS lid, l.s AS ls, r.id AS rid, r.tag AS rtag, row_number() OVER (PARTITION BY l.number \
         ORDER BY CASE WHEN r.s > l.e THEN r.s - l.e WHEN l.s > r.e THEN l.s - r.e ELSE l.e - l.e END{nulls}, {order}) AS rn \
         FROM (SELECT *, row_number() OVER () AS number FROM l) l {join}) WHERE rn {k}"
    );
    Query {
        form: "nearest in SQL",
        sql,
    }
}

fn function(draw: &mut Draw, has_lengths: bool) -> Query {
    let modes = ["'contains'", "'contained_by'", "'overlaps'", "'nearest'", "'exact'"];
    let mode = *draw.of(&modes[..if has_lengths { 5 } else { 3 }]);
    let how = *draw.of(&["'inner'", "'left'", "'left'", "'semi'", "'anti'"]);
    let best = match how {
        "'semi'" | "'anti'" => "'all'",
        _ if has_lengths => draw.of(&["'all'", "'tightest'", "'widest'", "'first'", "'last'"]),
        _ => draw.of(&["'all'", "'first'", "'last'"]),
    };
    let k = match best != "'all'" && draw.one_in(2) {
        true => ", k => 2",
        false => "",
    };
    let on = *draw.of(&[", on => k", ", on => [k, tag]", ", on => [k = k]", ""]);
    let sql = format!(
        "SELECT * FROM interval_join(left => (SELECT * FROM l), right => (SELECT * FROM r), mode => {mode}, how => {how}, \
         best => {best}{k}{on}, left_span => [s, e], right_span => [s, e])"
    );
    let form = match mode == "'nearest'" && !matches!(how, "'semi'" | "'anti'") {
        true => "nearest",
        false => "function",
    };
    Query { form, sql }
}
