//! Targets of assignments, taken apart together with the value that they get.

use ruff_python_ast::{AtomicNodeIndex, Expr, ExprSubscript, Identifier, StmtAssign};

use super::Walk;
use crate::python::names::facts::{Assignment, AssignmentKind, Lookup, NO_PATH, Origin, Target};
use crate::python::names::value::expression_id;
use crate::python::scope::SymbolId;

impl<'a> Walk<'a> {
    /// A target as a whole, and the node that assigns. The value comes from `source`; `value` is the expression whose
    /// value the target gets, if there is one.
    #[inline]
    pub(super) fn assign(
        &mut self,
        target: &'a Expr,
        of: (AssignmentKind, &AtomicNodeIndex),
        source: Option<&'a Expr>,
        value: Option<&'a Expr>,
    ) {
        if self.wants.assignments {
            self.target(target, &Origin::new(of.0, of.1, source), NO_PATH, value);
        } else {
            self.expression(target);
        }
    }

    /// The targets of an assignment.
    #[inline(never)]
    pub(super) fn chained_targets(&mut self, node: &'a StmtAssign) {
        if !self.wants.assignments {
            return self.expressions(&node.targets);
        }
        let value = Some(&*node.value);
        let whole = Origin::new(AssignmentKind::Assign, &node.node_index, value);
        for (index, target) in node.targets.iter().enumerate() {
            let index = index as u32;
            self.target(target, &Origin { index, ..whole }, NO_PATH, value);
        }
    }

    #[inline(never)]
    fn target(&mut self, target: &'a Expr, origin: &Origin<'a>, path: u32, value: Option<&'a Expr>) {
        match target {
            Expr::Tuple(node) => self.targets(&node.elts, origin, path, value),
            Expr::List(node) => self.targets(&node.elts, origin, path, value),
            // Only in a file that does not parse: a star stands in a tuple or a list.
            Expr::Starred(node) => self.target(&node.value, origin, path, None),
            _ => {
                let root = self.headed(target);
                if !matches!(target, Expr::Name(name) if name.id.is_empty()) {
                    self.assigned(
                        expression_id(target),
                        Target::Expression(target),
                        *origin,
                        root,
                        path,
                        value,
                    );
                }
            }
        }
    }

    fn targets(&mut self, targets: &'a [Expr], origin: &Origin<'a>, path: u32, value: Option<&'a Expr>) {
        let star = targets.iter().position(Expr::is_starred_expr);
        let values = value.and_then(|value| Elements::of(value, targets.len()));
        for (i, target) in targets.iter().enumerate() {
            let after = targets.len() - i;
            match (star, target) {
                (Some(at), Expr::Starred(node)) if at == i => {
                    let path = self.facts.paths.star(path);
                    self.target(&node.value, origin, path, None);
                }
                (Some(at), _) if at < i => {
                    let path = self.facts.paths.element(path, -(after as i32));
                    let value = values.as_ref().and_then(|v| v.at_end(after, targets.len() - 1));
                    self.target(target, origin, path, value);
                }
                (Some(_), _) => {
                    let path = self.facts.paths.element(path, i as i32);
                    let value = values.as_ref().and_then(|v| v.at_start(i, targets.len() - 1));
                    self.target(target, origin, path, value);
                }
                (None, _) => {
                    let path = self.facts.paths.element(path, i as i32);
                    let value = values.as_ref().and_then(|v| v.one_of(i, targets.len()));
                    self.target(target, origin, path, value);
                }
            }
        }
    }

    /// A name that is bound without a node of its own.
    pub(super) fn assigned_name(
        &mut self,
        node_id: u32,
        name: &'a Identifier,
        origin: Origin<'a>,
        symbol: Option<SymbolId>,
        value: Option<&'a Expr>,
    ) {
        if let Some(symbol) = symbol {
            let root = Some(Lookup::Symbol(symbol));
            self.assigned(node_id, Target::Name(name), origin, root, NO_PATH, value);
        }
    }

    pub(super) fn assigned(
        &mut self,
        node_id: u32,
        target: Target<'a>,
        origin: Origin<'a>,
        root: Option<Lookup>,
        path: u32,
        value: Option<&'a Expr>,
    ) {
        if self.wants.assignments {
            let scope = self.scopes.current();
            self.facts.assignments.push(Assignment {
                node_id,
                target,
                origin,
                scope,
                root,
                path,
                value,
            });
        }
    }

    /// An expression. Gives what the name means that it is or, as an attribute chain, begins with.
    pub(super) fn chain(&mut self, expression: &'a Expr) -> Option<Lookup> {
        match expression {
            Expr::Name(node) => self.name(node, None),
            Expr::Attribute(node) => self.attribute(node),
            other => {
                self.expression(other);
                None
            }
        }
    }

    /// An expression. Gives what the name means that it begins with, its subscripts left out.
    pub(super) fn headed(&mut self, expression: &'a Expr) -> Option<Lookup> {
        match expression {
            Expr::Subscript(node) => self.subscripted(node),
            other => self.chain(other),
        }
    }

    fn subscripted(&mut self, node: &'a ExprSubscript) -> Option<Lookup> {
        let root = self.headed(&node.value);
        self.expression(&node.slice);
        root
    }
}

/// The elements of a tuple or list on the right side. Stars in it take up an unknown number of places.
struct Elements<'a> {
    all: &'a [Expr],
    /// How many stand before the first star and behind the last.
    before: usize,
    behind: usize,
}

impl<'a> Elements<'a> {
    /// Those of `value`, to be taken by `count` targets. More of them are not looked at: a long value may have many targets.
    fn of(value: &'a Expr, count: usize) -> Option<Self> {
        let all = match value {
            Expr::Tuple(node) => &node.elts,
            Expr::List(node) => &node.elts,
            _ => return None,
        };
        let before = all.iter().take(count + 1).take_while(|e| !e.is_starred_expr()).count();
        let behind = all
            .iter()
            .rev()
            .take(count + 1)
            .take_while(|e| !e.is_starred_expr())
            .count();
        Some(Self { all, before, behind })
    }

    fn has_star(&self) -> bool {
        self.before < self.all.len()
    }

    /// Whether there are too few for `needed` targets.
    fn are_too_few(&self, needed: usize) -> bool {
        !self.has_star() && self.all.len() < needed
    }

    /// The element at `index`, where `needed` are needed.
    fn at_start(&self, index: usize, needed: usize) -> Option<&'a Expr> {
        (index < self.before && !self.are_too_few(needed)).then(|| &self.all[index])
    }

    /// The element that is `index` places before the end.
    fn at_end(&self, index: usize, needed: usize) -> Option<&'a Expr> {
        (index <= self.behind && !self.are_too_few(needed)).then(|| &self.all[self.all.len() - index])
    }

    /// The element at `index`, where there must be `count`.
    fn one_of(&self, index: usize, count: usize) -> Option<&'a Expr> {
        if !self.has_star() {
            return (self.all.len() == count).then(|| &self.all[index]);
        }
        if self.before + self.behind > count {
            return None;
        }
        self.at_start(index, 0).or_else(|| self.at_end(count - index, 0))
    }
}
