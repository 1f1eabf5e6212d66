//! The walk over the tree, in the order in which CPython's `symtable` visits it, so that scopes come in its order.
//!
//! It recurses as deep as the tree; the caller provides the stack. Frames are kept small: what needs more locals stands
//! in functions of its own.

mod annotation;
mod comprehension;
mod definition;
mod expression;
mod import;
mod name;
mod parameter;
mod pattern;
mod target;
mod type_parameter;

pub(super) use import::is_future;

use ruff_python_ast::{ExceptHandler, Identifier, ModModule, Stmt, StmtIf, StmtMatch, StmtTry};
use ruff_text_size::TextSize;

use super::facts::{AssignmentKind, Facts, Origin, Wants, node_id};
use crate::python::scope::{BindingKind, Flags, ScopeId, ScopeTree};

/// The walker.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    pub(super) scopes: ScopeTree<'a>,
    pub(super) facts: Facts<'a>,
    text: &'a str,
    wants: Wants,
    /// `from __future__ import annotations`.
    future_annotations: bool,
    /// Inside of an annotation that is not evaluated: nothing goes into the table.
    is_unevaluated: bool,
    /// The comprehension in whose target the walk is.
    comprehension_target: Option<ScopeId>,
    in_type_checking: bool,
    in_try: bool,
    /// A `nonlocal` was met.
    has_nonlocal: bool,
    /// The end of the last definition, for the parser and for CPython.
    last_end: (TextSize, TextSize),
}

impl<'a> Walk<'a> {
    pub(super) fn new(text: &'a str, wants: Wants) -> Self {
        Self {
            scopes: ScopeTree::new(text.len() as u32),
            facts: Facts::default(),
            text,
            wants,
            future_annotations: false,
            is_unevaluated: false,
            comprehension_target: None,
            in_type_checking: false,
            in_try: false,
            has_nonlocal: false,
            last_end: Default::default(),
        }
    }

    /// Makes room for a module of so many tokens, by what is usual.
    pub(super) fn reserve(&mut self, tokens: usize) {
        if self.wants.outline {
            self.scopes.reserve(tokens / 48, tokens / 72);
            return;
        }
        self.scopes.reserve(tokens / 12, tokens / 60);
        if self.wants.references {
            self.facts.references.reserve(tokens / 6);
        }
        if self.wants.calls {
            self.facts.calls.reserve(tokens / 14);
        }
    }

    /// Walks the module and resolves its names.
    pub(super) fn run(&mut self, module: &'a ModModule) {
        self.future_annotations = import::has_future_annotations(&module.body);
        self.statements(&module.body);
        self.scopes.resolve(&mut self.facts.unevaluated);
    }

    /// Whether a definition or import binds a name that is declared `nonlocal`: what that means depends on all bindings around.
    pub(super) fn binds_nonlocal(&self) -> bool {
        let definitions = self.facts.definitions.iter().map(|definition| definition.symbol);
        let imports = self.facts.imports.iter().map(|import| import.symbol);
        let is_nonlocal = |symbol| self.scopes.symbol(symbol).flags.any(Flags::NONLOCAL);
        self.has_nonlocal && definitions.chain(imports).flatten().any(is_nonlocal)
    }

