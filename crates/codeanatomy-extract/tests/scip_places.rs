//! Where the ranges of SCIP indexes are in the text.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod scip_index;
mod support;

use codeanatomy_model::ColumnUnit;
use scip::types::occurrence::{Typed_enclosing_range, Typed_range};
use scip::types::{MultiLineRange, Occurrence, PositionEncoding, SingleLineRange};
use scip_index::{UNDECLARED, UTF8, UTF16, UTF32, assume, bytes, document, index, no_sources, read};
use support::lines;

/// The rows of `scip_occurrences` of one document with a text.
fn spans(text: &str, encoding: PositionEncoding, ranges: &[&[i32]]) -> Vec<String> {
    let index = bytes(&index(vec![document("a.py", text, encoding, ranges)]));
    let [_, rows, ..] = read(&index, &assume(None), &no_sources);
    lines(&rows, &["bstart", "bend", "reason"])
}

#[test]
fn columns_count_what_the_document_declares() {
    // Two, four and three bytes (the last a letter and a combining mark), and a line that ends in CRLF.
    let text = "é = \u{1f600}.e\u{301}\r\nx\r\n";
    for (encoding, start, after) in [(UTF8, 9, 12), (UTF16, 6, 8), (UTF32, 6, 8)] {
        let start = start + i32::from(encoding == UTF8) + i32::from(encoding == UTF16);
        let after = after + i32::from(encoding == UTF8) + i32::from(encoding == UTF16);
        let ranges: [&[i32]; 4] = [&[0, start, after], &[0, 0, 1, 1], &[1, 0, 2, 0], &[0, start, after + 1]];
        assert_eq!(
            spans(text, encoding, &ranges),
            ["10 13 -", "0 16 -", "15 18 -", "- - outside_line"],
            "{encoding:?}"
        );
    }
}

#[test]
fn what_is_in_no_place_has_a_reason() {
    let text = "\u{1f600}a\nb";
    let ranges: [&[i32]; 10] = [
        &[0, 0, 2],
        &[0, 1, 2],
        &[2, 0, 0],
        &[1, 0, 2],
        &[0, 3, 2],
        &[1, 0, 0, 0],
        &[0, 1],
        &[0, -1, 1],
        &[],
        &[0, 0, 0],
    ];
    assert_eq!(
        spans(text, UTF16, &ranges),
        [
            "0 4 -",
            "- - inside_character",
            "- - outside_text",
            "- - outside_line",
            "- - reversed",
            "- - reversed",
            "- - bad_range",
            "- - bad_range",
            "- - no_range",
            "0 0 -",
        ]
    );
    assert_eq!(
        spans(text, UTF8, &[&[0, 4, 5], &[0, 3, 5]]),
        ["4 5 -", "- - inside_character"]
    );
    assert_eq!(spans(text, UNDECLARED, &[&[0, 0, 1]]), ["- - no_encoding"]);
}

#[test]
fn typed_ranges_are_read_and_count_more_than_packed_ones() {
    let mut document = document("a.py", "ab\ncd\n", UTF8, &[&[0, 0, 1], &[0, 0, 1]]);
    document.occurrences[0] = Occurrence {
        range: vec![0, 0, 1],
        typed_range: Some(Typed_range::SingleLineRange(SingleLineRange {
            line: 1,
            start_character: 1,
            end_character: 2,
            ..SingleLineRange::default()
        })),
        typed_enclosing_range: Some(Typed_enclosing_range::MultiLineEnclosingRange(MultiLineRange {
            start_line: 0,
            start_character: 1,
            end_line: 1,
            end_character: 2,
            ..MultiLineRange::default()
        })),
        ..Occurrence::default()
    };
    document.occurrences[1].enclosing_range = vec![0, 0, 7];
    let [_, rows, ..] = read(&bytes(&index(vec![document])), &assume(None), &no_sources);
    let columns = [
        "line",
        "start_char",
        "end_line",
        "end_char",
        "bstart",
        "bend",
        "enclosing_line",
        "enclosing_end_line",
        "enclosing_bstart",
        "enclosing_bend",
        "enclosing_reason",
    ];
    assert_eq!(
        lines(&rows, &columns),
        ["2 1 2 2 4 5 1 2 1 5 -", "1 0 1 1 0 1 1 1 - - outside_line"]
    );
}

#[test]
fn an_undeclared_encoding_is_told_and_assumed_only_if_that_is_asked_for() {
    let undeclared = bytes(&index(vec![document("a.py", "\u{1f600}a", UNDECLARED, &[&[0, 2, 3]])]));
    let declared = bytes(&index(vec![document("a.py", "\u{1f600}a", UTF32, &[&[0, 1, 2]])]));
    let mut unknown = index(vec![document("a.py", "a", UTF8, &[&[0, 0, 1]])]);
    unknown.documents[0].position_encoding = protobuf::EnumOrUnknown::from_i32(9);
    let unknown = bytes(&unknown);
    let utf16 = Some(ColumnUnit::Utf16);
    for (index, assumed, span, diagnostics) in [
        (&undeclared, None, "- unknown - - no_encoding", vec!["encoding Warning"]),
        (&undeclared, utf16, "utf16 assumed 4 5 -", vec!["encoding Information"]),
        (&declared, utf16, "utf32 declared 4 5 -", vec![]),
        (&unknown, utf16, "- unknown - - no_encoding", vec!["encoding Warning"]),
    ] {
        let [documents, occurrences, _, _, found] = read(index, &assume(assumed), &no_sources);
        let columns = ["encoding", "encoding_source", "bstart", "bend", "reason"];
        assert_eq!(lines(&occurrences, &columns), [span]);
        assert!(span.starts_with(&lines(&documents, &columns[..2])[0]));
        assert_eq!(lines(&found, &["source", "severity"]), diagnostics);
    }
}

#[test]
fn a_long_line_costs_no_more_than_many_short_ones() {
    let text = "\u{1f600}".repeat(1 << 18);
    let mut many = document("a.py", &text, UTF16, &[]);
    // Backwards, so that nothing is gained from where the last one was.
    for column in (0..1 << 18).rev() {
        many.occurrences.push(Occurrence {
            range: vec![0, 2 * column, 2 * column + 2],
            ..Occurrence::default()
        });
    }
    let [documents, ..] = read(&bytes(&index(vec![many])), &assume(None), &no_sources);
    assert_eq!(lines(&documents, &["located_count"]), ["262144"]);
}
