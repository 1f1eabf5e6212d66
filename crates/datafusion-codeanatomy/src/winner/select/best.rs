//! The first row of every group, and the second if something is said of it, or those that share its place.
//!
//! A group is 24 bytes: the prefix of its best row, where that row is, and how many rows it has. Most rows are turned
//! down by one comparison of prefixes; rows that are equal there are compared level by level, and no row is copied or
//! encoded for it.

use std::cmp::Ordering;

use datafusion::error::Result;

use super::blocks::Blocks;
use super::compare::Loc;
use super::finish::{Chosen, Placed, Reported, Told, marks};
use super::incoming::Offered;
use super::kept::Kept;
use super::layout::{Layout, More, ReportOf};
use super::peers::Peers;
use super::store::Store;

/// The highest bit of the count: whether another row has the order keys of the best.
pub(super) const SHARED: u64 = 1 << 63;

#[derive(Debug, Clone, Copy)]
struct Slot {
    prefix: u64,
    loc: Loc,
    /// Rows of the group, and [`SHARED`].
    rows: u64,
}

const VACANT: Slot = Slot {
    prefix: u64::MAX,
    loc: Loc::NONE,
    rows: 0,
};

/// Slots that the processor's cache holds.
const CACHED: usize = 1 << 10;

/// The best rows so far.
pub(crate) struct Best {
    slots: Blocks<Slot>,
    /// Prefix and place of the second row of every group.
    seconds: Option<Vec<(u64, Loc)>>,
    /// The rows that share its place.
    peers: Option<Peers>,
    /// Per report that counts ties: how many levels it compares, and the count of every group.
    tied: Vec<(usize, Vec<i64>)>,
    order_keys: usize,
    /// Whether rows are only marked when they come out.
    marked: bool,
    /// The prefix of the group's best row for every row of the batch at hand, as it was before that batch.
    fronts: Vec<u64>,
    /// Groups with a row of the batch at hand.
    touched: Vec<u32>,
    kept: Kept,
}

impl Best {
    pub(crate) fn new(layout: &Layout, more: More) -> Self {
        Self {
            slots: Blocks::new(),
            seconds: (more == More::Second).then(Vec::new),
            peers: (more == More::Peers).then(Peers::new),
            tied: layout.tied().into_iter().map(|prefix| (prefix, Vec::new())).collect(),
            order_keys: layout.order_keys,
            marked: layout.is_marked(),
            fronts: Vec::new(),
            touched: Vec::new(),
            kept: Kept::default(),
        }
    }

    /// Looks at the rows of the last batch of `store`.
    pub(crate) fn push(&mut self, store: &mut Store, rows: Offered<'_>) -> Result<()> {
        let Offered {
            groups,
            count,
            prefixes,
            ..
        } = rows;
        self.slots.grow(count, VACANT);
        if let Some(seconds) = &mut self.seconds {
            seconds.resize(count.max(seconds.len()), (u64::MAX, Loc::NONE));
        }
        if let Some(peers) = &mut self.peers {
            peers.begin(count);
        }
        for (_, tied) in &mut self.tied {
            tied.resize(count.max(tied.len()), 0);
        }
        let peer = if self.order_keys == 0 { SHARED } else { 0 };
        let lean = self.seconds.is_none() && rows.weights.is_none();
        self.touched.clear();
        self.kept.reset(groups.len());
        // Slots of many groups are not in the processor's cache: it fetches them side by side where nothing depends on one.
        self.fronts.clear();
        if count > CACHED {
            let fronts = groups.iter().map(|group| self.slots.at(*group).prefix);
            self.fronts.extend(fronts);
        }
        for (row, (group, prefix)) in groups.iter().zip(prefixes).enumerate() {
            let slot = self.slots.at_mut(*group);
            // What has come in front since only has a lesser prefix.
            if lean && *prefix > self.fronts.get(row).copied().unwrap_or(slot.prefix) {
                slot.rows = (slot.rows + 1) | peer;
                continue;
            }
            self.offer(
                store,
                *group,
                (
                    *prefix,
                    Loc {
                        batch: rows.at,
                        row: row as u32,
                    },
                ),
                rows,
            );
        }
        self.settle(store, rows.at)
    }

