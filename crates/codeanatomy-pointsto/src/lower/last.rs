//! What was last stored under a constant key, in code that runs in a straight line: `d["a"] = f` and then `d["a"]()`.
//!
//! A store is remembered as a definition of a name, the keys behind it, and the value, until control may have gone another
//! way (a statement of another list of statements comes), until something else may have changed the item (a store
//! through another name or with a key that is not constant, a method that changes), and, if the container is seen by other
//! code, until something is called.

use rustc_hash::FxHashSet;

use super::Lowering;
use super::expression::key_text;
use crate::names::Sym;
use crate::program::Var;
use crate::tree::Kind;

/// The longest way of keys.
const MAX_KEYS: usize = 8;

/// Methods that change nothing, and hand the container to nothing.
const READERS: [&str; 5] = ["get", "keys", "values", "items", "copy"];

#[derive(Debug)]
struct Store {
    root: usize,
    keys: Vec<Sym>,
    value: Var,
    /// Whether other code sees the container.
    is_shared: bool,
}

/// What a statement does when it is done.
#[derive(Debug)]
enum Effect {
    Store(Store),
    ForgetRoot(usize),
    ForgetAll,
}

/// What is known at a statement.
#[derive(Debug, Default)]
pub(super) struct Last {
    /// The list of statements: the node that has it, and the field.
    list: Option<(usize, String)>,
    stores: Vec<Store>,
    effects: Vec<Effect>,
    /// Definitions that something else than a subscript or a known method uses.
    escaped: Vec<bool>,
    /// Names that code of another flow reads.
    shared: FxHashSet<Var>,
}

impl Lowering<'_, '_> {
    /// Finds out which containers other code may see.
    pub(super) fn find_shared(&mut self) {
        let mut last = Last {
            escaped: vec![false; self.tree.len()],
            ..Last::default()
        };
        for node in 0..self.tree.len() {
            if self.tree.kind(node) != Kind::Name || !self.tree.is_load(node) {
                continue;
            }
            let definitions: Vec<usize> = self.uses.definitions_of(node).collect();
            if definitions.is_empty() {
                last.shared.extend(self.bindings.of_name(node));
            } else if !self.is_harmless(node) {
                for definition in definitions {
                    last.escaped[definition] = true;
                }
            }
        }
        self.last = last;
    }

    /// Whether a use of a name leaves what it holds where it is.
    fn is_harmless(&self, node: usize) -> bool {
        let Some(parent) = self.tree.parent(node) else {
            return false;
        };
        match self.tree.kind(parent) {
            Kind::Subscript => self.tree.field(node) == "value",
            Kind::Attribute => {
                let name = self.tree.name(parent);
                let is_called = self.tree.field(parent) == "func";
                is_called && (READERS.contains(&name) || name == "update")
            }
            _ => false,
        }
    }

    /// A node is come to.
    pub(super) fn step(&mut self, node: usize, kind: Kind) {
        let field = self.tree.field(node);
        if let Some(parent) = self.tree.parent(node)
            && matches!(field, "body" | "orelse" | "finalbody")
            && !matches!(self.tree.kind(parent), Kind::Lambda | Kind::IfExp)
        {
            for effect in std::mem::take(&mut self.last.effects) {
                self.take_effect(effect);
            }
            let is_same = self.last.list.as_ref().is_some_and(|(p, f)| *p == parent && f == field);
            if !is_same {
                self.last.list = Some((parent, field.to_string()));
                self.last.stores.clear();
            }
        }
        match kind {
            Kind::While => self.last.stores.clear(),
            Kind::Call | Kind::Await | Kind::Yield | Kind::YieldFrom => self.called(node, kind),
            _ => {}
        }
    }

    fn take_effect(&mut self, effect: Effect) {
        let stores = &mut self.last.stores;
        match effect {
            Effect::ForgetAll => stores.clear(),
            Effect::ForgetRoot(root) => stores.retain(|s| s.root != root),
            Effect::Store(store) => {
                // Another way may lead to the same item: through another name, or through what was stored further up.
                stores.retain(|s| {
                    let is_other = s.root == store.root && !s.keys.starts_with(&store.keys);
                    is_other || (s.root != store.root && s.keys.last() != store.keys.last())
                });
                stores.push(store);
            }
        }
    }

