//! One join of two Parquet files of spans by one engine, for `benches/interval_join.py`.
//!
//! `interval_join ENGINE LEFT RIGHT PARTITIONS [left|right]`: ENGINE is `hash` for the engine's hash join with a filter, or `interval`, which keeps
//! the side that is named; rows have `path, s, e, id`. Prints how many pairs came out and the sums of both ids.
#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use datafusion::arrow::array::AsArray;
use datafusion::arrow::compute::sum;
use datafusion::arrow::datatypes::Int64Type;
use datafusion::common::{JoinSide, JoinType, Result};
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::PhysicalExprRef;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::{ExecutionPlan, Partitioning, execute_stream};
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use datafusion_codeanatomy::interval::{IntervalJoinExec, IntervalJoinSpec, RangeConjunct};
use futures::StreamExt;

const SQL: &str = "SELECT l.id, r.id FROM l JOIN r ON l.path = r.path AND l.s <= r.s AND r.e <= l.e";

async fn interval(ctx: &SessionContext, partitions: usize, build: JoinSide) -> Result<Arc<dyn ExecutionPlan>> {
    let mut inputs = vec![];
    for table in ["l", "r"] {
        let plan = ctx
            .sql(&format!("SELECT path, s, e, id FROM {table}"))
            .await?
            .create_physical_plan()
            .await?;
        let keys = vec![Arc::new(Column::new("path", 0)) as PhysicalExprRef];
        inputs.push(Arc::new(RepartitionExec::try_new(
            plan,
            Partitioning::Hash(keys, partitions),
        )?));
    }
    let column = |name, index| Arc::new(Column::new(name, index)) as PhysicalExprRef;
    let spec = IntervalJoinSpec {
        on: vec![(column("path", 0), column("path", 0))],
        ranges: vec![
            RangeConjunct {
                left: column("s", 1),
                op: Operator::LtEq,
                right: column("s", 1),
            },
            RangeConjunct {
                left: column("e", 2),
                op: Operator::GtEq,
                right: column("e", 2),
            },
        ],
        residual: None,
        join_type: JoinType::Inner,
        build,
        best: None,
        projection: Some(vec![3, 7]),
    };
    let right = inputs.pop().unwrap();
    let left = inputs.pop().unwrap();
    Ok(Arc::new(IntervalJoinExec::try_new(left, right, spec)?))
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let partitions = arguments[4].parse().expect("a number of partitions");
    let ctx = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(partitions));
    ctx.register_parquet("l", &arguments[2], ParquetReadOptions::default())
        .await?;
    ctx.register_parquet("r", &arguments[3], ParquetReadOptions::default())
        .await?;
    let plan = match arguments[1].as_str() {
        "hash" => ctx.sql(SQL).await?.create_physical_plan().await?,
        _ => {
            let build = if arguments.get(5).is_some_and(|side| side == "right") {
                JoinSide::Right
            } else {
                JoinSide::Left
            };
            interval(&ctx, partitions, build).await?
        }
    };
    let mut rows = execute_stream(Arc::clone(&plan), ctx.task_ctx())?;
    let (mut count, mut left, mut right) = (0, 0_i64, 0_i64);
    while let Some(batch) = rows.next().await {
        let batch = batch?;
        count += batch.num_rows();
        left += sum(batch.column(0).as_primitive::<Int64Type>()).unwrap_or(0);
        right += sum(batch.column(1).as_primitive::<Int64Type>()).unwrap_or(0);
    }
    if std::env::var("PLAN").is_ok() {
        println!(
            "{}",
            datafusion::physical_plan::display::DisplayableExecutionPlan::with_metrics(plan.as_ref()).indent(true)
        );
    }
    println!("{count} {left} {right}");
    Ok(())
}
