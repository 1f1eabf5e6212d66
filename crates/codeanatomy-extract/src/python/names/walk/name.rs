//! Names: each is noted in the scope that it is read or bound in.

use ruff_python_ast::{ExprAttribute, ExprContext, ExprName, Identifier};
use ruff_text_size::Ranged;

use super::Walk;
use crate::python::names::facts::{Bound, Context, Lookup, Reference, node_id};
use crate::python::scope::{BindingKind, Flags, NameId, ScopeId, Sites, SymbolId, Unevaluated};

impl<'a> Walk<'a> {
    /// A name of the tree, with the attribute chain that it begins.
    pub(super) fn name(&mut self, node: &'a ExprName, chain: Option<&'a ExprAttribute>) -> Option<Lookup> {
        if node.id.is_empty() {
            // What the parser puts where an expression is missing.
            return None;
        }
        let written = self.scopes.names.intern(node.id.as_str());
        let name = self.scopes.mangle(written);
        let (context, flags, kind) = match node.ctx {
            ExprContext::Load | ExprContext::Invalid => (Context::Load, Flags::USE, None),
            ExprContext::Store => (Context::Store, Flags::LOCAL, Some(BindingKind::Assignment)),
            ExprContext::Del => (Context::Del, Flags::LOCAL, Some(BindingKind::Deletion)),
        };
        let lookup = if self.is_unevaluated {
            self.unevaluated(name)
        } else {
            let is_target = self.comprehension_target == Some(self.scopes.current());
            let flags = if is_target {
                flags.with(Flags::COMPREHENSION_TARGET)
            } else {
                flags
            };
            let site = kind.map(|kind| Sites::one(kind, node.start().to_u32(), node.end().to_u32()));
            let symbol = self.scopes.define(name, flags, site);
            if node.id == "super" && context == Context::Load {
                self.use_of_super();
            }
            Lookup::Symbol(symbol)
        };
        self.reference(node, written, context, lookup, chain);
        Some(lookup)
    }

    /// `super` reads the cell `__class__`.
    #[cold]
    fn use_of_super(&mut self) {
        if self.scopes.scope(self.scopes.current()).kind.is_function_like() {
            let name = self.scopes.names.intern("__class__");
            self.scopes.define(name, Flags::USE, None);
        }
    }

    #[cold]
    pub(super) fn unevaluated(&mut self, name: NameId) -> Lookup {
        self.unevaluated_in(self.scopes.current(), name)
    }

    /// A name that is looked up in a scope and not in its table.
    pub(super) fn unevaluated_in(&mut self, scope: ScopeId, name: NameId) -> Lookup {
        let index = self.facts.unevaluated.len() as u32;
        self.facts.unevaluated.push(Unevaluated {
            scope,
            name,
            symbol: None,
        });
        Lookup::Unevaluated(index)
    }

    #[inline]
    pub(super) fn reference(
        &mut self,
        node: &'a ExprName,
        name: NameId,
        context: Context,
        lookup: Lookup,
        chain: Option<&'a ExprAttribute>,
    ) {
        if self.wants.references || (self.wants.deletions && context == Context::Del) {
            let (node_id, scope) = (node_id(&node.node_index), self.scopes.current());
            self.facts.references.push(Reference {
                node_id,
                name,
                context,
                scope,
                lookup,
                range: node.range,
                chain,
            });
        }
    }

    /// Binds an identifier that is not a `Name` of the tree.
    pub(super) fn bind(&mut self, name: &'a Identifier, flags: Flags, kind: BindingKind) -> Option<SymbolId> {
        if name.id.is_empty() {
            return None;
        }
        let site = Sites::one(kind, name.start().to_u32(), name.end().to_u32());
        let name = self.mangled(name.as_str());
        Some(self.bind_at(name, flags, site))
    }

    /// Binds a name at a site that is not a `Name` of the tree.
    pub(super) fn bind_at(&mut self, name: NameId, flags: Flags, site: Sites) -> SymbolId {
        let symbol = self.scopes.define(name, flags, Some(site));
        if self.wants.flow {
            let (bstart, bend) = (site.bstart, site.bend);
            self.facts.bound.push(Bound { bstart, bend, symbol });
        }
        symbol
    }

    /// A name as the compiler has it here.
    pub(super) fn mangled(&mut self, text: &'a str) -> NameId {
        let name = self.scopes.names.intern(text);
        self.scopes.mangle(name)
    }
}
