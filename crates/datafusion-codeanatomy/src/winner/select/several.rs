//! The first rows of every group by a ranking, or all of them.
//!
//! Rows are noted as they come. From time to time they are sorted inside their groups and those that can no longer win
//! are forgotten; the last that wins is then the bar for later rows of its group. Since that happens when the noted rows
//! have doubled, its cost per row stays the same.

use std::cmp::Ordering;

use datafusion::error::Result;

use super::best::SHARED;
use super::compare::Loc;
use super::finish::{Placed, Reported};
use super::incoming::Offered;
use super::kept::Kept;
use super::layout::{Layout, Method, ReportOf};
use super::numbers::{Numbers, tied};
use super::prefix::Meaning;
use super::store::Store;
use crate::winner::spec::Retention;

/// Rows that are noted before the first look at them.
const FIRST_PRUNE: usize = 1 << 16;

#[derive(Debug, Clone, Copy)]
struct Entry {
    prefix: u64,
    loc: Loc,
    group: u32,
}

/// Rows that may win.
pub(crate) struct Several {
    limit: Option<(Retention, u64)>,
    entries: Vec<Entry>,
    /// Rows of every group.
    counts: Vec<u64>,
    /// The row of every group that later ones must not come behind.
    bars: Vec<(u64, Loc)>,
    prune_at: usize,
    meaning: Meaning,
    order_keys: usize,
    /// Bytes per row that reports will take.
    report_bytes: usize,
    kept: Kept,
}

impl Several {
    pub(crate) fn new(layout: &Layout) -> Self {
        Self {
            limit: match layout.method {
                Method::First(retention, k) => Some((retention, k)),
                Method::Best(_) | Method::All => None,
            },
            entries: Vec::new(),
            counts: Vec::new(),
            bars: Vec::new(),
            prune_at: FIRST_PRUNE,
            meaning: Meaning::Nothing,
            order_keys: layout.order_keys,
            report_bytes: 8 * (layout.reports.len() + 3),
            kept: Kept::default(),
        }
    }

    /// Looks at the rows of the last batch of `store`.
    pub(crate) fn push(&mut self, store: &mut Store, rows: Offered<'_>) -> Result<()> {
        let Offered {
            at,
            groups,
            count,
            prefixes,
            meaning,
            weights,
        } = rows;
        self.meaning = meaning;
        self.counts.resize(count.max(self.counts.len()), 0);
        if self.limit.is_some() {
            self.bars.resize(count.max(self.bars.len()), (u64::MAX, Loc::NONE));
        }
        let first = self.entries.len();
        self.kept.reset(groups.len());
        for (row, (group, prefix)) in groups.iter().zip(prefixes).enumerate() {
            self.counts[*group] += weights.map_or(1, |weights| weights.rows.value(row) & !SHARED);
            let loc = Loc {
                batch: at,
                row: row as u32,
            };
            if self.may_win(store, *group, (*prefix, loc)) {
                self.entries.push(Entry {
                    prefix: *prefix,
                    loc,
                    group: *group as u32,
                });
                self.kept.mark(row as u32);
            }
        }
        if store.settle(&mut self.kept)? {
            // A bar may be a row of this batch.
            for entry in &mut self.entries[first..] {
                let place = self.kept.places[entry.loc.row as usize];
                if let Some(bar) = self.bars.get_mut(entry.group as usize)
                    && bar.1 == entry.loc
                {
                    bar.1.row = place;
                    bar.1.batch = u32::MAX - 1;
                }
                entry.loc.row = place;
            }
            for entry in &self.entries[first..] {
                if let Some(bar) = self.bars.get_mut(entry.group as usize)
                    && bar.1.batch == u32::MAX - 1
                {
                    bar.1.batch = at;
                }
            }
        }
        if self.limit.is_some() && self.entries.len() >= self.prune_at {
            self.prune(store)?;
            if store.wants_compaction() {
                self.compact(store)?;
            }
        }
        Ok(())
    }

