//! `co_linetable` of Python 3.10 (PEP 626).

use super::{Entry, Location};

/// Says that there is no line.
const NO_LINE: u8 = 0x80;

/// Pairs of bytes: by how much the offset grows, after by how much the line does.
#[derive(Debug)]
pub(super) struct LineTable<'a> {
    pairs: std::slice::ChunksExact<'a, u8>,
    start: u32,
    line: i32,
}

impl<'a> LineTable<'a> {
    pub(super) fn new(table: &'a [u8], first_line: i32) -> Self {
        Self {
            pairs: table.chunks_exact(2),
            start: 0,
            line: first_line,
        }
    }

    /// The next entry.
    pub(super) fn next(&mut self) -> Option<Entry> {
        for pair in self.pairs.by_ref() {
            let has_line = pair[1] != NO_LINE;
            if has_line {
                self.line = self.line.wrapping_add(i32::from(pair[1] as i8));
            }
            let start = self.start;
            self.start = start.saturating_add(u32::from(pair[0]));
            if start < self.start {
                return Some(Entry {
                    start,
                    end: self.start,
                    location: if has_line {
                        Location::of_line(self.line)
                    } else {
                        Location::NOWHERE
                    },
                });
            }
        }
        None
    }
}
