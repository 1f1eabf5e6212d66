//! Any text in any language gives rows, whose spans are in the text and whose parents come first.
#![no_main]

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use codeanatomy_extract::file::Entry;
use codeanatomy_extract::{CaptureQuery, Extractor, Options, Request, built_in};
use codeanatomy_model::{Language, find};
use libfuzzer_sys::fuzz_target;

const DATASETS: [&str; 8] = [
    "ts_nodes",
    "ts_errors",
    "ts_captures",
    "definitions",
    "references",
    "calls",
    "parse_errors",
    "files",
];

// The first byte picks the language, the rest is the file.
fuzz_target!(|data: &[u8]| {
    let Some((pick, bytes)) = data.split_first() else { return };
    let languages: Vec<Language> = Language::ALL
        .into_iter()
        .filter(|l| l.is_source() && built_in().contains(*l))
        .collect();
    let language = languages[usize::from(*pick) % languages.len()];
    let Ok(query) = CaptureQuery::new("(_) @node (ERROR) @error", Some(language)) else { return };
    let request = DATASETS
        .iter()
        .filter_map(|name| find(name))
        .fold(Request::new(Options::default()).with_query(query), |r, c| r.with(c, None));
    let mut extractor = Extractor::new(&request).expect("columns");
    let entry = Entry {
        path: format!("fuzz.{}", language.suffixes()[0]),
        language,
        size: bytes.len() as u64,
        module: None,
        is_package: false,
    };
    extractor.add(&entry, Ok(bytes.to_vec()));
    let mut take = |name| extractor.table(name).expect("asked for").take().expect("a batch");
    for name in DATASETS {
        let rows = take(name);
        let ints = |column| rows.column_by_name(column).map(|c| c.as_primitive::<Int64Type>());
        if let (Some(starts), Some(ends)) = (ints("bstart"), ints("bend")) {
            assert!(starts.iter().zip(ends).all(|(start, end)| start <= end), "{name}");
        }
        if let (Some(ids), Some(parents)) = (ints("node_id"), ints("parent_id")) {
            assert!(ids.iter().zip(parents).all(|(id, parent)| parent < id), "{name}");
        }
    }
});
