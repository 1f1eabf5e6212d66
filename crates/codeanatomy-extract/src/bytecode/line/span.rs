//! From lines and columns to byte offsets in the source.

use super::Location;
use crate::file::LineIndex;

/// The source of a `.pyc` file.
#[derive(Debug)]
pub(in crate::bytecode) struct Spans<'a> {
    text: &'a str,
    lines: LineIndex,
}

impl<'a> Spans<'a> {
    pub(in crate::bytecode) fn new(text: &'a str) -> Self {
        Self {
            text,
            lines: LineIndex::new(text),
        }
    }

    /// The bytes of a place; none where the source has no such place.
    pub(in crate::bytecode) fn of(&self, location: Location) -> Option<(u32, u32)> {
        let start = self.offset(location.line, location.col)?;
        let end = self.offset(location.end_line, location.end_col)?;
        (start <= end).then_some((start, end))
    }

    fn offset(&self, line: i32, col: i32) -> Option<u32> {
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        let starts = self.lines.starts();
        let mut start = *starts.get(index)?;
        if index == 0 && self.text.starts_with('\u{feff}') {
            // The compiler does not count the byte order mark.
            start += 3;
        }
        let offset = start.checked_add(u32::try_from(col).ok()?)?;
        let end = starts.get(index + 1).map_or(self.text.len(), |&next| next as usize);
        let fits = offset as usize <= end && self.text.is_char_boundary(offset as usize);
        fits.then_some(offset)
    }
}
