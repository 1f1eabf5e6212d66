//! A file of statements and queries, run on one machine.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan};
use datafusion::prelude::SessionContext;
use datafusion_sqllogictest::DFColumnType;
use futures::FutureExt;
use sqllogictest::{Condition, Record, parse_file};

use super::answer::{Answer, Rows};
use super::machine::Machine;
use super::watch::Watched;

/// Longer than any query of the suite takes.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Queries of TPC-DS that are not run, and why.
pub(super) const TOO_SLOW: [(&str, &str); 2] = [
    (
        "62.sql",
        "the engine alone takes 35 seconds for it in batches of 31 rows: it joins the tables as they are written, by way of many more rows",
    ),
    ("72.sql", "the engine alone takes 110 seconds, as for 62.sql"),
];

/// Tables of the engine's files that are not made and not asked: the file, a word of each such step, and why.
pub(super) const TOO_LARGE: [(&str, &str, &str); 4] = [
    (
        "parquet_filter_pushdown.slt",
        "dict_filter_bug",
        "the engine sorts 10,000 rows with a dictionary each in 45 seconds",
    ),
    ("push_down_filter_regression.slt", "/t2.parquet", TEN_MILLIONS),
    ("push_down_filter_regression.slt", "join t2 ", TEN_MILLIONS),
    ("push_down_filter_regression.slt", "drop table t2", TEN_MILLIONS),
];

const TEN_MILLIONS: &str = "10,000,000 rows, one a batch";

/// A statement or a query, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) location: String,
    pub(super) sql: String,
    pub(super) is_query: bool,
    /// Whether it only brings the tables of a folder, which it may do as fast as it can.
    pub(super) brings: bool,
}

/// The steps of a file of the engine's suite.
pub(super) fn steps_of(suite: &Path, file: &str) -> Vec<Step> {
    let Ok(records) = parse_file::<DFColumnType>(suite.join(file)) else {
        return vec![];
    };
    let mut steps = vec![];
    for record in records {
        let (loc, conditions, sql, is_query) = match record {
            Record::Statement {
                loc, conditions, sql, ..
            } => (loc, conditions, sql, false),
            Record::Query {
                loc, conditions, sql, ..
            } => (loc, conditions, sql, true),
            Record::Halt { .. } => break,
            _ => continue,
        };
        let for_us = conditions.iter().all(|condition| match condition {
            Condition::OnlyIf { label } => label.eq_ignore_ascii_case("datafusion"),
            Condition::SkipIf { label } => !label.eq_ignore_ascii_case("datafusion"),
        });
        let too_large = TOO_LARGE.iter().any(|(of, word, _)| file == *of && sql.contains(word));
        if for_us && !too_large && !is_of_the_machine(&sql) {
            let location = format!("{file}:{}", loc.line());
            steps.push(Step {
                location,
                sql,
                is_query,
                brings: false,
            });
        }
    }
    steps
}

/// The statements and queries of a script of ours, which end with `;`.
pub(super) fn steps_of_text(name: &str, text: &str) -> Vec<Step> {
    let statements = text.split(';').map(str::trim).filter(|sql| !sql.is_empty());
    let steps = statements.enumerate().map(|(i, sql)| Step {
        location: format!("{name}:{}", i + 1),
        sql: sql.to_string(),
        is_query: ["SELECT", "WITH", "(", "VALUES", "EXECUTE"]
            .iter()
            .any(|word| sql.starts_with(word)),
        brings: false,
    });
    steps.collect()
}

/// Tables in memory of the Parquet files of a folder, then the queries in `queries/`.
pub(super) fn steps_of_folder(folder: &Path) -> std::io::Result<Vec<Step>> {
    let mut steps = vec![];
    for file in sorted(folder)?
        .iter()
        .filter(|file| file.extension().is_some_and(|e| e == "parquet"))
    {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let text = format!(
            "CREATE EXTERNAL TABLE {name}_file STORED AS PARQUET LOCATION '{}'; CREATE TABLE {name} AS SELECT * FROM {name}_file",
            file.display()
        );
        let tables = steps_of_text(&name, &text).into_iter();
        steps.extend(tables.map(|step| Step { brings: true, ..step }));
    }
    for file in sorted(&folder.join("queries"))? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if TOO_SLOW.iter().any(|(slow, _)| name == *slow) {
            continue;
        }
        let queries = steps_of_text(&name, &std::fs::read_to_string(&file)?);
        steps.extend(queries.into_iter().map(|step| Step { is_query: true, ..step }));
    }
    Ok(steps)
}

