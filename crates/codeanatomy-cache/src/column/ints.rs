//! Integers.
//!
//! ```text
//! cells = 0 base step                  base, base + step, base + 2 step, …: numbers of rows, and what is always the same
//!       | 1 base u8… | 2 base u16… | 4 base u32…        the distance from base
//!       | 8 i64…
//! ```

use arrow_array::{Array, Int64Array};
use arrow_buffer::ScalarBuffer;
use arrow_schema::ArrowError;

use super::Bytes;
use super::validity::{self, Valid, Validity};

/// The most rows that room is made for before there are any.
pub(super) const USUAL_ROWS: usize = 1 << 14;

/// The room for what comes next, where there was so much before: batches are about as long as one another, and one that grows beyond
/// its room is copied.
pub(super) fn room(before: usize, most: usize) -> usize {
    (before + before / 2).min(most)
}

pub(super) fn encode(cells: &Int64Array, to: &mut Vec<u8>) {
    if !validity::encode(cells, to) {
        return;
    }
    let values = cells.values();
    let (least, greatest) = cells
        .iter()
        .flatten()
        .fold((i64::MAX, i64::MIN), |(least, greatest), v| {
            (least.min(v), greatest.max(v))
        });
    let base = if least > greatest { 0 } else { least };
    let range = greatest.max(base).abs_diff(base);
    // A cell that is null may hold anything.
    let distances = || {
        (0..cells.len()).map(|i| {
            if cells.is_valid(i) {
                values[i].wrapping_sub(base)
            } else {
                0
            }
        })
    };
    if cells.null_count() == 0
        && let Some((first, step)) = progression(values)
    {
        to.push(0);
        to.extend(first.to_le_bytes());
        to.extend(step.to_le_bytes());
    } else if range <= u64::from(u8::MAX) {
        to.push(1);
        to.extend(base.to_le_bytes());
        to.extend(distances().map(|d| d as u8));
    } else if range <= u64::from(u16::MAX) {
        to.push(2);
        to.extend(base.to_le_bytes());
        to.extend(distances().flat_map(|d| (d as u16).to_le_bytes()));
    } else if range <= u64::from(u32::MAX) {
        to.push(4);
        to.extend(base.to_le_bytes());
        to.extend(distances().flat_map(|d| (d as u32).to_le_bytes()));
    } else {
        to.push(8);
        to.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    }
}

/// The first value and the step, if it is always the same.
fn progression(values: &[i64]) -> Option<(i64, i64)> {
    let first = *values.first()?;
    let step = values.get(1).map_or(0, |second| second.wrapping_sub(first));
    let is_steady = values.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == step);
    is_steady.then_some((first, step))
}

/// A growing column of integers.
#[derive(Debug, Default)]
pub(crate) struct Ints {
    values: Vec<i64>,
    valid: Valid,
}

impl Ints {
    pub(super) fn append(&mut self, rows: usize, column: &mut Bytes<'_>) -> Option<()> {
        let validity = Validity::read(rows, column)?;
        self.valid.append(rows, validity);
        let to = &mut self.values;
        if let Validity::None = validity {
            to.resize(to.len() + rows, 0);
            return Some(());
        }
        let width = column.u8()?;
        let base = if width == 8 { 0 } else { column.i64()? };
        match width {
            0 => {
                let step = column.i64()?;
                let rows = i64::try_from(rows).ok()?;
                to.extend((0..rows).map(|i| base.wrapping_add(i.wrapping_mul(step))));
            }
            1 => to.extend(column.take(rows)?.iter().map(|d| base.wrapping_add(i64::from(*d)))),
            2 => {
                let cells = column.arrays(rows)?.iter();
                to.extend(cells.map(|d| base.wrapping_add(i64::from(u16::from_le_bytes(*d)))));
            }
            4 => {
                let cells = column.arrays(rows)?.iter();
                to.extend(cells.map(|d| base.wrapping_add(i64::from(u32::from_le_bytes(*d)))));
            }
            8 => to.extend(column.arrays(rows)?.iter().map(|v| i64::from_le_bytes(*v))),
            _ => return None,
        }
        Some(())
    }

    /// Forgets the column that was appended last; there were `rows` cells before.
    pub(super) fn truncate(&mut self, rows: usize) {
        self.valid.truncate(rows);
        self.values.truncate(rows);
    }

    pub(super) fn finish(&mut self) -> Result<Int64Array, ArrowError> {
        let next = Vec::with_capacity(room(self.values.len(), USUAL_ROWS));
        let values = std::mem::replace(&mut self.values, next);
        Int64Array::try_new(ScalarBuffer::from(values), self.valid.finish())
    }
}
