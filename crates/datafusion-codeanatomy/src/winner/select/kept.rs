//! Which rows of a batch are kept.

use datafusion::arrow::array::UInt32Array;

/// Rows of the batch at hand that are kept.
#[derive(Default)]
pub(crate) struct Kept {
    /// Per row: not kept is `u32::MAX`, else its number.
    pub(crate) places: Vec<u32>,
    pub(crate) count: usize,
}

impl Kept {
    pub(crate) fn reset(&mut self, rows: usize) {
        self.places.clear();
        self.places.resize(rows, u32::MAX);
        self.count = 0;
    }

    pub(crate) fn mark(&mut self, row: u32) {
        let place = &mut self.places[row as usize];
        if *place == u32::MAX {
            *place = row;
            self.count += 1;
        }
    }

    /// Gives the kept rows the numbers that they have when the others are gone, and says which they were.
    pub(super) fn renumber(&mut self) -> UInt32Array {
        let mut rows = Vec::with_capacity(self.count);
        for place in self.places.iter_mut().filter(|place| **place != u32::MAX) {
            rows.push(*place);
            *place = rows.len() as u32 - 1;
        }
        UInt32Array::from(rows)
    }
}
