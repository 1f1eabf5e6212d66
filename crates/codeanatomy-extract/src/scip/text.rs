//! The text that a document speaks of.

use std::io;

use codeanatomy_model::{ColumnUnit, Language};
use scip::types::PositionEncoding;

use super::document::Document;
use crate::file;

/// Gives the content of the file of a path below the source.
pub type Sources<'a> = dyn Fn(&str) -> io::Result<Vec<u8>> + 'a;

/// The unit of a document's columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Encoding {
    pub(super) unit: Option<ColumnUnit>,
    /// `declared`, `assumed` or `unknown`.
    pub(super) source: &'static str,
}

impl Encoding {
    /// The unit that a document declares by its number, or else `assumed`.
    pub(super) fn new(declared: i32, assumed: Option<ColumnUnit>) -> Self {
        let declared_unit = match declared {
            n if n == PositionEncoding::UTF8CodeUnitOffsetFromLineStart as i32 => Some(ColumnUnit::Utf8),
            n if n == PositionEncoding::UTF16CodeUnitOffsetFromLineStart as i32 => Some(ColumnUnit::Utf16),
            n if n == PositionEncoding::UTF32CodeUnitOffsetFromLineStart as i32 => Some(ColumnUnit::Utf32),
            _ => None,
        };
        // Another number than 0 says something, but not what is assumed of those that say nothing.
        let assumed = assumed.filter(|_| declared == PositionEncoding::UnspecifiedPositionEncoding as i32);
        Self {
            unit: declared_unit.or(assumed),
            source: match (declared_unit, assumed) {
                (Some(_), _) => "declared",
                (None, Some(_)) => "assumed",
                (None, None) => "unknown",
            },
        }
    }
}

/// A document's text, or why there is none.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) text: Result<String, NoText>,
    /// `index` or `source`.
    pub(super) source: &'static str,
}

/// Why there is no text.
#[derive(Debug)]
pub(super) struct NoText {
    /// As the column `text_reason` says it.
    pub(super) reason: &'static str,
    /// In words.
    pub(super) message: String,
}

impl Text {
    /// The text that the document has, or else that of the file `path`.
    pub(super) fn find(document: &mut Document, path: Option<&str>, sources: &Sources<'_>) -> Self {
        let (text, source) = match document.text.take() {
            Some(text) => (Ok(text), "index"),
            None => (read(path, sources), "source"),
        };
        let text = text.and_then(|text| match u32::try_from(text.len()) {
            Ok(length) if length < u32::MAX => Ok(text),
            _ => Err(NoText::new("too_large", "the text is larger than 4 GiB".to_owned())),
        });
        Self { text, source }
    }
}

impl NoText {
    fn new(reason: &'static str, message: String) -> Self {
        Self { reason, message }
    }
}

fn read(path: Option<&str>, sources: &Sources<'_>) -> Result<String, NoText> {
    let Some(path) = path.filter(|path| is_below_root(path)) else {
        return Err(NoText::new(
            "bad_path",
            "no file is read for a path that is not one below the root".to_owned(),
        ));
    };
    let bytes = sources(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => NoText::new("not_found", "the source file is not there".to_owned()),
        kind => NoText::new("unreadable", format!("the source file cannot be read: {kind}")),
    })?;
    let language = Language::of_path(path).unwrap_or(Language::Python);
    match file::decode(bytes, language) {
        Ok(decoded) => Ok(decoded.text),
        Err(message) => Err(NoText::new(
            "undecodable",
            format!("the source file cannot be decoded: {message}"),
        )),
    }
}

/// Whether a path is what the protocol asks for: relative, with no part that is empty, `.` or `..`.
pub(super) fn is_below_root(path: &str) -> bool {
    !path.contains('\0') && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}
