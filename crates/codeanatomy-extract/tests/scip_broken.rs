//! SCIP indexes that are cut off, broken or hostile: what can be had of them, and what is told.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod scip_index;
mod support;

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use codeanatomy_extract::scip::{Index, Options};
use codeanatomy_model::ColumnUnit;
use protobuf::Message;
use scip::types::Occurrence;
use scip_index::{UTF8, UTF16, assume, bytes, document, index, no_sources, read, symbol};
use support::{ints, lines, texts};

const PLACE: [&str; 4] = ["path", "symbol", "start_char", "end_char"];

/// A message in a field.
fn field(number: u8, message: &[u8]) -> Vec<u8> {
    [
        &[number << 3 | 2, u8::try_from(message.len()).expect("a short message")],
        message,
    ]
    .concat()
}

/// Two documents and an external symbol.
fn small() -> scip::types::Index {
    let mut index = index(vec![
        document("a.py", "é = 1\n", UTF8, &[&[0, 0, 2], &[0, 5, 6]]),
        document("b.py", "b = 2\n", UTF16, &[&[0, 0, 1]]),
    ]);
    index.documents[0].symbols = vec![symbol("local 0")];
    index.external_symbols = vec![symbol("s . . . g.")];
    index
}

#[test]
fn an_index_cut_off_anywhere_gives_what_is_before_the_cut_and_says_so() {
    let whole = bytes(&small());
    let rows = |index: &[u8]| {
        let [documents, occurrences, symbols, _, diagnostics] = read(index, &assume(None), &no_sources);
        let documents = lines(&documents, &["path", "is_complete"]);
        let symbols = lines(&symbols, &["symbol"]);
        (
            documents,
            lines(&occurrences, &PLACE),
            symbols,
            lines(&diagnostics, &["source", "message"]),
        )
    };
    let (_, all, symbols, diagnostics) = rows(&whole);
    assert_eq!((all.len(), symbols.len(), diagnostics.len()), (3, 2, 0));
    // Where a cut leaves a whole index.
    let mut boundaries = vec![0];
    let small = small();
    let mut size = field(1, &small.metadata.write_to_bytes().expect("a message")).len();
    for document in &small.documents {
        boundaries.push(size);
        size += field(2, &document.write_to_bytes().expect("a message")).len();
    }
    boundaries.push(size);
    let mut last = 0;
    for cut in 0..whole.len() {
        let (documents, occurrences, _, diagnostics) = rows(&whole[..cut]);
        let known: Vec<_> = occurrences
            .iter()
            .filter(|row| all.contains(row) || row.starts_with("an/index"))
            .collect();
        assert_eq!(known.len(), occurrences.len(), "cut at {cut}: {occurrences:?}");
        assert!(occurrences.len() >= last, "cut at {cut}: a row is lost");
        last = occurrences.len();
        let is_told = diagnostics.iter().any(|row| row.starts_with("index the index is"));
        assert_eq!(is_told, !boundaries.contains(&cut), "cut at {cut}: {diagnostics:?}");
        let broken = documents.iter().filter(|row| row.ends_with("false")).count();
        assert!(broken <= 1, "cut at {cut}: {documents:?}");
    }
    assert_eq!(last, 3);
}

#[test]
fn nothing_is_assumed_of_what_was_cut_off() {
    let whole = bytes(&small());
    // The encoding of the first document is the last thing in it.
    let end = whole
        .windows(4)
        .position(|w| w == b"b.py")
        .expect("the second document")
        - 4;
    let options = assume(Some(ColumnUnit::Utf16));
    for (length, row) in [
        (end, "a.py utf8 declared 0 2 -"),
        (end - 1, "a.py - unknown - - no_encoding"),
    ] {
        let [_, occurrences, ..] = read(&whole[..length], &options, &no_sources);
        let columns = ["path", "encoding", "encoding_source", "bstart", "bend", "reason"];
        assert_eq!(lines(&occurrences, &columns)[0], row);
    }
}

#[test]
fn one_broken_message_costs_one_row() {
    let document = document("a.py", "ab", UTF8, &[&[0, 0, 1], &[0, 1, 2]]);
    let good: Vec<Vec<u8>> = document
        .occurrences
        .iter()
        .map(|o| o.write_to_bytes().expect("a message"))
        .collect();
    for broken in [
        &b"\x12\x01\xff"[..],        // A symbol that is no text.
        b"\x12\x7f",                 // A symbol longer than its message.
        b"\x0a\xff\xff\xff\xff\x0f", // A range of four billion numbers.
        b"\x0b\x0b\x0b\x0b\x0b",     // Groups that never end.
        b"\x0f",                     // No form of a field.
        b"\x00\x00",                 // No field.
    ] {
        let occurrences = [field(2, &good[0]), field(2, broken), field(2, &good[1])].concat();
        let path_and_text = [field(1, b"a.py"), field(5, b"ab"), b"\x30\x01".to_vec()].concat();
        let index = field(2, &[occurrences, path_and_text].concat());
        let [documents, occurrences, _, _, diagnostics] = read(&index, &assume(None), &no_sources);
        assert_eq!(
            lines(&occurrences, &["seq", "bstart", "bend"]),
            ["0 0 1", "2 1 2"],
            "{broken:?}"
        );
        assert_eq!(
            lines(&documents, &["is_complete", "occurrence_count", "located_count"]),
            ["false 3 2"]
        );
        let diagnostics = lines(&diagnostics, &["path", "source", "message"]);
        assert_eq!(
            diagnostics[0], "a.py document 1 of 3 occurrences cannot be read",
            "{broken:?}"
        );
    }
}

