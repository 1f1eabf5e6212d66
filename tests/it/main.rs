//! Tests of the product as a host uses it.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cache;
mod cache_times;
mod contracts;
mod delayed;
mod delta;
mod delta_faults;
mod delta_pairs;
mod determinism;
mod export;
mod faulty;
mod functions;
mod graph;
mod guides;
mod helped;
mod host;
mod interval;
mod interval_pairs;
mod inventory;
mod module_filter;
mod modules;
mod ordering;
mod pages;
mod proto;
mod queries;
mod rules;
mod scan;
mod scip;
mod sources;
mod store;
mod winners;

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::error::Result;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionContext;

/// What `datafusion.execution.max_spill_file_size_bytes` must be where memory is little. With several batches in a file the
/// engine's `RepartitionExec` may wait for itself without end (apache/datafusion#24883, mended after 55.2).
const ONE_BATCH_PER_FILE: u64 = 1;

/// Whether a node of this name in a plan that has run has written to disk.
fn has_spilled(plan: &Arc<dyn ExecutionPlan>, name: &str) -> bool {
    let here = || {
        plan.metrics()
            .and_then(|metrics| metrics.spill_count())
            .is_some_and(|count| count > 0)
    };
    (plan.name() == name && here()) || plan.children().iter().any(|child| has_spilled(child, name))
}

/// Whether both have the same rows in any order. Also false where types differ or have no order: then let texts decide, which take
/// most of the time of a test that compares many.
fn have_same_rows(left: &[RecordBatch], right: &[RecordBatch]) -> bool {
    let types = |batch: &RecordBatch| {
        let columns = batch.columns().iter();
        columns.map(|c| c.data_type().clone()).collect::<Vec<_>>()
    };
    let count = |batches: &[RecordBatch]| batches.iter().map(RecordBatch::num_rows).sum::<usize>();
    let (Some(first), Some(other)) = (left.first(), right.first()) else {
        return count(left) + count(right) == 0;
    };
    if count(left) != count(right) || types(first) != types(other) {
        return false;
    }
    let Ok(converter) = RowConverter::new(types(first).into_iter().map(SortField::new).collect()) else {
        return false;
    };
    let encode = |batches: &[RecordBatch]| {
        let mut rows = converter.empty_rows(count(batches), 0);
        let mut batches = batches.iter();
        batches
            .all(|batch| converter.append(&mut rows, batch.columns()).is_ok())
            .then_some(rows)
    };
    let (Some(left), Some(right)) = (encode(left), encode(right)) else {
        return false;
    };
    let (mut left, mut right) = (left.iter().collect::<Vec<_>>(), right.iter().collect::<Vec<_>>());
    left.sort_unstable();
    right.sort_unstable();
    left == right
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        write(folder.path(), path, text);
    }
    folder
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

async fn rows(ctx: &SessionContext, sql: &str) -> Result<Vec<RecordBatch>> {
    ctx.sql(sql).await?.collect().await
}

/// The rows of a query, a line each, columns between ` | `.
async fn lines(ctx: &SessionContext, sql: &str) -> Vec<String> {
    let table = pretty_format_batches(&rows(ctx, sql).await.unwrap())
        .unwrap()
        .to_string();
    let cells = |line: &str| {
        line.trim_matches('|')
            .split('|')
            .map(str::trim)
            .collect::<Vec<_>>()
            .join(" | ")
    };
    table
        .lines()
        .skip(3)
        .filter(|l| l.starts_with('|'))
        .map(cells)
        .collect()
}
