//! The walk over the tree, in the order in which CPython's `symtable` visits it, so that scopes come in its order.
//!
//! It recurses as deep as the tree; the caller provides the stack. Frames are kept small: what needs more locals stands
//! in functions of its own.

mod comprehension;
mod definition;
mod expression;
mod import;
mod name;
mod pattern;
mod type_parameter;

pub(super) use import::is_future;

use ruff_python_ast::{ExceptHandler, Expr, Identifier, ModModule, Stmt, StmtAnnAssign, StmtIf, StmtTry};
use ruff_text_size::{Ranged, TextSize};

use super::facts::{Context, Facts, Lookup};
use crate::python::scope::{BindingKind, Flags, ScopeTree, Sites};

/// The walker.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    pub(super) scopes: ScopeTree<'a>,
    pub(super) facts: Facts<'a>,
    text: &'a str,
    wants_references: bool,
    wants_calls: bool,
    /// `from __future__ import annotations`.
    future_annotations: bool,
    /// Inside of an annotation that is not evaluated: nothing goes into the table.
    is_unevaluated: bool,
    in_type_checking: bool,
    in_try: bool,
    /// The end of the last definition, for the parser and for CPython.
    last_end: (TextSize, TextSize),
}

impl<'a> Walk<'a> {
    pub(super) fn new(text: &'a str, wants_references: bool, wants_calls: bool) -> Self {
        Self {
            scopes: ScopeTree::new(text.len() as u32),
            facts: Facts::default(),
            text,
            wants_references,
            wants_calls,
            future_annotations: false,
            is_unevaluated: false,
            in_type_checking: false,
            in_try: false,
            last_end: Default::default(),
        }
    }

    /// Makes room for a module of so many tokens, by what is usual.
    pub(super) fn reserve(&mut self, tokens: usize) {
        self.scopes.reserve(tokens / 12);
        if self.wants_references {
            self.facts.references.reserve(tokens / 6);
        }
        if self.wants_calls {
            self.facts.calls.reserve(tokens / 14);
        }
    }

    /// Walks the module and resolves its names.
    pub(super) fn run(&mut self, module: &'a ModModule) {
        self.future_annotations = import::has_future_annotations(&module.body);
        self.statements(&module.body);
        self.scopes.resolve(&mut self.facts.unevaluated);
    }

    fn statements(&mut self, body: &'a [Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(node) => self.function(node),
            Stmt::ClassDef(node) => self.class(node),
            Stmt::Return(node) => self.optional(node.value.as_deref()),
            Stmt::Delete(node) => self.expressions(&node.targets),
            Stmt::TypeAlias(node) => self.type_alias(node),
            Stmt::Assign(node) => {
                self.expressions(&node.targets);
                self.expression(&node.value);
            }
            Stmt::AugAssign(node) => {
                self.expression(&node.target);
                self.expression(&node.value);
            }
            Stmt::AnnAssign(node) => self.annotated(node),
            Stmt::For(node) => {
                self.expression(&node.target);
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
                    self.optional(item.optional_vars.as_deref());
                }
                self.statements(&node.body);
            }
            Stmt::Match(node) => {
                self.expression(&node.subject);
                for case in &node.cases {
                    self.pattern(&case.pattern);
                    self.optional(case.guard.as_deref());
                    self.statements(&case.body);
                }
            }
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
            Stmt::Nonlocal(node) => self.declare(&node.names, Flags::NONLOCAL),
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

    /// An annotated assignment. A target in parentheses is no local of its scope unless it is assigned to.
    #[inline(never)]
    fn annotated(&mut self, node: &'a StmtAnnAssign) {
        match &*node.target {
            Expr::Name(target) if !target.id.is_empty() => {
                let written = self.scopes.names.intern(target.id.as_str());
                let name = self.scopes.mangle(written);
                let kind = if node.value.is_some() {
                    BindingKind::Assignment
                } else {
                    BindingKind::Annotation
                };
                let flags = if node.simple {
                    Flags::ANNOTATION.with(Flags::LOCAL)
                } else {
                    Flags::LOCAL
                };
                let lookup = if node.simple || node.value.is_some() {
                    let site = Sites::one(kind, target.start().to_u32(), target.end().to_u32());
                    Lookup::Symbol(self.scopes.define(name, flags, Some(site)))
                } else {
                    self.unevaluated(name)
                };
                self.reference(target, written, Context::Store, lookup, None);
            }
            target => self.expression(target),
        }
        self.annotation(&node.annotation);
        self.optional(node.value.as_deref());
    }

    /// An annotation, which CPython 3.11 keeps out of the table if the module asks for annotations as strings.
    fn annotation(&mut self, node: &'a Expr) {
        let outer = self.is_unevaluated;
        self.is_unevaluated |= self.future_annotations;
        self.expression(node);
        self.is_unevaluated = outer;
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
    fn attempt(&mut self, node: &'a StmtTry) {
        let outer = self.in_try;
        self.in_try |= !node.handlers.is_empty();
        self.statements(&node.body);
        let inner = std::mem::replace(&mut self.in_try, outer);
        self.statements(&node.orelse);
        self.in_try = inner;
        for ExceptHandler::ExceptHandler(handler) in &node.handlers {
            self.optional(handler.type_.as_deref());
            if let Some(name) = &handler.name {
                self.bind(name, Flags::LOCAL, BindingKind::Assignment);
            }
            self.statements(&handler.body);
        }
        self.in_try = outer;
        self.statements(&node.finalbody);
    }
}
