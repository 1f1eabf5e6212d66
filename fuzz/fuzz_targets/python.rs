//! Any bytes as a Python file, with every dataset asked for.
#![no_main]

use std::cell::RefCell;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use codeanatomy_extract::file::Entry;
use codeanatomy_extract::{Extractor, Options, Request};
use codeanatomy_model::{CATALOGUE, Contract, Family, Language};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static EXTRACTOR: RefCell<Extractor> = RefCell::new(extractor());
}

/// The datasets of a Python file that Ruff's parser gives; `file_scope` is of a folder.
fn datasets() -> impl Iterator<Item = &'static &'static Contract> {
    let others = [Family::TreeSitter, Family::Modules, Family::CrossChecks];
    let of_python = move |c: &&&Contract| c.inputs.contains(Language::Python) && !others.contains(&c.family);
    CATALOGUE.iter().filter(of_python).filter(|c| c.name != "file_scope")
}

fn extractor() -> Extractor {
    let request = datasets().fold(Request::new(Options::default()), |r, contract| r.with(contract, None));
    Extractor::new(&request).unwrap()
}

fuzz_target!(|bytes: &[u8]| {
    let entry = Entry {
        path: "pkg/mod.py".to_owned(),
        language: Language::Python,
        size: bytes.len() as u64,
        module: Some("pkg.mod".to_owned()),
        is_package: false,
    };
    EXTRACTOR.with_borrow_mut(|extractor| {
        extractor.add(&entry, Ok(bytes.to_vec()));
        let mut take = |name| extractor.table(name).unwrap().take().unwrap();
        let files = take("files");
        let texts = files.column_by_name("text").unwrap().as_string_view();
        // Bytes that are no text have no rows but those that say so.
        let text = if texts.is_null(0) { "" } else { texts.value(0) };
        for contract in datasets().filter(|c| c.name != "files") {
            let batch = take(contract.name);
            codeanatomy_fuzz::check(contract, &batch, text);
        }
    });
});