#[test]
fn hostile_lengths_and_what_is_no_index_are_told_at_once() {
    let huge = b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f";
    let deep = vec![0x0b; 1 << 20];
    let cases: [Vec<u8>; 9] = [
        [&b"\x0a"[..], huge].concat(),
        [&b"\x12"[..], huge].concat(),
        [&b"\x1a"[..], huge].concat(),
        [&b"\x12"[..], huge, b"\x0a", huge, b"\x12", huge].concat(),
        field(2, &[&b"\x0a"[..], huge].concat()),
        field(2, &[&b"\x12"[..], huge].concat()),
        [&b"\x12\x80\x80\x40"[..], &deep].concat(),
        deep.clone(),
        b"#!/usr/bin/env python3\nprint('no index')\n".to_vec(),
    ];
    for case in cases {
        let [_, occurrences, _, _, diagnostics] = read(&case, &assume(None), &no_sources);
        assert_eq!(occurrences.num_rows(), 0);
        let sources = lines(&diagnostics, &["source"]);
        assert!(
            sources.contains(&"index".to_owned()),
            "{:?}: {sources:?}",
            &case[..case.len().min(20)]
        );
    }
    let [.., diagnostics] = read(b"", &assume(None), &no_sources);
    assert_eq!(lines(&diagnostics, &["source"]), ["index", "index"]);
}

#[test]
fn a_long_symbol_is_taken_apart_in_no_time() {
    let mut index = index(vec![document("a.py", "x", UTF8, &[])]);
    let long = format!("s m p v {}", "a/".repeat(1 << 19));
    index.documents[0].symbols = vec![symbol(&long), symbol(&long[..long.len() - 1])];
    let [_, _, symbols, ..] = read(&bytes(&index), &assume(None), &no_sources);
    assert_eq!(lines(&symbols, &["descriptor_count"]), ["524288", "-"]);
}

/// Fails to read behind an offset.
struct Failing(Cursor<Vec<u8>>, u64);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(self.1.saturating_sub(self.0.position())).expect("a small index");
        match rest.min(buffer.len()) {
            0 => Err(io::ErrorKind::ConnectionReset.into()),
            length => self.0.read(&mut buffer[..length]),
        }
    }
}

impl Seek for Failing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn an_index_that_fails_while_it_is_read_gives_what_was_read() {
    let whole = bytes(&small());
    let end = whole
        .windows(4)
        .position(|w| w == b"b.py")
        .expect("the second document") as u64
        + 10;
    let mut index = Index::open("an/index.scip", Failing(Cursor::new(whole), end), Options::default()).expect("open");
    let request = ["scip_occurrences", "scip_diagnostics"]
        .iter()
        .fold(codeanatomy_extract::Request::default(), |request, name| {
            request.with(codeanatomy_model::find(name).expect("a dataset"), None)
        });
    let mut extractor = codeanatomy_extract::Extractor::new(&request).expect("columns");
    while extractor.add_scip(&mut index, &no_sources) {}
    let mut take = |name| extractor.table(name).expect("asked for").take().expect("a batch");
    assert_eq!(lines(&take("scip_occurrences"), &["path"]), ["a.py", "a.py"]);
    let told = lines(&take("scip_diagnostics"), &["path", "source", "message"]);
    assert!(told.iter().any(|row| row.ends_with("connection reset")), "{told:?}");
}

#[test]
fn an_occurrence_of_nothing_is_a_row() {
    let mut document = document("a.py", "x", UTF8, &[]);
    document.occurrences = vec![Occurrence::default()];
    let [_, occurrences, ..] = read(&bytes(&index(vec![document])), &assume(None), &no_sources);
    let columns = ["symbol", "scip_symbol_id", "line", "bstart", "reason"];
    assert_eq!(lines(&occurrences, &columns), ["- - - - no_range"]);
}

#[test]
fn a_flipped_bit_anywhere_leaves_sane_rows_in_order() {
    let mut damaged = bytes(&small());
    for bit in 0..8 * damaged.len() {
        damaged[bit / 8] ^= 1 << (bit % 8);
        let [documents, occurrences, symbols, ..] = read(&damaged, &assume(Some(ColumnUnit::Utf16)), &no_sources);
        for batch in [&documents, &occurrences, &symbols] {
            let paths = texts(batch, "path");
            assert!(paths.is_sorted(), "bit {bit}: {paths:?}");
        }
        let spans: Vec<_> = ints(&occurrences, "bstart")
            .into_iter()
            .zip(ints(&occurrences, "bend"))
            .collect();
        assert!(
            spans
                .iter()
                .all(|(start, end)| start <= end && start.is_some() == end.is_some()),
            "bit {bit}: {spans:?}"
        );
        damaged[bit / 8] ^= 1 << (bit % 8);
    }
}
