//! The numbers of groups, each once if need be.
//!
//! Which are there is known by blocks of 64 numbers that follow each other: most sets are of small numbers, and the block that a group asked for
//! last has most of what comes next. Where numbers are far apart, a block holds one of them, and a table of blocks costs more than to sort. So
//! then all are kept, and those that are there twice go when they are sorted: whenever there are twice as many as after the last time.

use rustc_hash::FxHashMap;

/// From how many blocks on it counts whether they hold several numbers.
const MANY_BLOCKS: usize = 1 << 16;

/// How many numbers a block has to hold, on average.
const FULL: usize = 4;

/// How many numbers are kept at least before they are sorted.
const FEW: usize = 1 << 20;

/// The numbers of groups.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    is_distinct: bool,
    /// Groups and their numbers, as they came.
    entries: Vec<(usize, u64)>,
    seen: Blocks,
    /// If numbers are far apart: from how many entries on they are sorted.
    sort_at: Option<usize>,
}

impl Numbers {
    pub(super) fn new(is_distinct: bool) -> Self {
        Self {
            is_distinct,
            ..Self::default()
        }
    }

    /// A copy that takes no more numbers.
    pub(super) fn copy(&self) -> Self {
        Self {
            is_distinct: self.is_distinct,
            entries: self.entries.clone(),
            seen: Blocks::default(),
            sort_at: self.sort_at,
        }
    }

    /// Adds numbers to groups, of which there are so many.
    pub(super) fn add(&mut self, groups: usize, rows: impl Iterator<Item = (usize, u64)>) {
        if !self.is_distinct {
            self.entries.extend(rows);
            return;
        }
        if let Some(sort_at) = self.sort_at {
            self.entries.extend(rows);
            if self.entries.len() >= sort_at {
                self.sort(groups);
            }
            return;
        }
        self.seen.make_room(groups);
        for (group, number) in rows {
            if self.seen.is_new(group, number) {
                self.entries.push((group, number));
            }
        }
        let blocks = self.seen.blocks.len();
        if blocks > MANY_BLOCKS && self.entries.len() < FULL * blocks {
            self.seen = Blocks::default();
            self.sort_at = Some(FEW.max(2 * self.entries.len()));
        }
    }

    /// Puts the entries in order, each once if they have to be.
    pub(super) fn sort(&mut self, groups: usize) {
        let (lengths, numbers) = self.dealt(groups, true);
        let mut numbers = numbers.into_iter();
        for (group, length) in lengths.into_iter().enumerate() {
            self.entries
                .extend(numbers.by_ref().take(length).map(|number| (group, number)));
        }
        if self.sort_at.is_some() {
            self.sort_at = Some(FEW.max(2 * self.entries.len()));
        }
    }

    /// Takes the first groups out: how many numbers each has, and these, group by group, in order if that is asked for. Other groups follow.
    pub(super) fn take(&mut self, groups: usize, in_order: bool) -> (Vec<usize>, Vec<u64>) {
        let taken = self.dealt(groups, in_order);
        self.entries.iter_mut().for_each(|(group, _)| *group -= groups);
        self.seen = Blocks::default();
        if self.is_distinct && self.sort_at.is_none() {
            let last = self.entries.iter().map(|(group, _)| *group).max();
            self.seen.make_room(last.map_or(0, |last| last + 1));
            for (group, number) in &self.entries {
                self.seen.is_new(*group, *number);
            }
        }
        taken
    }

    /// Takes them out in time that grows with their number, but for the order.
    fn dealt(&mut self, groups: usize, in_order: bool) -> (Vec<usize>, Vec<u64>) {
        let mut lengths = vec![0; groups];
        let taken = self.entries.iter().filter(|(group, _)| *group < groups);
        taken.for_each(|(group, _)| lengths[*group] += 1);
        let mut count = 0;
        let places = lengths.iter().map(|length| {
            count += length;
            count - length
        });
        let mut places: Vec<_> = places.collect();
        let mut numbers = vec![0; count];
        self.entries.retain(|(group, number)| {
            let is_taken = *group < groups;
            if is_taken {
                numbers[places[*group]] = *number;
                places[*group] += 1;
            }
            !is_taken
        });
        if in_order || self.sort_at.is_some() {
            let mut rest = &mut numbers[..];
            for length in &lengths {
                let (group, behind) = rest.split_at_mut(*length);
                group.sort_unstable();
                rest = behind;
            }
        }
        if self.sort_at.is_some() {
            leave_once(&mut lengths, &mut numbers);
        }
        (lengths, numbers)
    }

