//! Queries of every form that is recognised, and what they mean with the order completed.

use super::data::{Column, Kind};
use super::random::Random;

/// A query, and the same with its order written out in full.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) sql: String,
    pub(super) completed: String,
    /// Whether the operator must run it.
    pub(super) is_recognised: bool,
}

struct Window {
    partition: Vec<String>,
    order: Vec<String>,
    /// The order, then all columns.
    total: Vec<String>,
    /// Whether the order says more than the groups: else all rows tie, and a rank keeps all.
    decides: bool,
}

impl Window {
    fn over(&self, order: &[String]) -> String {
        let partition = match self.partition.as_slice() {
            [] => String::new(),
            keys => format!("PARTITION BY {} ", keys.join(", ")),
        };
        let order = match order {
            [] => String::new(),
            // The engine plans no RANGE frame, which is the default, over every type.
            keys => format!("ORDER BY {} ROWS UNBOUNDED PRECEDING", keys.join(", ")),
        };
        format!("OVER ({partition}{order})")
    }
}

/// An expression over a column that groups or orders like it, or more coarsely.
fn expression(random: &mut Random, column: &Column) -> String {
    let name = column.name;
    match column.kind {
        Kind::Int32 | Kind::Int64 | Kind::UInt16 if random.one_in(4) => format!("{name} % 3"),
        Kind::Text | Kind::View if random.one_in(4) => format!("lower({name})"),
        Kind::Boolean if random.one_in(4) => format!("NOT {name}"),
        // Of a column without nulls the engine makes a constant of it.
        _ if random.one_in(12) && column.is_nullable => format!("{name} IS NULL"),
        _ => name.to_string(),
    }
}

fn window(random: &mut Random, columns: &[Column]) -> Window {
    let mut partition = vec![];
    for _ in 0..*random.of(&[0, 1, 1, 1, 1, 2]) {
        let column = *random.of(&[0, 0, 3]);
        let expr = expression(random, &columns[column]);
        if !partition.contains(&expr) {
            partition.push(expr);
        }
    }
    let (mut order, mut exprs): (Vec<String>, Vec<String>) = (vec![], vec![]);
    for _ in 0..*random.of(&[0, 1, 1, 1, 2, 3]) {
        let column = *random.of(&[1, 1, 4, 2, 0]);
        let expr = expression(random, &columns[column]);
        // The engine's aggregates panic at a key that stands there twice.
        if exprs.contains(&expr) {
            continue;
        }
        let direction = random.of(&["", " ASC", " DESC"]);
        let nulls = random.of(&["", " NULLS FIRST", " NULLS LAST"]);
        order.push(format!("{expr}{direction}{nulls}"));
        exprs.push(expr);
    }
    let rest = columns.iter().filter(|c| !exprs.iter().any(|e| e == c.name));
    let all: Vec<_> = rest.map(|c| format!("{} ASC NULLS LAST", c.name)).collect();
    let total = order.iter().cloned().chain(all).collect();
    let decides = exprs.iter().any(|e| !partition.contains(e));
    Window {
        partition,
        order,
        total,
        decides,
    }
}

pub(super) fn query(random: &mut Random, columns: &[Column]) -> Query {
    let window = window(random, columns);
    match random.below(8) {
        0..=2 => filtered(random, columns, &window),
        3 => ranked(random, columns, &window),
        4 => distinct_on(random, columns, &window),
        5 => first_values(random, columns, &window),
        6 => qualify(random, columns, &window),
        _ => function(random, columns, &window),
    }
}

fn names(columns: &[Column]) -> String {
    columns.iter().map(|c| c.name).collect::<Vec<_>>().join(", ")
}

/// A bound on a rank, and what it keeps.
fn bound(random: &mut Random, rank: &str) -> String {
    let k = *random.of(&[1, 1, 1, 2, 3, 8]);
    match random.below(7) {
        0 => format!("{rank} = 1"),
        1 => format!("{rank} <= {k}"),
        2 => format!("{rank} < {}", k + 1),
        3 => format!("{k} >= {rank}"),
        4 => format!("{rank} BETWEEN 1 AND {k}"),
        5 => format!("{rank} = {k}"),
        _ => format!("{} > {rank} AND {rank} > 0", k + 1),
    }
}

