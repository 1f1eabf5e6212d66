//! `SET codeanatomy.determinism`: one answer, for any partitions, batches and order of the input.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringViewArray, UInt32Array};
use datafusion::arrow::compute::{concat_batches, take_record_batch};
use datafusion::arrow::ipc::writer::StreamWriter;
use datafusion::datasource::MemTable;
use datafusion::error::Result;
use datafusion::prelude::{SessionConfig, SessionContext};

/// Rows with many ties, nulls, NaN, zeros of both signs, numbers of which no two sums agree, and some rows twice.
fn rows() -> RecordBatch {
    let mut seed = 11u64;
    let mut next = |n: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % n
    };
    const FLOATS: [f64; 9] = [1e16, 1.0, -1e16, 0.1, 0.2, -0.0, 0.0, 3.5e-9, 1e300];
    const TEXTS: [&str; 4] = ["", "a", "b", "ab"];
    let (mut k, mut s, mut f, mut x) = (vec![], vec![], vec![], vec![]);
    for row in 0..400 {
        if row % 20 == 19 {
            let twice = next(row) as usize;
            k.push(k[twice]);
            s.push(s[twice]);
            f.push(f[twice]);
            x.push(x[twice]);
            continue;
        }
        k.push(Some(next(8) as i64).filter(|k| *k < 7));
        s.push(Some(next(4) as i64).filter(|s| *s < 3));
        f.push(FLOATS.get(next(10) as usize).copied());
        x.push(TEXTS.get(next(5) as usize).copied());
    }
    let columns: [(&str, ArrayRef); 5] = [
        ("k", Arc::new(Int64Array::from(k))),
        ("s", Arc::new(Int64Array::from(s))),
        ("f", Arc::new(Float64Array::from(f))),
        ("x", Arc::new(StringViewArray::from(x))),
        (
            "u",
            Arc::new(Int64Array::from_iter_values((0..400).map(|i| i * 7 % 200))),
        ),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap()
}

/// How a machine may differ.
#[derive(Clone, Copy)]
struct Machine {
    partitions: usize,
    batch_size: usize,
    /// The order in which rows arrive.
    shuffle: u64,
}

const MACHINES: [Machine; 7] = [
    Machine {
        partitions: 1,
        batch_size: 8192,
        shuffle: 1,
    },
    Machine {
        partitions: 2,
        batch_size: 31,
        shuffle: 3,
    },
    Machine {
        partitions: 3,
        batch_size: 8192,
        shuffle: 7,
    },
    Machine {
        partitions: 8,
        batch_size: 31,
        shuffle: 11,
    },
    Machine {
        partitions: 16,
        batch_size: 1,
        shuffle: 13,
    },
    Machine {
        partitions: 3,
        batch_size: 1,
        shuffle: 17,
    },
    Machine {
        partitions: 16,
        batch_size: 8192,
        shuffle: 19,
    },
];

async fn session(machine: Machine, determinism: &str) -> Result<SessionContext> {
    let config = SessionConfig::new()
        .with_target_partitions(machine.partitions)
        .with_batch_size(machine.batch_size);
    let ctx = SessionContext::new_with_config(config);
    datafusion_codeanatomy::register_all(&ctx)?;
    let rows = rows();
    let mut order: Vec<u32> = (0..rows.num_rows() as u32).collect();
    order.sort_by_key(|i| (u64::from(*i) + 1) * machine.shuffle * 7919 % 401);
    let rows = take_record_batch(&rows, &UInt32Array::from(order))?;
    let per_partition = rows.num_rows().div_ceil(machine.partitions);
    let partitions = (0..machine.partitions).map(|p| {
        let start = (p * per_partition).min(rows.num_rows());
        let end = (start + per_partition).min(rows.num_rows());
        let cuts = (start..end).step_by(machine.batch_size.clamp(17, 100));
        cuts.map(|at| rows.slice(at, machine.batch_size.clamp(17, 100).min(end - at)))
            .collect()
    });
    let table = MemTable::try_new(rows.schema(), partitions.collect())?;
    ctx.register_table("t", Arc::new(table))?;
    ctx.sql(&format!("SET codeanatomy.determinism = '{determinism}'"))
        .await?
        .collect()
        .await?;
    Ok(ctx)
}