    /// Something is called: what is shared may change, and what a method changes does.
    fn called(&mut self, node: usize, kind: Kind) {
        self.last.stores.retain(|s| !s.is_shared);
        let Some(function) = self.tree.child(node, "func").filter(|_| kind == Kind::Call) else {
            return;
        };
        if self.tree.kind(function) != Kind::Attribute || READERS.contains(&self.tree.name(function)) {
            return;
        }
        let Some(on) = self.tree.child(function, "value") else {
            return;
        };
        let root = self.way(on);
        let display = self
            .tree
            .list(node, "args")
            .next()
            .filter(|a| self.tree.kind(*a) == Kind::Dict);
        match (root, self.tree.name(function), display) {
            (Some((root, keys, is_shared)), "update", Some(display)) => {
                let items = self.items(display);
                self.last.effects.push(Effect::ForgetRoot(root));
                for (key, value) in items {
                    let mut keys = keys.clone();
                    keys.push(key);
                    self.last.effects.push(Effect::Store(Store {
                        root,
                        keys,
                        value,
                        is_shared,
                    }));
                }
            }
            (Some((root, ..)), ..) => self.last.effects.push(Effect::ForgetRoot(root)),
            (None, ..) => {}
        }
    }

    /// The items of a display whose keys are all constants.
    fn items(&mut self, display: usize) -> Vec<(Sym, Var)> {
        let keys: Vec<usize> = self.tree.list(display, "keys").collect();
        let values: Vec<usize> = self.tree.list(display, "values").collect();
        let texts: Vec<Option<String>> = keys.iter().map(|k| self.constant_key(*k)).collect();
        if keys.len() != values.len() || texts.iter().any(Option::is_none) {
            return vec![];
        }
        let mut items = vec![];
        for (text, value) in texts.into_iter().flatten().zip(values) {
            items.push((self.program.names.intern(&text), self.var(value)));
        }
        items
    }

    fn constant_key(&self, node: usize) -> Option<String> {
        key_text(self.tree.value(node)).filter(|_| self.tree.kind(node) == Kind::Constant)
    }

    /// The definition of the name that a chain of subscripts begins with, the keys, and whether other code sees it.
    fn way(&mut self, node: usize) -> Option<(usize, Vec<Sym>, bool)> {
        let mut keys = vec![];
        let mut at = node;
        while self.tree.kind(at) == Kind::Subscript {
            let text = self.constant_key(self.tree.child(at, "slice")?)?;
            keys.push(self.program.names.intern(&text));
            at = self.tree.child(at, "value")?;
            if keys.len() > MAX_KEYS {
                return None;
            }
        }
        if self.tree.kind(at) != Kind::Name {
            return None;
        }
        let root = self.uses.only(at)?;
        keys.reverse();
        let is_shared = self.last.escaped[root]
            || self
                .bindings
                .of_name(at)
                .is_none_or(|binding| self.last.shared.contains(&binding));
        Some((root, keys, is_shared))
    }

    /// An item is stored by an assignment, or deleted.
    pub(super) fn item_stored(&mut self, node: usize, value: Var) {
        let parent = self.tree.parent(node).map(|p| self.tree.kind(p));
        let is_plain = self.tree.contexts.value(node) == "store" && parent != Some(Kind::AugAssign);
        let effect = match self.way(node) {
            Some((root, keys, is_shared)) if is_plain => Effect::Store(Store {
                root,
                keys,
                value,
                is_shared,
            }),
            _ => Effect::ForgetAll,
        };
        self.last.effects.push(effect);
    }

    /// What an item holds for sure where it is read.
    pub(super) fn last_stored(&mut self, node: usize) -> Option<Var> {
        if self.last.stores.is_empty() {
            return None;
        }
        let (list, _) = self.last.list.as_ref()?;
        let list = *list;
        // Code of another flow, such as a lambda, runs at another time.
        let inside = if self.bodies[list] == crate::program::NONE {
            self.callers[list]
        } else {
            self.bodies[list]
        };
        if self.callers[node] != inside {
            return None;
        }
        let (root, keys, _) = self.way(node)?;
        let stored = self.last.stores.iter().find(|s| s.root == root && s.keys == keys);
        stored.map(|s| s.value)
    }
}
