//! Bindings that other code never sees, since the same name is bound again behind them: all but the last `@overload`.
//!
//! What a name holds where it is bound follows from `def_use`. Other code sees one variable for the name, which gets what
//! any of its bindings gives, but for those that are replaced before other code can look:
//! - A class is seen when its body has ended, so what a later statement of the body binds again is gone.
//! - A module or a function may be looked at as soon as anything is called, so nothing may run in between; but for what
//!   `@overload` decorates, which is not meant to be called at all.

use rustc_hash::FxHashMap;

use super::Lowering;
use super::noise::{List, Noise};
use crate::program::Var;
use crate::tree::Kind;

/// The most statements around a binding that are looked at.
const MAX_DEPTH: usize = 64;

/// For the bindings that are replaced, by node: the statement that does it.
pub(super) type Replaced = FxHashMap<usize, usize>;

impl Lowering<'_, '_> {
    /// Finds the bindings that are replaced.
    pub(super) fn find_replaced(&mut self) {
        let mut noise = Noise::default();
        for nodes in self.bound_again() {
            let mut again: FxHashMap<List, Vec<usize>> = FxHashMap::default();
            for node in &nodes {
                if let Some(statement) = self.always(*node)
                    && let Some(list) = self.list(statement)
                {
                    again.entry(list).or_default().push(statement);
                }
            }
            for node in nodes {
                if let Some(by) = self.replaced_by(node, &again, &mut noise) {
                    self.replaced.insert(node, by);
                }
            }
        }
    }

    /// The nodes that bind a name that has several, in order.
    fn bound_again(&self) -> Vec<Vec<usize>> {
        let mut last: FxHashMap<Var, (usize, usize)> = FxHashMap::default();
        let mut groups: Vec<Vec<usize>> = vec![];
        for node in 0..self.tree.len() {
            let var = match self.tree.kind(node) {
                Kind::FunctionDef | Kind::AsyncFunctionDef | Kind::ClassDef | Kind::alias => {
                    self.bindings.of_target(node)
                }
                Kind::Name if !self.tree.is_load(node) => self.bindings.of_name(node),
                _ => None,
            };
            let Some(var) = var else {
                continue;
            };
            match last.get_mut(&var) {
                None => {
                    last.insert(var, (node, usize::MAX));
                }
                Some((first, usize::MAX)) => {
                    groups.push(vec![*first, node]);
                    last.insert(var, (node, groups.len() - 1));
                }
                Some((_, group)) => groups[*group].push(node),
            }
        }
        groups
    }

    /// The statement that binds a name whenever it runs.
    fn always(&self, node: usize) -> Option<usize> {
        let parent = self.tree.parent(node)?;
        match self.tree.kind(node) {
            Kind::FunctionDef | Kind::AsyncFunctionDef | Kind::ClassDef => return Some(node),
            Kind::alias => return Some(parent),
            _ if self.tree.contexts.value(node) != "store" => return None,
            _ => {}
        }
        let mut at = node;
        loop {
            let parent = self.tree.parent(at)?;
            match self.tree.kind(parent) {
                Kind::Tuple | Kind::List | Kind::Starred => at = parent,
                Kind::Assign => return Some(parent),
                Kind::AnnAssign => return self.tree.child(parent, "value").map(|_| parent),
                _ => return None,
            }
        }
    }

    /// The list that a statement is in, if one statement of it after the other runs.
    fn list(&self, statement: usize) -> Option<List> {
        let parent = self.tree.parent(statement)?;
        let is_straight = matches!(
            self.tree.kind(parent),
            Kind::Module | Kind::FunctionDef | Kind::AsyncFunctionDef | Kind::ClassDef | Kind::If | Kind::match_case
        );
        match self.tree.field(statement) {
            "body" if is_straight => Some((parent, false)),
            "orelse" if is_straight => Some((parent, true)),
            _ => None,
        }
    }

    /// The statement that binds the name of `node` again before other code sees it.
    fn replaced_by(&self, node: usize, again: &FxHashMap<List, Vec<usize>>, noise: &mut Noise) -> Option<usize> {
        let is_safe = self.is_of_class(node) || self.is_overload(node);
        let mut statement = node;
        for _ in 0..MAX_DEPTH {
            let parent = self.tree.parent(statement)?;
            if let Some(list) = self.list(statement)
                && let Some(statements) = again.get(&list)
                && let Some(by) = statements.get(statements.partition_point(|s| *s <= statement))
                && (is_safe || noise.is_quiet(self, list, statement, *by))
            {
                return Some(*by);
            }
            if matches!(
                self.tree.kind(parent),
                Kind::FunctionDef | Kind::AsyncFunctionDef | Kind::ClassDef | Kind::Lambda | Kind::Module
            ) {
                return None;
            }
            statement = parent;
        }
        None
    }

    /// Whether a node binds an attribute of the class whose body it is in.
    fn is_of_class(&self, node: usize) -> bool {
        let mut at = node;
        for _ in 0..MAX_DEPTH {
            let Some(parent) = self.tree.parent(at) else {
                return false;
            };
            match self.tree.kind(parent) {
                Kind::ClassDef => {
                    let scope = self.bindings.definition(parent).and_then(|d| d.scope);
                    let name = match (self.tree.kind(node), self.tree.value(node)) {
                        (Kind::alias, "") => self.tree.name(node).split('.').next().unwrap_or_default(),
                        (Kind::alias, name) => name,
                        _ => self.tree.name(node),
                    };
                    let of_scope = scope.and_then(|s| self.bindings.in_scope(s, name));
                    let var = match self.tree.kind(node) {
                        Kind::Name => self.bindings.of_name(node),
                        _ => self.bindings.of_target(node),
                    };
                    return of_scope.is_some() && of_scope == var;
                }
                Kind::FunctionDef | Kind::AsyncFunctionDef | Kind::Lambda => return false,
                _ => at = parent,
            }
        }
        false
    }

    fn is_overload(&self, node: usize) -> bool {
        let mut decorators = self.tree.list(node, "decorator_list");
        decorators.any(|d| matches!(self.tree.kind(d), Kind::Name | Kind::Attribute) && self.tree.name(d) == "overload")
    }

    /// What other code sees of a name gets what a node binds, unless that is replaced.
    pub(super) fn seen(&mut self, node: usize, var: Var, binding: Option<Var>) {
        if let Some(binding) = binding
            && !self.replaced.contains_key(&node)
        {
            self.program.copy(var, binding);
        }
    }

    /// The annotations of the results of `@overload`s are those of what replaces them.
    pub(super) fn overloaded(&mut self, node: usize, annotation: Option<usize>, result: Var) {
        let mut annotations = self.overloads.remove(&node).unwrap_or_default();
        for annotation in &annotations {
            self.annotated(*annotation, result);
        }
        if let Some(by) = self.replaced.get(&node).copied()
            && self.is_overload(node)
        {
            annotations.extend(annotation);
            self.overloads.entry(by).or_default().append(&mut annotations);
        }
    }
}
