//! Which values groups have.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::{FxBuildHasher, FxHashMap};

/// Bytes of a group in an arena.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) group: usize,
    pub(super) start: usize,
    pub(super) length: usize,
}

/// The values of groups, to find those that are there.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// By a group and 64 numbers that follow each other: a bit for each of these. So small numbers, of which most sets are, take little.
    numbers: FxHashMap<(usize, u64), u64>,
    /// The 64 numbers of each group that were asked for last, and their bits.
    last: Vec<(u64, u64)>,
    /// Where the bytes are, by their hash and their group's.
    bytes: HashTable<Place>,
}

impl Seen {
    /// Notes a number; true if it was not there.
    pub(super) fn number(&mut self, group: usize, number: u64) -> bool {
        let (block, bit) = (number >> 6, 1 << (number & 63));
        if self.last.len() <= group {
            self.last.resize(group + 1, (0, 0));
        }
        let last = &mut self.last[group];
        if *last == (block, last.1 | bit) {
            return false;
        }
        let bits = self.numbers.entry((group, block)).or_default();
        let is_new = *bits & bit == 0;
        *bits |= bit;
        *last = (block, *bits);
        is_new
    }

    /// Notes bytes, which are at `place` of the arena or will be; true if they were not there.
    pub(super) fn bytes(&mut self, bytes: &[u8], place: Place, arena: &[u8]) -> bool {
        let hash = |group: usize, bytes: &[u8]| FxBuildHasher.hash_one((group, bytes));
        let of = |p: &Place| &arena[p.start..p.start + p.length];
        let is_it = |p: &Place| p.group == place.group && of(p) == bytes;
        match self
            .bytes
            .entry(hash(place.group, bytes), is_it, |p| hash(p.group, of(p)))
        {
            Entry::Occupied(_) => false,
            Entry::Vacant(vacant) => {
                vacant.insert(place);
                true
            }
        }
    }

    pub(super) fn size(&self) -> usize {
        self.numbers.capacity() * size_of::<((usize, u64), u64)>()
            + self.last.capacity() * size_of::<(u64, u64)>()
            + self.bytes.allocation_size()
    }
}
