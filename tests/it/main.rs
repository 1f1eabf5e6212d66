//! Tests of the product as a host uses it.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cache;
mod delta;
mod determinism;
mod export;
mod faulty;
mod graph;
mod guides;
mod host;
mod interval;
mod interval_pairs;
mod modules;
mod pages;
mod proto;
mod rules;
mod scan;
mod sources;
mod store;
mod winners;

use std::path::Path;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::error::Result;
use datafusion::prelude::SessionContext;

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
