//! Names that are read and written.

use arrow_array::{Array, BooleanArray, Int64Array, StringViewArray};
use arrow_schema::ArrowError;

use super::Lowering;
use crate::input::{FileRows, batch, bools, cell, ints, texts};
use crate::program::Var;

/// The rows of `def_use`, which are ordered by the use.
#[derive(Debug)]
pub(super) struct Uses<'a> {
    nodes: &'a Int64Array,
    definitions: &'a Int64Array,
    kinds: &'a StringViewArray,
    reasons: &'a StringViewArray,
    elsewhere: &'a BooleanArray,
    complete: &'a BooleanArray,
}

impl<'a> Uses<'a> {
    pub(super) fn new(file: &FileRows<'a>) -> Result<Self, ArrowError> {
        let rows = batch(file, "def_use")?;
        Ok(Self {
            nodes: ints(rows, "use_node_id")?,
            definitions: ints(rows, "def_node_id")?,
            kinds: texts(rows, "def_kind")?,
            reasons: texts(rows, "reason")?,
            elsewhere: bools(rows, "is_bound_elsewhere")?,
            complete: bools(rows, "is_complete")?,
        })
    }

    /// The rows of a use.
    pub(super) fn of(&self, node: usize) -> std::ops::Range<usize> {
        let nodes = self.nodes.values();
        let from = nodes.partition_point(|n| *n < node as i64);
        let to = from + nodes[from..].iter().take_while(|n| **n == node as i64).count();
        from..to
    }

    /// The definitions that reach a use.
    pub(super) fn definitions_of(&self, node: usize) -> impl Iterator<Item = usize> {
        let rows = self.of(node).filter(|row| self.definitions.is_valid(*row));
        rows.map(|row| self.definitions.value(row) as usize)
    }

    /// The definitions that reach a use, if nothing else may.
    pub(super) fn all(&self, node: usize) -> Option<Vec<usize>> {
        let one = |row: usize| {
            let is_whole = self.complete.value(row) && !self.elsewhere.value(row);
            let is_plain = self.definitions.is_valid(row) && cell(self.kinds, row) != Some("star_import");
            (is_whole && is_plain).then(|| self.definitions.value(row) as usize)
        };
        self.of(node).map(one).collect()
    }

    /// The only definition that reaches a use.
    pub(super) fn only(&self, node: usize) -> Option<usize> {
        let rows = self.of(node);
        let one = rows.len() == 1 && self.definitions.is_valid(rows.start) && !self.elsewhere.value(rows.start);
        one.then(|| self.definitions.value(rows.start) as usize)
    }
}

impl Lowering<'_, '_> {
    pub(super) fn name(&mut self, node: usize) {
        let var = self.var(node);
        if self.tree.is_load(node) {
            self.read(node, var);
        } else {
            self.seen(node, var, self.bindings.of_name(node));
        }
    }

    /// The definitions that reach the use at `node`, into `to`.
    pub(super) fn read(&mut self, node: usize, to: Var) {
        let rows = self.uses.of(node);
        let binding = self.bindings.of_name(node);
        if rows.is_empty() {
            match binding {
                Some(binding) => self.program.copy(binding, to),
                None => self.free_name(node, to),
            }
            return;
        }
        let mut whole = false;
        for row in rows {
            whole |= self.uses.elsewhere.value(row) || !self.uses.complete.value(row);
            if self.uses.definitions.is_valid(row) {
                let definition = self.uses.definitions.value(row) as usize;
                if cell(self.uses.kinds, row) == Some("star_import") {
                    self.free_name(node, to);
                } else {
                    let from = self.var(definition);
                    self.program.copy(from, to);
                }
                continue;
            }
            match cell(self.uses.reasons, row) {
                Some("outside") => match self.bindings.in_module(self.tree.name(node)) {
                    Some(global) if Some(global) != binding => self.program.copy(global, to),
                    _ => self.free_name(node, to),
                },
                Some("unreachable" | "too_deep") => whole = true,
                _ => {}
            }
        }
        if let Some(binding) = binding
            && whole
        {
            self.program.copy(binding, to);
        }
    }

    /// A name that no statement of the file binds: from a star import, or a builtin.
    fn free_name(&mut self, node: usize, to: Var) {
        let name = self.program.names.intern(self.tree.name(node));
        let at = self.place(node);
        self.program.free.push((self.module, name, to, at));
    }
}
