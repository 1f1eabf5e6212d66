//! Which values groups have.

use rustc_hash::FxHashSet;

/// The values of groups, to find those that are there.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    numbers: FxHashSet<(usize, u64)>,
    /// A group's number, and the bytes.
    bytes: FxHashSet<Box<[u8]>>,
    key: Vec<u8>,
    /// The bytes on the heap of keys.
    heap: usize,
}

impl Seen {
    /// Notes a number; true if it was not there.
    pub(super) fn number(&mut self, group: usize, number: u64) -> bool {
        self.numbers.insert((group, number))
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
        self.numbers.capacity() * size_of::<(usize, u64)>() + self.bytes.capacity() * size_of::<Box<[u8]>>() + self.heap
    }
}