    fn may_win(&mut self, store: &Store, group: usize, offered: (u64, Loc)) -> bool {
        let Some((retention, k)) = self.limit else {
            return true;
        };
        let bar = &mut self.bars[group];
        let first_only = k == 1 && retention != Retention::RowNumber;
        if bar.1 == Loc::NONE {
            if first_only {
                *bar = offered;
            }
            return true;
        }
        let (ordering, level) = store.compare_prefixed(offered, *bar, self.meaning);
        if retention != Retention::RowNumber && level >= self.order_keys {
            return true;
        }
        if ordering == Ordering::Less && first_only {
            *bar = offered;
        }
        ordering == Ordering::Less
    }

    /// Sorts what is noted by group and order.
    fn sort(&mut self, store: &Store) {
        let mut starts = vec![0_usize; self.counts.len() + 1];
        for entry in &self.entries {
            starts[entry.group as usize + 1] += 1;
        }
        for group in 1..starts.len() {
            starts[group] += starts[group - 1];
        }
        let none = Entry {
            prefix: 0,
            loc: Loc::NONE,
            group: 0,
        };
        let mut sorted = vec![none; self.entries.len()];
        for entry in &self.entries {
            let start = &mut starts[entry.group as usize];
            sorted[*start] = *entry;
            *start += 1;
        }
        self.entries = sorted;
        let meaning = self.meaning;
        for group in self.entries.chunk_by_mut(|a, b| a.group == b.group) {
            if group.len() > 1 {
                group.sort_unstable_by(|a, b| store.compare_prefixed((a.prefix, a.loc), (b.prefix, b.loc), meaning).0);
            }
        }
    }

    /// Forgets rows that cannot win, and gives the others in order.
    pub(crate) fn prune(&mut self, store: &mut Store) -> Result<()> {
        self.sort(store);
        if let Some((retention, k)) = self.limit {
            let mut entries = Vec::with_capacity(self.entries.len() / 2);
            for group in self.entries.chunk_by(|a, b| a.group == b.group) {
                let mut numbers = Numbers::default();
                let mut last = None;
                for (place, entry) in group.iter().enumerate() {
                    numbers.next(
                        place
                            .checked_sub(1)
                            .map(|before| self.differs(store, &group[before], entry)),
                        self.order_keys,
                    );
                    if numbers.of(retention) > k {
                        break;
                    }
                    entries.push(*entry);
                    last = Some((numbers, *entry));
                }
                if let Some((numbers, entry)) = last
                    && match retention {
                        Retention::DenseRank => numbers.dense_rank >= k,
                        _ => numbers.row_number >= k,
                    }
                {
                    self.bars[entry.group as usize] = (entry.prefix, entry.loc);
                }
            }
            self.entries = entries;
        }
        self.prune_at = FIRST_PRUNE.max(2 * self.entries.len());
        store.recount(self.entries.iter().map(|entry| entry.loc))?;
        store.check()
    }

    /// The first level in which two rows differ.
    fn differs(&self, store: &Store, a: &Entry, b: &Entry) -> usize {
        store
            .compare_prefixed((a.prefix, a.loc), (b.prefix, b.loc), self.meaning)
            .1
    }

    /// Copies what is kept into few batches; nothing has been pushed since it was pruned.
    pub(crate) fn compact(&mut self, store: &mut Store) -> Result<()> {
        let bars: Vec<bool> = self.bars.iter().map(|bar| bar.1 != Loc::NONE).collect();
        let mut is_bar: Vec<usize> = Vec::new();
        for (at, entry) in self.entries.iter().enumerate() {
            let group = entry.group as usize;
            if bars.get(group).copied().unwrap_or(false) && self.bars[group].1 == entry.loc {
                is_bar.push(at);
            }
        }
        let entries = &mut self.entries;
        store.compact(&mut |change| {
            for entry in entries.iter_mut() {
                change(&mut entry.loc);
            }
        })?;
        for at in is_bar {
            let entry = self.entries[at];
            self.bars[entry.group as usize].1 = entry.loc;
        }
        Ok(())
    }

    pub(crate) fn memory(&self) -> usize {
        // Sorting writes the entries once more.
        self.entries.capacity() * (2 * size_of::<Entry>() + self.report_bytes)
            + self.counts.capacity() * size_of::<u64>()
            + self.bars.capacity() * size_of::<(u64, Loc)>()
    }

    pub(crate) fn largest(&self) -> usize {
        self.counts.iter().max().map_or(0, |count| *count as usize)
    }

