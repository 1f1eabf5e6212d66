//! One scope.

use super::interner::NameId;
use super::kind::ScopeKind;
use super::qualified::QualifiedId;
use super::symbol::SymbolId;

/// A scope of the file, by its `scope_index`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ScopeId(pub(super) u32);

impl ScopeId {
    /// The module.
    pub(crate) const MODULE: Self = Self(0);

    /// The scope at a position.
    #[inline]
    pub(crate) fn at(position: usize) -> Self {
        Self(position as u32)
    }

    /// Its position among the scopes.
    #[inline]
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }

    /// A key for a name in the scope.
    #[inline]
    pub(crate) fn key(self, name: NameId) -> u64 {
        u64::from(self.0) << 32 | name.key()
    }
}

/// What the walker says of a scope that it enters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opening<'a> {
    pub(crate) kind: ScopeKind,
    /// The name that `symtable` gives; of annotations, the function that has them, or nothing.
    pub(crate) name: &'a str,
    pub(crate) node_id: u32,
    pub(crate) bstart: u32,
    pub(crate) bend: u32,
    /// The definition whose body it is, by its position among the definitions.
    pub(crate) definition: Option<u32>,
    /// The first parameter, if it is the instance or class that a method is called on.
    pub(crate) receiver: Option<NameId>,
}

/// A scope.
#[derive(Debug)]
pub(crate) struct Scope {
    pub(crate) kind: ScopeKind,
    pub(crate) name: NameId,
    pub(crate) parent: Option<ScopeId>,
    pub(crate) depth: u32,
    pub(crate) is_nested: bool,
    pub(crate) qualified: Option<QualifiedId>,
    pub(crate) ordinal: u32,
    pub(crate) node_id: u32,
    pub(crate) bstart: u32,
    pub(crate) bend: u32,
    /// The definition whose body it is.
    pub(crate) definition: Option<u32>,
    /// The definition that it is or is inside of.
    pub(crate) container: Option<u32>,
    /// The class of the method that it is or is inside of, and the first parameter of that method.
    pub(crate) class: Option<u32>,
    pub(crate) receiver: Option<NameId>,
    /// Whether it is the body of a function directly in a class.
    pub(crate) is_method: bool,
    /// The class whose names a scope of type parameters sees.
    pub(super) class_in_sight: Option<ScopeId>,
    /// The scope that `:=` in it binds in.
    pub(super) walrus_target: ScopeId,
    /// The scope of the annotations of its variables.
    pub(super) annotations: Option<ScopeId>,
    /// What the qualified names of the scopes right inside begin with.
    pub(super) prefix: Option<QualifiedId>,
    /// Its last symbol.
    pub(super) symbols: Option<SymbolId>,
}

impl Scope {
    /// Its last symbol; the others come before it.
    pub(crate) fn last_symbol(&self) -> Option<SymbolId> {
        self.symbols
    }

    /// The module, which ends at `bend`.
    pub(super) fn module(name: NameId, bend: u32) -> Self {
        Self {
            kind: ScopeKind::Module,
            name,
            parent: None,
            depth: 0,
            is_nested: false,
            qualified: None,
            ordinal: 0,
            node_id: 0,
            bstart: 0,
            bend,
            definition: None,
            container: None,
            class: None,
            receiver: None,
            is_method: false,
            class_in_sight: None,
            walrus_target: ScopeId::MODULE,
            annotations: None,
            prefix: None,
            symbols: None,
        }
    }
}
