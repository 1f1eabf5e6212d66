//! Runs the analysis over a folder.

use std::path::Path;

use codeanatomy_extract::file::{Globs, walk};
use codeanatomy_extract::{Extractor, Options, Request};
use codeanatomy_model::{Language, Languages, find};
use codeanatomy_pointsto::{Analysis, CallRow, FileRows, INPUTS};

const BUILTINS: [&str; 24] = [
    "Exception",
    "StopIteration",
    "classmethod",
    "dict",
    "enumerate",
    "eval",
    "filter",
    "getattr",
    "iter",
    "len",
    "list",
    "map",
    "max",
    "next",
    "object",
    "print",
    "property",
    "range",
    "sorted",
    "staticmethod",
    "super",
    "type",
    "zip",
    "str",
];

/// The calls of the Python files below a folder.
pub(crate) fn calls(folder: &Path) -> Vec<CallRow> {
    let globs = Globs::new([""; 0], [""; 0]).unwrap();
    let listing = walk(folder, &globs, Languages::SOURCE).unwrap();
    let mut request = Request::new(Options::default());
    for input in INPUTS {
        let contract = find(input.dataset).unwrap();
        let columns = input.columns.iter().map(|c| contract.index_of(c).unwrap()).collect();
        request = request.with(contract, Some(columns));
    }
    let mut extractor = Extractor::new(&request).unwrap();
    let mut analysis = Analysis::new(BUILTINS);
    for entry in listing.entries.iter().filter(|e| e.language == Language::Python) {
        extractor.add(entry, listing.read(entry));
        let rows: Vec<_> = INPUTS
            .iter()
            .map(|i| extractor.table(i.dataset).unwrap().take().unwrap())
            .collect();
        let file_id = format!("file:{}", entry.path);
        let file = FileRows {
            path: &entry.path,
            file_id: &file_id,
            module: entry.module.as_deref(),
            rows: &rows,
        };
        analysis.add(&file).unwrap();
    }
    analysis.solve(&|| true)
}
