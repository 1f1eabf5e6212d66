//! Which points of a group are dominated: all with `first <= a` and `second <= b`.
//!
//! Points stand by group, in a group by their first bound. Above the second bounds stands a tree of minima: level 0 is the bounds
//! themselves, an entry of the next level is the least of a block of [`FAN`] entries. The points with `first <= a`
//! are a prefix of the group; in it the tree leaves out every block whose least second bound is above `b`.

use std::ops::Range;

use super::{Beyond, NO_GROUP, Ordinal};

/// Entries per block. Greater ones read more entries that do not match, smaller ones climb more levels.
const FAN_BITS: usize = 3;
const FAN: usize = 1 << FAN_BITS;

/// The points of all groups.
#[derive(Debug)]
pub(in crate::interval) struct Dominance<K> {
    /// Where each group begins among the points, and after the last one the number of points.
    begins: Vec<u32>,
    /// The row of each point.
    rows: Vec<u32>,
    /// The first bounds, ascending in a group.
    first: Vec<K>,
    /// The levels of the tree over the second bounds, or nothing if there is no second inequality.
    levels: Vec<Vec<K>>,
    /// Per point itself, or a later one before which all points are removed; nothing if none ever is.
    live: Vec<u32>,
}

impl<K: Ordinal> Dominance<K> {
    /// Bytes per row that building takes at its peak and that the index keeps.
    pub(in crate::interval) const BYTES_PER_ROW: usize = 24 + 4 * size_of::<K>();

    /// The index of the rows whose entry in `groups` is not [`NO_GROUP`]. Groups are below `group_count`; points can be removed if
    /// `removes`. Points with equal first bounds stand by `ranks`, a number for each row and all numbers once, else by their rows.
    pub(in crate::interval) fn new(
        groups: &[u32],
        group_count: usize,
        first: &[K],
        second: Option<&[K]>,
        removes: bool,
        ranks: Option<&[u32]>,
    ) -> Self {
        let mut begins = vec![0_u32; group_count + 1];
        for group in groups.iter().filter(|g| **g != NO_GROUP) {
            begins[*group as usize + 1] += 1;
        }
        for group in 0..group_count {
            begins[group + 1] += begins[group];
        }
        let mut next = begins.clone();
        let mut points = vec![(K::default(), 0_u32); begins[group_count] as usize];
        for (row, group) in groups.iter().enumerate().filter(|(_, g)| **g != NO_GROUP) {
            let at = &mut next[*group as usize];
            points[*at as usize] = (first[row], ranks.map_or(row as u32, |ranks| ranks[row]));
            *at += 1;
        }
        for group in begins.windows(2) {
            // Linear where the points are sorted already.
            points[group[0] as usize..group[1] as usize].sort_unstable();
        }
        let mut rows: Vec<u32> = points.iter().map(|(_, row)| *row).collect();
        if let Some(ranks) = ranks {
            let mut by_rank = vec![0_u32; ranks.len()];
            for (row, rank) in (0..).zip(ranks) {
                by_rank[*rank as usize] = row;
            }
            for row in &mut rows {
                *row = by_rank[*row as usize];
            }
        }
        let first = points.into_iter().map(|(first, _)| first).collect();
        let levels = match second {
            Some(second) => tree(rows.iter().map(|row| second[*row as usize]).collect()),
            None => vec![],
        };
        Self {
            live: if removes {
                (0..=rows.len() as u32).collect()
            } else {
                vec![]
            },
            begins,
            rows,
            first,
            levels,
        }
    }

    /// How many bytes the index keeps.
    pub(in crate::interval) fn size(&self) -> usize {
        let levels: usize = self.levels.iter().map(Vec::capacity).sum();
        (self.begins.capacity() + self.rows.capacity() + self.live.capacity()) * 4
            + (self.first.capacity() + levels) * size_of::<K>()
    }

    /// The points of a group whose first bound is at most `a`.
    pub(in crate::interval) fn prefix(&self, group: u32, a: K) -> Range<u32> {
        if group == NO_GROUP {
            return 0..0;
        }
        let (begin, end) = (self.begins[group as usize], self.begins[group as usize + 1]);
        let count = self.first[begin as usize..end as usize].partition_point(|first| *first <= a);
        begin..begin + count as u32
    }

    /// All points of a group.
    pub(in crate::interval) fn group(&self, group: u32) -> Range<u32> {
        match group {
            NO_GROUP => 0..0,
            group => self.begins[group as usize]..self.begins[group as usize + 1],
        }
    }

    /// The first bound of a point.
    pub(in crate::interval) fn first(&self, point: u32) -> K {
        self.first[point as usize]
    }

    /// The points by their second bounds, of which there are some; `ranks` of the rows.
    pub(in crate::interval) fn beyond(&self, ranks: &[u32]) -> Beyond<K> {
        let second = self.levels.first().map_or(&[][..], Vec::as_slice);
        Beyond::new(&self.begins, second, |point| ranks[self.row(point) as usize])
    }

    /// The row of a point.
    pub(in crate::interval) fn row(&self, point: u32) -> u32 {
        self.rows[point as usize]
    }

