//! The nearest kept rows of a row that asks.
//!
//! The candidates of a row are few, and the best `k` are among them: the first `k` that satisfy both inequalities, the `k` that miss the
//! first one least, and the `k` that miss the second one least. Those that are equally far stand by their ranks, and so does what satisfies both, where
//! it stands by rank at all; else all of it is looked at. Finding a candidate takes O(log n).
//!
//! All rows of a key are candidates where a bound of the row that asks is null, or where its distance to some row is one that the engine's
//! subtraction does not give.

use std::ops::Range;

use datafusion::arrow::array::{RecordBatch, UInt32Array};
use datafusion::common::Result;

use super::kept::{Kept, Near};
use super::output::{Rows, passes};
use super::shape::Shape;
use crate::interval::index::{Bounds, NO_GROUP, Ordinal};

/// What the rows of a batch look for.
#[derive(Debug)]
pub(super) struct Wanted {
    k: usize,
    groups: Vec<u32>,
    /// Rows of which all of their key are candidates, ascending.
    everything: Vec<usize>,
}

impl Wanted {
    /// Rows for which the residual is not true get no group. Those that look at everything get bounds that everything satisfies.
    pub(super) fn of<K: Ordinal>(
        shape: &Shape,
        kept: &Kept<K>,
        near: &Near<K>,
        batch: &RecordBatch,
        groups: &mut [u32],
        (first, mut second): (&mut Bounds<K>, Option<&mut Bounds<K>>),
    ) -> Result<Self> {
        let rows = batch.num_rows();
        if let Some(residual) = &shape.residual {
            let all = Rows::Of(batch, UInt32Array::from_iter_values(0..rows as u32));
            let none = kept.rows.schema();
            let passes = passes(residual, shape.kept_side, &Rows::Nulls(&none, rows), &all)?;
            for (group, passes) in groups.iter_mut().zip(passes.values()) {
                if !passes {
                    *group = NO_GROUP;
                }
            }
        }
        let widest = shape.nearest.unwrap_or(0);
        let is_wider = |distance: K| widest < u128::from(u64::MAX) && distance > K::of(widest);
        let mut everything = vec![];
        for (row, group) in groups.iter().enumerate() {
            let group = kept.index.group(*group);
            if group.is_empty() {
                continue;
            }
            let is_null = !first.can_match(row) || second.as_ref().is_some_and(|second| !second.can_match(row));
            let is_far = || {
                let past_first = kept.index.first(group.end - 1).above(first.values[row]);
                let past_second = second.as_ref().map_or(K::default(), |second| {
                    near.beyond.greatest(&group).above(second.values[row])
                });
                is_wider(past_first) || is_wider(past_second)
            };
            if is_null || is_far() {
                everything.push(row);
                for bounds in [Some(&mut *first), second.as_deref_mut()].into_iter().flatten() {
                    bounds.values[row] = K::MAX;
                }
            }
        }
        Ok(Self {
            k: shape.best.as_ref().map_or(0, |order| order.k),
            groups: groups.to_vec(),
            everything,
        })
    }

    /// The search of a row whose points that satisfy the first inequality begin at `start`.
    pub(super) fn search(&self, row: usize, start: u32) -> Search {
        Search {
            k: self.k,
            group: self.groups[row],
            everything: self.everything.binary_search(&row).is_ok(),
            stage: Stage::Both,
            at: start,
            found: 0,
        }
    }
}

/// Which candidates come next.
#[derive(Debug, Clone, Copy)]
enum Stage {
    /// Those that satisfy both inequalities.
    Both,
    /// Those that miss the first one.
    First,
    /// Those that miss the second one, and not the first.
    Second,
}

/// How far the search for the candidates of a row has come.
#[derive(Debug)]
pub(super) struct Search {
    k: usize,
    group: u32,
    everything: bool,
    stage: Stage,
    /// The point or the place that comes next.
    at: u32,
    /// Candidates of this stage.
    found: usize,
}

impl Search {
    /// The next candidate; `prefix` are the points that satisfy the first inequality, `second` is the bound of the second one.
    pub(super) fn next<K: Ordinal>(&mut self, kept: &mut Kept<K>, prefix: &Range<u32>, second: K) -> Option<u32> {
        let near = kept.near.as_ref()?;
        let group = kept.index.group(self.group);
        if let Stage::Both = self.stage {
            let is_ranked = near.beyond.is_ranked() && !near.has_nulls && !self.everything;
            if is_ranked && self.found == self.k {
                return None;
            }
            if let Some(point) = kept.index.next(self.at..prefix.end, second) {
                self.at = point + 1;
                self.found += 1;
                return Some(point);
            }
            if self.found >= self.k && !near.has_nulls {
                return None;
            }
            (self.stage, self.at, self.found) = (Stage::First, prefix.end, 0);
        }
        if let Stage::First = self.stage {
            if self.found < self.k && self.at < group.end {
                self.at += 1;
                self.found += 1;
                return Some(self.at - 1);
            }
            (self.stage, self.at, self.found) = (Stage::Second, near.beyond.above(&group, second), 0);
        }
        while self.found < self.k && self.at < group.end {
            let point = near.beyond.point(self.at);
            self.at += 1;
            // Only of a span that ends before it starts.
            if point < prefix.end {
                self.found += 1;
                return Some(point);
            }
        }
        None
    }
}
