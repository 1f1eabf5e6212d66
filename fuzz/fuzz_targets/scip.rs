//! Any bytes as a SCIP index, and as the text of its sources: no panic, no hang, and spans that are none or whole. The first
//! byte is the unit of columns that is assumed, so that an index with a byte before it is a seed.
#![no_main]

use std::io::Cursor;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use codeanatomy_extract::scip::{DATASETS, Index, Options};
use codeanatomy_extract::{Extractor, Request};
use codeanatomy_model::{ColumnUnit, find};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((unit, bytes)) = input.split_first() else { return };
    let request = DATASETS.iter().filter_map(|name| find(name)).fold(Request::default(), |r, c| r.with(c, None));
    let options = Options {
        position_encoding: ColumnUnit::ALL.get(usize::from(*unit)).copied(),
        ..Options::default()
    };
    let mut extractor = Extractor::new(&request).unwrap();
    let mut index = Index::open("index.scip", Cursor::new(bytes), options).unwrap();
    while extractor.add_scip(&mut index, &|_| Ok(bytes.to_vec())) {}
    for name in DATASETS {
        let batch = extractor.table(name).unwrap().take().unwrap();
        let (Some(starts), Some(ends)) = (batch.column_by_name("bstart"), batch.column_by_name("bend")) else {
            continue;
        };
        let spans = starts.as_primitive::<Int64Type>().iter().zip(ends.as_primitive::<Int64Type>());
        spans.for_each(|(start, end)| assert!(start <= end && start.is_some() == end.is_some()));
    }
});