    /// The first of `points` whose second bound is at most `b` and that is not removed; without a second inequality the first one.
    #[inline]
    pub(in crate::interval) fn next(&mut self, points: Range<u32>, b: K) -> Option<u32> {
        // A removed point has the greatest second bound.
        if self.live.is_empty() || (b < K::MAX && !self.levels.is_empty()) {
            return self.search(points, b);
        }
        let point = self.first_live(points.start);
        (point < points.end).then_some(point)
    }

    /// Takes a point out: it is not found again.
    pub(in crate::interval) fn remove(&mut self, point: u32) {
        if self.live[point as usize] != point {
            return;
        }
        self.live[point as usize] = point + 1;
        let mut at = point as usize;
        let mut least = K::MAX;
        for level in 0..self.levels.len() {
            if level > 0 {
                let below = &self.levels[level - 1];
                let block = at << FAN_BITS..below.len().min((at + 1) << FAN_BITS);
                least = below[block].iter().copied().min().unwrap_or(K::MAX);
            }
            if std::mem::replace(&mut self.levels[level][at], least) == least && level > 0 {
                return;
            }
            at >>= FAN_BITS;
        }
    }

    /// The first point from `point` on that is not removed; paths are halved, so that none stays long.
    fn first_live(&mut self, mut point: u32) -> u32 {
        while self.live[point as usize] != point {
            let next = self.live[self.live[point as usize] as usize];
            self.live[point as usize] = next;
            point = next;
        }
        point
    }

    fn search(&self, points: Range<u32>, b: K) -> Option<u32> {
        let (mut at, end) = (points.start as usize, points.end as usize);
        if self.levels.is_empty() {
            return (at < end).then_some(points.start);
        }
        let mut level = 0;
        while at << (FAN_BITS * level) < end {
            if self.levels[level][at] <= b {
                if level == 0 {
                    return Some(at as u32);
                }
                level -= 1;
                at <<= FAN_BITS;
                continue;
            }
            at += 1;
            // The end of a block: its neighbours' minima come next.
            while at & (FAN - 1) == 0 && level + 1 < self.levels.len() && at << (FAN_BITS * level) < end {
                level += 1;
                at >>= FAN_BITS;
            }
        }
        None
    }
}

/// The levels of minima above `second`.
fn tree<K: Ordinal>(second: Vec<K>) -> Vec<Vec<K>> {
    let mut levels = vec![second];
    while let Some(below) = levels.last().filter(|level| level.len() > FAN) {
        let least = |block: &[K]| block.iter().copied().min().unwrap_or(K::MAX);
        let level = below.chunks(FAN).map(least).collect();
        levels.push(level);
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers below `below` that look random.
    fn numbers(seed: u64, count: usize, below: u64) -> Vec<u64> {
        let mix = |i: u64| {
            (i + seed)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(29)
                .wrapping_mul(0xbf58_476d_1ce4_e5b9)
                >> 20
        };
        (0..count as u64).map(|i| mix(i) % below).collect()
    }

    fn found(index: &mut Dominance<u64>, group: u32, a: u64, b: u64) -> Vec<u32> {
        let Range { mut start, end } = index.prefix(group, a);
        let mut rows = vec![];
        while let Some(point) = index.next(start..end, b) {
            rows.push(index.row(point));
            start = point + 1;
        }
        rows.sort_unstable();
        rows
    }

    /// All sizes around the blocks of the tree, the greatest bound among the bounds, and points that are taken out.
    #[test]
    fn exactly_the_dominated_points_are_found() {
        for count in [0, 1, 7, 8, 9, 63, 64, 65, 100, 600] {
            let groups: Vec<u32> = numbers(1, count, 4)
                .iter()
                .map(|g| if *g == 3 { NO_GROUP } else { *g as u32 })
                .collect();
            let bound = |seed| {
                numbers(seed, count, 50)
                    .into_iter()
                    .map(|v| if v == 49 { u64::MAX } else { v })
                    .collect()
            };
            let (first, second): (Vec<u64>, Vec<u64>) = (bound(2), bound(3));
            for with_second in [true, false] {
                let given = with_second.then_some(second.as_slice());
                let mut index = Dominance::new(&groups, 3, &first, given, true, None);
                let mut removed = vec![false; count];
                for (turn, a) in numbers(4, 60, 60).into_iter().enumerate() {
                    let b = if turn % 7 == 0 {
                        u64::MAX
                    } else {
                        numbers(turn as u64, 1, 60)[0]
                    };
                    let group = turn as u32 % 3;
                    let expected: Vec<u32> = (0..count)
                        .filter(|row| groups[*row] == group && first[*row] <= a && !removed[*row])
                        .filter(|row| !with_second || second[*row] <= b)
                        .map(|row| row as u32)
                        .collect();
                    assert_eq!(found(&mut index, group, a, b), expected, "{count} points, {a}, {b}");
                    if turn % 5 == 0 {
                        let Range { start, end } = index.prefix(group, a);
                        for point in (start..end).step_by(3) {
                            removed[index.row(point) as usize] = true;
                            index.remove(point);
                        }
                    }
                }
            }
        }
    }
}
