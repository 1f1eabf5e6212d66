//! What is said of queries that are not run: pairs that mean the same, pairs that do not, and sessions of every kind.

use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_codeanatomy::register_all;

use crate::{have_same_rows, lines, rows};

/// Two texts of one meaning: their fingerprints are equal, and so are their rows.
const SAME: &[(&str, &str)] = &[
    // Formatting, case, comments, redundant parentheses.
    (
        "SELECT a FROM t WHERE b > 1",
        "select\n  A -- the first\nfrom T where (B) > (1)",
    ),
    ("SELECT a FROM t", "SELECT a FROM public.t"),
    ("SELECT a FROM t", "SELECT t.a FROM datafusion.public.t"),
    // Aliases of tables and columns inside.
    ("SELECT a FROM t", "SELECT x.a FROM t AS x"),
    ("SELECT a + 1 FROM t", "SELECT x.a + 1 FROM t AS x"),
    ("SELECT sum(b) FROM t", "SELECT sum(x.b) FROM t AS x"),
    (
        "SELECT t.a, u.d FROM t JOIN u ON t.a = u.a",
        "SELECT y.a, x.d FROM t AS y JOIN u AS x ON y.a = x.a",
    ),
    ("SELECT n AS m FROM (SELECT a AS n FROM t)", "SELECT a AS m FROM t"),
    (
        "SELECT k AS a FROM (SELECT a + b AS k FROM t) WHERE k > 3",
        "SELECT z AS a FROM (SELECT a + b AS z FROM t) AS q WHERE q.z > 3",
    ),
    ("SELECT p AS a FROM t AS x(p, q, r)", "SELECT a FROM t"),
    ("SELECT a AS n FROM t ORDER BY n", "SELECT a AS n FROM t ORDER BY a"),
    // Common table expressions.
    (
        "WITH x AS (SELECT a FROM t) SELECT a FROM x",
        "WITH y AS (SELECT a FROM t) SELECT a FROM y",
    ),
    (
        "WITH x AS (SELECT a FROM t) SELECT a FROM x",
        "SELECT a FROM (SELECT a FROM t) AS s",
    ),
    (
        "WITH x AS (SELECT a, b FROM t WHERE b > 1) SELECT a FROM x",
        "SELECT a FROM t WHERE b > 1",
    ),
    (
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r",
        "WITH RECURSIVE s AS (SELECT 1 AS m UNION ALL SELECT m + 1 FROM s WHERE m < 5) SELECT m AS n FROM s",
    ),
    // Operands.
    (
        "SELECT a FROM t WHERE a = 1 AND b = 2",
        "SELECT a FROM t WHERE b = 2 AND a = 1",
    ),
    (
        "SELECT a FROM t WHERE a = 1 OR b = 2 OR c = 'x'",
        "SELECT a FROM t WHERE c = 'x' OR (b = 2 OR a = 1)",
    ),
    ("SELECT a FROM t WHERE a = 1 AND a = 1", "SELECT a FROM t WHERE a = 1"),
    ("SELECT a FROM t WHERE a = b", "SELECT a FROM t WHERE b = a"),
    ("SELECT a FROM t WHERE a <> b", "SELECT a FROM t WHERE b != a"),
    ("SELECT a FROM t WHERE a < b", "SELECT a FROM t WHERE b > a"),
    ("SELECT a FROM t WHERE a >= b", "SELECT a FROM t WHERE b <= a"),
    (
        "SELECT a FROM t WHERE a IS DISTINCT FROM b",
        "SELECT a FROM t WHERE b IS DISTINCT FROM a",
    ),
    ("SELECT a + b AS s FROM t", "SELECT b + a AS s FROM t"),
    ("SELECT a * (b + 1) AS s FROM t", "SELECT (1 + b) * a AS s FROM t"),
    (
        "SELECT a FROM t WHERE a IN (1, 2, 3)",
        "SELECT a FROM t WHERE a IN (3, 1, 2, 1)",
    ),
    (
        "SELECT a FROM t WHERE a BETWEEN 1 AND 3",
        "SELECT a FROM t WHERE a >= 1 AND a <= 3",
    ),
    (
        "SELECT a FROM t WHERE a = 1 AND (b = 2 OR c = 'x')",
        "SELECT a FROM t WHERE (c = 'x' OR b = 2) AND 1 = a",
    ),
    // Where a condition of an inner join stands, and which input is first.
    (
        "SELECT t.b, u.d FROM t JOIN u ON t.a = u.a",
        "SELECT t.b, u.d FROM u JOIN t ON u.a = t.a",
    ),
    (
        "SELECT t.b, u.d FROM t JOIN u ON t.a = u.a",
        "SELECT t.b, u.d FROM t, u WHERE u.a = t.a",
    ),
    (
        "SELECT t.b, u.d FROM t JOIN u USING (a)",
        "SELECT t.b, u.d FROM t CROSS JOIN u WHERE u.a = t.a",
    ),
    (
        "SELECT t.b, u.d FROM t JOIN u ON t.a = u.a AND b > 1",
        "SELECT t.b, u.d FROM (SELECT * FROM t WHERE b > 1) AS t JOIN u ON t.a = u.a",
    ),
    (
        "SELECT t.b, u.d FROM t LEFT JOIN u ON t.a = u.a",
        "SELECT t.b, u.d FROM u RIGHT JOIN t ON t.a = u.a",
    ),
    (
        "SELECT t.b FROM t JOIN u ON t.a = u.a JOIN v ON v.d = u.d",
        "SELECT t.b FROM v JOIN (u JOIN t ON t.a = u.a) ON u.d = v.d",
    ),
    (
        "SELECT x.a, y.b FROM t x JOIN t y ON x.a = y.b",
        "SELECT p.a, q.b FROM t p JOIN t q ON q.b = p.a",
    ),
    // Groups.
    ("SELECT a, b FROM t GROUP BY a, b", "SELECT a, b FROM t GROUP BY b, a"),
    ("SELECT DISTINCT a, b FROM t", "SELECT a, b FROM t GROUP BY a, b"),
    (
        "SELECT a, sum(b) AS s FROM t GROUP BY 1",
        "SELECT a, sum(b) AS s FROM t GROUP BY a",
    ),
    ("SELECT count(*) AS n FROM t", "SELECT count(1) AS n FROM t"),
    (
        "SELECT a, s FROM (SELECT a, sum(b) AS s FROM t GROUP BY a) WHERE s > 1",
        "SELECT a, sum(b) AS s FROM t GROUP BY a HAVING sum(b) > 1",
    ),
    // Windows.
    (
        "SELECT a, row_number() OVER (PARTITION BY a, b ORDER BY c) AS n FROM t",
        "SELECT a, row_number() OVER w AS n FROM t WINDOW w AS (PARTITION BY b, a ORDER BY c ASC NULLS LAST)",
    ),
    (
        "SELECT a FROM t QUALIFY row_number() OVER (PARTITION BY a ORDER BY b, c) = 1",
        "SELECT a FROM (SELECT *, row_number() OVER (PARTITION BY a ORDER BY b, c) AS n FROM t) WHERE n = 1",
    ),
    // Unions, and defaults written out.
    (
        "SELECT a FROM t UNION ALL SELECT a FROM u",
        "SELECT a FROM u UNION ALL SELECT a FROM t",
    ),
    (
        "SELECT a FROM t ORDER BY a",
        "SELECT a FROM t ORDER BY a ASC NULLS LAST",
    ),
    (
        "SELECT a FROM t ORDER BY b DESC",
        "SELECT a FROM t ORDER BY b DESC NULLS FIRST",
    ),
    ("SELECT a, b, c FROM t", "SELECT * FROM t"),
    (
        "SELECT a FROM t ORDER BY 1 LIMIT 2",
        "SELECT a FROM t ORDER BY a LIMIT 2",
    ),
    // Views and functions are what they stand for.
    ("SELECT a FROM seen", "SELECT a FROM t WHERE b > 1"),
    ("SELECT a FROM above(least => 1)", "SELECT a FROM above(1)"),
    ("SELECT name FROM datasets()", "SELECT d.name FROM datasets() AS d"),
    (
        "SELECT callee FROM calls(text => 'f(1)')",
        "SELECT callee FROM calls(NULL, text => 'f(1)')",
    ),
    // Queries in expressions.
    (
        "SELECT a FROM t WHERE a IN (SELECT a FROM u)",
        "SELECT x.a FROM t AS x WHERE x.a IN (SELECT y.a FROM u AS y)",
    ),
    (
        "SELECT (SELECT max(u.d) FROM u WHERE u.a = t.a) AS m FROM t",
        "SELECT (SELECT max(d) FROM u AS w WHERE x.a = w.a) AS m FROM t AS x",
    ),
];