    pub(super) fn size(&self) -> usize {
        // To deal them out takes each once more, without its group.
        self.entries.capacity() * (size_of::<(usize, u64)>() + size_of::<u64>()) + self.seen.size()
    }
}

/// Leaves each of the sorted numbers of a group once.
fn leave_once(lengths: &mut [usize], numbers: &mut Vec<u64>) {
    let (mut start, mut kept) = (0, 0);
    for length in lengths {
        let (end, first) = (start + *length, kept);
        for i in start..end {
            if kept == first || numbers[kept - 1] != numbers[i] {
                numbers[kept] = numbers[i];
                kept += 1;
            }
        }
        *length = kept - first;
        start = end;
    }
    numbers.truncate(kept);
}

/// Which numbers groups have.
#[derive(Debug, Default)]
struct Blocks {
    /// By a group and a block: a bit for each number of it.
    blocks: FxHashMap<(usize, u64), u64>,
    /// The block that each group asked for last, and its bits.
    last: Vec<(u64, u64)>,
}

impl Blocks {
    fn make_room(&mut self, groups: usize) {
        if self.last.len() < groups {
            self.last.resize(groups, (0, 0));
        }
    }

    /// Notes a number of a group for which there is room; true if it was not there.
    #[inline]
    fn is_new(&mut self, group: usize, number: u64) -> bool {
        let (block, bit) = (number >> 6, 1 << (number & 63));
        let last = &mut self.last[group];
        if last.0 == block && last.1 & bit != 0 {
            return false;
        }
        let bits = self.blocks.entry((group, block)).or_default();
        let is_new = *bits & bit == 0;
        *bits |= bit;
        *last = (block, *bits);
        is_new
    }

    fn size(&self) -> usize {
        self.blocks.capacity() * size_of::<((usize, u64), u64)>() + self.last.capacity() * size_of::<(u64, u64)>()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Numbers that are close, far apart, and first the one and then the other, of which many come again.
    #[test]
    fn each_number_of_a_group_is_taken_once_and_in_order() {
        let close = |i: u64| (i % 7, i / 11 % 300);
        let apart = |i: u64| (i % 5, (i * 7919 % 150_000) << 9);
        let draws: [&dyn Fn(u64) -> (u64, u64); 3] = [&close, &apart, &|i| if i < 5000 { close(i) } else { apart(i) }];
        for draw in draws {
            let rows: Vec<(usize, u64)> = (0..1_500_000).map(draw).map(|(g, n)| (g as usize, n)).collect();
            let (mut numbers, mut right) = (Numbers::new(true), vec![BTreeSet::new(); 7]);
            rows.iter()
                .for_each(|(group, number)| _ = right[*group].insert(*number));
            rows.chunks(8192).for_each(|rows| numbers.add(7, rows.iter().copied()));
            let kept = numbers.entries.len();
            assert!(
                kept <= 2 * right.iter().map(BTreeSet::len).sum::<usize>() + FEW,
                "{kept}"
            );
            for groups in [2, 5] {
                let (lengths, found) = numbers.take(groups, true);
                let rest = right.split_off(groups);
                assert_eq!(lengths, right.iter().map(BTreeSet::len).collect::<Vec<_>>());
                assert!(found.iter().eq(right.iter().flatten()));
                right = rest;
                // What is there again does not count.
                if let Some((group, number)) = numbers.entries.first().copied() {
                    numbers.add(5, [(group, number)].into_iter());
                }
            }
        }
    }
}
