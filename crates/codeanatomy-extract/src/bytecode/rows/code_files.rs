//! Rows of `code_files`.

use std::fmt::Write as _;

use codeanatomy_model::dataset::CodeFileRow;
use codeanatomy_model::id::stable_id;

use crate::bytecode::Outcome;
use crate::bytecode::header::{Invalidation, source_path};
use crate::file::Entry;
use crate::table::Table;

/// Writes the row of a file.
pub(in crate::bytecode) fn rows(entry: &Entry, outcome: &Outcome, table: &mut Table) {
    let header = outcome.header.as_ref();
    let version = header.and_then(|h| h.minor).map(|minor| format!("3.{minor}"));
    let source = header.and_then(|h| h.source);
    let (mut mtime, mut size, mut hash) = (None, None, None);
    let invalidation = source.map(|(_, invalidation)| match invalidation {
        Invalidation::Timestamp { modified, size: bytes } => {
            (mtime, size) = (Some(i64::from(modified)), Some(i64::from(bytes)));
            "timestamp"
        }
        Invalidation::Hash {
            hash: bytes,
            is_checked,
        } => {
            hash = Some(bytes.iter().fold(String::new(), |mut text, byte| {
                // Writing to a string does not fail.
                let _ = write!(text, "{byte:02x}");
                text
            }));
            if is_checked { "checked_hash" } else { "unchecked_hash" }
        }
    });
    table.push(&CodeFileRow {
        path: &entry.path,
        code_file_id: &stable_id("pyc", &[entry.path.as_str().into()]),
        size: i64::try_from(entry.size).unwrap_or(i64::MAX),
        source_path: source_path(&entry.path).as_deref(),
        magic: header.map(|h| i64::from(h.magic)),
        python_version: version.as_deref(),
        flags: source.map(|(flags, _)| i64::from(flags)),
        invalidation,
        source_mtime: mtime,
        source_size: size,
        source_hash: hash.as_deref(),
        matches_source: outcome.matches_source,
        filename: outcome.filename.as_deref(),
        unit_count: outcome.unit_count as i64,
        status: outcome.problem.as_ref().map_or("ok", |(status, _)| status),
        message: outcome.problem.as_ref().map(|(_, message)| message.as_str()),
    });
}