    fn statements(&mut self, body: &'a [Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &'a Stmt) {
        if self.wants.outline && !is_of_outline(statement) {
            return;
        }
        match statement {
            Stmt::FunctionDef(node) => self.function(node),
            Stmt::ClassDef(node) => self.class(node),
            Stmt::Return(node) => self.optional(node.value.as_deref()),
            Stmt::Delete(node) => self.expressions(&node.targets),
            Stmt::TypeAlias(node) => self.type_alias(node),
            Stmt::Assign(node) => {
                self.chained_targets(node);
                self.expression(&node.value);
            }
            Stmt::AugAssign(node) => {
                let of = (AssignmentKind::Augmented, &node.node_index);
                self.assign(&node.target, of, Some(&node.value), None);
                self.expression(&node.value);
            }
            Stmt::AnnAssign(node) => self.annotated(node),
            Stmt::For(node) => {
                let of = (AssignmentKind::For, &node.node_index);
                self.assign(&node.target, of, Some(&node.iter), None);
                self.expression(&node.iter);
                self.statements(&node.body);
                self.statements(&node.orelse);
            }
            Stmt::While(node) => {
                self.expression(&node.test);
                self.statements(&node.body);
                self.statements(&node.orelse);
            }
            Stmt::If(node) => self.conditional(node),
            Stmt::With(node) => {
                for item in &node.items {
                    self.expression(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        let of = (AssignmentKind::With, &item.node_index);
                        self.assign(target, of, Some(&item.context_expr), None);
                    }
                }
                self.statements(&node.body);
            }
            Stmt::Match(node) => self.matching(node),
            Stmt::Raise(node) => {
                self.optional(node.exc.as_deref());
                self.optional(node.cause.as_deref());
            }
            Stmt::Try(node) => self.attempt(node),
            Stmt::Assert(node) => {
                self.expression(&node.test);
                self.optional(node.msg.as_deref());
            }
            Stmt::Import(node) => self.import(node),
            Stmt::ImportFrom(node) => self.import_from(node),
            Stmt::Global(node) => self.declare(&node.names, Flags::GLOBAL),
            Stmt::Nonlocal(node) => {
                self.has_nonlocal = true;
                self.declare(&node.names, Flags::NONLOCAL);
            }
            Stmt::Expr(node) => self.expression(&node.value),
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    fn declare(&mut self, names: &'a [Identifier], flags: Flags) {
        for name in names.iter().filter(|name| !name.id.is_empty()) {
            let name = self.mangled(name.as_str());
            self.scopes.define(name, flags, None);
        }
    }

    #[inline(never)]
    fn conditional(&mut self, node: &'a StmtIf) {
        let outer = self.in_type_checking;
        self.expression(&node.test);
        self.in_type_checking = outer || import::is_type_checking(&node.test);
        self.statements(&node.body);
        for clause in &node.elif_else_clauses {
            self.in_type_checking = outer;
            if let Some(test) = &clause.test {
                self.expression(test);
                self.in_type_checking = outer || import::is_type_checking(test);
            }
            self.statements(&clause.body);
        }
        self.in_type_checking = outer;
    }

    #[inline(never)]
    fn matching(&mut self, node: &'a StmtMatch) {
        self.expression(&node.subject);
        for case in &node.cases {
            let origin = Origin::new(AssignmentKind::Match, &case.node_index, Some(&node.subject));
            self.pattern(&case.pattern, &origin, Some(&node.subject));
            self.optional(case.guard.as_deref());
            self.statements(&case.body);
        }
    }

    #[inline(never)]
    fn attempt(&mut self, node: &'a StmtTry) {
        let outer = self.in_try;
        self.in_try |= !node.handlers.is_empty();
        self.statements(&node.body);
        for ExceptHandler::ExceptHandler(handler) in &node.handlers {
            self.optional(handler.type_.as_deref());
            if let Some(name) = &handler.name {
                let symbol = self.bind(name, Flags::LOCAL, BindingKind::Assignment);
                let origin = Origin::new(AssignmentKind::Except, &handler.node_index, handler.type_.as_deref());
                self.assigned_name(node_id(&handler.node_index), name, origin, symbol, None);
            }
            self.statements(&handler.body);
        }
        self.in_try = outer;
        self.statements(&node.orelse);
        self.statements(&node.finalbody);
    }
}

/// Whether a statement may hold definitions or imports, or decides in which scope they bind.
fn is_of_outline(statement: &Stmt) -> bool {
    matches!(
        statement,
        Stmt::FunctionDef(_)
            | Stmt::ClassDef(_)
            | Stmt::For(_)
            | Stmt::While(_)
            | Stmt::If(_)
            | Stmt::With(_)
            | Stmt::Match(_)
            | Stmt::Try(_)
            | Stmt::Import(_)
            | Stmt::ImportFrom(_)
            | Stmt::Global(_)
            | Stmt::Nonlocal(_)
    )
}
