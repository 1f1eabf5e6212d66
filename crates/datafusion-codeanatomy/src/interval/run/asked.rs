//! A batch of the side that asks, and how far it has come.

use std::ops::Range;

use datafusion::arrow::array::{BooleanArray, RecordBatch};
use datafusion::common::Result;

use super::best::Chosen;
use super::kept::Kept;
use super::near::{Search, Wanted};
use super::shape::{Shape, evaluate};
use crate::interval::index::{NO_GROUP, Ordinal, Side};

/// Pairs of rows: of the batch that asks, in its order, and points of the index.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    pub(super) asked: Vec<u32>,
    pub(super) points: Vec<u32>,
}

impl Pairs {
    /// Leaves the pairs for which `passes` is true.
    pub(super) fn keep(&mut self, passes: &BooleanArray) {
        for of in [&mut self.asked, &mut self.points] {
            let mut passes = passes.values().iter();
            of.retain(|_| passes.next() == Some(true));
        }
    }
}

/// A batch that asks.
#[derive(Debug)]
pub(super) struct Asked<K> {
    pub(super) batch: RecordBatch,
    /// Per row the points that satisfy the first inequality.
    prefixes: Vec<Range<u32>>,
    /// Per row the bound of the second inequality.
    second: Option<Vec<K>>,
    /// The row whose points come next.
    pub(super) row: usize,
    /// Where among its points the search goes on; `None`: from the first.
    at: Option<u32>,
    /// What is needed if the nearest rows are wanted, and how far the search for those of the row has come.
    wanted: Option<Wanted>,
    search: Option<Search>,
    /// Which rows have a match that came out.
    pub(super) matched: Vec<bool>,
    /// The best candidates of the row that is not finished.
    pub(super) chosen: Chosen,
    /// Which row that is.
    pub(super) choosing: u32,
}

impl<K: Ordinal> Asked<K> {
    pub(super) fn try_new(shape: &Shape, kept: &Kept<K>, batch: RecordBatch) -> Result<Self> {
        let rows = batch.num_rows();
        let mut groups = kept.groups.find(&evaluate(&shape.asked_keys, &batch)?, rows)?;
        let (mut first, mut second) = shape.bounds::<K>(Side::Asked, &batch)?;
        let wanted = match &kept.near {
            Some(near) => Some(Wanted::of(
                shape,
                kept,
                near,
                &batch,
                &mut groups,
                (&mut first, second.as_mut()),
            )?),
            None => None,
        };
        let prefix = |row: usize| {
            let can_match =
                wanted.is_some() || first.can_match(row) && second.as_ref().is_none_or(|second| second.can_match(row));
            let group = if can_match { groups[row] } else { NO_GROUP };
            kept.index.prefix(group, first.values[row])
        };
        Ok(Self {
            prefixes: (0..rows).map(prefix).collect(),
            second: second.map(|second| second.values),
            row: 0,
            at: None,
            wanted,
            search: None,
            matched: vec![false; rows],
            chosen: Chosen::default(),
            choosing: 0,
            batch,
        })
    }

    /// The row whose candidates have not all come, if there is one.
    pub(super) fn unfinished(&self) -> Option<u32> {
        (self.at.is_some() || self.search.is_some()).then_some(self.row as u32)
    }

    /// Whether all rows have been asked for.
    pub(super) fn is_done(&self) -> bool {
        self.row == self.prefixes.len()
    }

    /// The next pairs, at most `limit`.
    pub(super) fn pairs(&mut self, kept: &mut Kept<K>, limit: usize) -> Pairs {
        let mut pairs = Pairs::default();
        if let Some(wanted) = &self.wanted {
            while self.row < self.prefixes.len() {
                let prefix = &self.prefixes[self.row];
                let second = self.second.as_ref().map_or(K::MAX, |second| second[self.row]);
                let search = self.search.get_or_insert_with(|| wanted.search(self.row, prefix.start));
                while pairs.asked.len() < limit
                    && let Some(point) = search.next(kept, prefix, second)
                {
                    pairs.asked.push(self.row as u32);
                    pairs.points.push(point);
                }
                if pairs.asked.len() == limit {
                    return pairs;
                }
                self.search = None;
                self.row += 1;
            }
            return pairs;
        }
        while self.row < self.prefixes.len() {
            let Range { start, end } = self.prefixes[self.row];
            let bound = self.second.as_ref().map_or(K::MAX, |second| second[self.row]);
            let mut at = self.at.take().unwrap_or(start);
            while let Some(point) = kept.index.next(at..end, bound) {
                if pairs.asked.len() == limit {
                    self.at = Some(point);
                    return pairs;
                }
                pairs.asked.push(self.row as u32);
                pairs.points.push(point);
                at = point + 1;
            }
            self.row += 1;
        }
        pairs
    }

    /// Whether row `row` has a match, as far as the inequalities know.
    pub(super) fn exists(&self, kept: &mut Kept<K>, row: usize) -> bool {
        let bound = self.second.as_ref().map_or(K::MAX, |second| second[row]);
        kept.index.next(self.prefixes[row].clone(), bound).is_some()
    }

    /// Leaves the rest of a row's points if it has a match already.
    pub(super) fn skip_matched(&mut self) {
        while self.at.is_some() && self.matched[self.row] {
            self.row += 1;
            self.at = None;
        }
    }
}
