//! Which texts or other bytes groups have.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::FxBuildHasher;

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
    /// Where the bytes are, by their hash and their group's.
    bytes: HashTable<Place>,
}

impl Seen {
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
        self.bytes.allocation_size()
    }
}
