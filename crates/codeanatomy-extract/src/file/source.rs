//! A file as text.

use std::ops::Deref;

use super::{Entry, LineIndex};
use crate::parsed::ParsedFile;

/// The decoded text of a file, with what is known of it before it is parsed.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    /// The file.
    pub(crate) entry: &'a Entry,
    /// Its text; all offsets are into it. Begins with U+FEFF if the file has a byte order mark.
    pub(crate) text: &'a str,
    /// Where its lines begin.
    pub(crate) lines: Lines<'a>,
}

/// The lines of a file, which are looked for when they are used: not every table needs them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lines<'a>(pub(crate) &'a ParsedFile);

impl<'a> Lines<'a> {
    /// Where they begin.
    pub(crate) fn index(self) -> &'a LineIndex {
        self.0.lines()
    }
}

impl Deref for Lines<'_> {
    type Target = LineIndex;

    fn deref(&self) -> &LineIndex {
        self.index()
    }
}