/// Ranks and reports, as `name: with the order as written, with the order completed`.
fn reports(random: &mut Random, columns: &[Column], window: &Window, ranking: &str) -> Vec<(String, String, String)> {
    let written = window.over(&window.order);
    let total = window.over(&window.total);
    let rank = |function: &str| {
        let order = if function == "row_number" { &total } else { &written };
        (
            function.to_string(),
            format!("{function}() {written}"),
            format!("{function}() {order}"),
        )
    };
    let mut reports = vec![rank(ranking)];
    for function in ["row_number", "rank", "dense_rank"] {
        if function != ranking && random.one_in(3) && (function == "row_number" || !window.order.is_empty()) {
            reports.push(rank(function));
        }
    }
    let same = |name: &str, sql: String| (name.to_string(), sql.clone(), sql);
    if random.one_in(3) {
        reports.push(same("candidates", format!("count(*) {}", window.over(&[]))));
    }
    if let Some(score) = window.order.first().filter(|_| random.one_in(3)) {
        let score = score.split(" ASC").next().unwrap().split(" DESC").next().unwrap();
        let score = score.split(" NULLS").next().unwrap();
        let keys: Vec<_> = window.partition.iter().map(String::as_str).chain([score]).collect();
        reports.push(same(
            "tied",
            format!("count(*) OVER (PARTITION BY {})", keys.join(", ")),
        ));
    }
    if !window.order.is_empty() && random.one_in(4) {
        reports.push(same("rank_by", format!("rank() {}", window.over(&window.order[..1]))));
    }
    if random.one_in(3) {
        let value = random.of(columns).name;
        reports.push((
            "next".to_string(),
            format!("lead({value}) {written}"),
            format!("lead({value}) {total}"),
        ));
    }
    reports
}

/// Which ranking decides.
fn ranking(random: &mut Random, window: &Window) -> &'static str {
    if !window.decides {
        return "row_number";
    }
    random.of::<&str>(&["row_number", "row_number", "rank", "dense_rank"])
}

fn filtered(random: &mut Random, columns: &[Column], window: &Window) -> Query {
    let ranking = ranking(random, window);
    let reports = reports(random, columns, window, ranking);
    let more = random.of(&["", "", " AND v1 IS NOT NULL", " AND s1 IS NULL"]);
    let bound = bound(random, ranking);
    let shown: Vec<_> = reports.iter().map(|(name, ..)| name.as_str()).collect();
    let sql = |full: bool| {
        let inner = reports.iter().map(|(name, written, total)| {
            let sql = if full { total } else { written };
            format!("{sql} AS {name}")
        });
        let inner = inner.collect::<Vec<_>>().join(", ");
        let names = names(columns);
        format!(
            "SELECT {names}, {} FROM (SELECT {names}, {inner} FROM t) WHERE {bound}{more}",
            shown.join(", ")
        )
    };
    Query {
        sql: sql(false),
        completed: sql(true),
        is_recognised: true,
    }
}

fn qualify(random: &mut Random, columns: &[Column], window: &Window) -> Query {
    let ranking = ranking(random, window);
    let (written, total) = (window.over(&window.order), window.over(&window.total));
    let state = random.clone();
    let sql = |over: &str| {
        format!(
            "SELECT {} FROM t QUALIFY {}",
            names(columns),
            bound(&mut state.clone(), &format!("{ranking}() {over}"))
        )
    };
    let completed = if ranking == "row_number" {
        sql(&total)
    } else {
        sql(&written)
    };
    let query = Query {
        sql: sql(&written),
        completed,
        is_recognised: true,
    };
    random.next();
    query
}

fn ranked(random: &mut Random, columns: &[Column], window: &Window) -> Query {
    let ranking = ranking(random, window);
    let reports = reports(random, columns, window, ranking);
    let sql = |full: bool| {
        let inner = reports
            .iter()
            .map(|(name, written, total)| format!("{} AS {name}", if full { total } else { written }));
        format!(
            "SELECT {}, {} FROM t",
            names(columns),
            inner.collect::<Vec<_>>().join(", ")
        )
    };
    Query {
        sql: sql(false),
        completed: sql(true),
        is_recognised: false,
    }
}

