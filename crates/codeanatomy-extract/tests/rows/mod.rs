//! The rows of one small file as text.

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use codeanatomy_extract::file::Entry;
use codeanatomy_extract::{Extractor, Options, Request};
use codeanatomy_model::{Language, find};

/// The batch of one dataset of `text`, which is the module `pkg.mod`.
pub fn batch(text: &str, dataset: &str, columns: &[&str]) -> RecordBatch {
    let contract = find(dataset).expect("a dataset");
    let projection = columns.iter().map(|c| contract.index_of(c).expect(c)).collect();
    let request = Request::new(Options::default()).with(contract, Some(projection));
    let mut extractor = Extractor::new(&request).expect("columns");
    let entry = Entry {
        path: "pkg/mod.py".into(),
        language: Language::Python,
        size: text.len() as u64,
        module: Some("pkg.mod".into()),
        is_package: false,
    };
    extractor.add(&entry, Ok(text.as_bytes().to_vec()));
    extractor.table(dataset).expect("asked for").take().expect("a batch")
}

/// The rows of a batch, cells separated by spaces; null is `-`, and a truth value is the column's name or nothing.
pub fn lines(batch: &RecordBatch) -> Vec<String> {
    let schema = batch.schema();
    let cell = |row: usize, column: usize| {
        let array = batch.column(column);
        match array.data_type() {
            _ if array.is_null(row) => Some("-".to_owned()),
            DataType::Int64 => Some(array.as_primitive::<Int64Type>().value(row).to_string()),
            DataType::Boolean => array
                .as_boolean()
                .value(row)
                .then(|| schema.field(column).name().clone()),
            _ => Some(array.as_string_view().value(row).to_owned()),
        }
    };
    let line = |row| {
        (0..batch.num_columns())
            .filter_map(|c| cell(row, c))
            .collect::<Vec<_>>()
            .join(" ")
            .trim_end()
            .to_owned()
    };
    (0..batch.num_rows()).map(line).collect()
}

/// Compares the rows of a dataset with a table written by hand: one row per line.
#[track_caller]
pub fn check(text: &str, dataset: &str, columns: &[&str], expected: &str) {
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    assert_eq!(lines(&batch(text, dataset, columns)), expected, "\n{text}");
}
