//! Calls that are wrong in every way that strangers find: each gives one sentence that shows how the function is called.

use datafusion::prelude::SessionContext;
use datafusion_codeanatomy::{register_all, with_signature};

use crate::{lines, rows};

const T: &str = "(VALUES ('a', 1), ('b', 3)) AS t(v, k)";

/// A function, and wrong calls of it: expressions, or whole statements.
const CALLS: &[(&str, &[&str])] = &[
    (
        "stable_id",
        &[
            "stable_id()",
            "stable_id(part => 1)",
            "stable_id('x', part => 1, part => 2)",
            "stable_id('x', parts => 1)",
            "stable_id(prefix => 'x', 1)",
            "stable_id(1, 2)",
            "stable_id('x', 1, 2, prefix => 'y')",
            "\"stable_id\"('x', \"PART\" => 1)",
            "STABLE_ID(prefix => 'x', PREFIX => 'y')",
            "SELECT * FROM stable_id('x', 1)",
            "SELECT * FROM stable_id(prefix => 'x')",
            "SELECT t.v FROM (VALUES ('a')) AS t(v), LATERAL stable_id(t.v)",
            "SELECT 1 WHERE stable_id(part => 1) = 'x'",
            "SELECT (SELECT stable_id(part => 1))",
            "WITH c AS (SELECT stable_id(part => 1) AS id) SELECT id FROM c",
            "EXPLAIN SELECT stable_id(part => 1)",
        ],
    ),
    (
        "col_to_byte",
        &[
            "col_to_byte('a')",
            "col_to_byte('a', 'b')",
            "col_to_byte(1, 1)",
            "col_to_byte('a', 1.5)",
            "col_to_byte('a', 1, 'utf8', 'null', 5)",
            "col_to_byte('a', 1, invalid => 'error')",
            "col_to_byte(line => 'a', col => 1, invalid => 'error')",
            "col_to_byte(col => 1)",
            "col_to_byte('a', 1, units => 'utf8')",
            "col_to_byte('a', 1, unit => 'utf8', unit => 'utf16')",
            "col_to_byte('a', line => 'b', col => 1)",
            "col_to_byte(col => 1, 'a')",
            "col_to_byte('a', 1, 'utf8', 'nil')",
            "col_to_byte('a', 1, unit => 'utf8', invalid => 'nil')",
            "COL_TO_BYTE('a', COLUMN => 1)",
            "col_to_byte('a', 1, \"Unit\" => 'utf8')",
            "col_to_byte(*)",
            "SELECT col_to_byte('a', 1, 'utf8', v) FROM (VALUES ('null')) AS t(v)",
        ],
    ),
    (
        "span_make",
        &[
            "span_make(1)",
            "span_make('1', 2)",
            "span_make(1, 2, 3)",
            "span_make(bstart => 1, bend => 2, bend => 3)",
            "span_make(bend => 2)",
            "span_make(start => 1, bend => 2)",
            "span_make([1], 2)",
        ],
    ),
    (
        "span_len",
        &["span_len(5)", "span_len(NULL, NULL)", "span_len(spans => 5)"],
    ),
    (
        "map_get_default",
        &[
            "map_get_default(1, 'a', 0)",
            "map_get_default(map => MAP {'a': 1}, default => 0)",
        ],
    ),
    (
        "qualified_name_within",
        &["qualified_name_within('a.b')", "qualified_name_within(ancestor => 'a')"],
    ),
    ("list_unique_sorted", &["list_unique_sorted(1)", "list_unique_sorted()"]),
    (
        "arg_max",
        &[
            "arg_max(v)",
            "arg_max(v, k, 1)",
            "arg_max(*)",
            "arg_max(key => k)",
            "arg_max(value => v, value => v)",
            "arg_max(value => v, by => k)",
            "arg_max(value => v, k)",
            "arg_max(v, k) WITHIN GROUP (ORDER BY k)",
            "arg_max(v, k) IGNORE NULLS",
            "arg_max(key => k) OVER (ORDER BY k)",
            "arg_max(v, by => k) OVER (ORDER BY k)",
            "SELECT arg_max(v) FILTER (WHERE k > 1) FROM (VALUES ('a', 1)) AS t(v, k)",
            "SELECT k FROM (VALUES ('a', 1)) AS t(v, k) GROUP BY k HAVING arg_max(key => k) = 'a'",
            "SELECT * FROM arg_max(1, 2)",
        ],
    ),
    (
        "count_if",
        &[
            "count_if(k)",
            "count_if()",
            "count_if(DISTINCT k)",
            "count_if(cond => k > 1)",
        ],
    ),
    (
        "string_agg_det",
        &[
            "string_agg_det(v, 1)",
            "string_agg_det(DISTINCT separator => '+')",
            "string_agg_det(v, sep => '+')",
        ],
    ),
    (
        "any_value_det",
        &[
            "any_value_det()",
            "any_value_det(key => k)",
            "any_value_det(v, order => k)",
        ],
    ),
    (
        "row_index",
        &[
            "row_index()",
            "row_index(1) OVER ()",
            "row_index(value => 1) OVER ()",
            "ROW_INDEX()",
            "row_index() FILTER (WHERE k > 1) OVER ()",
            "SELECT * FROM row_index()",
            "SELECT v FROM (VALUES ('a')) AS t(v) WHERE row_index() = 1",
        ],
    ),
    (
        "running_count",
        &[
            "running_count(v)",
            "running_count(v, k) OVER ()",
            "running_count(values => v) OVER ()",
            "running_count(v, value => v) OVER ()",
        ],
    ),
    (
        "span_islands",
        &[
            "span_islands(1) OVER (ORDER BY k)",
            "span_islands(k, k, 'far') OVER ()",
            "span_islands(bend => k) OVER ()",
            "span_islands(k, k)",
        ],
    ),
    (
        "definitions",
        &[
            "definitions('.')",
            "SELECT * FROM definitions(nothing => 1)",
            "SELECT * FROM definitions(text => 1)",
            "SELECT * FROM definitions('.', source => '.')",
            "SELECT * FROM definitions(source => '.', '*.py')",
            "SELECT * FROM definitions(text => 'x', text => 'y')",
            "SELECT * FROM definitions(1, 2, 3, 4, 5, 6, 7, 8)",
            "SELECT * FROM definitions(text => (SELECT 'x'))",
            "SELECT * FROM definition(text => 'x')",
            "SELECT * FROM \"Definitions\"(text => 'x')",
            "SELECT d.* FROM (VALUES ('x')) AS t(v), LATERAL definitions(text => t.v) AS d",
        ],
    ),
    (
        "datasets",
        &[
            "SELECT * FROM datasets(1)",
            "SELECT * FROM datasets(name => 'calls')",
            "datasets()",
        ],
    ),
    (
        "winners",
        &["SELECT * FROM winners()", "SELECT * FROM winners(inputs => (SELECT 1))"],
    ),
    (
        "twice",
        &["twice()", "twice(1, 2)", "twice(m => 1)", "twice(n => 1, n => 2)"],
    ),
    (
        "above",
        &[
            "SELECT * FROM above()",
            "SELECT * FROM above(1, 2)",
            "SELECT * FROM above(m => 1)",
            "SELECT * FROM above('x')",
        ],
    ),
];

