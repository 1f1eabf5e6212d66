//! Small indexes made by hand, and the rows that are read of them.
#![allow(dead_code, unused_imports, reason = "each test uses its part")]

use std::io::{self, Cursor};

use arrow_array::RecordBatch;
use codeanatomy_extract::scip::{DATASETS, Index, Options};
use codeanatomy_extract::{Extractor, Request};
use codeanatomy_model::{ColumnUnit, find};
use protobuf::{Message, MessageField};
use scip::types::{Document, Metadata, Occurrence, PositionEncoding, SymbolInformation, ToolInfo};

pub(crate) use PositionEncoding::UTF8CodeUnitOffsetFromLineStart as UTF8;
pub(crate) use PositionEncoding::UTF16CodeUnitOffsetFromLineStart as UTF16;
pub(crate) use PositionEncoding::UTF32CodeUnitOffsetFromLineStart as UTF32;
pub(crate) use PositionEncoding::UnspecifiedPositionEncoding as UNDECLARED;

/// An index of these documents.
pub(crate) fn index(documents: Vec<Document>) -> scip::types::Index {
    scip::types::Index {
        metadata: MessageField::some(Metadata {
            tool_info: MessageField::some(ToolInfo {
                name: "by-hand".into(),
                arguments: vec!["-a".into(), "b".into()],
                ..ToolInfo::default()
            }),
            ..Metadata::default()
        }),
        documents,
        ..scip::types::Index::default()
    }
}

/// A document with an occurrence of `local 0` at each of the ranges.
pub(crate) fn document(path: &str, text: &str, encoding: PositionEncoding, ranges: &[&[i32]]) -> Document {
    let occurrence = |range: &&[i32]| Occurrence {
        range: range.to_vec(),
        symbol: "local 0".into(),
        ..Occurrence::default()
    };
    Document {
        relative_path: path.into(),
        text: text.into(),
        position_encoding: encoding.into(),
        occurrences: ranges.iter().map(occurrence).collect(),
        ..Document::default()
    }
}

/// A symbol that is described by nothing.
pub(crate) fn symbol(symbol: &str) -> SymbolInformation {
    SymbolInformation {
        symbol: symbol.into(),
        ..SymbolInformation::default()
    }
}

/// What is assumed of documents that declare no encoding.
pub(crate) fn assume(unit: Option<ColumnUnit>) -> Options {
    Options {
        position_encoding: unit,
        ..Options::default()
    }
}

/// No file is there.
pub(crate) fn no_sources(_: &str) -> io::Result<Vec<u8>> {
    Err(io::ErrorKind::NotFound.into())
}

/// The bytes of an index.
pub(crate) fn bytes(index: &scip::types::Index) -> Vec<u8> {
    index.write_to_bytes().expect("a message")
}

/// Every dataset of an index, with all of its columns.
pub(crate) fn read(index: &[u8], options: &Options, sources: &dyn Fn(&str) -> io::Result<Vec<u8>>) -> [RecordBatch; 5] {
    let request = DATASETS.iter().fold(Request::default(), |request, name| {
        request.with(find(name).expect("a dataset"), None)
    });
    let mut extractor = Extractor::new(&request).expect("columns");
    let mut index = Index::open("an/index.scip", Cursor::new(index), options.clone()).expect("bytes in memory");
    while extractor.add_scip(&mut index, sources) {}
    DATASETS.map(|name| extractor.table(name).expect("asked for").take().expect("a batch"))
}
