//! Winner selection beside plain SQL, one form per process: `benches/winners.py` drives it.
//!
//! ```text
//! winner_bench generate FILE GROUPS ROWS SCORES [ORDER]    # Parquet: k, s, n and three texts
//! winner_bench FORM FILE [LIMIT_MB [ORDER]]                # runs, and prints rows, CPU seconds and peak MiB
//! ```
//!
//! Forms: `winners` and `ranked`, which have the product's rules; `scan`, `max`, `row_number`, `ranked_sql`, `distinct_on`,
//! `first_value` and `topn`, which have not. A limit of 0 is none. ORDER is the column by which the file is ordered.
#![allow(clippy::print_stdout)]

use std::sync::Arc;

use datafusion::error::{DataFusionError, Result};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::execute_stream;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext, col};
use datafusion_codeanatomy::register_all;
use futures::StreamExt;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const COLUMNS: &str = "k, s, n, path, name, digest";

fn sql(form: &str) -> Option<String> {
    let ranked = format!("SELECT {COLUMNS}, row_number() OVER (PARTITION BY k ORDER BY s DESC, n) AS place FROM t");
    Some(match form {
        "scan" => format!("SELECT {COLUMNS} FROM t"),
        "max" => "SELECT k, max(s) FROM t GROUP BY k".to_string(),
        "winners" | "row_number" => format!("SELECT {COLUMNS} FROM ({ranked}) WHERE place = 1"),
        "topn" => format!("SELECT {COLUMNS} FROM ({ranked}) WHERE place <= 1"),
        "ranked" | "ranked_sql" => ranked,
        "distinct_on" => format!("SELECT DISTINCT ON (k) {COLUMNS} FROM t ORDER BY k, s DESC, n"),
        "first_value" => {
            let first = |column: &str| format!("first_value({column} ORDER BY s DESC, n) AS {column}");
            let firsts: Vec<String> = ["s", "n", "path", "name", "digest"].map(first).to_vec();
            format!("SELECT k, {} FROM t GROUP BY k", firsts.join(", "))
        }
        _ => return None,
    })
}

async fn generate(ctx: &SessionContext, file: &str, [groups, rows, scores, order]: [&str; 4]) -> Result<()> {
    let order = match order {
        "" => String::new(),
        column => format!("ORDER BY {column}"),
    };
    let sql = format!(
        "COPY (SELECT (v * 1000003) % 4294967291 % {groups} AS k, (v * 48271) % 2147483647 % {scores} AS s, \
         (v * 7919) % 10000019 AS n, \
         concat('src/package_', v % 1000, '/module_', (v * 31) % 20000, '.py') AS path, \
         concat('symbol_', (v * 17) % 500000) AS name, md5(CAST(v AS VARCHAR)) AS digest \
         FROM (SELECT value AS v FROM generate_series(1, {rows})) {order}) TO '{file}' STORED AS PARQUET"
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
    let (form, file, limit, order) = match arguments[..] {
        ["generate", file, groups, rows, scores] => {
            return generate(
                &SessionContext::new_with_config(config),
                file,
                [groups, rows, scores, ""],
            )
            .await;
        }
        ["generate", file, groups, rows, scores, order] => {
            return generate(
                &SessionContext::new_with_config(config),
                file,
                [groups, rows, scores, order],
            )
            .await;
        }
        [form, file] => (form, file, "0", ""),
        [form, file, limit] => (form, file, limit, ""),
        [form, file, limit, order] => (form, file, limit, order),
        _ => {
            return Err(DataFusionError::Plan(
                "winner_bench FORM FILE [LIMIT_MB [ORDER]]".to_string(),
            ));
        }
    };
    let limit: usize = limit
        .parse()
        .map_err(|error| DataFusionError::External(Box::new(error)))?;
    if limit > 0 {
        runtime = runtime.with_memory_pool(Arc::new(FairSpillPool::new(limit << 20)));
        // apache/datafusion#24883
        config = config.set_u64("datafusion.execution.max_spill_file_size_bytes", 1);
    }
    let ctx = SessionContext::new_with_config_rt(config, runtime.build_arc()?);
    if matches!(form, "winners" | "ranked") {
        register_all(&ctx)?;
    }
    let options = match order {
        "" => ParquetReadOptions::default(),
        column => ParquetReadOptions::default().file_sort_order(vec![vec![col(column).sort(true, false)]]),
    };
    ctx.register_parquet("t", file, options).await?;
    let sql = sql(form).ok_or_else(|| DataFusionError::Plan(format!("there is no form '{form}'")))?;
    let plan = ctx.sql(&sql).await?.create_physical_plan().await?;
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