    fn offer(&mut self, store: &mut Store, group: usize, offered: (u64, Loc), rows: Offered<'_>) {
        let (prefix, loc) = offered;
        let (row, at) = (loc.row as usize, loc.batch);
        let (meaning, weights) = (rows.meaning, rows.weights);
        let weight = weights.map_or(1, |weights| weights.rows.value(row));
        let slot = self.slots.at_mut(group);
        let old = *slot;
        let (ordering, level) = match old.loc {
            Loc::NONE => (Ordering::Less, 0),
            best => store.compare_prefixed(offered, (old.prefix, best), meaning),
        };
        let shared = if level >= self.order_keys && old.loc != Loc::NONE {
            SHARED
        } else if ordering == Ordering::Less {
            weight & SHARED
        } else {
            old.rows & SHARED
        };
        slot.rows = shared | ((old.rows & !SHARED) + (weight & !SHARED));
        for (at, (compared, tied)) in self.tied.iter_mut().enumerate() {
            let more = weights.map_or(1, |weights| weights.tied[at].value(row));
            if old.loc == Loc::NONE || (ordering == Ordering::Less && level < *compared) {
                tied[group] = more;
            } else if level >= *compared {
                tied[group] += more;
            }
        }
        if let Some(peers) = self.peers.as_mut().filter(|_| old.loc != Loc::NONE) {
            match ordering {
                Ordering::Less if old.rows & SHARED != 0 => peers.dethrone(group),
                Ordering::Equal => return peers.push(group, loc),
                _ => {}
            }
        }
        let second = self.seconds.as_ref().map(|seconds| seconds[group]);
        let is_new = |loc: Loc| loc.batch == at;
        let touch = !is_new(old.loc) && !second.is_some_and(|(_, loc)| is_new(loc));
        let lost = if ordering == Ordering::Less {
            *slot = Slot {
                prefix,
                loc,
                rows: slot.rows,
            };
            match (&mut self.seconds, second) {
                (Some(seconds), Some((_, lost))) => {
                    seconds[group] = (old.prefix, old.loc);
                    lost
                }
                _ => old.loc,
            }
        } else if let (Some(seconds), Some(second)) = (&mut self.seconds, second) {
            let better = second.1 == Loc::NONE || store.compare_prefixed(offered, second, meaning).0 == Ordering::Less;
            if !better {
                return;
            }
            seconds[group] = offered;
            second.1
        } else {
            return;
        };
        if touch {
            self.touched.push(group as u32);
        }
        if lost != Loc::NONE && !is_new(lost) {
            store.release(lost);
        }
    }

    /// Stores the rows of the batch that are still kept.
    fn settle(&mut self, store: &mut Store, at: u32) -> Result<()> {
        for group in &self.touched {
            let group = *group as usize;
            let second = self.seconds.as_ref().map_or(Loc::NONE, |seconds| seconds[group].1);
            for loc in [self.slots.at(group).loc, second] {
                if loc.batch == at {
                    self.kept.mark(loc.row);
                }
            }
        }
        if let Some(peers) = &mut self.peers {
            peers.mark(&mut self.kept);
        }
        if store.settle(&mut self.kept)? {
            if let Some(peers) = &mut self.peers {
                peers.renumber(&self.kept.places);
            }
            for group in &self.touched {
                let group = *group as usize;
                let second = self.seconds.as_mut().map(|seconds| &mut seconds[group].1);
                for loc in [Some(&mut self.slots.at_mut(group).loc), second].into_iter().flatten() {
                    if loc.batch == at {
                        loc.row = self.kept.places[loc.row as usize];
                    }
                }
            }
        }
        match &mut self.peers {
            Some(peers) if peers.wants_prune() => self.prune(store)?,
            _ => store.drop_emptied()?,
        }
        if store.wants_compaction() {
            self.compact(store)?;
        }
        Ok(())
    }

    /// Forgets peers that have lost.
    pub(crate) fn prune(&mut self, store: &mut Store) -> Result<()> {
        if let Some(peers) = &mut self.peers {
            peers.prune(store);
        }
        store.drop_emptied()
    }

    pub(crate) fn compact(&mut self, store: &mut Store) -> Result<()> {
        self.prune(store)?;
        store.compact(&mut |change| {
            for slot in self.slots.iter_mut() {
                change(&mut slot.loc);
            }
            let seconds = self.seconds.iter_mut().flatten();
            for (_, loc) in seconds.filter(|(_, loc)| *loc != Loc::NONE) {
                change(loc);
            }
            if let Some(peers) = &mut self.peers {
                peers.change(change);
            }
        })
    }

