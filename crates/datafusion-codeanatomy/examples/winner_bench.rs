//! Winner selection beside plain SQL, one form per process: `benches/winners.py` drives it.
//!
//! ```text
//! winner_bench generate FILE GROUPS ROWS SCORES    # Parquet: k, s, n and three texts
//! winner_bench FORM FILE [LIMIT_MB]                # runs, and prints rows, CPU seconds and peak MiB
//! ```
//!
//! Forms: `scan`, `max`, `winners`, `ranked`, `row_number`, `ranked_sql`, `distinct_on`, `first_value`, `topn`.
#![allow(clippy::print_stdout)]

use std::num::NonZeroUsize;
use std::sync::Arc;

use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_expr::expressions::col;
use datafusion::physical_expr::{Partitioning, PhysicalSortExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::execute_stream;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use datafusion_codeanatomy::winner::{Keep, Report, ReportKind, Retention, WinnerMode, WinnerSelectExec, WinnerSpec};
use futures::StreamExt;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const COLUMNS: &str = "k, s, n, path, name, digest";

fn sql(form: &str) -> Option<String> {
    let ranked = format!("SELECT {COLUMNS}, row_number() OVER (PARTITION BY k ORDER BY s DESC, n) AS place FROM t");
    Some(match form {
        "scan" => format!("SELECT {COLUMNS} FROM t"),
        "max" => "SELECT k, max(s) FROM t GROUP BY k".to_string(),
        "row_number" => format!("SELECT {COLUMNS} FROM ({ranked}) WHERE place = 1"),
        "topn" => format!("SELECT {COLUMNS} FROM ({ranked}) WHERE place <= 1"),
        "ranked_sql" => ranked,
        "distinct_on" => format!("SELECT DISTINCT ON (k) {COLUMNS} FROM t ORDER BY k, s DESC, n"),
        "first_value" => {
            let first = |column: &str| format!("first_value({column} ORDER BY s DESC, n) AS {column}");
            let firsts: Vec<String> = ["s", "n", "path", "name", "digest"].map(first).to_vec();
            format!("SELECT k, {} FROM t GROUP BY k", firsts.join(", "))
        }
        _ => return None,
    })
}

async fn plan(ctx: &SessionContext, form: &str) -> Result<Arc<dyn ExecutionPlan>> {
    if let Some(sql) = sql(form) {
        return ctx.sql(&sql).await?.create_physical_plan().await;
    }
    let input = ctx
        .sql(&format!("SELECT {COLUMNS} FROM t"))
        .await?
        .create_physical_plan()
        .await?;
    let schema = input.schema();
    let key = col("k", &schema)?;
    let order = [("s", true), ("n", false)].map(|(name, descending)| {
        let options = SortOptions {
            descending,
            nulls_first: descending,
        };
        Ok::<_, DataFusionError>(PhysicalSortExpr::new(col(name, &schema)?, options))
    });
    let mut spec = WinnerSpec {
        partition_by: vec![Arc::clone(&key)],
        order_by: order.into_iter().collect::<Result<_>>()?,
        k: NonZeroUsize::MIN,
        retention: Retention::RowNumber,
        keep: Keep::Winners,
        reports: Vec::new(),
    };
    if form == "ranked" {
        spec.keep = Keep::Ranked;
        let field = Arc::new(Field::new("place", DataType::UInt64, false));
        spec.reports.push(Report {
            field,
            kind: ReportKind::RowNumber,
        });
    } else if form != "winners" {
        return Err(DataFusionError::Plan(format!("there is no form '{form}'")));
    }
    let partitions = ctx.copied_config().target_partitions();
    let below: Arc<dyn ExecutionPlan> = match spec.partial() {
        Some(partial) => Arc::new(WinnerSelectExec::try_new(input, partial, WinnerMode::Partial)?),
        None => input,
    };
    let shuffle: Arc<dyn ExecutionPlan> = Arc::new(RepartitionExec::try_new(
        below,
        Partitioning::Hash(vec![key], partitions),
    )?);
    Ok(Arc::new(WinnerSelectExec::try_new(shuffle, spec, WinnerMode::Final)?))
}

async fn generate(ctx: &SessionContext, file: &str, groups: &str, rows: &str, scores: &str) -> Result<()> {
    let sql = format!(
        "COPY (SELECT (v * 1000003) % 4294967291 % {groups} AS k, (v * 48271) % 2147483647 % {scores} AS s, \
         (v * 7919) % 10000019 AS n, \
         concat('src/package_', v % 1000, '/module_', (v * 31) % 20000, '.py') AS path, \
         concat('symbol_', (v * 17) % 500000) AS name, md5(CAST(v AS VARCHAR)) AS digest \
         FROM (SELECT value AS v FROM generate_series(1, {rows}))) TO '{file}' STORED AS PARQUET"
    );
    ctx.sql(&sql).await?.collect().await.map(drop)
}

/// User and system CPU seconds, and the peak of resident memory in MiB.
fn used() -> (f64, u64) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks: Vec<f64> = stat
        .rsplit(')')
        .next()
        .unwrap_or("")
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|v| v.parse().ok())
        .collect();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak
        .and_then(|line| line.split_whitespace().next())
        .and_then(|kib| kib.parse::<u64>().ok());
    (ticks.iter().sum::<f64>() / 100.0, peak.unwrap_or(0) / 1024)
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut config = SessionConfig::new().with_target_partitions(2);
    config.options_mut().optimizer.enable_window_topn = arguments.first() == Some(&"topn");
    let mut runtime = RuntimeEnvBuilder::new();
    let (form, file) = match arguments[..] {
        ["generate", file, groups, rows, scores] => {
            return generate(&SessionContext::new_with_config(config), file, groups, rows, scores).await;
        }
        [form, file] => (form, file),
        [form, file, limit] => {
            let bytes = limit
                .parse::<usize>()
                .map_err(|error| DataFusionError::External(Box::new(error)))?
                << 20;
            runtime = runtime.with_memory_pool(Arc::new(FairSpillPool::new(bytes)));
            (form, file)
        }
        _ => return Err(DataFusionError::Plan("winner_bench FORM FILE [LIMIT_MB]".to_string())),
    };
    let ctx = SessionContext::new_with_config_rt(config, runtime.build_arc()?);
    ctx.register_parquet("t", file, ParquetReadOptions::default()).await?;
    let plan = plan(&ctx, form).await?;
    let mut rows = 0;
    let mut stream = execute_stream(Arc::clone(&plan), ctx.task_ctx())?;
    while let Some(batch) = stream.next().await {
        rows += batch?.num_rows();
    }
    let (cpu, peak) = used();
    println!("{form} rows={rows} cpu={cpu:.2} peak={peak}");
    if std::env::var_os("WINNER_PLAN").is_some() {
        println!(
            "{}",
            datafusion::physical_plan::display::DisplayableExecutionPlan::with_metrics(plan.as_ref()).indent(false)
        );
    }
    Ok(())
}