/// Two texts that mean different things, if not for these rows.
const DIFFERENT: &[(&str, &str)] = &[
    ("SELECT a FROM t WHERE b > 1", "SELECT a FROM t WHERE b > 2"),
    ("SELECT a FROM t WHERE b > 1", "SELECT a FROM t WHERE b >= 1"),
    ("SELECT a FROM t WHERE b > 1", "SELECT a FROM t WHERE a > 1"),
    ("SELECT a FROM t WHERE b > 1", "SELECT a FROM t"),
    ("SELECT a FROM t WHERE c = 'x'", "SELECT a FROM t WHERE c = 'X'"),
    ("SELECT a FROM t WHERE a < b", "SELECT a FROM t WHERE b < a"),
    (
        "SELECT a FROM t WHERE a = 1 AND b = 2",
        "SELECT a FROM t WHERE a = 1 OR b = 2",
    ),
    (
        "SELECT a FROM t WHERE a = 1 AND (b = 2 OR c = 'x')",
        "SELECT a FROM t WHERE (a = 1 AND b = 2) OR c = 'x'",
    ),
    ("SELECT a FROM t WHERE NOT (a = 1)", "SELECT a FROM t WHERE a = 1"),
    (
        "SELECT a FROM t WHERE a IN (1, 2)",
        "SELECT a FROM t WHERE a NOT IN (1, 2)",
    ),
    (
        "SELECT a FROM t WHERE c LIKE 'x%'",
        "SELECT a FROM t WHERE c ILIKE 'x%'",
    ),
    ("SELECT a FROM t WHERE c IS NULL", "SELECT a FROM t WHERE c IS NOT NULL"),
    ("SELECT a - b AS s FROM t", "SELECT b - a AS s FROM t"),
    ("SELECT a / b AS s FROM t", "SELECT b / a AS s FROM t"),
    ("SELECT a + b AS s FROM t", "SELECT a * b AS s FROM t"),
    ("SELECT a - (b - 1) AS s FROM t", "SELECT (a - b) - 1 AS s FROM t"),
    // What comes out: columns, names, order, types.
    ("SELECT a FROM t", "SELECT b FROM t"),
    ("SELECT a FROM t", "SELECT a AS x FROM t"),
    ("SELECT a, b FROM t", "SELECT b, a FROM t"),
    ("SELECT a, b FROM t", "SELECT a FROM t"),
    ("SELECT a FROM t", "SELECT CAST(a AS INT) AS a FROM t"),
    ("SELECT 1 AS a", "SELECT '1' AS a"),
    ("SELECT a + 1 AS x FROM t", "SELECT a + 1 FROM t"),
    // Sources.
    ("SELECT a FROM t", "SELECT a FROM u"),
    ("SELECT a FROM t", "SELECT a FROM other.t"),
    ("SELECT name FROM datasets()", "SELECT name FROM functions()"),
    (
        "SELECT callee FROM calls(text => 'f(1)')",
        "SELECT callee FROM calls(text => 'g(1)')",
    ),
    (
        "SELECT path FROM files(source => '.', include => ['a', 'b'])",
        "SELECT path FROM files(source => '.', include => ['a, b'])",
    ),
    (
        "SELECT value FROM generate_series(1, 3)",
        "SELECT value FROM generate_series(1, 4)",
    ),
    ("SELECT a FROM above(1)", "SELECT a FROM above(2)"),
    (
        "SELECT name FROM defined('def f(): 0')",
        "SELECT name FROM defined('def g(): 0')",
    ),
    ("SELECT twice(a) AS x FROM t", "SELECT thrice(a) AS x FROM t"),
    (
        "SELECT x.callee FROM calls(text => 'f(1)') x JOIN calls(text => 'g(1)') y ON x.line = y.line WHERE x.bstart = 0",
        "SELECT x.callee FROM calls(text => 'g(1)') x JOIN calls(text => 'f(1)') y ON x.line = y.line WHERE x.bstart = 0",
    ),
    ("VALUES (1), (2)", "VALUES (2), (1)"),
    ("SELECT 1 AS a", "SELECT 1 AS a WHERE false"),
    // Joins.
    (
        "SELECT t.b FROM t JOIN u ON t.a = u.a",
        "SELECT t.b FROM t LEFT JOIN u ON t.a = u.a",
    ),
    (
        "SELECT t.b FROM t LEFT JOIN u ON t.a = u.a",
        "SELECT t.b FROM t RIGHT JOIN u ON t.a = u.a",
    ),
    (
        "SELECT t.b FROM t LEFT JOIN u ON t.a = u.a",
        "SELECT t.b FROM t FULL JOIN u ON t.a = u.a",
    ),
    (
        "SELECT t.b FROM t LEFT JOIN u ON t.a = u.a AND t.b > 1",
        "SELECT t.b FROM t LEFT JOIN u ON t.a = u.a WHERE t.b > 1",
    ),
    (
        "SELECT t.b FROM t JOIN u ON t.a = u.a",
        "SELECT t.b FROM t JOIN u ON t.a = u.d",
    ),
    (
        "SELECT t.b FROM t LEFT SEMI JOIN u ON t.a = u.a",
        "SELECT t.b FROM t LEFT ANTI JOIN u ON t.a = u.a",
    ),
    (
        "SELECT x.a FROM t x JOIN t y ON x.a = y.b",
        "SELECT y.a FROM t x JOIN t y ON x.a = y.b",
    ),
    (
        "SELECT x.a FROM t x JOIN t y ON x.a = y.b",
        "SELECT x.a FROM t x JOIN t y ON x.a = x.b",
    ),
    (
        "SELECT t.a, k FROM t LEFT JOIN (SELECT a, coalesce(d, 0) AS k FROM u) AS s ON t.a = s.a",
        "SELECT t.a, coalesce(d, 0) AS k FROM t LEFT JOIN u ON t.a = u.a",
    ),
    (
        "SELECT t.a, one FROM t LEFT JOIN (SELECT a, 1 AS one FROM u) AS s ON t.a = s.a",
        "SELECT t.a, 1 AS one FROM t LEFT JOIN u ON t.a = u.a",
    ),
    (
        "SELECT p FROM t LEFT JOIN (SELECT a, 1 AS p FROM u) s ON t.a = s.a LEFT JOIN (SELECT d, 1 AS q FROM v) w ON t.a = w.d",
        "SELECT q AS p FROM t LEFT JOIN (SELECT a, 1 AS p FROM u) s ON t.a = s.a LEFT JOIN (SELECT d, 1 AS q FROM v) w ON t.a = w.d",
    ),
    // Groups.
    ("SELECT a FROM t", "SELECT DISTINCT a FROM t"),
    ("SELECT sum(b) AS s FROM t", "SELECT sum(DISTINCT b) AS s FROM t"),
    ("SELECT sum(b) AS s FROM t", "SELECT avg(b) AS s FROM t"),
    (
        "SELECT sum(b) AS s FROM t",
        "SELECT sum(b) FILTER (WHERE a > 1) AS s FROM t",
    ),
    (
        "SELECT sum(b) AS s FROM t GROUP BY a",
        "SELECT sum(b) AS s FROM t GROUP BY a, c",
    ),
    ("SELECT sum(b) AS s FROM t", "SELECT sum(b) AS s FROM t GROUP BY a"),
    (
        "SELECT array_agg(b ORDER BY a) AS s FROM t",
        "SELECT array_agg(b ORDER BY a DESC) AS s FROM t",
    ),
    (
        "SELECT a, sum(b) AS s FROM t GROUP BY ROLLUP (a, c)",
        "SELECT a, sum(b) AS s FROM t GROUP BY CUBE (a, c)",
    ),
    (
        "SELECT a, sum(b) AS s FROM t WHERE a > 1 GROUP BY a",
        "SELECT a, sum(b) AS s FROM t GROUP BY a HAVING sum(b) > 1",
    ),
    (
        "SELECT sum(b) AS s FROM (SELECT a, b FROM t GROUP BY a, b) GROUP BY a",
        "SELECT sum(b) AS s FROM t GROUP BY a",
    ),
    (
        "SELECT k AS s FROM (SELECT a, b, sum(b) AS k FROM t GROUP BY a, b) GROUP BY a, k",
        "SELECT sum(b) AS s FROM (SELECT a, b, sum(b) AS k FROM t GROUP BY a, b) GROUP BY a, k",
    ),
    (
        "SELECT p.n AS n FROM (SELECT count(*) AS n FROM t) p, (SELECT count(*) AS n FROM u) q",
        "SELECT q.n AS n FROM (SELECT count(*) AS n FROM t) p, (SELECT count(*) AS n FROM u) q",
    ),
    (
        "SELECT DISTINCT ON (a) b FROM t ORDER BY a, b",
        "SELECT DISTINCT ON (a) b FROM t ORDER BY a, c",
    ),
    // Windows.
    (
        "SELECT row_number() OVER (PARTITION BY a ORDER BY b) AS n FROM t",
        "SELECT row_number() OVER (PARTITION BY a ORDER BY b DESC) AS n FROM t",
    ),
    (
        "SELECT row_number() OVER (PARTITION BY a ORDER BY b) AS n FROM t",
        "SELECT rank() OVER (PARTITION BY a ORDER BY b) AS n FROM t",
    ),
    (
        "SELECT sum(b) OVER (ORDER BY b) AS n FROM t",
        "SELECT sum(b) OVER (ORDER BY b ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS n FROM t",
    ),
    (
        "SELECT row_number() OVER (ORDER BY a) AS n FROM t WHERE a > 1",
        "SELECT n FROM (SELECT a, row_number() OVER (ORDER BY a) AS n FROM t) WHERE a > 1",
    ),
    // Orders and limits.
    ("SELECT a FROM t ORDER BY a", "SELECT a FROM t"),
    ("SELECT a FROM t ORDER BY a", "SELECT a FROM t ORDER BY a DESC"),
    ("SELECT a FROM t ORDER BY a", "SELECT a FROM t ORDER BY a NULLS FIRST"),
    ("SELECT a FROM t ORDER BY a, b", "SELECT a FROM t ORDER BY b, a"),
    (
        "SELECT a FROM t ORDER BY a LIMIT 1",
        "SELECT a FROM t ORDER BY a LIMIT 2",
    ),
    (
        "SELECT a FROM t ORDER BY a LIMIT 1",
        "SELECT a FROM t ORDER BY a LIMIT 1 OFFSET 1",
    ),
    (
        "SELECT a FROM t ORDER BY a LIMIT 1",
        "SELECT a FROM t ORDER BY b LIMIT 1",
    ),
    (
        "SELECT a FROM (SELECT a FROM t ORDER BY a LIMIT 2) WHERE a > 1",
        "SELECT a FROM t WHERE a > 1 ORDER BY a LIMIT 2",
    ),
    (
        "SELECT a FROM (SELECT a FROM t ORDER BY b LIMIT 2) ORDER BY a",
        "SELECT a FROM (SELECT a FROM t ORDER BY a LIMIT 2) ORDER BY a",
    ),
    // Sets.
    (
        "SELECT a FROM t UNION ALL SELECT a FROM u",
        "SELECT a FROM t UNION SELECT a FROM u",
    ),
    (
        "SELECT a FROM t EXCEPT SELECT a FROM u",
        "SELECT a FROM u EXCEPT SELECT a FROM t",
    ),
    (
        "SELECT a FROM t EXCEPT SELECT a FROM u",
        "SELECT a FROM t INTERSECT SELECT a FROM u",
    ),
    (
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 6) SELECT n FROM r",
    ),
    ("SELECT unnest(l) AS x FROM lists", "SELECT unnest(m) AS x FROM lists"),
    // Queries in expressions.
    (
        "SELECT a FROM t WHERE a IN (SELECT a FROM u)",
        "SELECT a FROM t WHERE a IN (SELECT d FROM u)",
    ),
    (
        "SELECT a FROM t WHERE a IN (SELECT a FROM u)",
        "SELECT a FROM t WHERE a NOT IN (SELECT a FROM u)",
    ),
    (
        "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a)",
        "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.b)",
    ),
    // What is drawn once, and what is drawn twice.
    (
        "SELECT r AS x, r AS y FROM (SELECT random() AS r FROM t)",
        "SELECT random() AS x, random() AS y FROM t",
    ),
];

