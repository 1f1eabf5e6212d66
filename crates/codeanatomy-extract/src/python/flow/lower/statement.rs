//! Statements.

use ruff_python_ast::{Expr, Stmt, StmtAnnAssign, StmtAssert, StmtAugAssign};

use super::super::program::Step;
use super::super::site::{DefinitionKind, UseKind};
use super::{Context, Exit, Lower};

impl<'a> Lower<'_, 'a> {
    pub(super) fn statements(&mut self, body: &'a [Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(node) => self.function(node),
            Stmt::ClassDef(node) => self.class(node),
            Stmt::Return(node) => {
                self.optional(node.value.as_deref());
                self.exit(Exit::Return, false);
            }
            Stmt::Delete(node) => node.targets.iter().for_each(|target| self.delete(target)),
            Stmt::TypeAlias(node) => self.type_alias(node),
            Stmt::Assign(node) => {
                self.expression(&node.value);
                for target in &node.targets {
                    self.target(target, DefinitionKind::Assignment);
                }
            }
            Stmt::AugAssign(node) => self.augmented(node),
            Stmt::AnnAssign(node) => self.annotated(node),
            Stmt::For(node) => self.for_loop(node),
            Stmt::While(node) => self.while_loop(node),
            Stmt::If(node) => self.conditional(node),
            Stmt::With(node) => self.with(node),
            Stmt::Match(node) => self.match_cases(node),
            Stmt::Raise(node) => {
                self.optional(node.exc.as_deref());
                self.optional(node.cause.as_deref());
                self.program.push(Step::Raise);
            }
            Stmt::Try(node) => self.attempt(node),
            Stmt::Assert(node) => self.assert(node),
            Stmt::Import(node) => {
                for alias in &node.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.program.may_raise();
                    self.define_identifier(name, &alias.node_index, DefinitionKind::Import);
                }
            }
            Stmt::ImportFrom(node) => {
                for alias in &node.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.program.may_raise();
                    if &*alias.name == "*" {
                        self.define_star(alias);
                    } else {
                        self.define_identifier(name, &alias.node_index, DefinitionKind::Import);
                    }
                }
            }
            Stmt::Expr(node) => self.expression(&node.value),
            Stmt::Break(_) => self.exit(Exit::Break, false),
            Stmt::Continue(_) => self.exit(Exit::Continue, false),
            Stmt::Global(_) | Stmt::Nonlocal(_) | Stmt::Pass(_) | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    /// Control leaves through all that runs on exits; if `may` it leaves or goes on. Without a loop around, `break` and
    /// `continue`, which CPython refuses, do nothing.
    pub(super) fn exit(&mut self, exit: Exit, may: bool) {
        for context in self.contexts.iter_mut().rev() {
            let label = match context {
                Context::Loop { end, .. } if exit == Exit::Break => *end,
                Context::Loop { next, .. } if exit == Exit::Continue => *next,
                Context::Loop { .. } => continue,
                Context::Cleanup { exits, used } => {
                    used[exit as usize] = true;
                    exits[exit as usize]
                }
                Context::Class => return,
            };
            let step = if may { Step::Fork(label) } else { Step::Jump(label) };
            return self.program.push(step);
        }
        if exit == Exit::Return && !may {
            self.program.push(Step::Stop);
        }
    }

    /// `x += 1` reads `x`, evaluates the value and binds `x`.
    #[inline(never)]
    fn augmented(&mut self, node: &'a StmtAugAssign) {
        if let Expr::Name(name) = &*node.target {
            self.use_name(name, UseKind::Augmented);
            self.expression(&node.value);
            self.define_name(name, DefinitionKind::Augmented);
        } else {
            self.expression(&node.target);
            self.expression(&node.value);
        }
    }

    /// The annotation is evaluated last, and in functions not at all.
    #[inline(never)]
    fn annotated(&mut self, node: &'a StmtAnnAssign) {
        self.optional(node.value.as_deref());
        match &*node.target {
            Expr::Name(name) => {
                if node.value.is_some() {
                    self.define_name(name, DefinitionKind::Annotated);
                }
            }
            target => self.expression(target),
        }
        if !self.in_function {
            self.expression(&node.annotation);
        }
    }

    /// Assertions are taken to be checked, as they are by default.
    #[inline(never)]
    fn assert(&mut self, node: &'a StmtAssert) {
        let holds = self.program.open();
        self.jump_if(&node.test, true, holds);
        self.optional(node.msg.as_deref());
        self.program.push(Step::Raise);
        self.program.close(holds);
    }
}
