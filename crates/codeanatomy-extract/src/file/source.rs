//! A file as text.

use super::{Entry, LineIndex};

/// The decoded text of a file, with what is known of it before it is parsed.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    /// The file.
    pub(crate) entry: &'a Entry,
    /// Its text; all offsets are into it. Begins with U+FEFF if the file has a byte order mark.
    pub(crate) text: &'a str,
    /// Where its lines begin.
    pub(crate) lines: &'a LineIndex,
}
