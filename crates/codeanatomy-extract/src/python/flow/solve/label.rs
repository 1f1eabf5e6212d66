//! Where control meets.

use super::super::program::{Label, Var};
use super::Solver;
use super::value::Value;

/// A label that is open.
#[derive(Debug)]
pub(super) struct OpenLabel {
    /// The length of the log when it was opened.
    opened: usize,
    /// The length of the log at the last jump.
    seen: usize,
    /// Whether something jumps here.
    is_reached: bool,
    /// Whether control gets here even if nothing jumps, with the values from when the label was opened.
    is_certain: bool,
    /// What variables may hold here; those without an entry have the value that they had when the label was opened.
    arrivals: Vec<(Var, Value)>,
}

impl Solver {
    pub(super) fn open(&mut self, number: Label, is_certain: bool) {
        self.positions[number as usize] = self.labels.len();
        self.labels.push(OpenLabel {
            opened: self.log.len(),
            seen: self.log.len(),
            is_reached: false,
            is_certain,
            arrivals: Vec::new(),
        });
    }

    /// Control goes to the label at a position among the open ones.
    pub(super) fn accumulate(&mut self, position: usize, is_suppressed: bool) {
        if !self.is_live {
            return;
        }
        let label = &mut self.labels[position];
        self.marks.begin();
        for (var, before) in self.log.since(label.seen) {
            if !self.marks.set(*var) {
                continue;
            }
            // What came before had the value that is replaced since.
            if label.is_reached {
                label.arrivals.push((*var, *before));
            }
            let mut value = self.current[*var as usize];
            if is_suppressed {
                value = self.values.suppressed(value);
            }
            label.arrivals.push((*var, value));
        }
        label.seen = self.log.len();
        label.is_reached = true;
        self.last_jump = self.log.len();
    }

    /// Control from the jumps to the innermost label meets control from above.
    pub(super) fn close(&mut self) {
        if self.labels.last().is_some_and(|label| label.is_reached) {
            self.accumulate(self.labels.len() - 1, false);
        }
        let Some(mut label) = self.labels.pop() else { return };
        if !label.is_reached && (self.is_live || !label.is_certain) {
            return;
        }
        label.arrivals.sort_unstable();
        label.arrivals.dedup();
        // The values at the time when the label was opened.
        self.touched.clear();
        self.marks.begin();
        for (var, before) in self.log.since(label.opened) {
            if self.marks.set(*var) {
                self.base[*var as usize] = *before;
                self.next[*var as usize] = *before;
                self.touched.push(*var);
            }
        }
        for arrivals in label.arrivals.chunk_by(|a, b| a.0 == b.0) {
            let var = arrivals[0].0;
            if self.marks.set(var) {
                self.base[var as usize] = self.current[var as usize];
                self.touched.push(var);
            }
            self.group.clear();
            self.group.extend(arrivals.iter().map(|(_, value)| *value));
            self.next[var as usize] = self.values.any(&self.group);
        }
        for i in 0..self.touched.len() {
            let var = self.touched[i];
            self.set(var, self.next[var as usize]);
        }
        self.is_live = true;
        self.squash(label.opened);
    }

    /// Leaves one entry per variable in the log, for each open label that has seen a part of it.
    fn squash(&mut self, opened: usize) {
        let mut cuts: Vec<usize> = Vec::new();
        if self.last_jump > opened {
            cuts.extend(self.labels.iter().map(|label| label.seen).filter(|seen| *seen > opened));
        }
        if cuts.is_empty() {
            self.last_jump = self.last_jump.min(opened);
            return self.log.squash(opened, &self.touched, &self.base, &self.current);
        }
        cuts.sort_unstable();
        cuts.dedup();
        let before = cuts.clone();
        self.log
            .squash_pieces(opened, &mut cuts, &mut self.marks, &self.current);
        for label in &mut self.labels {
            if let Ok(at) = before.binary_search(&label.seen) {
                label.seen = cuts[at];
            }
        }
    }
}
