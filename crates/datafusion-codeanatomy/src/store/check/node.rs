//! Nodes, as far as checks have to know them.

use std::hash::{Hash, Hasher};

use datafusion::arrow::array::StringViewArray;
use xxhash_rust::xxh3::xxh3_128;

use crate::ordering::Categories;

/// The bits that say the kind.
const KIND: u32 = 63;

/// What stands for an id, with the kind of its node: 90 bits of a hash, of which two are the same by chance among a billion ids in one of
/// 10^9 graphs. The kind does not count where keys are compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct NodeKey([u32; 3]);

impl NodeKey {
    /// Of an id; the kind is unknown.
    pub(super) fn of(id: &str) -> Self {
        let hash = xxh3_128(id.as_bytes());
        Self([hash as u32, (hash >> 32) as u32, (hash >> 64) as u32 & !KIND])
    }

    /// The same with a kind.
    pub(super) fn with(self, kind: Kind) -> Self {
        let [a, b, c] = self.0;
        Self([a, b, c | u32::from(kind.0)])
    }

    pub(super) fn kind(self) -> Kind {
        Kind((self.0[2] & KIND) as u8)
    }
}

impl PartialEq for NodeKey {
    fn eq(&self, other: &Self) -> bool {
        let ([a, b, c], [x, y, z]) = (self.0, other.0);
        a == x && b == y && c & !KIND == z & !KIND
    }
}

impl Eq for NodeKey {}

impl Hash for NodeKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // A part of a hash is one.
        state.write_u64(u64::from(self.0[0]) | u64::from(self.0[1]) << 32);
    }
}

/// A kind of nodes, as a number from 1; 0 if there are too many kinds to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind(u8);

impl Kind {
    /// Whether it is in the set, or may be.
    pub(super) fn is_in(self, kinds: u64) -> bool {
        self.0 == 0 || kinds & self.bit() != 0
    }

    pub(super) fn bit(self) -> u64 {
        1 << self.0
    }
}

/// The kinds that were seen.
#[derive(Debug, Default)]
pub(super) struct Kinds(Vec<String>);

impl Kinds {
    pub(super) fn of(&mut self, name: &str) -> Kind {
        let at = self.0.iter().position(|kind| kind == name).unwrap_or_else(|| {
            self.0.push(name.to_string());
            self.0.len() - 1
        });
        Kind(u8::try_from(at + 1).ok().filter(|n| u32::from(*n) <= KIND).unwrap_or(0))
    }

    /// Of every row of a column.
    pub(super) fn of_rows(&mut self, column: &StringViewArray) -> Vec<Kind> {
        let kinds = Categories::of(column);
        let known: Vec<Kind> = kinds.values.iter().map(|name| self.of(name)).collect();
        let of = |code: &u32| known.get(*code as usize).copied().unwrap_or(Kind(0));
        kinds.codes.iter().map(of).collect()
    }

    pub(super) fn name(&self, kind: Kind) -> &str {
        let at = usize::from(kind.0).checked_sub(1);
        at.and_then(|at| self.0.get(at)).map_or("unknown", String::as_str)
    }
}
