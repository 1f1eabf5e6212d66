//! `co_linetable` of Python 3.11 and later: lines and columns (PEP 657, `Objects/locations.md` of CPython).

use super::{Entry, Location, MISSING};

/// Entries of a byte that says their form and length, and what the form needs.
#[derive(Debug)]
pub(super) struct LocationTable<'a> {
    bytes: std::slice::Iter<'a, u8>,
    start: u32,
    line: i32,
}

impl<'a> LocationTable<'a> {
    pub(super) fn new(table: &'a [u8], first_line: i32) -> Self {
        Self {
            bytes: table.iter(),
            start: 0,
            line: first_line,
        }
    }

    /// The next entry.
    #[inline]
    pub(super) fn next(&mut self) -> Option<Entry> {
        let first = *self.bytes.next()?;
        let form = first >> 3 & 15;
        let start = self.start;
        self.start = start.saturating_add((u32::from(first & 7) + 1) * 2);
        Some(Entry {
            start,
            end: self.start,
            location: self.location(form),
        })
    }

    #[inline]
    fn location(&mut self, form: u8) -> Location {
        match form {
            // The short form: a column below 80 in two parts, and a length.
            0..=9 => {
                let second = i32::from(self.byte());
                let col = i32::from(form) << 3 | second >> 4;
                self.of_one_line(col, col + (second & 15))
            }
            10..=12 => {
                self.line = self.line.wrapping_add(i32::from(form) - 10);
                let (col, end_col) = (self.byte(), self.byte());
                self.of_one_line(i32::from(col), i32::from(end_col))
            }
            13 => {
                self.line = self.line.wrapping_add(self.signed());
                self.of_one_line(MISSING, MISSING)
            }
            14 => {
                self.line = self.line.wrapping_add(self.signed());
                let end_line = self.line.wrapping_add(self.unsigned());
                let col = self.unsigned().wrapping_sub(1);
                let end_col = self.unsigned().wrapping_sub(1);
                Location {
                    line: self.line,
                    end_line,
                    col,
                    end_col,
                }
            }
            _ => Location::NOWHERE,
        }
    }

    fn of_one_line(&self, col: i32, end_col: i32) -> Location {
        Location {
            line: self.line,
            end_line: self.line,
            col,
            end_col,
        }
    }

    #[inline]
    fn byte(&mut self) -> u8 {
        self.bytes.next().copied().unwrap_or_default()
    }

    /// A number in groups of six bits, least significant first.
    fn unsigned(&mut self) -> i32 {
        let (mut value, mut shift) = (0i32, 0);
        loop {
            let byte = self.byte();
            value |= i32::from(byte & 63).wrapping_shl(shift);
            shift += 6;
            if byte & 64 == 0 {
                return value;
            }
        }
    }

    /// A number with its sign in the last bit.
    fn signed(&mut self) -> i32 {
        let value = self.unsigned();
        let size = (value as u32 >> 1) as i32;
        if value & 1 == 1 { -size } else { size }
    }
}
