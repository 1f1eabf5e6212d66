//! Truth values: `cells = bitmap`.

use arrow_array::BooleanArray;
use arrow_buffer::BooleanBufferBuilder;

use super::Bytes;
use super::validity::{self, Valid, Validity};

pub(super) fn encode(cells: &BooleanArray, to: &mut Vec<u8>) {
    if validity::encode(cells, to) {
        validity::bits(cells.values(), to);
    }
}

/// A growing column of truth values.
#[derive(Debug)]
pub(crate) struct Bools {
    values: BooleanBufferBuilder,
    valid: Valid,
}

impl Default for Bools {
    fn default() -> Self {
        Self {
            values: BooleanBufferBuilder::new(0),
            valid: Valid::default(),
        }
    }
}

impl Bools {
    pub(super) fn append(&mut self, rows: usize, column: &mut Bytes<'_>) -> Option<()> {
        let validity = Validity::read(rows, column)?;
        match validity {
            Validity::None => self.values.append_n(rows, false),
            _ => self.values.append_packed_range(0..rows, column.take(rows.div_ceil(8))?),
        }
        self.valid.append(rows, validity);
        Some(())
    }

    /// Forgets the column that was appended last; there were `rows` cells before.
    pub(super) fn truncate(&mut self, rows: usize) {
        self.valid.truncate(rows);
        self.values.truncate(rows);
    }

    pub(super) fn finish(&mut self) -> BooleanArray {
        BooleanArray::new(self.values.finish(), self.valid.finish())
    }
}