    pub(crate) fn memory(&self) -> usize {
        let seconds = self
            .seconds
            .as_ref()
            .map_or(0, |seconds| seconds.capacity() * size_of::<(u64, Loc)>());
        let tied: usize = self
            .tied
            .iter()
            .map(|(_, tied)| tied.capacity() * size_of::<i64>())
            .sum();
        // When rows come out they are marked, or where each is and which comes next are written once more.
        let peers = self.peers.as_ref().map_or(0, Peers::memory);
        let out = match self.marked {
            true => self.slots.len() / 4,
            false => 12 * self.slots.len() + peers,
        };
        self.slots.memory() + seconds + peers + tied + out
    }

    /// What is known of the groups: how many share their best place, and the rows of the largest.
    pub(crate) fn standing(&self) -> (usize, usize) {
        let shared = self.slots.iter().filter(|slot| slot.rows & SHARED != 0).count();
        let largest = self.slots.iter().map(|slot| slot.rows & !SHARED).max();
        (shared, largest.unwrap_or(0) as usize)
    }

    /// The rows that are kept, with what is said of them.
    pub(crate) fn finish(mut self, layout: &Layout, store: &mut Store) -> Result<Chosen> {
        self.prune(store)?;
        let peers = || self.peers.iter().flat_map(Peers::iter);
        let firsts = self.slots.iter().map(|slot| slot.loc);
        if self.marked {
            let told = |report: &ReportOf| match report {
                ReportOf::Shared => {
                    let shared = self.slots.iter().filter(|slot| slot.rows & SHARED != 0);
                    let shared = shared.map(|slot| slot.loc).chain(peers().map(|(_, loc)| loc));
                    Told::Flag(marks(store.sizes(), shared))
                }
                _ => Told::One,
            };
            return Ok(Chosen::Marked(
                marks(store.sizes(), firsts.chain(peers().map(|(_, loc)| loc))),
                layout.reports.iter().map(told).collect(),
            ));
        }
        let mut tied = self.tied.iter();
        let mut reports = Vec::new();
        for report in &layout.reports {
            let of_group = |value: &dyn Fn(usize) -> i64| {
                let groups = (0..self.slots.len()).chain(peers().map(|(group, _)| group));
                Reported::Signed(groups.map(value).collect())
            };
            reports.push(match report {
                ReportOf::RowNumber | ReportOf::Rank | ReportOf::DenseRank | ReportOf::RankBy(_) => Reported::One,
                ReportOf::Candidates => of_group(&|group| (self.slots.at(group).rows & !SHARED) as i64),
                ReportOf::Tied(_) => match tied.next() {
                    Some((_, tied)) => of_group(&|group| tied[group]),
                    None => Reported::One,
                },
                ReportOf::Shared => {
                    let groups = (0..self.slots.len()).chain(peers().map(|(group, _)| group));
                    Reported::Flags(groups.map(|group| self.slots.at(group).rows & SHARED != 0).collect())
                }
                ReportOf::RunnerUp(column) => {
                    let next = self.seconds.iter().flatten().map(|(_, loc)| *loc).collect();
                    Reported::Next { column: *column, next }
                }
            });
        }
        let locs = firsts.chain(peers().map(|(_, loc)| loc)).collect();
        Ok(Chosen::Listed(Placed { locs, reports }))
    }

    /// The rows that are kept, with the weights that the same selection needs to go on with them later.
    pub(crate) fn suspend(mut self, store: &mut Store) -> Result<Placed> {
        self.prune(store)?;
        let mut locs: Vec<Loc> = self.slots.iter().map(|slot| slot.loc).collect();
        let mut rows: Vec<u64> = self.slots.iter().map(|slot| slot.rows).collect();
        let seconds = self.seconds.iter().flatten().map(|(_, loc)| *loc);
        locs.extend(seconds.filter(|loc| *loc != Loc::NONE));
        locs.extend(self.peers.iter().flat_map(Peers::iter).map(|(_, loc)| loc));
        rows.resize(locs.len(), 0);
        let mut reports = vec![Reported::Unsigned(rows)];
        for (_, mut tied) in self.tied {
            tied.resize(locs.len(), 0);
            reports.push(Reported::Signed(tied));
        }
        Ok(Placed { locs, reports })
    }
}
