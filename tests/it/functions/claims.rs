//! What functions say of themselves to the engine is true on generated rows, and what filters become of it gives the same rows.

use std::sync::Arc;

use codeanatomy_functions::scalar_functions;
use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::interval_arithmetic::Interval;
use datafusion::logical_expr::preimage::PreimageResult;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::sort_properties::{ExprProperties, SortProperties};
use datafusion::logical_expr::{col, lit};
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use datafusion_codeanatomy::register_all;

use super::conformance::{Function, inventory, result, session};
use crate::scan::sum;
use crate::{folder, lines, rows};

async fn scalars() -> Vec<Function> {
    inventory().await.into_iter().filter(|f| f.kind == "scalar").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_is_said_not_to_be_null_is_none() {
    let ctx = session(1, &DataType::Utf8View).await;
    // The same rows without a null, in columns that say so.
    let whole = "SELECT id, g, coalesce(a, 3) AS a, coalesce(b, 5) AS b, coalesce(word, 'w') AS word, coalesce(unit, 'utf8') AS unit, \
                 coalesce(change, 'insert') AS change, coalesce(flag, true) AS flag FROM v";
    let (mut never, mut kept) = (0, 0);
    for function in scalars().await {
        for (table, is_whole) in [("v", false), (whole, true)] {
            let from = if is_whole {
                format!("({table}) AS v")
            } else {
                table.to_string()
            };
            let sql = format!("SELECT {} AS r FROM {from}", function.positional());
            let is_nullable = ctx.sql(&sql).await.unwrap().schema().field(0).is_nullable();
            let nulls: usize = rows(&ctx, &sql)
                .await
                .unwrap()
                .iter()
                .map(|b| b.column(0).null_count())
                .sum();
            assert!(is_nullable || nulls == 0, "{sql}");
            never += usize::from(!is_nullable);
            kept += usize::from(nulls == 0);
        }
    }
    assert!(never > 10 && kept >= never, "{never} {kept}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strict_function_is_null_of_each_null() {
    let ctx = session(1, &DataType::Utf8View).await;
    let strict: Vec<_> = scalar_functions().into_iter().filter(|f| f.is_strict()).collect();
    for function in scalars()
        .await
        .iter()
        .filter(|f| strict.iter().any(|s| s.name() == f.name))
    {
        for call in function.with_nulls() {
            let sql = format!("SELECT count(*) FROM v WHERE {call} IS NOT NULL");
            assert_eq!(lines(&ctx, &sql).await, ["0"], "{sql}");
        }
    }
    assert!(strict.len() >= 10, "{}", strict.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_within_the_bounds() {
    let ctx = session(1, &DataType::Utf8View).await;
    let mut bounded = vec![];
    for function in scalar_functions() {
        let bounds = function.evaluate_bounds(&[]).unwrap();
        if bounds.is_unbounded() {
            continue;
        }
        let (least, greatest) = (bounds.lower(), bounds.upper());
        let all = scalars().await;
        let call = all.iter().find(|f| f.name == function.name()).unwrap().positional();
        // The casts keep the rule away that this is about.
        let sql = format!(
            "SELECT count(r) > 0, count(*) FILTER (WHERE r < {least} OR r > {greatest}) FROM (SELECT {call} AS r FROM v LIMIT 1000)"
        );
        assert_eq!(lines(&ctx, &sql).await, ["true | 0"], "{sql}");
        bounded.push(function.name().to_string());
    }
    assert_eq!(bounded.len(), 7, "{bounded:?}");
}

/// None is monotone: each gives null of some value between two of which it does not, or hashes, or looks at parts. So none
/// claims an order or a preimage; one that comes to claim one needs its test here.
#[tokio::test]
async fn no_function_claims_an_order_or_a_preimage() {
    let ordered = ExprProperties::new_unknown()
        .with_order(SortProperties::Ordered(SortOptions::default()))
        .with_range(Interval::make_unbounded(&DataType::Int64).unwrap());
    for function in scalar_functions() {
        for n in 0..6 {
            let inputs = vec![ordered.clone(); n];
            assert_eq!(
                function.output_ordering(&inputs).unwrap(),
                SortProperties::Unordered,
                "{function:?}"
            );
            assert!(!function.preserves_lex_ordering(&inputs).unwrap(), "{function:?}");
            assert!(!function.strictly_order_preserving(&inputs).unwrap(), "{function:?}");
            let args = vec![col("a"); n];
            for value in [lit(1_i64), lit("a"), lit(true)] {
                let preimage = function.preimage(&args, &value, &SimplifyContext::default()).unwrap();
                assert!(matches!(preimage, PreimageResult::None), "{function:?}");
            }
        }
        // All arguments are computed, whatever they are.
        assert!(!function.short_circuits(), "{function:?}");
    }
}

const NAMES: [&str; 12] = [
    "a",
    "a.b",
    "a.b.c",
    "a.b/",
    "a.b0",
    "a.c.<locals>.d",
    "",
    "  ",
    "b.c",
    "é.b",
    "a.",
    ".a",
];

fn predicates() -> Vec<String> {
    let mut predicates = vec![];
    let ops = ["=", "<>", "<", "<=", ">", ">="];
    for (i, name) in NAMES.iter().enumerate() {
        let (next, op) = (NAMES[(i + 5) % NAMES.len()], ops[i % ops.len()]);
        predicates.extend([
            format!("qualified_name_parent(name) = '{name}'"),
            format!("'{name}' = qualified_name_parent(name)"),
            format!("qualified_name_parent(name) IN ('{name}', '{next}')"),
            format!("qualified_name_parent(name) IN ('{name}', '{next}', NULL, 'x', 'y')"),
            format!("qualified_name_parent(name) <> '{name}'"),
            format!("NOT qualified_name_parent(name) = '{name}'"),
            format!("qualified_name_parent(name) = '{name}' OR n = 7"),
            format!("qualified_name_parent(name) = '{name}' OR (null_if_blank(name) = '{next}' AND n < 90)"),
            format!("qualified_name_parent(name) = '{name}' AND name >= '{next}'"),
            format!("qualified_name_parent(name) IS NOT DISTINCT FROM '{name}'"),
            format!("null_if_blank(name) {op} '{name}'"),
            format!("'{name}' {op} null_if_blank(name)"),
            format!("null_if_blank(name) IN ('{name}', '{next}', ' ', 'q')"),
            format!("NOT (null_if_blank(name) {op} '{name}')"),
            format!("null_if_blank(name) IS NULL AND name <= '{name}'"),
        ]);
    }
    for op in ops {
        for rank in -1..=4 {
            predicates.push(format!("cdf_change_rank(change) {op} {rank}"));
            predicates.push(format!("NOT (cdf_change_rank(change) {op} {rank})"));
        }
        predicates.push(format!("stable_hash64(name) {op} -1"));
        predicates.push(format!("qualified_name_depth(name) {op} 0"));
        predicates.push(format!("interval_align_score(n, n + 3, 50, 60) {op} 1.5"));
        predicates.push(format!("span_make(n, n + 3)['bstart'] {op} 40"));
    }
    for f in ["cdf_is_delete", "cdf_is_upsert"] {
        predicates.extend([
            format!("{f}(change)"),
            format!("NOT {f}(change)"),
            format!("{f}(change) IS NULL"),
            format!("{f}(change) = false"),
            format!("{f}(change) OR n < 3"),
            format!("{f}(change) IS NOT TRUE"),
            format!("CASE WHEN {f}(change) THEN n < 50 ELSE n > 70 END"),
        ]);
    }
    predicates
}

async fn over_parquet(rule: bool, file: &str) -> SessionContext {
    let ctx = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(2));
    register_all(&ctx).unwrap();
    rows(&ctx, &format!("SET codeanatomy.optimizer.narrow_filters = {rule}"))
        .await
        .unwrap();
    ctx.register_parquet("t", file, ParquetReadOptions::default())
        .await
        .unwrap();
    ctx
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_that_are_narrowed_keep_their_rows() {
    let folder = folder(&[]);
    let file = folder.path().join("t.parquet");
    let file = file.to_str().unwrap();
    let texts: Vec<_> = NAMES.iter().map(|n| format!("'{n}'")).collect();
    let sql = format!(
        "COPY (SELECT n, CASE WHEN n % 13 < 12 THEN make_array({})[n % 13 + 1] END AS name, \
         make_array('insert', 'delete', 'update_preimage', 'update_postimage', 'other', NULL)[n / 20 + 1] AS change \
         FROM generate_series(0, 119) AS s(n) ORDER BY name, n) TO '{file}' OPTIONS ('format.max_row_group_size' '5')",
        texts.join(", ")
    );
    let plain = SessionContext::new();
    rows(&plain, &sql).await.unwrap();
    let (on, off) = (over_parquet(true, file).await, over_parquet(false, file).await);
    let mut fewer = 0;
    let predicates = predicates();
    for predicate in &predicates {
        let sql = format!("SELECT n FROM t WHERE {predicate} ORDER BY n");
        assert_eq!(result(&on, &sql).await, result(&off, &sql).await, "{predicate}");
        let mut read = [0, 0];
        for (i, ctx) in [&on, &off].into_iter().enumerate() {
            let plan = ctx.sql(&sql).await.unwrap().create_physical_plan().await.unwrap();
            datafusion::physical_plan::collect(Arc::clone(&plan), ctx.task_ctx())
                .await
                .unwrap();
            read[i] = sum(&plan, "bytes_scanned");
        }
        fewer += usize::from(read[0] < read[1]);
    }
    // What a condition on a text or a change excludes is in row groups that are not read.
    assert!(fewer > predicates.len() / 2, "{fewer} of {}", predicates.len());
}

/// An id of parts says of which file it is: one is read, and the rows are the same.
#[tokio::test(flavor = "multi_thread")]
async fn an_id_of_parts_reads_the_file_of_its_path() {
    let own = folder(&[
        ("a.py", "def f(): pass\nclass C:\n    def f(self): pass\n"),
        ("b.py", "def f(): pass\n"),
        ("c.py", "import a\n"),
    ]);
    let source = own.path().to_str().unwrap();
    let ids = [
        (
            "SELECT qualified_name FROM definitions(source => '{s}') WHERE def_id = stable_id('def', 'a.py', 'C.f', 'method', 0)",
            1,
        ),
        (
            "SELECT qualified_name FROM definitions(source => '{s}') AS d WHERE stable_id('def', 'b.py', 'f', 'function', 0) = d.def_id AND line < 9",
            1,
        ),
        (
            "SELECT q FROM (SELECT qualified_name AS q, def_id AS i, path FROM definitions(source => '{s}')) WHERE i IN (stable_id('def', 'b.py', 'f', 'function', 0), stable_id('def', 'b.py', 'g', 'function', 0))",
            1,
        ),
        (
            "SELECT path FROM files(source => '{s}') WHERE file_id = stable_id('file', 'c.py')",
            1,
        ),
        // Not of this dataset, not all parts, of an expression, or not what has to be true.
        (
            "SELECT qualified_name FROM definitions(source => '{s}') WHERE def_id = stable_id('file', 'a.py', 'C.f', 'method', 0)",
            3,
        ),
        (
            "SELECT qualified_name FROM definitions(source => '{s}') WHERE def_id = stable_id('def', 'a.py')",
            3,
        ),
        (
            "SELECT qualified_name FROM definitions(source => '{s}') WHERE def_id = stable_id('def', concat(name, '.py'), 'C.f', 'method', 0)",
            3,
        ),
        (
            "SELECT qualified_name FROM definitions(source => '{s}') WHERE def_id <> stable_id('def', 'a.py', 'C.f', 'method', 0)",
            3,
        ),
        (
            "SELECT qualified_name FROM definitions(source => '{s}') WHERE def_id = stable_id('def', 'a.py', 'C.f', 'method', 0) OR name = 'f'",
            3,
        ),
        (
            "SELECT qualified_name FROM definitions(source => '{s}') WHERE scope_id = stable_id('def', 'a.py', 'C.f', 'method', 0)",
            3,
        ),
    ];
    for (sql, files) in ids {
        let sql = format!("{} ORDER BY 1", sql.replace("{s}", source));
        let mut answers = vec![];
        for rule in [true, false] {
            let ctx = SessionContext::new();
            register_all(&ctx).unwrap();
            rows(&ctx, &format!("SET codeanatomy.optimizer.narrow_filters = {rule}"))
                .await
                .unwrap();
            let plan = ctx.sql(&sql).await.unwrap().create_physical_plan().await.unwrap();
            let shown = datafusion::physical_plan::displayable(plan.as_ref())
                .indent(false)
                .to_string();
            // A filter on the path alone decides which files are read, or none is; `files` says it as the others do.
            let is_one = shown.contains("files=1/3");
            assert_eq!(is_one, rule && files == 1, "{sql}\n{shown}");
            answers.push(result(&ctx, &sql).await);
        }
        assert_eq!(answers[0], answers[1], "{sql}");
    }
}
