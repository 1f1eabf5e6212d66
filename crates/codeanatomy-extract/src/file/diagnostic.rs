//! Rows of `parse_errors`.

use codeanatomy_model::dataset::ParseErrorRow;
use codeanatomy_model::id::stable_id;
use rustc_hash::FxHashMap;

use super::{Entry, LineIndex};
use crate::table::Table;

/// Something that kept a file from being read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Diagnostic {
    /// `read`, `decode`, `syntax`, `version` or `limit`.
    pub(crate) source: &'static str,
    /// What is wrong.
    pub(crate) message: String,
    /// The bytes concerned, if there is text.
    pub(crate) span: Option<(u32, u32)>,
}

/// What became of a file.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// `ok`, `recovered`, `too_deep` or `stopped`.
    pub(crate) status: &'static str,
    /// What is wrong with it.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Diagnostic {
    /// A diagnostic of the file as a whole.
    pub(crate) fn of_file(source: &'static str, message: String) -> Self {
        Self {
            source,
            message,
            span: None,
        }
    }
}

/// Adds the rows of a file's diagnostics. `lines` are those of its text, if it has one.
pub(crate) fn write(entry: &Entry, diagnostics: &[Diagnostic], lines: Option<&LineIndex>, table: &mut Table) {
    let mut equals: FxHashMap<(&str, &str), i64> = FxHashMap::default();
    for (seq, diagnostic) in diagnostics.iter().enumerate() {
        let ordinal = equals.entry((diagnostic.source, &diagnostic.message)).or_insert(0);
        let parts = [
            entry.path.as_str().into(),
            diagnostic.source.into(),
            diagnostic.message.as_str().into(),
            (*ordinal).into(),
        ];
        *ordinal += 1;
        let place = diagnostic
            .span
            .zip(lines)
            .map(|((start, _), lines)| (start, lines.line(start)));
        table.push(&ParseErrorRow {
            path: &entry.path,
            seq: seq as i64,
            error_id: &stable_id("err", &parts),
            source: diagnostic.source,
            message: &diagnostic.message,
            bstart: diagnostic.span.map(|(start, _)| i64::from(start)),
            bend: diagnostic.span.map(|(_, end)| i64::from(end)),
            line: place.map(|(_, (line, _))| line),
            col_utf8: place.map(|(start, (_, line_start))| i64::from(start - line_start)),
        });
    }
}