    /// The rows that come out, with what is said of them, and how many groups share their best place.
    pub(crate) fn finish(mut self, store: &mut Store, layout: &Layout) -> Result<(Placed, usize)> {
        self.prune(store)?;
        let len = self.entries.len();
        let mut differs = Vec::with_capacity(len);
        let mut shared = 0;
        for (at, entry) in self.entries.iter().enumerate() {
            let before = at
                .checked_sub(1)
                .map(|before| &self.entries[before])
                .filter(|before| before.group == entry.group);
            differs.push(before.map(|before| self.differs(store, before, entry)));
            let is_second = at
                .checked_sub(1)
                .is_some_and(|before| before_is_first(&differs, before));
            if is_second && differs[at].is_some_and(|level| level >= self.order_keys) {
                shared += 1;
            }
        }
        store.check()?;
        let mut numbers = Numbers::default();
        let numbers: Vec<Numbers> = differs
            .iter()
            .map(|differs| {
                numbers.next(*differs, self.order_keys);
                numbers
            })
            .collect();
        let wins: Option<Vec<bool>> = layout
            .limit
            .map(|(retention, k)| numbers.iter().map(|numbers| numbers.of(retention) <= k).collect());
        let mut reports = Vec::new();
        for report in &layout.reports {
            reports.push(match report {
                ReportOf::RowNumber => Reported::Unsigned(numbers.iter().map(|numbers| numbers.row_number).collect()),
                ReportOf::Rank => Reported::Unsigned(numbers.iter().map(|numbers| numbers.rank).collect()),
                ReportOf::DenseRank => Reported::Unsigned(numbers.iter().map(|numbers| numbers.dense_rank).collect()),
                ReportOf::RankBy(prefix) => Reported::Unsigned(rank_by(&differs, *prefix)),
                ReportOf::Candidates => Reported::Signed(
                    self.entries
                        .iter()
                        .map(|entry| self.counts[entry.group as usize] as i64)
                        .collect(),
                ),
                ReportOf::Tied(prefix) => Reported::Signed(tied(&differs, *prefix)),
                ReportOf::Shared => {
                    let tied = tied(&differs, self.order_keys);
                    Reported::Flags(tied.into_iter().map(|tied| tied > 1).collect())
                }
                ReportOf::RunnerUp(column) => Reported::Next {
                    column: *column,
                    next: self.next(&differs),
                },
            });
        }
        let locs = self.entries.iter().map(|entry| entry.loc).collect();
        let mut placed = Placed { locs, reports };
        if let Some(wins) = wins
            && wins.iter().any(|wins| !wins)
        {
            placed.retain(&wins);
        }
        Ok((placed, shared))
    }

    /// The row behind every row in its group.
    fn next(&self, differs: &[Option<usize>]) -> Vec<Loc> {
        let behind = self.entries.iter().zip(differs).skip(1);
        let mut next: Vec<Loc> = behind
            .map(|(entry, differs)| if differs.is_some() { entry.loc } else { Loc::NONE })
            .collect();
        next.resize(self.entries.len(), Loc::NONE);
        next
    }

    /// The rows that are kept, with the weights that the same selection needs to go on with them later.
    pub(crate) fn suspend(mut self, store: &mut Store) -> Result<Placed> {
        self.prune(store)?;
        let mut before = None;
        let mut rows = Vec::with_capacity(self.entries.len());
        for entry in &self.entries {
            let first = before.replace(entry.group) != Some(entry.group);
            rows.push(if first { self.counts[entry.group as usize] } else { 0 });
        }
        let locs = self.entries.iter().map(|entry| entry.loc).collect();
        Ok(Placed {
            locs,
            reports: vec![Reported::Unsigned(rows)],
        })
    }
}

/// 1 + the rows before each in its group that differ from it in the first `prefix` levels.
fn rank_by(differs: &[Option<usize>], prefix: usize) -> Vec<u64> {
    let (mut row, mut rank) = (0, 0);
    let next = |differs: &Option<usize>| {
        row = differs.map_or(1, |_| row + 1);
        if differs.is_none_or(|level| level < prefix) {
            rank = row;
        }
        rank
    };
    differs.iter().map(next).collect()
}

fn before_is_first(differs: &[Option<usize>], before: usize) -> bool {
    differs[before].is_none()
}
