//! The points of a group that miss a bound, the least miss first.
//!
//! Those with `first > a` stand behind the prefix of the group that [`Dominance`](super::Dominance) searches, by their first bound. This is the same
//! for the second bound: the points of each group by it. So the nearest ones are the first ones, and no other is looked at.

use std::ops::Range;

use super::Ordinal;

/// The points of all groups by their second bounds.
#[derive(Debug)]
pub(in crate::interval) struct Beyond<K> {
    /// Second bound and point; a group has the places that its points have.
    points: Vec<(K, u32)>,
    /// Whether the points of every group stand in the order of their ranks.
    ranked: bool,
}

impl<K: Ordinal> Beyond<K> {
    /// Bytes per row.
    pub(in crate::interval) const BYTES_PER_ROW: usize = size_of::<(K, u32)>();

    /// `begins` as the index has it, `second` by points, `rank` of a point.
    pub(super) fn new(begins: &[u32], second: &[K], rank: impl Fn(u32) -> u32) -> Self {
        let mut points: Vec<(K, u32)> = second.iter().copied().zip(0..).collect();
        let mut ranked = true;
        for group in begins.windows(2) {
            let group = group[0] as usize..group[1] as usize;
            ranked &= points[group.clone()].is_sorted_by_key(|(_, point)| rank(*point));
            points[group].sort_unstable_by_key(|(second, point)| (*second, rank(*point)));
        }
        Self { points, ranked }
    }

    /// Whether the points that are found first are the first by rank, too.
    pub(in crate::interval) fn is_ranked(&self) -> bool {
        self.ranked
    }

    /// The greatest second bound in the places of a group, which has one.
    pub(in crate::interval) fn greatest(&self, group: &Range<u32>) -> K {
        self.points[group.end as usize - 1].0
    }

    /// The first place in `group` whose point has a second bound above `b`.
    pub(in crate::interval) fn above(&self, group: &Range<u32>, b: K) -> u32 {
        let points = &self.points[group.start as usize..group.end as usize];
        group.start + points.partition_point(|(second, _)| *second <= b) as u32
    }

    /// The point at a place.
    pub(in crate::interval) fn point(&self, place: u32) -> u32 {
        self.points[place as usize].1
    }

    pub(in crate::interval) fn size(&self) -> usize {
        self.points.capacity() * Self::BYTES_PER_ROW
    }
}
