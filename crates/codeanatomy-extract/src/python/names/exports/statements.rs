//! The statements of a module that give names to `__all__`, or take them out.

use ruff_python_ast::{ExceptHandler, Expr, ExprCall, Operator, Stmt};

use super::ALL;
use super::listed::{Listed, Way};
use crate::python::names::value::unstarred;

impl<'a> Listed<'a> {
    /// Walks the statements of the module or of a block in it.
    pub(super) fn statements(&mut self, body: &'a [Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(node) if node.targets.iter().any(is_all) => self.assign(&node.value),
            Stmt::AnnAssign(node) if is_all(&node.target) => {
                if let Some(value) = &node.value {
                    self.assign(value);
                }
            }
            Stmt::AugAssign(node) if is_all(&node.target) && node.op == Operator::Add => {
                self.elements(&node.value, Way::Augmented);
            }
            Stmt::Expr(node) => {
                if let Expr::Call(call) = &*node.value {
                    self.call(call);
                }
            }
            Stmt::With(node) => self.statements(&node.body),
            Stmt::If(node) => self.branch(node.range, |walk| {
                walk.statements(&node.body);
                for clause in &node.elif_else_clauses {
                    walk.statements(&clause.body);
                }
            }),
            Stmt::For(node) => self.branch(node.range, |walk| {
                walk.statements(&node.body);
                walk.statements(&node.orelse);
            }),
            Stmt::While(node) => self.branch(node.range, |walk| {
                walk.statements(&node.body);
                walk.statements(&node.orelse);
            }),
            Stmt::Match(node) => self.branch(node.range, |walk| {
                for case in &node.cases {
                    walk.statements(&case.body);
                }
            }),
            Stmt::Try(node) => self.branch(node.range, |walk| {
                walk.statements(&node.body);
                for ExceptHandler::ExceptHandler(handler) in &node.handlers {
                    walk.statements(&handler.body);
                }
                walk.statements(&node.orelse);
                walk.statements(&node.finalbody);
            }),
            _ => {}
        }
    }

    fn assign(&mut self, value: &'a Expr) {
        if continues(value) {
            return self.elements(value, Way::Augmented);
        }
        self.begin();
        self.elements(value, Way::Assign);
    }

    fn call(&mut self, call: &'a ExprCall) {
        let Expr::Attribute(method) = &*call.func else { return };
        if !is_all(&method.value) {
            return;
        }
        match (method.attr.as_str(), &*call.arguments.args) {
            ("extend", [value]) => self.elements(value, Way::Extend),
            ("append", [value]) => self.element(value, Way::Append),
            ("insert", [_, value]) => self.element(value, Way::Insert),
            ("remove", [value]) => {
                self.element(value, Way::Remove);
                if let Expr::StringLiteral(name) = value {
                    self.take_out(name.value.to_str());
                }
            }
            _ => {}
        }
    }

    /// The elements of a list that is assigned or added.
    fn elements(&mut self, value: &'a Expr, way: Way) {
        match value {
            Expr::List(node) => node.elts.iter().for_each(|e| self.element(e, way)),
            Expr::Tuple(node) => node.elts.iter().for_each(|e| self.element(e, way)),
            Expr::Set(node) => node.elts.iter().for_each(|e| self.element(e, way)),
            Expr::BinOp(node) if node.op == Operator::Add => {
                self.elements(&node.left, way);
                self.elements(&node.right, way);
            }
            value if is_all(value) => {}
            value => self.add(value, None, way),
        }
    }

    fn element(&mut self, value: &'a Expr, way: Way) {
        match value {
            Expr::StringLiteral(name) => self.add(value, Some(name.value.to_str()), way),
            Expr::Starred(node) => self.elements(&node.value, way),
            value => self.add(value, None, way),
        }
    }
}

fn is_all(expression: &Expr) -> bool {
    matches!(expression, Expr::Name(name) if name.id == ALL)
}

/// Whether a sum begins with, or has in it, what was in the list before.
fn continues(value: &Expr) -> bool {
    match value {
        Expr::BinOp(node) if node.op == Operator::Add => continues(&node.left) || continues(&node.right),
        Expr::List(node) => node.elts.iter().any(|e| is_all(unstarred(e)) && e.is_starred_expr()),
        Expr::Tuple(node) => node.elts.iter().any(|e| is_all(unstarred(e)) && e.is_starred_expr()),
        value => is_all(value),
    }
}
