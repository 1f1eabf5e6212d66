//! Rows of a dataset that are already there.

use std::ops::Range;

use codeanatomy_model::Contract;
use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::common::{Result, internal_err};

/// Rows of one dataset in its canonical order, and where each file's rows are.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    batch: RecordBatch,
    files: Vec<(String, Range<usize>)>,
}

impl Rows {
    /// The rows of `contract` in `batch`, which has the path and any other of its columns.
    pub(crate) fn try_new(contract: &Contract, batch: RecordBatch) -> Result<Self> {
        let Some(path) = batch.column_by_name("path").and_then(|c| c.as_string_view_opt()) else {
            return internal_err!("rows of {} have no column path", contract.name);
        };
        let mut files: Vec<(String, Range<usize>)> = vec![];
        for i in 0..batch.num_rows() {
            let value = path.value(i);
            match files.last_mut() {
                Some((last, run)) if last == value => run.end = i + 1,
                _ => files.push((value.to_string(), i..i + 1)),
            }
        }
        Ok(Self { batch, files })
    }

    /// All rows.
    pub(crate) fn batch(&self) -> &RecordBatch {
        &self.batch
    }

    /// The rows of the files from `first` to `last`.
    pub(crate) fn between(&self, first: &str, last: &str) -> RecordBatch {
        let from = self.files.partition_point(|(path, _)| path.as_str() < first);
        let to = self.files.partition_point(|(path, _)| path.as_str() <= last);
        match (self.files.get(from), to.checked_sub(1).and_then(|i| self.files.get(i))) {
            (Some((_, first)), Some((_, last))) if first.start < last.end => {
                self.batch.slice(first.start, last.end - first.start)
            }
            _ => self.batch.slice(0, 0),
        }
    }
}
