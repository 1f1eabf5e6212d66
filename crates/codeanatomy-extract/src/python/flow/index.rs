//! From nodes of the tree to the bindings that they use or make.

use crate::python::names::{Facts, Lookup};
use crate::python::scope::{ScopeId, ScopeKind, ScopeTree, SymbolId};

/// Stands for a missing number.
const NONE: u32 = u32::MAX;

/// What the walk over names found, by node and by offset.
#[derive(Debug)]
pub(super) struct Index<'n, 'a> {
    pub(super) scopes: &'n ScopeTree<'a>,
    facts: &'n Facts<'a>,
    /// By `node_id`, the position among the references.
    references: Vec<u32>,
    /// By scope, the scope whose code runs as a whole with it.
    frames: Vec<ScopeId>,
    /// By symbol, whether code of another frame binds it, too.
    shared: Vec<bool>,
}

impl<'n, 'a> Index<'n, 'a> {
    pub(super) fn new(scopes: &'n ScopeTree<'a>, facts: &'n Facts<'a>) -> Self {
        let last = facts.references.last().map_or(0, |r| r.node_id as usize + 1);
        let mut references = vec![NONE; last];
        for (i, reference) in facts.references.iter().enumerate() {
            references[reference.node_id as usize] = i as u32;
        }
        let mut frames: Vec<ScopeId> = Vec::with_capacity(scopes.scopes.len());
        for scope in &scopes.scopes {
            use ScopeKind::{Function, Lambda, TypeAlias, TypeVariable};
            let around = scope.parent.map(|parent| frames[parent.index()]);
            let starts = matches!(scope.kind, Function | Lambda | TypeAlias | TypeVariable);
            let own = ScopeId::at(frames.len());
            frames.push(around.filter(|_| !starts).unwrap_or(own));
        }
        let mut shared = vec![false; scopes.symbols.len()];
        for symbol in &scopes.symbols {
            if let (Some(binding), Some(_)) = (symbol.binding, symbol.sites) {
                let owner = scopes.symbol(binding).scope;
                shared[binding.index()] |= frames[symbol.scope.index()] != frames[owner.index()];
            }
        }
        Self {
            scopes,
            facts,
            references,
            frames,
            shared,
        }
    }

    /// The reference of a `Name`, by its position, and the binding that it means, if that is followed in its frame.
    #[inline]
    pub(super) fn reference(&self, node_id: u32) -> Option<(u32, Followed)> {
        let position = self.references.get(node_id as usize).copied().filter(|p| *p != NONE)?;
        match self.facts.references[position as usize].lookup {
            Lookup::Symbol(symbol) => Some((position, self.followed(symbol)?)),
            Lookup::Unevaluated(_) => None,
        }
    }

    /// The end of an identifier that is no `Name`, and the binding that it makes.
    pub(super) fn bound(&self, bstart: u32) -> Option<(u32, Followed)> {
        let at = self.facts.bound.binary_search_by_key(&bstart, |b| b.bstart).ok()?;
        let bound = self.facts.bound[at];
        Some((bound.bend, self.followed(bound.symbol)?))
    }

    /// The binding that a symbol means, if the frame of its scope binds it or may do so.
    #[inline]
    fn followed(&self, symbol: SymbolId) -> Option<Followed> {
        let symbol = self.scopes.symbol(symbol);
        let binding = symbol.binding?;
        let owner = self.scopes.symbol(binding).scope;
        let is_own = symbol.scope == owner || self.frames[symbol.scope.index()] == self.frames[owner.index()];
        let is_shared = self.shared[binding.index()];
        (is_own || is_shared).then_some(Followed {
            binding,
            is_own,
            is_shared,
        })
    }

    /// What kind of scope owns a binding, and where it begins, if it is inside of another scope of its frame.
    pub(super) fn owner(&self, binding: SymbolId) -> (ScopeKind, Option<u32>) {
        let owner = self.scopes.symbol(binding).scope;
        let scope = self.scopes.scope(owner);
        let is_inside = self.frames[owner.index()] != owner;
        (scope.kind, is_inside.then_some(scope.bstart))
    }
}

/// A binding that is followed in a frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Followed {
    pub(super) binding: SymbolId,
    /// Whether the frame is that of the scope that owns it.
    pub(super) is_own: bool,
    /// Whether another frame than that of its owner binds it.
    pub(super) is_shared: bool,
}
