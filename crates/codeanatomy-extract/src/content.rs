//! One file: read, decoded, parsed as far as is asked for, and described.

use std::io;
use std::sync::Arc;

use codeanatomy_model::Language;
use codeanatomy_model::dataset::FileRow;
use codeanatomy_model::id::stable_id;

use crate::extractor::{Parsers, Tables};
use crate::file::{self, Diagnostic, Entry, LineIndex, Lines, Outcome, Source, UTF8_MARK, diagnostic, facts};
use crate::parsed::{ParseKey, ParsedFile};
use crate::python;
use crate::treesitter;

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

/// Whether a table needs files in a language to be parsed.
pub(crate) fn needs_parse(language: Language, tables: &Tables) -> bool {
    (language.is_source() && needs_diagnostics(tables))
        || (language == Language::Python && python::needs_parse(tables))
        || treesitter::needs_parse(language, tables)
}

fn needs_ruff(tables: &Tables) -> bool {
    needs_diagnostics(tables) || python::needs_parse(tables)
}

fn needs_diagnostics(tables: &Tables) -> bool {
    tables.wants("files", &PARSED) || tables.wants_any(&["parse_errors"])
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
    file: Option<Arc<ParsedFile>>,
    status: &'static str,
    diagnostics: Vec<Diagnostic>,
}

/// Adds the rows of a file to every table that was asked for.
pub(crate) fn extract(entry: &Entry, bytes: io::Result<Vec<u8>>, parsers: &mut Parsers, tables: &mut Tables) {
    let known = know(entry, bytes, parsers, tables);
    if let Some(table) = tables.get("parse_errors") {
        let lines = known.file.as_ref().map(|file| file.lines());
        diagnostic::write(entry, &known.diagnostics, lines, table);
    }
    if entry.language.is_source() {
        write_file(entry, &known, tables);
    }
}

fn know(entry: &Entry, bytes: io::Result<Vec<u8>>, parsers: &mut Parsers, tables: &mut Tables) -> Known {
    let mut known = Known {
        stored: Stored::default(),
        file: None,
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
    let limit = parsers.options.max_file_bytes;
    let parses = size <= limit && needs_parse(entry.language, tables);
    let cache = parsers
        .cache
        .as_ref()
        .filter(|_| parses && entry.language == Language::Python);
    let cache = cache.map(|cache| (Arc::clone(cache), ParseKey::new(entry, &bytes, parsers.options)));
    let file = match cache.as_ref().and_then(|(cache, key)| cache.get(key)) {
        Some(file) => file,
        None => match decode(bytes, entry.language) {
            Ok(file) => file,
            Err((status, diagnostic)) => {
                known.status = status;
                known.diagnostics.push(diagnostic);
                return known;
            }
        },
    };
    let source = Source {
        entry,
        text: &file.decoded.text,
        lines: Lines(&file),
    };
    if let Some(table) = tables.get("lines") {
        file::lines::write(&source, table);
    }
    if size > limit {
        known.status = "too_large";
        let message = format!("the file has {size} bytes, more than max_file_bytes, {limit}: it was not parsed");
        treesitter::write_limit(&source, &message, tables);
        known.diagnostics.push(Diagnostic::of_file("limit", message));
    } else if parses && let Some(outcome) = parse(&source, &file, parsers, tables) {
        known.status = outcome.status;
        known.diagnostics = outcome.diagnostics;
        if let Some((cache, key)) = cache {
            cache.put(key, &file);
        }
    }
    known.file = Some(file);
    known
}

fn decode(bytes: Vec<u8>, language: Language) -> Result<Arc<ParsedFile>, (&'static str, Diagnostic)> {
    match file::decode(bytes, language) {
        // Offsets are 32 bits wide in the parser.
        Ok(decoded) if decoded.text.len() < u32::MAX as usize => Ok(Arc::new(ParsedFile::new(decoded))),
        Ok(_) => {
            let message = "the text is larger than 4 GiB".to_owned();
            Err(("too_large", Diagnostic::of_file("limit", message)))
        }
        Err(message) => Err(("undecodable", Diagnostic::of_file("decode", message))),
    }
}

/// Adds the rows that need a parse, and says what became of it.
fn parse(source: &Source<'_>, file: &ParsedFile, parsers: &mut Parsers, tables: &mut Tables) -> Option<Outcome> {
    let language = source.entry.language;
    if language != Language::Python {
        return parsers.trees.extract(source, tables);
    }
    if treesitter::needs_parse(language, tables) {
        // Ruff's parser says what is wrong with Python.
        parsers.trees.extract(source, tables);
    }
    if !needs_ruff(tables) {
        return None;
    }
    let (tree, is_new) = file.tree(source.entry, parsers.options);
    match is_new {
        true => parsers.parses.made += 1,
        false => parsers.parses.reused += 1,
    }
    Some(python::extract(source, tree, parsers.options, tables))
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
    let decoded = known.file.as_ref().map(|file| &file.decoded);
    let lines = known.file.as_ref().map(|file| file.lines());
    let text = decoded.map(|d| d.text.as_str());
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
        encoding: decoded.map(|d| d.encoding.as_str()),
        encoding_source: decoded.map(|d| d.encoding_source),
        has_bom: known.stored.has_bom,
        newline: lines.map(LineIndex::newline),
        line_count: lines.zip(text).map(|(lines, text)| lines.count(text.len())),
        module: entry.module.as_deref(),
        is_package: entry.is_package,
        is_test: facts::is_test(&entry.path),
        is_generated: text.map(facts::is_generated),
        status: Some(known.status),
        error_count: Some(known.diagnostics.len() as i64),
        text,
    });
}