/// All rows as one batch.
async fn answer(ctx: &SessionContext, sql: &str) -> Result<RecordBatch> {
    let frame = ctx.sql(sql).await?;
    let schema = Arc::clone(frame.schema().inner());
    Ok(concat_batches(&schema, &frame.collect().await?)?)
}

fn bytes(batch: &RecordBatch) -> Result<Vec<u8>> {
    let mut writer = StreamWriter::try_new(vec![], &batch.schema())?;
    writer.write(batch)?;
    writer.finish()?;
    Ok(writer.into_inner()?)
}

/// The rows as texts, in any order.
fn bag(batch: &RecordBatch) -> Vec<String> {
    let columns = batch.columns().iter();
    let columns: Vec<_> = columns
        .map(|c| datafusion::arrow::util::display::ArrayFormatter::try_new(c, &Default::default()).unwrap())
        .collect();
    let row = |i: usize| {
        columns
            .iter()
            .map(|c| c.value(i).to_string())
            .collect::<Vec<_>>()
            .join("|")
    };
    let mut rows: Vec<_> = (0..batch.num_rows()).map(row).collect();
    rows.sort();
    rows
}

/// Queries whose rows depend on how ties are broken, or on which rows come first.
const CHOICES: &[&str] = &[
    "SELECT * FROM t LIMIT 7",
    "SELECT k, x FROM t LIMIT 7 OFFSET 5",
    "SELECT k, x FROM t ORDER BY s LIMIT 9",
    "SELECT x FROM t ORDER BY s DESC, k LIMIT 9 OFFSET 3",
    "SELECT k FROM (SELECT * FROM t ORDER BY s LIMIT 20) WHERE x = 'a'",
    "SELECT * FROM (SELECT k, x FROM t ORDER BY s) LIMIT 4",
    "SELECT k, (SELECT x FROM t AS i WHERE i.s = 1 ORDER BY i.k LIMIT 1) AS one FROM t WHERE s = 2",
    "SELECT count(*) AS n, k FROM t WHERE u IN (SELECT u FROM t ORDER BY s LIMIT 30) GROUP BY k",
    "SELECT DISTINCT ON (k) k, x, f FROM t ORDER BY k, s",
    "SELECT DISTINCT ON (k, s) k, s, x FROM t",
    "SELECT k, first_value(x ORDER BY s) AS a, first_value(u ORDER BY s) AS b FROM t GROUP BY k",
    "SELECT k, last_value(x ORDER BY s) AS a, last_value(f ORDER BY s) AS b FROM t GROUP BY k",
    "SELECT k, nth_value(x, 3 ORDER BY s DESC) AS a FROM t GROUP BY k",
    "SELECT k, first_value(x) AS a, last_value(x) AS b, any_value(x) AS c FROM t GROUP BY k",
    "SELECT first_value(x ORDER BY s) FILTER (WHERE k = 3) AS a, last_value(u ORDER BY s) AS b FROM t",
    "SELECT k, first_value(x ORDER BY s) IGNORE NULLS AS a FROM t GROUP BY k",
    "SELECT k, x, row_number() OVER (PARTITION BY k ORDER BY s) AS n FROM t",
    "SELECT k, x, row_number() OVER () AS n FROM t",
    "SELECT * FROM (SELECT k, x, row_number() OVER (PARTITION BY k ORDER BY s) AS n FROM t) WHERE n = 1",
    "SELECT * FROM (SELECT k, x, s, row_number() OVER (PARTITION BY k ORDER BY s) AS n FROM t) WHERE n <= 3",
    "SELECT k, ntile(3) OVER (PARTITION BY k ORDER BY s) AS n, u FROM t",
    "SELECT k, lag(x) OVER (PARTITION BY k ORDER BY s) AS p, lead(u, 2) OVER (PARTITION BY k ORDER BY s) AS q FROM t",
    "SELECT k, s, first_value(x) OVER (PARTITION BY k ORDER BY s) AS p, last_value(u) OVER (PARTITION BY k ORDER BY s) AS q FROM t",
    "SELECT k, s, last_value(x) OVER (ORDER BY s RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS p FROM t",
    "SELECT k, s, nth_value(x, 2) OVER (PARTITION BY k ORDER BY s GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS p FROM t",
    "SELECT k, s, sum(u) OVER (PARTITION BY k ORDER BY s ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS p FROM t",
    "SELECT k, max(u) OVER (PARTITION BY k ORDER BY s ROWS UNBOUNDED PRECEDING) AS p FROM t",
    "WITH RECURSIVE r(n, x) AS (SELECT * FROM (SELECT 1, x FROM t ORDER BY s LIMIT 2) UNION ALL SELECT n + 1, x FROM r WHERE n < 3) SELECT * FROM r",
    "SELECT k, x FROM t WHERE s = 1 UNION ALL SELECT * FROM (SELECT k, x FROM t ORDER BY s LIMIT 5)",
    "SELECT a.k, b.x FROM (SELECT * FROM t ORDER BY s LIMIT 10) a JOIN t b ON a.u = b.u",
];

