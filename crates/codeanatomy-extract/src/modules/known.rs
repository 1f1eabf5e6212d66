//! What is remembered of walks: where names lead to.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use super::index::ModuleId;
use super::target::{Reached, Reason};

/// What a name of a module leads to, whatever the way to it.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) reached: Vec<Reached>,
    pub(super) reason: Option<Reason>,
    /// How many pairs of module and name are open at most while it is found.
    pub(super) open: usize,
}

type Names = FxHashMap<Box<str>, Arc<Known>>;
/// The names that a star brings.
pub(super) type StarNames = Arc<BTreeSet<Box<str>>>;

/// What all walks over a source share. What is in it is the same whoever finds it first.
#[derive(Debug, Default)]
pub(super) struct AllKnown {
    /// By the module and what is beside it.
    names: RwLock<FxHashMap<(ModuleId, Option<ModuleId>), Names>>,
    stars: RwLock<FxHashMap<ModuleId, StarNames>>,
}

impl AllKnown {
    pub(super) fn get(&self, module: ModuleId, name: &str, beside: Option<ModuleId>) -> Option<Arc<Known>> {
        let names = self.names.read().unwrap_or_else(PoisonError::into_inner);
        names.get(&(module, beside))?.get(name).cloned()
    }

    /// Adds what a name leads to, and says how many bytes it takes.
    pub(super) fn insert(&self, module: ModuleId, name: &str, beside: Option<ModuleId>, known: Known) -> usize {
        let via = known.reached.iter().map(|r| size_of::<Reached>() + r.memory_size());
        let bytes = via.sum::<usize>() + size_of::<Known>() + name.len() + ENTRY_BYTES;
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        let names = names.entry((module, beside)).or_default();
        match names.insert(name.into(), Arc::new(known)) {
            None => bytes,
            Some(_) => 0,
        }
    }

    pub(super) fn star(&self, module: ModuleId) -> Option<StarNames> {
        let stars = self.stars.read().unwrap_or_else(PoisonError::into_inner);
        stars.get(&module).cloned()
    }

    /// Adds the names that a star brings, and says how many bytes they take.
    pub(super) fn insert_star(&self, module: ModuleId, names: StarNames) -> usize {
        let texts = names.iter().map(|name| name.len() + size_of::<Box<str>>());
        let bytes = texts.sum::<usize>() + ENTRY_BYTES;
        let mut stars = self.stars.write().unwrap_or_else(PoisonError::into_inner);
        match stars.insert(module, names) {
            None => bytes,
            Some(_) => 0,
        }
    }
}

/// About what an entry of a map takes beside what is in it.
const ENTRY_BYTES: usize = 96;
