//! Orders: kept without merging, checked, and written.

mod brute;
mod cancelled;
mod concat;
mod implicit;
mod stable;
mod verify;
mod write;

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::concat_batches;
use datafusion::error::Result;
use datafusion::physical_plan::displayable;
use datafusion::prelude::{SessionConfig, SessionContext};

fn session(partitions: usize, batch_size: usize) -> SessionContext {
    let config = SessionConfig::new()
        .with_target_partitions(partitions)
        .with_batch_size(batch_size);
    let ctx = SessionContext::new_with_config(config);
    datafusion_codeanatomy::register_all(&ctx).unwrap();
    ctx
}

async fn run(ctx: &SessionContext, sql: &str) {
    if let Err(error) = answer(ctx, sql).await {
        panic!("{sql}: {error}");
    }
}

/// All rows as one batch.
async fn answer(ctx: &SessionContext, sql: &str) -> Result<RecordBatch> {
    let frame = ctx.sql(sql).await?;
    let schema = Arc::clone(frame.schema().inner());
    Ok(concat_batches(&schema, &frame.collect().await?)?)
}

async fn plan(ctx: &SessionContext, sql: &str) -> String {
    let frame = ctx.sql(sql).await.unwrap();
    let plan = frame.create_physical_plan().await.unwrap();
    displayable(plan.as_ref()).indent(false).to_string()
}

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// Writes the rows as they are into a Parquet file; `columns` are names and types.
async fn write_parquet(path: &Path, columns: &str, rows: &[String]) {
    let ctx = session(1, 8192);
    let names: Vec<_> = columns
        .split(',')
        .map(|c| c.trim().split(' ').next().unwrap())
        .collect();
    let types = columns.split(',').zip(1..).map(|(column, i)| {
        let (name, ty) = column.trim().split_once(' ').unwrap();
        format!("column{i}::{ty} AS {name}")
    });
    let select = types.collect::<Vec<_>>().join(", ");
    let values = match rows.is_empty() {
        true => format!("VALUES ({}) LIMIT 0", vec!["NULL"; names.len()].join(", ")),
        false => format!("VALUES {}", rows.join(", ")),
    };
    run(
        &ctx,
        &format!(
            "COPY (SELECT {select} FROM ({values})) TO '{}' STORED AS PARQUET",
            path.display()
        ),
    )
    .await;
}
