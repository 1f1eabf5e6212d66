//! Bytecode from `.pyc` files, Python 3.9 to 3.14: code units, instructions, exception tables, blocks and their edges.
//!
//! ```text
//! header ─▶ marshal ─▶ units ─▶ instructions ─▶ texts, places in the source
//!                                            └▶ blocks ─▶ edges
//! ```

mod argrepr;
mod flow;
mod header;
mod line;
mod marshal;
mod opcode;
mod repr;
mod rows;
mod unit;

use std::io;

use codeanatomy_model::Language;

pub use header::{SourceFile, source_path};

use crate::extractor::{Options, Tables};
use crate::file::{self, Entry};
use header::Header;
use line::Spans;
use marshal::Objects;

/// The datasets that this module fills.
pub(crate) const DATASETS: [&str; 6] = [
    "code_files",
    "code_units",
    "instructions",
    "exception_table",
    "blocks",
    "cfg_edges",
];
/// The columns of `code_files` that need no byte of a file.
const UNREAD: [&str; 4] = ["path", "code_file_id", "size", "source_path"];
/// The columns of `code_files` that need more than the header.
const PARSED: [&str; 4] = ["filename", "unit_count", "status", "message"];

/// Whether a table needs the bytes of `.pyc` files.
pub(crate) fn is_needed(tables: &Tables) -> bool {
    let columns = codeanatomy_model::find(DATASETS[0]).map_or(&[][..], |contract| contract.columns);
    let read = columns.iter().map(|c| c.name).filter(|name| !UNREAD.contains(name));
    tables.wants_any(&DATASETS[1..]) || tables.wants(DATASETS[0], &read.collect::<Vec<_>>())
}

/// Whether a table needs the source files of `.pyc` files.
pub(crate) fn needs_source(tables: &Tables) -> bool {
    tables.wants("code_files", &["matches_source"]) || tables.wants("instructions", &["bstart", "bend"])
}

/// What became of a file.
#[derive(Debug, Default)]
struct Outcome {
    header: Option<Header>,
    matches_source: Option<bool>,
    filename: Option<String>,
    unit_count: usize,
    /// Null stands for `ok`.
    problem: Option<(&'static str, String)>,
}

impl Outcome {
    fn of(status: &'static str, message: impl Into<String>) -> Self {
        Self {
            problem: Some((status, message.into())),
            ..Self::default()
        }
    }
}

/// Adds the rows of a `.pyc` file to every table that was asked for. `source` is the file at its [`source_path`], if there
/// is one and it was read.
pub(crate) fn extract(
    entry: &Entry,
    bytes: io::Result<Vec<u8>>,
    source: Option<SourceFile>,
    options: Options,
    tables: &mut Tables,
) {
    let outcome = match bytes {
        // The words of the kind are the same on every system.
        Err(error) => Outcome::of("unreadable", format!("the file cannot be read: {}", error.kind())),
        Ok(bytes) if bytes.len() as u64 > options.max_file_bytes || bytes.len() >= u32::MAX as usize => {
            let limit = options.max_file_bytes;
            let message = format!("the file has {} bytes, more than max_file_bytes, {limit}", bytes.len());
            Outcome {
                header: Header::read(&bytes),
                ..Outcome::of("too_large", message)
            }
        }
        Ok(bytes) => read(entry, &bytes, source, options, tables),
    };
    if let Some(table) = tables.get("code_files") {
        rows::code_files(entry, &outcome, table);
    }
}

fn read(entry: &Entry, bytes: &[u8], source: Option<SourceFile>, options: Options, tables: &mut Tables) -> Outcome {
    let Some(header) = Header::read(bytes) else {
        return Outcome::of("truncated", "the file ends before its magic number does");
    };
    let known = Outcome {
        header: Some(header),
        matches_source: source.as_ref().and_then(|source| header.matches(source)),
        ..Outcome::default()
    };
    let Some((minor, table)) = header
        .supported()
        .and_then(|minor| Some((minor, opcode::table(minor)?)))
    else {
        let message = format!(
            "magic number {} is not that of a release of Python 3.9 to 3.14",
            header.magic
        );
        return Outcome {
            problem: Some(("unsupported", message)),
            ..known
        };
    };
    if header.source.is_none() {
        return Outcome {
            problem: Some(("truncated", "the file ends before its header does".to_owned())),
            ..known
        };
    }
    if !tables.wants_any(&DATASETS[1..]) && !tables.wants(DATASETS[0], &PARSED) {
        return known;
    }
    let (objects, result) = marshal::read(bytes, header::LENGTH, minor);
    let has_spans = minor >= 11 && tables.wants("instructions", &["bstart", "bend"]);
    let text = source
        .filter(|_| has_spans && known.matches_source != Some(false))
        .and_then(|source| file::decode(source.bytes, Language::Python).ok())
        .map(|decoded| decoded.text)
        .filter(|text| text.len() < u32::MAX as usize);
    let version = Version { minor, table };
    let emitted = emit(
        entry,
        version,
        &objects,
        text.as_deref().map(Spans::new),
        options,
        tables,
    );
    let problem = match result {
        Err(failure) if failure.is_truncated => Some(("truncated", failure.message)),
        Err(failure) => Some(("damaged", failure.message)),
        Ok(()) => emitted.limit.map(|message| ("limited", message)),
    };
    Outcome {
        filename: emitted.filename,
        unit_count: emitted.unit_count,
        problem,
        ..known
    }
}

/// A version whose files are read.
#[derive(Debug, Clone, Copy)]
struct Version {
    /// Of Python 3.
    minor: u8,
    table: &'static opcode::Table,
}

/// What came of the rows of a file.
#[derive(Debug)]
struct Emitted {
    filename: Option<String>,
    unit_count: usize,
    /// Which bound was met.
    limit: Option<String>,
}

/// Adds the rows of all units.
fn emit(
    entry: &Entry,
    version: Version,
    objects: &Objects<'_>,
    source: Option<Spans<'_>>,
    options: Options,
    tables: &mut Tables,
) -> Emitted {
    let (units, left_out) = unit::units(objects, options.max_file_bytes);
    let module = units.first().filter(|unit| unit.code.parent.is_none());
    let mut emitted = Emitted {
        filename: module.map(|unit| objects.text(unit.code.object(marshal::Field::Filename))),
        unit_count: units.len(),
        limit: None,
    };
    if left_out > 0 {
        let limit = options.max_file_bytes;
        let message = format!("{left_out} code units are left out: together they have more than {limit} bytes");
        emitted.limit = Some(message);
    }
    if tables.wants_any(&DATASETS[1..]) {
        let wants_names = tables.wants_any(&["code_units"])
            || DATASETS[2..].iter().any(|dataset| tables.wants(dataset, &["unit_id"]));
        let named = if wants_names { &units[..] } else { &[] };
        let names = unit::Names::new(&entry.path, named, objects, version.minor, options.max_file_bytes);
        let file = rows::File {
            path: &entry.path,
            version,
            objects,
            units: &units,
            names: &names,
        };
        if rows::emit(&file, source.as_ref(), options, tables) {
            emitted.limit = Some("the texts of arguments are too long: some are left out".to_owned());
        }
    }
    emitted
}