#[tokio::test]
async fn every_wrong_call_is_one_sentence_that_shows_the_function() {
    let ctx = SessionContext::new();
    register_all(&ctx).unwrap();
    rows(&ctx, "CREATE FUNCTION twice(n BIGINT) RETURNS BIGINT RETURN $n * 2")
        .await
        .unwrap();
    rows(&ctx, "CREATE FUNCTION above(n BIGINT) AS 'SELECT 1 AS a WHERE 1 > $n'")
        .await
        .unwrap();
    let (mut bad, mut count) = (vec![], 0);
    for (function, calls) in CALLS {
        let asked = format!("SELECT signature FROM functions() WHERE name = '{function}'");
        let signature = lines(&ctx, &asked).await.remove(0);
        for call in *calls {
            count += 1;
            let is_statement = ["SELECT", "WITH", "EXPLAIN"]
                .iter()
                .any(|begin| call.starts_with(begin));
            let sql = if is_statement {
                (*call).to_string()
            } else {
                format!("SELECT {call} FROM {T}")
            };
            let Err(error) = rows(&ctx, &sql).await else {
                bad.push(format!("{sql}\n    gives rows"));
                continue;
            };
            let message = with_signature(error, &sql, &ctx.state()).strip_backtrace();
            if std::env::var("SHOW_MESSAGES").is_ok() {
                println!("{sql}\n    {message}");
            }
            if message.contains('\n') || !message.contains(&signature) {
                bad.push(format!("{sql}\n    {message}"));
            }
        }
    }
    assert!(bad.is_empty(), "{} of {count}:\n{}", bad.len(), bad.join("\n"));
    assert!(count >= 80, "{count}");
}

/// What is not of a call of ours is as the engine says it.
#[tokio::test]
async fn other_errors_stay_as_they_are() {
    let ctx = SessionContext::new();
    register_all(&ctx).unwrap();
    for sql in [
        "SELECT nothing, stable_id('x', 1)",
        "SELECT strpos(substring => 'x')",
        "SELECT no_function(stable_id('x', 1))",
        "SELECT stable_id('x', 1) FROM nowhere",
        "SELECT col_to_byte('a', 1, 'utf99')",
    ] {
        let error = rows(&ctx, sql).await.unwrap_err();
        let before = error.to_string();
        assert_eq!(with_signature(error, sql, &ctx.state()).to_string(), before, "{sql}");
    }
}