async fn session(config: SessionConfig) -> SessionContext {
    let ctx = SessionContext::new_with_config(config);
    register_all(&ctx).unwrap();
    for statement in [
        "CREATE TABLE t AS SELECT column1 AS a, column2 AS b, column3 AS c FROM (VALUES (1, 2, 'x'), (2, 2, 'y'), (2, 3, NULL), (3, 1, 'x'))",
        "CREATE TABLE u AS SELECT column1 AS a, column2 AS d FROM (VALUES (1, 5), (2, NULL), (7, 3))",
        "CREATE TABLE v AS SELECT column1 AS d FROM (VALUES (5), (3))",
        "CREATE TABLE lists AS SELECT [1, 2] AS l, [3] AS m",
        "CREATE SCHEMA other",
        "CREATE TABLE other.t AS SELECT 1 AS a",
        "CREATE VIEW seen AS SELECT * FROM t WHERE b > 1",
        "CREATE FUNCTION above(least BIGINT) AS 'SELECT * FROM t WHERE b > $least'",
        "CREATE FUNCTION defined(code VARCHAR) AS 'SELECT name FROM definitions(text => $code)'",
        "CREATE FUNCTION twice(n BIGINT) RETURNS BIGINT RETURN $n * 2",
        "CREATE FUNCTION thrice(n BIGINT) RETURNS BIGINT RETURN $n * 3",
    ] {
        rows(&ctx, statement).await.unwrap();
    }
    ctx
}

