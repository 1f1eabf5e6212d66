//! Which cells are null.

use arrow_array::Array;
use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder, NullBuffer};

use super::Bytes;

const ALL_VALID: u8 = 0;
const ALL_NULL: u8 = 1;
const SOME_NULL: u8 = 2;

/// Appends the validity of a column. False if all is null: then there are no cells to write.
pub(super) fn encode(array: &dyn Array, to: &mut Vec<u8>) -> bool {
    match array.nulls() {
        Some(nulls) if nulls.null_count() == nulls.len() && !nulls.is_empty() => {
            to.push(ALL_NULL);
            return false;
        }
        Some(nulls) if nulls.null_count() > 0 => {
            to.push(SOME_NULL);
            bits(nulls.inner(), to);
        }
        _ => to.push(ALL_VALID),
    }
    true
}

/// Appends bits, the first the lowest of the first byte, those behind the last as zeros.
pub(super) fn bits(bits: &BooleanBuffer, to: &mut Vec<u8>) {
    let mut packed = BooleanBufferBuilder::new(bits.len());
    packed.append_buffer(bits);
    to.extend_from_slice(&packed.as_slice()[..bits.len().div_ceil(8)]);
}

/// What of a column is valid, as it is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Validity<'b> {
    All,
    None,
    Some(&'b [u8]),
}

impl<'b> Validity<'b> {
    pub(super) fn read(rows: usize, column: &mut Bytes<'b>) -> Option<Self> {
        Some(match column.u8()? {
            ALL_VALID => Self::All,
            ALL_NULL => Self::None,
            SOME_NULL => Self::Some(column.take(rows.div_ceil(8))?),
            _ => return None,
        })
    }
}

/// Growing validity. There are no bits as long as all is valid.
#[derive(Debug, Default)]
pub(super) struct Valid {
    rows: usize,
    bits: Option<BooleanBufferBuilder>,
}

impl Valid {
    pub(super) fn append(&mut self, rows: usize, validity: Validity<'_>) {
        let before = self.rows;
        self.rows += rows;
        if let (Validity::All, None) = (validity, &self.bits) {
            return;
        }
        let bits = self.bits.get_or_insert_with(|| {
            let mut bits = BooleanBufferBuilder::new(before + rows);
            bits.append_n(before, true);
            bits
        });
        match validity {
            Validity::All => bits.append_n(rows, true),
            Validity::None => bits.append_n(rows, false),
            Validity::Some(packed) => bits.append_packed_range(0..rows, packed),
        }
    }

    pub(super) fn truncate(&mut self, rows: usize) {
        self.rows = rows;
        if let Some(bits) = &mut self.bits {
            bits.truncate(rows);
        }
    }

    pub(super) fn finish(&mut self) -> Option<NullBuffer> {
        self.rows = 0;
        self.bits.take().map(|mut bits| NullBuffer::new(bits.finish()))
    }
}
