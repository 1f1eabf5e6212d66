//! Ranges of an index, and where they are in the text.

use codeanatomy_model::{ColumnUnit, UnitIndex};
use scip::types::occurrence::{Typed_enclosing_range, Typed_range};
use scip::types::{MultiLineRange, Occurrence, SingleLineRange};

use crate::file::LineIndex;

/// Why there is no byte span, as the column `reason` says it.
pub(super) type Reason = &'static str;

/// A range as an index has it: lines and columns count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) line: u32,
    pub(super) start_char: u32,
    pub(super) end_line: u32,
    pub(super) end_char: u32,
}

impl Range {
    /// What an occurrence says of its own place. The typed form counts where both are there.
    pub(super) fn of(occurrence: &Occurrence) -> Result<Self, Reason> {
        match &occurrence.typed_range {
            Some(Typed_range::SingleLineRange(range)) => Self::single(range),
            Some(Typed_range::MultiLineRange(range)) => Self::multi(range),
            // The enum may grow.
            Some(_) => Err("bad_range"),
            None => Self::packed(&occurrence.range),
        }
    }

    /// What an occurrence says of what is around it.
    pub(super) fn around(occurrence: &Occurrence) -> Result<Self, Reason> {
        match &occurrence.typed_enclosing_range {
            Some(Typed_enclosing_range::SingleLineEnclosingRange(range)) => Self::single(range),
            Some(Typed_enclosing_range::MultiLineEnclosingRange(range)) => Self::multi(range),
            Some(_) => Err("bad_range"),
            None => Self::packed(&occurrence.enclosing_range),
        }
    }

    fn single(range: &SingleLineRange) -> Result<Self, Reason> {
        Self::new([range.line, range.start_character, range.line, range.end_character])
    }

    fn multi(range: &MultiLineRange) -> Result<Self, Reason> {
        Self::new([
            range.start_line,
            range.start_character,
            range.end_line,
            range.end_character,
        ])
    }

    fn packed(range: &[i32]) -> Result<Self, Reason> {
        match *range {
            [] => Err("no_range"),
            [line, start, end] => Self::new([line, start, line, end]),
            [line, start, end_line, end] => Self::new([line, start, end_line, end]),
            _ => Err("bad_range"),
        }
    }

    fn new(numbers: [i32; 4]) -> Result<Self, Reason> {
        let [Ok(line), Ok(start_char), Ok(end_line), Ok(end_char)] = numbers.map(u32::try_from) else {
            return Err("bad_range");
        };
        Ok(Self {
            line,
            start_char,
            end_line,
            end_char,
        })
    }
}

/// Finds ranges in a text.
#[derive(Debug)]
pub(super) struct Locator<'t> {
    text: &'t str,
    lines: &'t LineIndex,
    units: UnitIndex<'t>,
}

impl<'t> Locator<'t> {
    /// For ranges whose columns count `unit`.
    pub(super) fn new(text: &'t str, lines: &'t LineIndex, unit: ColumnUnit) -> Self {
        Self {
            text,
            lines,
            units: UnitIndex::new(text, unit),
        }
    }

    /// The bytes of a range.
    pub(super) fn span(&self, range: Range) -> Result<(u32, u32), Reason> {
        if (range.line, range.start_char) > (range.end_line, range.end_char) {
            return Err("reversed");
        }
        let start = self.offset(range.line, range.start_char)?;
        Ok((start, self.offset(range.end_line, range.end_char)?))
    }

    fn offset(&self, line: u32, column: u32) -> Result<u32, Reason> {
        let starts = self.lines.starts();
        let line = line as usize;
        let start = *starts.get(line).ok_or("outside_text")? as usize;
        let next = starts.get(line + 1).map_or(self.text.len(), |&next| next as usize);
        let end = match &self.text.as_bytes()[start..next] {
            [.., b'\r', b'\n'] => next - 2,
            [.., b'\n' | b'\r'] => next - 1,
            _ => next,
        };
        let (before, whole) = self
            .units
            .units(start)
            .zip(self.units.units(end))
            .ok_or("outside_text")?;
        let units = before + column as usize;
        if units > whole {
            return Err("outside_line");
        }
        // Texts are shorter than 4 GiB.
        self.units.byte(units).map(|byte| byte as u32).ok_or("inside_character")
    }
}

/// Where one range of an occurrence is, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) range: Option<Range>,
    pub(super) span: Result<(u32, u32), Reason>,
}

impl Place {
    /// The place of a range; without a locator, `reason` is why.
    pub(super) fn new(range: Result<Range, Reason>, locator: Result<&Locator<'_>, Reason>) -> Self {
        Self {
            range: range.ok(),
            span: range.and_then(|range| locator?.span(range)),
        }
    }
}