/// The text as a literal of SQL.
fn quoted(sql: &str) -> String {
    format!("'{}'", sql.replace('\'', "''"))
}

async fn fingerprint(ctx: &SessionContext, sql: &str) -> (String, String) {
    let asked = format!("SELECT fingerprint FROM plan_fingerprint(sql => {})", quoted(sql));
    let plan = format!("SELECT plan FROM plan_fingerprint(sql => {})", quoted(sql));
    (lines(ctx, &asked).await.remove(0), lines(ctx, &plan).await.remove(0))
}

async fn differences(ctx: &SessionContext, before: &str, after: &str) -> Vec<String> {
    let sql = format!(
        "SELECT * FROM plan_diff(before => {}, after => {})",
        quoted(before),
        quoted(after)
    );
    lines(ctx, &sql).await
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_of_one_meaning_have_one_fingerprint_and_the_same_rows() {
    let ctx = session(SessionConfig::new()).await;
    let mut wrong = vec![];
    for (one, other) in SAME {
        let ((f, plan), (g, other_plan)) = (fingerprint(&ctx, one).await, fingerprint(&ctx, other).await);
        if f != g {
            wrong.push(format!("{one}\n  {plan}\n{other}\n  {other_plan}"));
        }
        let found = differences(&ctx, one, other).await;
        assert!(found.is_empty() || f != g, "{one}\n{other}\n{found:?}");
        let (rows_of_one, rows_of_other) = (rows(&ctx, one).await.unwrap(), rows(&ctx, other).await.unwrap());
        assert!(have_same_rows(&rows_of_one, &rows_of_other), "{one}\n{other}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_of_different_meaning_have_different_fingerprints_and_differences() {
    let ctx = session(SessionConfig::new()).await;
    let mut wrong = vec![];
    for (one, other) in DIFFERENT {
        let ((f, plan), (g, _)) = (fingerprint(&ctx, one).await, fingerprint(&ctx, other).await);
        if f == g {
            wrong.push(format!("{one}\n{other}\n  {plan}"));
        }
        for (before, after) in [(one, other), (other, one)] {
            if differences(&ctx, before, after).await.is_empty() {
                wrong.push(format!("no difference:\n{before}\n{after}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// All texts of all pairs, one beside the other: only those that belong together are the same.
#[tokio::test(flavor = "multi_thread")]
async fn no_other_two_have_the_same_fingerprint() {
    let ctx = session(SessionConfig::new()).await;
    let mut found: std::collections::BTreeMap<String, Vec<&str>> = std::collections::BTreeMap::new();
    for (one, other) in SAME.iter().chain(DIFFERENT) {
        for sql in [one, other] {
            let group = found.entry(fingerprint(&ctx, sql).await.0).or_default();
            if !group.contains(sql) {
                group.push(sql);
            }
        }
    }
    for group in found.values().filter(|group| group.len() > 1) {
        let stands_for = |sql: &str| !sql.contains("random()") && !sql.contains("source => '.'");
        let first = rows(&ctx, group[0]).await.unwrap();
        for other in group.iter().filter(|sql| stands_for(sql)) {
            assert!(have_same_rows(&first, &rows(&ctx, other).await.unwrap()), "{group:?}");
        }
    }
    assert!(found.len() > 150, "{}", found.len());
}

/// A setting that changes rows changes the fingerprint, one that does not change them does not.
#[tokio::test]
async fn settings_that_change_rows_are_part_of_the_fingerprint() {
    let plain = session(SessionConfig::new()).await;
    let (here, _) = fingerprint(&plain, "SELECT a FROM t").await;
    let with = |name: &'static str, value: &'static str| async move {
        let ctx = session(SessionConfig::new()).await;
        rows(&ctx, &format!("SET {name} = '{value}'")).await.unwrap();
        fingerprint(&ctx, "SELECT a FROM t").await.0
    };
    for (name, value) in [
        ("codeanatomy.determinism", "canonical"),
        ("datafusion.execution.time_zone", "+02:00"),
        ("datafusion.sql_parser.default_null_ordering", "nulls_first"),
        ("datafusion.sql_parser.dialect", "postgres"),
    ] {
        assert_ne!(with(name, value).await, here, "{name}");
    }
    for (name, value) in [
        ("datafusion.execution.target_partitions", "3"),
        ("datafusion.execution.batch_size", "7"),
        ("datafusion.sql_parser.collect_spans", "true"),
        ("codeanatomy.optimizer.winner_select", "false"),
    ] {
        assert_eq!(with(name, value).await, here, "{name}");
    }
}

/// A function of a session is what it stands for there.
#[tokio::test]
async fn functions_of_sql_are_part_of_the_fingerprint() {
    let ctx = session(SessionConfig::new()).await;
    let sql = "SELECT twice(a) AS x FROM t";
    let (before, _) = fingerprint(&ctx, sql).await;
    rows(
        &ctx,
        "CREATE OR REPLACE FUNCTION twice(n BIGINT) RETURNS BIGINT RETURN $n * 20",
    )
    .await
    .unwrap();
    assert_ne!(fingerprint(&ctx, sql).await.0, before);
}

/// Planning inside of planning waits in no thread that it needs: in runtimes of one thread and of several, many at once.
#[test]
fn a_session_of_one_thread_plans_too() {
    use tokio::runtime::Builder;
    let sql = "SELECT count(*) AS n FROM lineage(sql => 'SELECT a, b FROM seen') l, plan_diff(before => 'SELECT a FROM t', after => 'SELECT b FROM t') d";
    let ask = async {
        let ctx = session(SessionConfig::new()).await;
        let asked = (0..8).map(|_| lines(&ctx, sql));
        let answers = futures::future::join_all(asked).await;
        assert!(answers.iter().all(|answer| answer == &["6"]), "{answers:?}");
    };
    let limit = std::time::Duration::from_secs(120);
    let limited = async { tokio::time::timeout(limit, ask).await.unwrap() };
    Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(limited);
    let ask = async {
        let ctx = session(SessionConfig::new()).await;
        let asked = (0..8).map(|_| {
            let ctx = ctx.clone();
            tokio::spawn(async move { lines(&ctx, sql).await })
        });
        for answer in futures::future::join_all(asked).await {
            assert_eq!(answer.unwrap(), ["6"]);
        }
    };
    let limited = async { tokio::time::timeout(limit, ask).await.unwrap() };
    let one = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    one.block_on(limited);
}

/// A deep expression, and one that stands for far more than is written.
#[tokio::test]
async fn deep_and_wide_queries_end() {
    let ctx = session(SessionConfig::new()).await;
    let deep = format!("SELECT a{} AS s FROM t", " + 1".repeat(300));
    assert_eq!(
        lines(
            &ctx,
            &format!("SELECT source_column, how FROM lineage(sql => '{deep}')")
        )
        .await,
        ["a | computed"]
    );
    let any = (0..500).map(|i| format!("a = {i}")).collect::<Vec<_>>().join(" OR ");
    let (found, _) = fingerprint(&ctx, &format!("SELECT a FROM t WHERE {any}")).await;
    assert!(found.starts_with("plan:"));
    let steps: Vec<_> = (1..40)
        .map(|i| format!("q{i} AS (SELECT x || x AS x FROM q{})", i - 1))
        .collect();
    let wide = format!(
        "WITH q0 AS (SELECT CAST(a AS VARCHAR) AS x FROM t), {} SELECT x FROM q39",
        steps.join(", ")
    );
    let error = rows(&ctx, &format!("SELECT * FROM lineage(sql => '{wide}')"))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("200000 parts"), "{error}");
}
