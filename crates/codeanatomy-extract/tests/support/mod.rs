//! One file through the extractor.
#![allow(dead_code, reason = "each test uses its part")]

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, RecordBatch};
use codeanatomy_extract::file::Entry;
use codeanatomy_extract::{Extractor, Options, Request};
use codeanatomy_model::{Language, find};

/// The file `path` with this content.
pub(crate) fn entry(path: &str, content: &[u8]) -> Entry {
    Entry {
        path: path.to_owned(),
        language: Language::of_path(path).expect("a language"),
        size: content.len() as u64,
        module: None,
        is_package: false,
    }
}

/// These datasets of one file, with all of their columns.
pub(crate) fn extract<const N: usize>(
    datasets: [&str; N],
    path: &str,
    content: &[u8],
    options: Options,
) -> [RecordBatch; N] {
    let request = datasets.iter().fold(Request::new(options), |r, name| {
        r.with(find(name).expect("a dataset"), None)
    });
    let mut extractor = Extractor::new(&request).expect("columns");
    extractor.add(&entry(path, content), Ok(content.to_vec()));
    datasets.map(|name| extractor.table(name).expect("asked for").take().expect("a batch"))
}

/// A column of integers.
pub(crate) fn ints(batch: &RecordBatch, column: &str) -> Vec<Option<i64>> {
    batch
        .column_by_name(column)
        .expect("a column")
        .as_primitive::<Int64Type>()
        .iter()
        .collect()
}

/// A column of texts.
pub(crate) fn texts<'b>(batch: &'b RecordBatch, column: &str) -> Vec<Option<&'b str>> {
    batch
        .column_by_name(column)
        .expect("a column")
        .as_string_view()
        .iter()
        .collect()
}

/// A batch as lines of cells, nulls as `-`.
pub(crate) fn lines(batch: &RecordBatch, columns: &[&str]) -> Vec<String> {
    let cell = |column: &str, row: usize| {
        let array = batch.column_by_name(column).expect("a column");
        if array.is_null(row) {
            return "-".to_owned();
        }
        if let Some(ints) = array.as_primitive_opt::<Int64Type>() {
            return ints.value(row).to_string();
        }
        if let Some(bools) = array.as_boolean_opt() {
            return bools.value(row).to_string();
        }
        array.as_string_view().value(row).to_owned()
    };
    (0..batch.num_rows())
        .map(|row| columns.iter().map(|c| cell(c, row)).collect::<Vec<_>>().join(" "))
        .collect()
}
