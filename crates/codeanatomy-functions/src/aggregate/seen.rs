//! Which values groups have.

use rustc_hash::{FxHashMap, FxHashSet};

/// The values of groups, to find those that are there.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// By a group and 64 numbers that follow each other: a bit for each of these. So small numbers, of which most sets are, take little.
    numbers: FxHashMap<(usize, u64), u64>,
    /// The 64 numbers of each group that were asked for last, and their bits.
    last: Vec<(u64, u64)>,
    /// A group's number, and the bytes.
    bytes: FxHashSet<Box<[u8]>>,
    key: Vec<u8>,
    /// The bytes on the heap of keys.
    heap: usize,
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

    /// Notes bytes; true if they were not there.
    pub(super) fn bytes(&mut self, group: usize, bytes: &[u8]) -> bool {
        self.key.clear();
        self.key.extend_from_slice(&group.to_le_bytes());
        self.key.extend_from_slice(bytes);
        let is_new = !self.bytes.contains(self.key.as_slice());
        if is_new {
            self.heap += self.key.len();
            self.bytes.insert(self.key.as_slice().into());
        }
        is_new
    }

    pub(super) fn size(&self) -> usize {
        self.numbers.capacity() * size_of::<((usize, u64), u64)>()
            + self.last.capacity() * size_of::<(u64, u64)>()
            + self.bytes.capacity() * size_of::<Box<[u8]>>()
            + self.heap
    }
}