/// Queries whose rows are settled, but not their order, the order within a value, or the last bits.
const BYTES: &[&str] = &[
    "SELECT k, f, x FROM t",
    "SELECT x, s FROM t ORDER BY s",
    "SELECT k, x FROM t ORDER BY s DESC NULLS LAST, k NULLS FIRST",
    "SELECT DISTINCT k, x FROM t",
    "SELECT k, count(*) AS n FROM t GROUP BY k",
    "SELECT k, s, count(*) AS n FROM t GROUP BY GROUPING SETS ((k), (s), ())",
    "SELECT k, sum(f) AS a, avg(f) AS b FROM t WHERE abs(f) < 1e100 GROUP BY k",
    "SELECT sum(f) AS a, avg(f) AS b, sum(DISTINCT f) AS c FROM t WHERE abs(f) < 1e100",
    "SELECT k, stddev(f) AS a, var_pop(f) AS b, var_samp(f) AS c, stddev_pop(f) AS d FROM t WHERE abs(f) < 10 GROUP BY k",
    "SELECT corr(f, u) AS a, covar_pop(f, u) AS b, covar_samp(f, u) AS c, regr_slope(f, u) AS d, regr_intercept(f, u) AS e, \
     regr_r2(f, u) AS g, regr_avgx(f, u) AS h, regr_avgy(f, u) AS i, regr_sxx(f, u) AS j, regr_syy(f, u) AS l, regr_sxy(f, u) AS m \
     FROM t WHERE abs(f) < 10",
    "SELECT k, array_agg(x) AS a, array_agg(u ORDER BY s) AS b, array_agg(f ORDER BY s) AS c FROM t GROUP BY k",
    "SELECT k, string_agg(x, ',') AS b, string_agg(x, ';' ORDER BY s DESC) AS c, array_agg(u) AS d FROM t GROUP BY k",
    "SELECT k, array_agg(DISTINCT x) AS a, string_agg(DISTINCT x, ',') AS b FROM t GROUP BY k",
    "SELECT k, x, sum(f) OVER (PARTITION BY k ORDER BY s) AS p, avg(f) OVER (PARTITION BY k) AS q FROM t WHERE abs(f) < 1e100",
    "SELECT k, sum(f) OVER (PARTITION BY k ORDER BY u, s, x, f ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) AS p FROM t WHERE abs(f) < 1e100",
    "SELECT k, array_agg(x) OVER (PARTITION BY k ORDER BY s) AS p FROM t",
    "SELECT k, rank() OVER (PARTITION BY k ORDER BY s) AS p, dense_rank() OVER (PARTITION BY k ORDER BY s) AS q, \
     percent_rank() OVER (PARTITION BY k ORDER BY s) AS r, cume_dist() OVER (PARTITION BY k ORDER BY s) AS v FROM t",
    "SELECT x FROM t UNION SELECT 'z'",
    "SELECT k FROM t INTERSECT SELECT s FROM t",
    "SELECT k, x FROM t EXCEPT SELECT k, x FROM t WHERE s = 1",
    "SELECT a.k, a.x, b.s FROM t a JOIN t b ON a.u = b.u",
    "SELECT a.k, b.s FROM t a LEFT JOIN (SELECT * FROM t WHERE s = 1) b ON a.u = b.u",
    "SELECT unnest(array_agg(x ORDER BY s)) AS e FROM t",
    "SELECT k, median(f) AS m, approx_distinct(x) AS d FROM t GROUP BY k",
    "SELECT k, approx_median(f) AS a, approx_percentile_cont(0.4) WITHIN GROUP (ORDER BY u DESC) AS b FROM t GROUP BY k",
    "SELECT k, unnest(array_agg(x)) AS e FROM t GROUP BY k",
    "SELECT percentile_cont(0.3) WITHIN GROUP (ORDER BY u) AS p FROM t",
    "SELECT count(*) FILTER (WHERE s = 1) AS n, min(x) AS a, max(u) AS b, bool_or(s = 1) AS c, bit_xor(u) AS d FROM t",
];

