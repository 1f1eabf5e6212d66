//! What changed, in the order of the pass.

use super::super::program::Var;
use super::value::Value;

/// Variables and the values that were replaced.
#[derive(Debug, Default)]
pub(super) struct Log {
    entries: Vec<(Var, Value)>,
    scratch: Vec<(Var, Value)>,
}

impl Log {
    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }

    /// Notes that the variable had the value.
    #[inline]
    pub(super) fn push(&mut self, var: Var, before: Value) {
        self.entries.push((var, before));
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The entries from a position on.
    #[inline]
    pub(super) fn since(&self, start: usize) -> &[(Var, Value)] {
        &self.entries[start..]
    }

    /// Replaces the entries from `start` on by one for each of `touched` that now differs from its value at `start`.
    pub(super) fn squash(&mut self, start: usize, touched: &[Var], base: &[Value], current: &[Value]) {
        self.entries.truncate(start);
        let changed = touched.iter().map(|v| (*v, base[*v as usize]));
        self.entries
            .extend(changed.filter(|(v, before)| current[*v as usize] != *before));
    }

    /// As [`Log::squash`], for each of the pieces that `cuts` (sorted, from `start` on) make; gives the new cuts.
    pub(super) fn squash_pieces(&mut self, start: usize, cuts: &mut [usize], marks: &mut Marks, current: &[Value]) {
        let mut kept = std::mem::take(&mut self.scratch);
        kept.clear();
        let mut from = start;
        for cut in cuts.iter_mut() {
            marks.begin();
            let piece = &self.entries[from..*cut];
            kept.extend(piece.iter().filter(|(var, _)| marks.set(*var)));
            from = *cut;
            *cut = start + kept.len();
        }
        marks.begin();
        let last = self.entries[from..].iter().filter(|(var, _)| marks.set(*var));
        kept.extend(last.filter(|(var, before)| current[*var as usize] != *before));
        self.entries.truncate(start);
        self.entries.extend_from_slice(&kept);
        self.scratch = kept;
    }
}

/// A set of variables that is emptied at no cost.
#[derive(Debug, Default)]
pub(super) struct Marks {
    rounds: Vec<u32>,
    round: u32,
}

impl Marks {
    /// No variable is in the set, of so many.
    pub(super) fn reset(&mut self, variables: usize) {
        self.rounds.clear();
        self.rounds.resize(variables, 0);
        self.round = 0;
    }

    /// Empties the set.
    #[inline]
    pub(super) fn begin(&mut self) {
        if self.round == u32::MAX {
            self.reset(self.rounds.len());
        }
        self.round += 1;
    }

    /// Adds a variable; false if it was there.
    #[inline]
    pub(super) fn set(&mut self, var: Var) -> bool {
        std::mem::replace(&mut self.rounds[var as usize], self.round) != self.round
    }
}
