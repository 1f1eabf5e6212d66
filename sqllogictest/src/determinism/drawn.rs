//! Queries that are drawn: relations of the columns `k`, `x` and `u` from each other, with choices among ties at every step.

use super::script::Step;

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}

/// `count` queries over the tables of `ties.sql`.
pub(super) fn queries(count: usize) -> Vec<Step> {
    let mut numbers = Numbers(7);
    let query = |i| Step {
        location: format!("drawn:{}", i + 1),
        sql: query(&mut numbers),
        is_query: true,
        brings: false,
    };
    (0..count).map(query).collect()
}

const COLUMNS: [&str; 3] = ["k", "x", "u"];

fn order(n: &mut Numbers) -> String {
    let direction = n.of(&["", " DESC", " NULLS FIRST", " DESC NULLS LAST"]);
    format!("{}{direction}", n.of(&COLUMNS))
}

fn query(n: &mut Numbers) -> String {
    let from = relation(n, 3);
    let (by, of) = (n.of(&COLUMNS), order(n));
    match n.below(7) {
        0 => format!("SELECT * FROM {from} AS q"),
        1 => format!("SELECT * FROM {from} AS q ORDER BY {of}"),
        2 => format!("SELECT x FROM {from} AS q ORDER BY {of} LIMIT {}", 1 + n.below(30)),
        3 => format!("SELECT {by}, array_agg(x) AS a, array_agg(u ORDER BY {of}) AS b FROM {from} AS q GROUP BY {by}"),
        4 => format!(
            "SELECT {by}, string_agg(DISTINCT x, ',') AS a, string_agg(x, '|' ORDER BY {of}) AS b FROM {from} AS q GROUP BY {by}"
        ),
        5 => format!(
            "SELECT {by}, count(*) AS c, avg(u) AS a, stddev(k) AS b FROM {from} AS q GROUP BY {by} ORDER BY c LIMIT {}",
            1 + n.below(5)
        ),
        _ => format!(
            "SELECT {by}, lag(x) OVER (PARTITION BY {by} ORDER BY {of}) AS a, rank() OVER (ORDER BY {of}) AS b FROM {from} AS q"
        ),
    }
}

/// A relation of the three columns, in parentheses.
fn relation(n: &mut Numbers, depth: usize) -> String {
    if depth == 0 {
        return n
            .of(&[
                "(SELECT k, x, u FROM t)",
                "(SELECT k, x, w AS u FROM o)",
                "(SELECT s AS k, c::VARCHAR AS x, u FROM t WHERE b)",
                "(SELECT g AS k, x, id AS u FROM keyed)",
                "(SELECT l[1] AS k, r['b'] AS x, u FROM t)",
            ])
            .to_string();
    }
    let from = relation(n, depth - 1);
    let (by, of) = (n.of(&COLUMNS), order(n));
    let rows = 5 + n.below(80);
    match n.below(11) {
        0 => format!("(SELECT * FROM {from} AS q ORDER BY {of} LIMIT {rows})"),
        1 => format!("(SELECT * FROM {from} AS q LIMIT {rows} OFFSET {})", n.below(9)),
        2 => format!("(SELECT k, x, row_number() OVER (PARTITION BY {by} ORDER BY {of}) AS u FROM {from} AS q)"),
        3 => format!(
            "(SELECT k, x, sum(u) OVER (PARTITION BY k ORDER BY {of} ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS u FROM {from} AS q)"
        ),
        4 => format!("(SELECT DISTINCT ON ({by}) k, x, u FROM {from} AS q ORDER BY {by}, {of})"),
        5 => format!(
            "(SELECT k, first_value(x ORDER BY {of}) AS x, last_value(u ORDER BY {of}) AS u FROM {from} AS q GROUP BY k)"
        ),
        6 => {
            let both = n.of(&[
                "UNION ALL",
                "UNION",
                "EXCEPT",
                "INTERSECT",
                "EXCEPT ALL",
                "INTERSECT ALL",
            ]);
            format!(
                "(SELECT * FROM {from} AS a {both} SELECT * FROM {} AS b)",
                relation(n, depth - 1)
            )
        }
        7 => {
            let join = n.of(&["JOIN", "LEFT JOIN", "FULL JOIN"]);
            let other = relation(n, 0);
            format!("(SELECT a.k, b.x, a.u FROM {from} AS a {join} {other} AS b ON a.k = b.k AND a.u = b.u)")
        }
        8 => format!(
            "(SELECT k, x, u FROM {from} AS a WHERE u IN (SELECT u FROM {} AS b ORDER BY {of} LIMIT {rows}))",
            relation(n, 0)
        ),
        9 => format!(
            "(SELECT k, x, u FROM {from} AS q QUALIFY row_number() OVER (PARTITION BY {by} ORDER BY {of}) <= 2)"
        ),
        _ => format!("(SELECT k, x, u FROM {from} AS q WHERE {by} IS NOT NULL ORDER BY {of})"),
    }
}
