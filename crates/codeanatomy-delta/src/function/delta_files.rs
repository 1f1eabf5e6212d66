//! `delta_files(uri => …, version => …)`: the files of a Delta table.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringViewArray, TimestampMillisecondArray};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result;
use datafusion_codeanatomy::{Arguments, NamedTableFunction, Parameter, wait};
use deltalake::kernel::LogicalFileView;
use futures::TryStreamExt;

use super::{PINNED, SECTION, pinned, rows};
use crate::error::of_table;

/// One row per data file of a version, by path: `path` (relative to the table, or a URL), `bytes`, `rows` (before deletions;
/// null if the log does not say), `deleted` (rows that a deletion vector takes away), `modified` (UTC), and as JSON
/// `partition_values` and `stats`.
#[derive(Debug)]
pub(super) struct DeltaFiles;

impl NamedTableFunction for DeltaFiles {
    fn name(&self) -> &'static str {
        "delta_files"
    }

    fn section(&self) -> &'static str {
        SECTION
    }

    fn description(&self) -> &'static str {
        "One row per data file of a version of a Delta table, by path: its size, its rows and how many of them are deleted, when it was written, its partition values and statistics."
    }

    fn example(&self) -> &'static str {
        "SELECT path, rows FROM delta_files(uri => 'orders')"
    }

    fn parameters(&self) -> &'static [Parameter] {
        PINNED
    }

    fn call(&self, arguments: &Arguments<'_>, session: &dyn Session) -> Result<Arc<dyn TableProvider>> {
        let place = pinned(self.name(), arguments)?;
        let runtime = Arc::clone(session.runtime_env());
        wait(async move {
            let table = place.open(&runtime).await?;
            let views = table.get_active_add_actions_by_predicate(None);
            let files: Result<Vec<_>, _> = views.try_collect().await;
            let mut files = files.map_err(|e| of_table(place.location.shown(), e))?;
            files.sort_by(|a, b| a.path().cmp(&b.path()));
            rows(batch(&files)?)
        })
    }
}

fn batch(files: &[LogicalFileView]) -> Result<RecordBatch> {
    let number =
        |f: &dyn Fn(&LogicalFileView) -> Option<i64>| Arc::new(files.iter().map(f).collect::<Int64Array>()) as ArrayRef;
    let rows = number(&|file| i64::try_from(file.num_records()?).ok());
    let deleted = number(&|file| Some(file.deletion_vector_descriptor().map_or(0, |v| v.cardinality)));
    let modified = files.iter().map(|file| Some(file.modification_time()));
    let modified = modified.collect::<TimestampMillisecondArray>().with_timezone("UTC");
    let partitions = files.iter().map(|file| {
        let values: BTreeMap<_, _> = file.partition_values_map().into_iter().collect();
        Some(serde_json::to_string(&values).unwrap_or_default())
    });
    let stats = files.iter().map(LogicalFileView::stats);
    let paths = StringViewArray::from_iter_values(files.iter().map(LogicalFileView::path));
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("path", Arc::new(paths) as ArrayRef, false),
        ("bytes", number(&|file| Some(file.size())), false),
        ("rows", rows, true),
        ("deleted", deleted, false),
        ("modified", Arc::new(modified) as ArrayRef, false),
        (
            "partition_values",
            Arc::new(partitions.collect::<StringViewArray>()) as ArrayRef,
            false,
        ),
        ("stats", Arc::new(stats.collect::<StringViewArray>()) as ArrayRef, true),
    ])?)
}
