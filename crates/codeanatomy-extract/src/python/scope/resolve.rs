//! From names used and bound in each scope to the scope whose binding is meant.
//!
//! Python's rules: a name that a scope binds is its own; a name declared `global` is the module's; any other name is that
//! of the nearest function around that binds it, classes skipped, or else global. One pass over the scopes, parents
//! first, keeps for every name the binding that is visible, so the cost does not depend on how deep scopes nest.

use super::entry::ScopeId;
use super::interner::NameId;
use super::kind::ScopeKind;
use super::symbol::{Flags, Resolution, Sites, SymbolId};
use super::tree::ScopeTree;

/// The most symbols per file for names that only pass through a scope, from a scope inside to one around. No file that
/// CPython accepts comes near; beyond it, scopes between have no symbol for such a name.
const MAX_PASSING: usize = 1 << 20;

/// What a name means where no scope in between binds it.
#[derive(Debug, Clone, Copy)]
enum Visible {
    Symbol(SymbolId),
    /// `__class__` and `__classdict__`, which a class gives to the functions inside; no names of its body.
    Class(ScopeId),
}

/// A name that is looked up without being in the table: CPython leaves out annotations that are not evaluated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unevaluated {
    pub(crate) scope: ScopeId,
    /// The name, mangled.
    pub(crate) name: NameId,
    /// The symbol it would be, set by [`ScopeTree::resolve`].
    pub(crate) symbol: Option<SymbolId>,
}

