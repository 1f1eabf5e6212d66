//! Imports.

use super::Lowering;
use crate::program::{Import, Imported, NONE};
use crate::tree::Kind;

impl Lowering<'_, '_> {
    /// One alias of an import statement.
    pub(super) fn import(&mut self, node: usize) {
        let var = self.var(node);
        let binding = self.bindings.of_target(node);
        self.seen(node, var, binding);
        let binding = binding.unwrap_or(NONE);
        let Some(module) = self.bindings.module(node) else {
            return;
        };
        let statement = self.tree.parent(node).unwrap_or(0);
        let is_from = self.tree.kind(statement) == Kind::ImportFrom;
        let name = self.tree.name(node);
        let what = match (is_from, name) {
            (true, "*") => Imported::Star(self.module),
            (true, name) => {
                let name = self.program.names.intern(name);
                Imported::Name(name, var, self.place(node))
            }
            (false, _) if !self.tree.value(node).is_empty() => Imported::Module(var),
            (false, _) => Imported::First(var),
        };
        let own = self.program.modules[self.module as usize].name;
        let is_relative = is_from && !matches!(self.tree.value(statement), "" | "0");
        let beside = match self.program.names.text(own).rsplit_once('.') {
            Some((folder, _)) if !is_relative && !self.is_package => {
                let text = format!("{folder}.{module}");
                Some(self.program.names.intern(&text))
            }
            _ => None,
        };
        let module = self.program.names.intern(module);
        self.program.imports.push(Import {
            module,
            beside,
            what,
            binding,
        });
    }
}
