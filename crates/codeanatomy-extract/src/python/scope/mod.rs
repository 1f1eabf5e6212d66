//! Scopes, symbols, bindings: CPython's `symtable`, written from the language reference.
//!
//! The model is the `symtable` of CPython 3.14 with the scopes of type parameters, type aliases and annotations, before
//! comprehensions become part of the scope around. [`ScopeTree`] is filled while the syntax tree is walked and resolved
//! after it.

mod entry;
mod interner;
mod kind;
mod qualified;
mod resolve;
mod rows;
mod symbol;
mod tree;

pub(super) use entry::{Opening, ScopeId};
pub(super) use interner::NameId;
pub(super) use kind::ScopeKind;
pub(super) use resolve::Unevaluated;
pub(super) use rows::{binding_rows, scope_rows, symbol_order, symbol_rows};
pub(super) use symbol::{BindingKind, Flags, Sites, Symbol, SymbolId};
pub(super) use tree::ScopeTree;
