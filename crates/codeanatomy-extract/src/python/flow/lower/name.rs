//! Names: uses and definitions.

use ruff_python_ast::{Alias, AtomicNodeIndex, Expr, ExprName, Identifier};
use ruff_text_size::Ranged;

use super::super::index::Followed;
use super::super::program::{Step, Var};
use super::super::site::{Definition, DefinitionKind, Use, UseKind};
use super::Lower;
use crate::python::names::node_id;

impl<'a> Lower<'_, 'a> {
    /// A name is read. Gives its variable.
    pub(super) fn use_name(&mut self, node: &'a ExprName, kind: UseKind) -> Option<Var> {
        self.program.may_raise();
        let (reference, followed) = self.index.reference(node_id(&node.node_index))?;
        let var = self.variable(followed);
        let number = self.next_use;
        self.next_use += 1;
        if number == self.uses.len() {
            let generator = self.generator;
            self.uses.push(Use {
                reference,
                var,
                kind,
                generator,
            });
        }
        self.program.push(Step::Use(var, number as u32));
        Some(var)
    }

    /// A `Name` is bound.
    pub(super) fn define_name(&mut self, node: &'a ExprName, kind: DefinitionKind) {
        let id = node_id(&node.node_index);
        if let Some((_, followed)) = self.index.reference(id) {
            let (bstart, bend) = (node.start().to_u32(), node.end().to_u32());
            self.define(followed, id, bstart, bend, kind);
        }
    }

    /// An identifier that is no `Name` is bound by the node. Gives its variable.
    pub(super) fn define_identifier(
        &mut self,
        name: &'a Identifier,
        node: &'a AtomicNodeIndex,
        kind: DefinitionKind,
    ) -> Option<Var> {
        if name.id.is_empty() {
            return None;
        }
        let bstart = name.start().to_u32();
        let (bend, followed) = self.index.bound(bstart)?;
        Some(self.define(followed, node_id(node), bstart, bend, kind))
    }

    /// A star import may bind every name of the module.
    pub(super) fn define_star(&mut self, alias: &'a Alias) {
        if !self.is_module || !self.contexts_allow_star() {
            return;
        }
        let (bstart, bend) = (alias.start().to_u32(), alias.end().to_u32());
        let number = self.add(node_id(&alias.node_index), bstart, bend, DefinitionKind::StarImport);
        self.program.star(number);
    }

    fn contexts_allow_star(&self) -> bool {
        !self.contexts.iter().any(|c| matches!(c, super::Context::Class))
    }

    fn define(&mut self, followed: Followed, node_id: u32, bstart: u32, bend: u32, kind: DefinitionKind) -> Var {
        let var = self.variable(followed);
        self.variables[var as usize].is_defined = true;
        let number = self.add(node_id, bstart, bend, kind);
        self.program.define(var, number);
        var
    }

    fn add(&mut self, node_id: u32, bstart: u32, bend: u32, kind: DefinitionKind) -> u32 {
        let number = self.next_definition;
        self.next_definition += 1;
        if number == self.definitions.len() {
            let generator = self.generator;
            self.definitions.push(Definition {
                node_id,
                bstart,
                bend,
                kind,
                generator,
            });
        }
        number as u32
    }

    /// What is assigned to, once the value is there.
    pub(super) fn target(&mut self, node: &'a Expr, kind: DefinitionKind) {
        match node {
            Expr::Name(name) => self.define_name(name, kind),
            Expr::Starred(starred) => self.target(&starred.value, kind),
            Expr::Tuple(tuple) => self.unpack(&tuple.elts, kind),
            Expr::List(list) => self.unpack(&list.elts, kind),
            other => self.expression(other),
        }
    }

    fn unpack(&mut self, nodes: &'a [Expr], kind: DefinitionKind) {
        self.program.may_raise();
        for node in nodes {
            self.target(node, kind);
        }
    }

    /// What is deleted.
    pub(super) fn delete(&mut self, node: &'a Expr) {
        match node {
            Expr::Name(name) => {
                if let Some(var) = self.use_name(name, UseKind::Del) {
                    self.variables[var as usize].is_defined = true;
                    self.program.unbind(var);
                }
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|node| self.delete(node)),
            Expr::List(list) => list.elts.iter().for_each(|node| self.delete(node)),
            other => self.expression(other),
        }
    }
}
