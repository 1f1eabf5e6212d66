//! Rows on their way into a selection.

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, UInt64Array};

use super::prefix::Meaning;

/// Rows in the layout of the selection, with their keys.
pub(crate) struct Incoming {
    /// The columns that the layout names.
    pub(crate) rows: RecordBatch,
    /// One array per group key.
    pub(crate) keys: Vec<ArrayRef>,
    /// For rows that were kept and put aside; else every row stands for itself.
    pub(crate) weights: Option<Weights>,
}

/// The rows that a row stands for.
pub(crate) struct Weights {
    /// How many rows, itself too if it stands for any, and whether the best place was shared, in the highest bit.
    pub(crate) rows: UInt64Array,
    /// Per report that counts ties, how many rows are tied with it.
    pub(crate) tied: Vec<Int64Array>,
}

/// Rows of a batch that a store has, as those who keep them see them.
#[derive(Clone, Copy)]
pub(crate) struct Offered<'a> {
    /// The number of the batch.
    pub(crate) at: u32,
    /// The group of every row.
    pub(crate) groups: &'a [usize],
    /// Groups so far.
    pub(crate) count: usize,
    /// The prefix of the first level of every row.
    pub(crate) prefixes: &'a [u64],
    /// What equal prefixes say.
    pub(crate) meaning: Meaning,
    /// What the rows stand for.
    pub(crate) weights: Option<&'a Weights>,
}

impl Incoming {
    /// Some of the rows.
    pub(crate) fn slice(&self, offset: usize, len: usize) -> Self {
        Self {
            rows: self.rows.slice(offset, len),
            keys: self.keys.iter().map(|key| key.slice(offset, len)).collect(),
            weights: self.weights.as_ref().map(|weights| Weights {
                rows: weights.rows.slice(offset, len),
                tied: weights.tied.iter().map(|tied| tied.slice(offset, len)).collect(),
            }),
        }
    }
}
