//! From values to the definitions that they may be: merges that depend on each other are components of a graph, and each
//! component has one set.

use super::value::{Merge, Value, Values};

/// The definitions of a value.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Members<'a> {
    /// Sorted: 0 for no definition, else the number of the definition and one.
    pub(in super::super) all: &'a [u32],
    /// Whether they are all.
    pub(in super::super) is_complete: bool,
}

/// The set of a component: a range of the arena.
#[derive(Debug, Clone, Copy, Default)]
struct Set {
    start: u32,
    len: u32,
    is_complete: bool,
}

/// Where a merge stands in the search for components.
#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    /// From 1, in the order of the search; 0 if it was not met.
    order: u32,
    lowest: u32,
    is_done: bool,
}

/// The sets of the merges that were asked for.
#[derive(Debug, Default)]
pub(in super::super) struct Reach {
    /// The most members of a set.
    limit: usize,
    with_suppressed: bool,
    arena: Vec<u32>,
    sets: Vec<Set>,
    marks: Vec<Mark>,
    met: u32,
    /// The search: merges whose operands are being looked at, and those whose component is not complete.
    path: Vec<(u32, u32)>,
    open: Vec<u32>,
    gathered: Vec<u32>,
    single: [u32; 1],
}

impl Reach {
    /// Starts anew. Without `with_suppressed`, what comes through a swallowed exception is left out.
    pub(in super::super) fn start(&mut self, values: &Values, limit: usize, with_suppressed: bool) {
        self.limit = limit;
        self.with_suppressed = with_suppressed;
        self.arena.clear();
        self.sets.clear();
        self.sets.resize(values.merges(), Set::default());
        self.marks.clear();
        self.marks.resize(values.merges(), Mark::default());
        self.met = 0;
    }

    /// The members of all sets together.
    pub(in super::super) fn size(&self) -> usize {
        self.arena.len()
    }

    /// The definitions that a value may be.
    pub(in super::super) fn members(&mut self, values: &Values, value: Value) -> Members<'_> {
        let Some(index) = values.merge_index(value) else {
            self.single = [value.0];
            return Members {
                all: &self.single,
                is_complete: true,
            };
        };
        if !self.marks[index].is_done {
            self.search(values, index as u32);
        }
        let set = self.sets[index];
        Members {
            all: self.slice(set),
            is_complete: set.is_complete,
        }
    }

    fn slice(&self, set: Set) -> &[u32] {
        &self.arena[set.start as usize..(set.start + set.len) as usize]
    }

    /// The operand at a position.
    #[inline]
    fn operand(&self, values: &Values, index: u32, at: u32) -> Option<Value> {
        match values.merge(index as usize) {
            Merge::Any(first, last) => values.operands(first, last).get(at as usize).copied(),
            Merge::Suppressed(value) => (at == 0 && self.with_suppressed).then_some(value),
        }
    }

    /// Tarjan's search, without recursion.
    fn search(&mut self, values: &Values, root: u32) {
        self.meet(root);
        while let Some((index, at)) = self.path.last_mut() {
            let (index, position) = (*index, *at);
            *at += 1;
            let Some(operand) = self.operand(values, index, position) else {
                self.path.pop();
                let mark = self.marks[index as usize];
                if mark.lowest == mark.order {
                    self.complete(values, index);
                } else if let Some((before, _)) = self.path.last() {
                    let before = &mut self.marks[*before as usize];
                    before.lowest = before.lowest.min(mark.lowest);
                }
                continue;
            };
            let Some(next) = values.merge_index(operand) else {
                continue;
            };
            let mark = self.marks[next];
            if mark.order == 0 {
                self.meet(next as u32);
            } else if !mark.is_done {
                let mine = &mut self.marks[index as usize];
                mine.lowest = mine.lowest.min(mark.order);
            }
        }
    }

    fn meet(&mut self, index: u32) {
        self.met += 1;
        self.marks[index as usize] = Mark {
            order: self.met,
            lowest: self.met,
            is_done: false,
        };
        self.path.push((index, 0));
        self.open.push(index);
    }

    /// The component of `root` is what was left open since it was met.
    fn complete(&mut self, values: &Values, root: u32) {
        let start = self.open.iter().rposition(|i| *i == root).unwrap_or_default();
        let mut gathered = std::mem::take(&mut self.gathered);
        gathered.clear();
        let mut is_complete = true;
        let mut largest = Set::default();
        for &index in &self.open[start..] {
            let mut at = 0;
            while let Some(operand) = self.operand(values, index, at) {
                at += 1;
                match values.merge_index(operand) {
                    None => gathered.push(operand.0),
                    Some(other) if self.marks[other].is_done => {
                        let set = self.sets[other];
                        is_complete &= set.is_complete;
                        if set.len > largest.len {
                            largest = set;
                        }
                        gathered.extend_from_slice(&self.arena[set.start as usize..(set.start + set.len) as usize]);
                    }
                    Some(_) => {}
                }
            }
        }
        // It is a few sorted lists in a row, which this sort makes use of.
        gathered.sort();
        gathered.dedup();
        is_complete &= gathered.len() <= self.limit;
        gathered.truncate(self.limit);
        let set = if self.slice(largest) == gathered {
            Set { is_complete, ..largest }
        } else {
            let start = self.arena.len() as u32;
            self.arena.extend_from_slice(&gathered);
            Set {
                start,
                len: gathered.len() as u32,
                is_complete,
            }
        };
        self.gathered = gathered;
        for index in self.open.drain(start..) {
            self.sets[index as usize] = set;
            self.marks[index as usize].is_done = true;
        }
    }
}
