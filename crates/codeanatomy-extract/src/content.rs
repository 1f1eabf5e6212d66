//! One file: read, decoded, parsed as far as is asked for, and described.

use std::io;

use codeanatomy_model::Language;
use codeanatomy_model::dataset::FileRow;
use codeanatomy_model::id::stable_id;

use crate::extractor::{Options, Tables};
use crate::file::{self, Decoded, Diagnostic, Entry, LineIndex, Source, UTF8_MARK, diagnostic, facts};
use crate::python;

/// The columns of `files` that need a parse.
const PARSED: [&str; 2] = ["status", "error_count"];
/// The columns of `files` that need the text.
const DECODED: [&str; 6] = [
    "encoding",
    "encoding_source",
    "newline",
    "line_count",
    "is_generated",
    "text",
];
/// The columns of `files` that need the bytes.
const READ: [&str; 3] = ["content_hash", "git_blob", "has_bom"];

/// Whether a table needs the bytes of files in a language.
pub(crate) fn is_needed(language: Language, tables: &Tables) -> bool {
    language.is_source() && (tables.wants("files", &READ) || needs_text(language, tables))
}

fn needs_text(language: Language, tables: &Tables) -> bool {
    tables.wants("files", &DECODED) || tables.wants_any(&["lines"]) || needs_parse(language, tables)
}

fn needs_parse(language: Language, tables: &Tables) -> bool {
    tables.wants("files", &PARSED)
        || tables.wants_any(&["parse_errors"])
        || (language == Language::Python && python::needs_parse(tables))
}

/// The bytes of a file, described before they are decoded.
#[derive(Debug, Default)]
struct Stored {
    content_hash: Option<String>,
    git_blob: Option<String>,
    has_bom: bool,
}

/// A file with all that is known of it.
#[derive(Debug)]
struct Known {
    stored: Stored,
    decoded: Option<Decoded>,
    lines: Option<LineIndex>,
    status: &'static str,
    diagnostics: Vec<Diagnostic>,
}

/// Adds the rows of a file to every table that was asked for.
pub(crate) fn extract(entry: &Entry, bytes: io::Result<Vec<u8>>, options: Options, tables: &mut Tables) {
    let known = know(entry, bytes, options, tables);
    if let Some(table) = tables.get("parse_errors") {
        diagnostic::write(entry, &known.diagnostics, known.lines.as_ref(), table);
    }
    if entry.language.is_source() {
        write_file(entry, &known, tables);
    }
}

fn know(entry: &Entry, bytes: io::Result<Vec<u8>>, options: Options, tables: &mut Tables) -> Known {
    let mut known = Known {
        stored: Stored::default(),
        decoded: None,
        lines: None,
        status: "ok",
        diagnostics: Vec::new(),
    };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(error) => {
            known.status = "unreadable";
            // The words of the kind are the same on every system.
            known.diagnostics.push(Diagnostic::of_file(
                "read",
                format!("the file cannot be read: {}", error.kind()),
            ));
            return known;
        }
    };
    if !entry.language.is_source() {
        return known;
    }
    known.stored = store(&bytes, tables);
    if !needs_text(entry.language, tables) {
        return known;
    }
    let size = bytes.len() as u64;
    let decoded = match file::decode(bytes, entry.language) {
        // Offsets are 32 bits wide in the parser.
        Ok(decoded) if decoded.text.len() < u32::MAX as usize => decoded,
        Ok(_) => {
            known.status = "too_large";
            known
                .diagnostics
                .push(Diagnostic::of_file("limit", "the text is larger than 4 GiB".to_owned()));
            return known;
        }
        Err(message) => {
            known.status = "undecodable";
            known.diagnostics.push(Diagnostic::of_file("decode", message));
            return known;
        }
    };
    let lines = LineIndex::new(&decoded.text);
    let source = Source {
        entry,
        text: &decoded.text,
        lines: &lines,
    };
    if let Some(table) = tables.get("lines") {
        file::lines::write(&source, table);
    }
    if size > options.max_file_bytes {
        known.status = "too_large";
        let limit = options.max_file_bytes;
        let message = format!("the file has {size} bytes, more than max_file_bytes, {limit}: it was not parsed");
        known.diagnostics.push(Diagnostic::of_file("limit", message));
    } else if entry.language == Language::Python && needs_parse(entry.language, tables) {
        let outcome = python::extract(&source, options, tables);
        known.status = outcome.status;
        known.diagnostics = outcome.diagnostics;
    }
    known.decoded = Some(decoded);
    known.lines = Some(lines);
    known
}

fn store(bytes: &[u8], tables: &Tables) -> Stored {
    Stored {
        content_hash: tables
            .wants("files", &["content_hash"])
            .then(|| facts::content_hash(bytes)),
        git_blob: tables.wants("files", &["git_blob"]).then(|| facts::git_blob(bytes)),
        has_bom: [UTF8_MARK, b"\xff\xfe", b"\xfe\xff"]
            .iter()
            .any(|mark| bytes.starts_with(mark)),
    }
}

fn write_file(entry: &Entry, known: &Known, tables: &mut Tables) {
    let Some(table) = tables.get("files") else { return };
    let text = known.decoded.as_ref().map(|d| d.text.as_str());
    let id = if table.wants("file_id") {
        stable_id("file", &[entry.path.as_str().into()])
    } else {
        String::new()
    };
    table.push(&FileRow {
        path: &entry.path,
        file_id: &id,
        language: entry.language.name(),
        size: i64::try_from(entry.size).unwrap_or(i64::MAX),
        content_hash: known.stored.content_hash.as_deref(),
        git_blob: known.stored.git_blob.as_deref(),
        encoding: known.decoded.as_ref().map(|d| d.encoding.as_str()),
        encoding_source: known.decoded.as_ref().map(|d| d.encoding_source),
        has_bom: known.stored.has_bom,
        newline: known.lines.as_ref().map(LineIndex::newline),
        line_count: known
            .lines
            .as_ref()
            .zip(text)
            .map(|(lines, text)| lines.count(text.len())),
        module: entry.module.as_deref(),
        is_package: entry.is_package,
        is_test: facts::is_test(&entry.path),
        is_generated: text.map(facts::is_generated),
        status: Some(known.status),
        error_count: Some(known.diagnostics.len() as i64),
        text,
    });
}
