//! Where instructions stand in the source: the three forms of the table that says so, and byte offsets from its columns.

mod linetable;
mod lnotab;
mod location;
mod span;

pub(super) use span::Spans;

use linetable::LineTable;
use lnotab::Lnotab;
use location::LocationTable;

/// Stands for a position that is missing.
pub(super) const MISSING: i32 = -1;

/// The place of an instruction in the source; lines from 1, columns in UTF-8 bytes from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Location {
    pub(super) line: i32,
    pub(super) end_line: i32,
    pub(super) col: i32,
    pub(super) end_col: i32,
}

impl Location {
    const NOWHERE: Self = Self {
        line: MISSING,
        end_line: MISSING,
        col: MISSING,
        end_col: MISSING,
    };

    fn of_line(line: i32) -> Self {
        Self { line, ..Self::NOWHERE }
    }
}

/// Bytecode from `start` to `end` and its place.
#[derive(Debug, Clone, Copy)]
struct Entry {
    start: u32,
    end: u32,
    location: Location,
}

#[derive(Debug)]
enum Entries<'a> {
    Lnotab(Lnotab<'a>),
    LineTable(LineTable<'a>),
    Locations(LocationTable<'a>),
}

/// Follows a table along the instructions.
#[derive(Debug)]
pub(super) struct Locations<'a> {
    entries: Entries<'a>,
    entry: Entry,
    /// The line that `dis` began last.
    line: Option<i32>,
    /// Where it began.
    begun_at: Option<u32>,
    /// Whether `dis` begins a line where there is none, as it does since 3.13.
    begins_nowhere: bool,
}

impl<'a> Locations<'a> {
    /// The places of a unit that begins at `first_line`, by its table of Python 3.`minor`.
    pub(super) fn new(table: &'a [u8], first_line: i32, minor: u8) -> Self {
        Self {
            entries: match minor {
                ..10 => Entries::Lnotab(Lnotab::new(table, first_line)),
                10 => Entries::LineTable(LineTable::new(table, first_line)),
                _ => Entries::Locations(LocationTable::new(table, first_line)),
            },
            entry: Entry {
                start: 0,
                end: 0,
                location: Location::NOWHERE,
            },
            line: None,
            begun_at: None,
            begins_nowhere: minor >= 13,
        }
    }

    /// The place of the instruction at `offset`, and whether `dis` begins a line there. Offsets must ascend.
    #[inline]
    pub(super) fn at(&mut self, offset: u32) -> (Location, bool) {
        while offset >= self.entry.end {
            let next = match &mut self.entries {
                Entries::Lnotab(table) => table.next(),
                Entries::LineTable(table) => table.next(),
                Entries::Locations(table) => table.next(),
            };
            let Some(entry) = next else {
                self.entry = Entry {
                    start: self.entry.end,
                    end: u32::MAX,
                    location: Location::NOWHERE,
                };
                break;
            };
            self.entry = entry;
            let line = entry.location.line;
            if self.line != Some(line) && (line != MISSING || self.begins_nowhere) {
                self.line = Some(line);
                self.begun_at = Some(entry.start);
            }
        }
        (self.entry.location, self.begun_at == Some(offset))
    }
}
