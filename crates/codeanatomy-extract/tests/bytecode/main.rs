//! Bytecode: what `dis` of six versions says of a sample, blocks by hand, and files that no compiler wrote.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    missing_docs
)]

mod broken;
mod graph;
mod hostile;
mod sample;
#[path = "../support/mod.rs"]
mod support;

use std::path::PathBuf;

use arrow_array::RecordBatch;
use codeanatomy_extract::bytecode::SourceFile;
use codeanatomy_extract::{Extractor, Options, Request};
use codeanatomy_model::find;

/// The minor versions of Python 3 that are read.
const VERSIONS: [u8; 6] = [9, 10, 11, 12, 13, 14];
const DATASETS: [&str; 6] = [
    "code_files",
    "code_units",
    "instructions",
    "exception_table",
    "blocks",
    "cfg_edges",
];

fn data(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/bytecode/data")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The sample, as Python 3.`minor` compiled it.
fn compiled(minor: u8) -> Vec<u8> {
    data(&format!("sample.cpython-3{minor}.pyc"))
}

/// All datasets of a `.pyc` file, with all of their columns, in the order of [`DATASETS`].
fn extract(bytes: &[u8], source: Option<&[u8]>, options: Options) -> [RecordBatch; 6] {
    let request = DATASETS.iter().fold(Request::new(options), |request, name| {
        request.with(find(name).expect("a dataset"), None)
    });
    let mut extractor = Extractor::new(&request).expect("columns");
    let entry = support::entry("__pycache__/sample.cpython-311.pyc", bytes);
    let source = source.map(|bytes| SourceFile {
        bytes: bytes.to_vec(),
        modified: None,
    });
    extractor.add_bytecode(&entry, Ok(bytes.to_vec()), source);
    DATASETS.map(|name| extractor.table(name).expect("asked for").take().expect("a batch"))
}

/// The status of a file.
fn status(batches: &[RecordBatch; 6]) -> String {
    support::lines(&batches[0], &["status"]).remove(0)
}