fn sorted(folder: &Path) -> std::io::Result<Vec<std::path::PathBuf>> {
    let files = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut files = files.collect::<std::io::Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

/// Whether the statement sets what the machine has set, or speaks of plans.
fn is_of_the_machine(sql: &str) -> bool {
    let sql = sql.trim_start().to_ascii_lowercase();
    let words = [
        "target_partitions",
        "batch_size",
        "runtime.memory_limit",
        "file_stream_work_stealing",
    ];
    (sql.starts_with("set ") || sql.starts_with("reset ")) && words.iter().any(|word| sql.contains(word))
        || ["explain", "show", "describe", "prepare", "execute", "deallocate"]
            .iter()
            .any(|word| sql.starts_with(word))
        || sql.contains("information_schema")
}

/// What every step gave. With `files`, a folder that is empty, tables are Parquet files there. What was `stopped` elsewhere is not tried again.
pub(super) async fn run(
    machine: Machine,
    determinism: &str,
    steps: &[Step],
    files: Option<&Path>,
    stopped: &BTreeSet<usize>,
) -> Result<Vec<Answer>> {
    let ctx = machine.session(determinism).await?;
    let mut answers = Vec::with_capacity(steps.len());
    for (i, step) in steps.iter().enumerate() {
        if stopped.contains(&i) {
            answers.push(Answer::TooLong);
            continue;
        }
        if step.brings {
            set(&ctx, "off", 8192).await?;
        }
        let _watched = Watched::new(format!("{} on {machine:?}, {determinism}: {}", step.location, step.sql));
        let work = std::panic::AssertUnwindSafe(answer(&ctx, &step.sql)).catch_unwind();
        let given = match tokio::time::timeout(PATIENCE, work).await {
            Ok(Ok(Ok(rows))) => match (rows, step.is_query) {
                (Some(rows), true) => Answer::Rows(rows),
                _ => Answer::Done,
            },
            Ok(Ok(Err(error))) => failed(&error),
            Ok(Err(_)) => Answer::Error("panic".to_string()),
            Err(_) => Answer::TooLong,
        };
        if step.brings {
            set(&ctx, determinism, machine.batch_size).await?;
        }
        if !step.is_query
            && let Some(table) = created(&step.sql)
        {
            machine.shuffle(&ctx, &table).await?;
            if let Some(folder) = files {
                machine.store(&ctx, &table, folder).await?;
            }
        }
        answers.push(given);
    }
    Ok(answers)
}

async fn set(ctx: &SessionContext, determinism: &str, batch_size: usize) -> Result<()> {
    for sql in [
        format!("SET codeanatomy.determinism = '{determinism}'"),
        format!("SET datafusion.execution.batch_size = {batch_size}"),
    ] {
        ctx.sql(&sql).await?.collect().await?;
    }
    Ok(())
}

async fn answer(ctx: &SessionContext, sql: &str) -> Result<Option<Rows>> {
    let frame = ctx.sql(sql).await?;
    let left_open = leaves_open(frame.logical_plan())?;
    Rows::of(&frame.collect().await?, left_open)
}

/// Whether the plan has values that `set` leaves to the order in which rows arrive, as `docs/determinism.md` says (settled "from
/// `canonical`"): the items of `array_agg` and `string_agg`, and the last bits, or after a cancellation all bits, of floating-point aggregates.
fn leaves_open(plan: &LogicalPlan) -> Result<bool> {
    let mut open = false;
    plan.apply_with_subqueries(|node| {
        let inputs = node.inputs();
        let schema = inputs.first().map_or(node.schema(), |input| input.schema());
        node.apply_expressions(|expr| {
            expr.apply(|expr| {
                let name = match expr {
                    Expr::AggregateFunction(f) => f.func.name(),
                    Expr::WindowFunction(f) => f.fun.name(),
                    _ => return Ok(TreeNodeRecursion::Continue),
                };
                let sums = SUMS.iter().any(|sum| name.starts_with(sum));
                open |= ["array_agg", "string_agg"].contains(&name)
                    || (sums && expr.get_type(schema).is_ok_and(|ty| ty.is_floating()));
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    Ok(open)
}

/// What the names of aggregates begin with that add numbers.
const SUMS: [&str; 8] = ["sum", "avg", "mean", "var", "stddev", "covar", "corr", "regr_"];

fn failed(error: &DataFusionError) -> Answer {
    if matches!(error.find_root(), DataFusionError::ResourcesExhausted(_)) {
        return Answer::NoMemory;
    }
    let text = error.to_string();
    Answer::Error(text.lines().next().unwrap_or_default().to_string())
}

/// The table that a statement makes.
fn created(sql: &str) -> Option<String> {
    let mut words = sql.split_whitespace().map(str::to_ascii_lowercase).peekable();
    if words.next()? != "create" {
        return None;
    }
    words.next_if(|word| word == "or").and_then(|_| words.next());
    if words.next()? != "table" {
        return None;
    }
    for word in ["if", "not", "exists"] {
        words.next_if(|next| next == word);
    }
    let name = words.next()?;
    let name = name.split('(').next()?;
    Some(name.trim_matches('"').to_string())
}
