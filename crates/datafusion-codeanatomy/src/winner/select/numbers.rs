//! Ranks of rows that stand in order, and their ties.

use crate::winner::spec::Retention;

/// The rankings of a row.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Numbers {
    pub(super) row_number: u64,
    pub(super) rank: u64,
    pub(super) dense_rank: u64,
}

impl Numbers {
    /// Goes on to the row that differs from the one before it in this level first; none: to the first row of a group.
    pub(super) fn next(&mut self, differs: Option<usize>, order_keys: usize) {
        match differs {
            None => {
                *self = Self {
                    row_number: 1,
                    rank: 1,
                    dense_rank: 1,
                }
            }
            Some(level) => {
                self.row_number += 1;
                if level < order_keys {
                    self.rank = self.row_number;
                    self.dense_rank += 1;
                }
            }
        }
    }

    pub(super) fn of(self, retention: Retention) -> u64 {
        match retention {
            Retention::RowNumber => self.row_number,
            Retention::Rank => self.rank,
            Retention::DenseRank => self.dense_rank,
        }
    }
}

/// For every row, the rows around it that do not differ from it in the first `prefix` levels.
pub(super) fn tied(differs: &[Option<usize>], prefix: usize) -> Vec<i64> {
    let mut tied = Vec::with_capacity(differs.len());
    let mut start = 0;
    for end in 1..=differs.len() {
        if differs
            .get(end)
            .is_none_or(|differs| differs.is_none_or(|level| level < prefix))
        {
            tied.resize(end, (end - start) as i64);
            start = end;
        }
    }
    tied
}