impl ScopeTree<'_> {
    /// Says for every symbol what it is, after the walk.
    pub(crate) fn resolve(&mut self, unevaluated: &mut [Unevaluated]) {
        let class_names = [self.names.intern("__class__"), self.names.intern("__classdict__")];
        let order = self.preorder();
        let mut places = vec![0u32; order.len()];
        for (place, id) in order.iter().enumerate() {
            places[id.index()] = place as u32;
        }
        let mut waiting: Vec<usize> = (0..unevaluated.len()).collect();
        waiting.sort_by_key(|i| std::cmp::Reverse(places[unevaluated[*i].scope.index()]));

        let mut visible: Vec<Option<Visible>> = vec![None; self.names.len()];
        let mut hidden: Vec<(NameId, Option<Visible>)> = Vec::new();
        let mut open: Vec<(ScopeId, usize)> = Vec::new();
        for id in order {
            let parent = self.scope(id).parent;
            while open.last().is_some_and(|(top, _)| Some(*top) != parent) {
                let keep = open.pop().map_or(0, |(_, mark)| mark);
                for (name, before) in hidden.drain(keep..).rev() {
                    visible[name.index()] = before;
                }
            }
            open.push((id, hidden.len()));
            self.resolve_scope(id, &visible);
            self.show(id, class_names, |name, now| {
                hidden.push((name, visible[name.index()]));
                visible[name.index()] = now;
            });
            while let Some(i) = waiting.pop_if(|i| unevaluated[*i].scope == id) {
                let name = unevaluated[i].name;
                unevaluated[i].symbol = self.find(id, name).or(match visible[name.index()] {
                    Some(Visible::Symbol(symbol)) => Some(symbol),
                    Some(Visible::Class(_)) => None,
                    None => self.find(ScopeId::MODULE, name),
                });
            }
        }
        self.pass_free_names();
        self.collect_sites();
        self.mark_namespaces();
        self.hide_receivers();
    }

    /// The scopes, each before those inside. It is the order in which they were entered, but for those in annotations:
    /// the scope of these is entered again with each variable.
    fn preorder(&self) -> Vec<ScopeId> {
        const NONE: u32 = u32::MAX;
        let count = self.scopes.len();
        let (mut first, mut next) = (vec![NONE; count], vec![NONE; count]);
        for (index, scope) in self.scopes.iter().enumerate().rev() {
            if let Some(parent) = scope.parent {
                next[index] = std::mem::replace(&mut first[parent.index()], index as u32);
            }
        }
        let (mut order, mut waiting) = (Vec::with_capacity(count), vec![ScopeId::MODULE.0]);
        while let Some(index) = waiting.pop() {
            order.push(ScopeId(index));
            let inside = [next[index as usize], first[index as usize]];
            waiting.extend(inside.into_iter().filter(|i| *i != NONE));
        }
        order
    }

    fn resolve_scope(&mut self, id: ScopeId, visible: &[Option<Visible>]) {
        let class_in_sight = self.scope(id).class_in_sight;
        let mut next = self.scope(id).symbols;
        while let Some(symbol_id) = next {
            let symbol = *self.symbol(symbol_id);
            next = symbol.previous;
            let seen = visible[symbol.name.index()];
            let found = seen.map(|seen| match seen {
                Visible::Symbol(s) => (Resolution::Free, self.symbol(s).scope, Some(s)),
                Visible::Class(class) => (Resolution::Free, class, None),
            });
            let global = self.find(ScopeId::MODULE, symbol.name);
            let resolved = if symbol.flags.any(Flags::GLOBAL) {
                (Resolution::GlobalExplicit, ScopeId::MODULE, global)
            } else if symbol.flags.any(Flags::BOUND) && !symbol.flags.any(Flags::NONLOCAL) {
                (Resolution::Local, id, Some(symbol_id))
            } else if let Some(in_class) = class_in_sight.and_then(|c| self.name_of_class(c, symbol.name)) {
                in_class
            } else if let Some(found) = found {
                found
            } else {
                (Resolution::GlobalImplicit, ScopeId::MODULE, global)
            };
            let symbol = &mut self.symbols[symbol_id.index()];
            (symbol.resolution, symbol.binder, symbol.binding) = resolved;
        }
    }

    /// A name as a scope of type parameters sees it in the class around: the compiler calls it global, and looks into
    /// the class first.
    fn name_of_class(&self, class: ScopeId, name: NameId) -> Option<(Resolution, ScopeId, Option<SymbolId>)> {
        let symbol = self.find(class, name)?;
        let flags = self.symbol(symbol).flags;
        if flags.any(Flags::GLOBAL) {
            Some((
                Resolution::GlobalExplicit,
                ScopeId::MODULE,
                self.find(ScopeId::MODULE, name),
            ))
        } else if flags.any(Flags::BOUND) && !flags.any(Flags::NONLOCAL) {
            Some((Resolution::GlobalImplicit, class, Some(symbol)))
        } else {
            None
        }
    }

    /// Tells `set` the names that the scope shows to, or hides from, the scopes inside.
    fn show(&self, id: ScopeId, class_names: [NameId; 2], mut set: impl FnMut(NameId, Option<Visible>)) {
        let scope = self.scope(id);
        if scope.kind == ScopeKind::Class {
            class_names
                .into_iter()
                .for_each(|name| set(name, Some(Visible::Class(id))));
        }
        if !scope.kind.is_function_like() {
            return;
        }
        let mut next = scope.symbols;
        while let Some(symbol_id) = next {
            let symbol = self.symbol(symbol_id);
            next = symbol.previous;
            match symbol.resolution {
                Resolution::Local => set(symbol.name, Some(Visible::Symbol(symbol_id))),
                Resolution::GlobalExplicit => set(symbol.name, None),
                _ => {}
            }
        }
    }

    /// Turns names that functions inside use into cells, and adds them to the scopes in between.
    fn pass_free_names(&mut self) {
        let mut passing = 0;
        for index in 0..self.symbols.len() {
            let free = self.symbols[index];
            if free.resolution != Resolution::Free {
                continue;
            }
            if let Some(binding) = free.binding
                && self.symbol(binding).resolution == Resolution::Local
                && self.scope(free.binder).kind.is_function_like()
            {
                self.symbols[binding.index()].resolution = Resolution::Cell;
            }
            let mut next = self.scope(free.scope).parent;
            while let Some(between) = next.filter(|s| *s != free.binder) {
                next = self.scope(between).parent;
                match self.find(between, free.name) {
                    Some(there) => {
                        let symbol = &mut self.symbols[there.index()];
                        let is_passed =
                            symbol.resolution == Resolution::Free || symbol.flags.any(Flags::FREE_BELOW_CLASS);
                        symbol.flags = symbol.flags.with(Flags::FREE_BELOW_CLASS);
                        if is_passed {
                            break;
                        }
                    }
                    None if passing < MAX_PASSING => {
                        passing += 1;
                        let id = self.define_in(between, free.name, Flags::default(), None);
                        let symbol = &mut self.symbols[id.index()];
                        (symbol.binder, symbol.binding) = (free.binder, free.binding);
                    }
                    None => break,
                }
            }
        }
    }

    /// Moves the sites of `global` and `nonlocal` names to the scope that they bind in.
    fn collect_sites(&mut self) {
        for index in 0..self.symbols.len() {
            let symbol = self.symbols[index];
            if symbol.binder == symbol.scope {
                continue;
            }
            if let (Some(sites), Some(binding)) = (symbol.sites, symbol.binding) {
                Sites::merge(&mut self.symbols[binding.index()].sites, sites);
            }
        }
        for index in 0..self.symbols.len() {
            let binding = self.symbols[index].binding;
            self.symbols[index].binding = binding.filter(|b| self.symbol(*b).is_binding());
        }
    }

    /// Marks the symbols that `symtable` calls namespaces: a scope right below has their name.
    fn mark_namespaces(&mut self) {
        for index in 0..self.scopes.len() {
            let scope = &self.scopes[index];
            if let Some(symbol) = scope.parent.and_then(|parent| self.find(parent, scope.name)) {
                let flags = &mut self.symbols[symbol.index()].flags;
                *flags = flags.with(Flags::NAMESPACE);
            }
        }
    }

    /// Takes the first parameter of a method from the functions inside that bind its name themselves.
    fn hide_receivers(&mut self) {
        for index in 0..self.scopes.len() {
            let scope = &self.scopes[index];
            if scope.is_method || scope.receiver.is_none() {
                continue;
            }
            let inherited = scope.parent.and_then(|parent| self.scope(parent).receiver);
            let own = inherited.and_then(|name| self.find(ScopeId(index as u32), name));
            let is_hidden = own.is_some_and(|s| self.symbol(s).resolution != Resolution::Free);
            self.scopes[index].receiver = inherited.filter(|_| !is_hidden);
        }
    }
}