fn distinct_on(random: &mut Random, columns: &[Column], window: &Window) -> Query {
    if window.partition.is_empty() || !window.decides {
        return qualify(random, columns, window);
    }
    let keys = window.partition.join(", ");
    // The engine panics at a key that stands there twice.
    let is_new = |key: &&String| {
        let mut keys = window.partition.iter();
        !keys.any(|k| key.strip_prefix(k.as_str()).is_some_and(is_direction))
    };
    let sql = |order: &[String]| {
        let order = window.partition.iter().chain(order.iter().filter(is_new));
        let order: Vec<_> = order.map(String::as_str).collect();
        format!(
            "SELECT DISTINCT ON ({keys}) {} FROM t ORDER BY {}",
            names(columns),
            order.join(", ")
        )
    };
    Query {
        sql: sql(&window.order),
        completed: first_by_rank(columns, window),
        is_recognised: true,
    }
}

/// The first row of every group; what the engine's `first_value` takes for the first of structs is not what its sort does.
fn first_by_rank(columns: &[Column], window: &Window) -> String {
    let (names, over) = (names(columns), window.over(&window.total));
    format!("SELECT {names} FROM (SELECT {names}, row_number() {over} AS n FROM t) WHERE n = 1")
}

/// What may follow the expression of a key.
fn is_direction(text: &str) -> bool {
    text.is_empty() || [" ASC", " DESC", " NULLS"].iter().any(|word| text.starts_with(word))
}

fn first_values(random: &mut Random, columns: &[Column], window: &Window) -> Query {
    if window.partition.is_empty() || !window.decides {
        return filtered(random, columns, window);
    }
    let keys = window.partition.join(", ");
    let reverse = |key: &String| {
        let (expr, nulls) = match key.split_once(" NULLS ") {
            Some((expr, nulls)) => (expr, Some(nulls)),
            None => (key.as_str(), None),
        };
        let (expr, descending) = match expr.strip_suffix(" DESC") {
            Some(expr) => (expr, true),
            None => (expr.strip_suffix(" ASC").unwrap_or(expr), false),
        };
        let nulls_first = nulls.map_or(descending, |n| n == "FIRST");
        let direction = if descending { "ASC" } else { "DESC" };
        let nulls = if nulls_first { "LAST" } else { "FIRST" };
        format!("{expr} {direction} NULLS {nulls}")
    };
    let reversed: Vec<_> = window.order.iter().map(reverse).collect();
    let order = window.order.join(", ");
    let written = columns.iter().map(|c| match random.one_in(4) {
        true => format!("last_value({} ORDER BY {}) AS {}", c.name, reversed.join(", "), c.name),
        false => format!("first_value({} ORDER BY {order}) AS {}", c.name, c.name),
    });
    let written = written.collect::<Vec<_>>().join(", ");
    Query {
        sql: format!("SELECT {written} FROM t GROUP BY {keys}"),
        completed: first_by_rank(columns, window),
        is_recognised: true,
    }
}

fn function(random: &mut Random, columns: &[Column], window: &Window) -> Query {
    let list = |exprs: &[String]| exprs.join(", ").replace('\'', "''");
    let mut arguments = vec![format!("input => (SELECT {} FROM t)", names(columns))];
    if !window.partition.is_empty() {
        arguments.push(format!("partition_by => '{}'", list(&window.partition)));
    }
    let keep = random.of(&["winners", "winners", "ranked", "losers"]);
    let mut report = "false";
    if !window.order.is_empty() {
        arguments.push(format!("order_by => '{}'", list(&window.order)));
        arguments.push(format!("retention => '{}'", ranking(random, window)));
        report = *random.of(&["true", "false"]);
    }
    arguments.push(format!(
        "keep => '{keep}', k => {}, report => {report}",
        random.of(&[1, 1, 2, 5])
    ));
    let sql = format!("SELECT * FROM winners({})", arguments.join(", "));
    Query {
        completed: sql.clone(),
        sql,
        is_recognised: *keep == "winners",
    }
}
