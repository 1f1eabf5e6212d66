//! `co_lnotab` of Python 3.9.

use super::{Entry, Location};

/// Pairs of bytes: by how much the offset grows, and then the line.
#[derive(Debug)]
pub(super) struct Lnotab<'a> {
    pairs: std::slice::ChunksExact<'a, u8>,
    start: u32,
    line: i32,
    is_done: bool,
}

impl<'a> Lnotab<'a> {
    pub(super) fn new(table: &'a [u8], first_line: i32) -> Self {
        Self {
            pairs: table.chunks_exact(2),
            start: 0,
            line: first_line,
            is_done: false,
        }
    }

    /// The next entry; the last has no end.
    pub(super) fn next(&mut self) -> Option<Entry> {
        for pair in self.pairs.by_ref() {
            let entry = Entry {
                start: self.start,
                end: self.start.saturating_add(u32::from(pair[0])),
                location: Location::of_line(self.line),
            };
            self.start = entry.end;
            self.line = self.line.wrapping_add(i32::from(pair[1] as i8));
            if entry.start < entry.end {
                return Some(entry);
            }
        }
        (!std::mem::replace(&mut self.is_done, true)).then_some(Entry {
            start: self.start,
            end: u32::MAX,
            location: Location::of_line(self.line),
        })
    }
}