async fn answers(
    queries: &[&'static str],
    determinism: &str,
    form: fn(&RecordBatch) -> Vec<u8>,
) -> Vec<(&'static str, usize)> {
    let mut counts = vec![];
    let mut sessions = vec![];
    for machine in MACHINES {
        sessions.push(session(machine, determinism).await.unwrap());
    }
    for sql in queries {
        let mut distinct = BTreeSet::new();
        for ctx in &sessions {
            let batch = answer(ctx, sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
            distinct.insert(form(&batch));
        }
        counts.push((*sql, distinct.len()));
    }
    counts
}

fn as_bytes(batch: &RecordBatch) -> Vec<u8> {
    bytes(batch).unwrap()
}

fn as_bag(batch: &RecordBatch) -> Vec<u8> {
    bag(batch).join("\n").into_bytes()
}

#[tokio::test]
async fn canonical_has_one_answer_to_the_byte_and_plain_has_many() {
    let all: Vec<_> = CHOICES.iter().chain(BYTES).copied().collect();
    let canonical = answers(&all, "canonical", as_bytes).await;
    let several: Vec<_> = canonical.iter().filter(|(_, n)| *n != 1).collect();
    assert!(several.is_empty(), "{several:#?}");
    // Or the test would show nothing.
    let plain = answers(&all, "off", as_bytes).await;
    let undetermined = plain.iter().filter(|(_, n)| *n > 1).count();
    assert!(undetermined > all.len() * 3 / 4, "{undetermined} of {}", all.len());
}

#[tokio::test]
async fn set_has_the_same_rows_in_any_order() {
    let set = answers(CHOICES, "set", as_bag).await;
    let several: Vec<_> = set.iter().filter(|(_, n)| *n != 1).collect();
    assert!(several.is_empty(), "{several:#?}");
    let plain = answers(CHOICES, "off", as_bag).await;
    let undetermined = plain.iter().filter(|(_, n)| *n > 1).count();
    assert!(undetermined > CHOICES.len() / 2, "{undetermined} of {}", CHOICES.len());
}

#[tokio::test]
async fn where_plain_has_one_answer_canonical_has_the_same_rows() {
    let queries = [
        "SELECT k, s, count(*) AS n, min(x) AS a, max(u) AS b FROM t GROUP BY k, s",
        "SELECT u, x, f, rank() OVER (PARTITION BY k ORDER BY s) AS r, count(*) OVER (PARTITION BY k ORDER BY s) AS c FROM t",
        "SELECT DISTINCT k, s FROM t ORDER BY k, s LIMIT 10",
        "SELECT k, sum(s) AS a, avg(s) AS b, round(stddev(u), 12) AS c, round(corr(u, s), 12) AS d FROM t WHERE k < 3 AND u < 40 GROUP BY k, u % 1",
        "SELECT first_value(u ORDER BY u) AS a, last_value(u ORDER BY u) AS b, array_agg(u ORDER BY u) AS c FROM t",
        "SELECT sum(f) AS a FROM t WHERE f = 3.5e-9",
        "SELECT sum(f) AS a, avg(f) AS b, var_samp(f) AS c, stddev(f) AS d, corr(f, u) AS e FROM t WHERE false",
        "SELECT var_samp(f) AS c, var_pop(f) AS d, covar_samp(f, u) AS e, covar_pop(f, u) AS g, regr_slope(f, u) AS h, \
         regr_sxx(f, u) AS i, regr_avgx(f, u) AS j FROM (SELECT 2.5::DOUBLE AS f, 1.5::DOUBLE AS u)",
        "SELECT sum(f) AS a, avg(f) AS b FROM (VALUES ('NaN'::DOUBLE), (1.0)) AS v(f)",
        "SELECT sum(f) AS a, avg(f) AS b FROM (VALUES ('inf'::DOUBLE), (1.0)) AS v(f)",
        "SELECT sum(f) AS a, avg(f) AS b FROM (VALUES ('inf'::DOUBLE), ('-inf'::DOUBLE)) AS v(f)",
        "SELECT sum(f) AS a, avg(f) AS b, sum(DISTINCT f) AS c FROM (VALUES (0.5::REAL), (0.25), (NULL), (0.5)) AS v(f)",
    ];
    let canonical = session(MACHINES[2], "canonical").await.unwrap();
    let plain = session(MACHINES[2], "off").await.unwrap();
    for sql in queries {
        let (a, b) = (
            answer(&canonical, sql).await.unwrap(),
            answer(&plain, sql).await.unwrap(),
        );
        assert_eq!(a.schema(), b.schema(), "{sql}");
        assert_eq!(bag(&a), bag(&b), "{sql}");
    }
}

#[tokio::test]
async fn what_no_order_settles_is_refused_by_name() {
    let ctx = session(MACHINES[0], "set").await.unwrap();
    for (sql, expected) in [
        ("SELECT random()", "random gives another value in every run"),
        (
            "SELECT k FROM t WHERE u < uuid()",
            "uuid gives another value in every run",
        ),
        ("SELECT now()", "now gives another value in every run"),
        (
            "SELECT approx_percentile_cont_with_weight(u, 0.5) WITHIN GROUP (ORDER BY f) FROM t",
            "take median",
        ),
        (
            "SELECT map(['a'], [u]) AS m FROM t LIMIT 3",
            "the column m of the type Map",
        ),
    ] {
        let error = match ctx.sql(sql).await {
            Ok(frame) => frame.collect().await.err(),
            Err(error) => Some(error),
        };
        let text = error.map(|e| e.to_string()).unwrap_or_default();
        assert!(text.contains(expected), "{sql}: {text}");
    }
}

#[tokio::test]
async fn datasets_keep_their_order_without_a_sort() {
    let ctx = session(MACHINES[2], "canonical").await.unwrap();
    let explain = "EXPLAIN SELECT path, kind FROM ast_nodes(text => 'x = f(1)') LIMIT 3";
    let plan = bag(&answer(&ctx, explain).await.unwrap()).join("\n");
    assert!(!plan.contains("SortExec") && plan.contains("Sort: "), "{plan}");
}
