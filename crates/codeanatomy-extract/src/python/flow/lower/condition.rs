//! Conditions: where control goes when an expression is true or false.

use ruff_python_ast::{BoolOp, Expr, ExprBoolOp, ExprCompare, ExprIf, Number, UnaryOp};

use super::super::program::{Label, Step};
use super::Lower;

impl<'a> Lower<'_, 'a> {
    /// Whether a literal is true.
    pub(super) fn truth(node: &Expr) -> Option<bool> {
        match node {
            Expr::BooleanLiteral(node) => Some(node.value),
            Expr::NoneLiteral(_) => Some(false),
            Expr::EllipsisLiteral(_) => Some(true),
            Expr::NumberLiteral(node) => Some(match &node.value {
                Number::Int(int) => *int != 0_u8,
                Number::Float(float) => *float != 0.0,
                Number::Complex { real, imag } => *real != 0.0 || *imag != 0.0,
            }),
            Expr::StringLiteral(node) => Some(!node.value.is_empty()),
            Expr::BytesLiteral(node) => Some(!node.value.is_empty()),
            _ => None,
        }
    }

    /// Evaluates `node` and goes to `label` if it is `wanted`, else on.
    pub(super) fn jump_if(&mut self, node: &'a Expr, wanted: bool, label: Label) {
        match node {
            Expr::UnaryOp(not) if not.op == UnaryOp::Not => return self.jump_if(&not.operand, !wanted, label),
            Expr::BoolOp(node) if self.has_walrus => return self.jump_if_operands(node, wanted, label),
            Expr::If(node) if self.has_walrus => return self.jump_if_branches(node, wanted, label),
            _ => {}
        }
        match Self::truth(node) {
            Some(truth) if truth == wanted => self.program.push(Step::Jump(label)),
            Some(_) => {}
            None => {
                self.expression(node);
                self.program.push(Step::Fork(label));
            }
        }
    }

    #[inline(never)]
    fn jump_if_operands(&mut self, node: &'a ExprBoolOp, wanted: bool, label: Label) {
        // What ends the evaluation early: true for `or`, false for `and`.
        let ends = node.op == BoolOp::Or;
        let Some((last, values)) = node.values.split_last() else {
            return;
        };
        self.enter();
        let end = (ends != wanted).then(|| self.program.open());
        for value in values {
            self.jump_if(value, ends, end.unwrap_or(label));
        }
        self.jump_if(last, wanted, label);
        if let Some(end) = end {
            self.program.close(end);
        }
        self.leave();
    }

    #[inline(never)]
    fn jump_if_branches(&mut self, node: &'a ExprIf, wanted: bool, label: Label) {
        self.enter();
        let end = self.program.open();
        let otherwise = self.program.open();
        self.jump_if(&node.test, false, otherwise);
        self.jump_if(&node.body, wanted, label);
        self.program.push(Step::Jump(end));
        self.program.close(otherwise);
        self.jump_if(&node.orelse, wanted, label);
        self.program.close(end);
        self.leave();
    }

    /// `a and b` as a value. Without `:=` in the file, it does not matter that `b` may not be evaluated.
    #[inline(never)]
    pub(super) fn operands(&mut self, node: &'a ExprBoolOp) {
        if !self.has_walrus {
            return self.expressions(&node.values);
        }
        self.enter();
        let end = self.program.open();
        for (i, value) in node.values.iter().enumerate() {
            if i > 0 {
                self.program.push(Step::Fork(end));
            }
            self.expression(value);
        }
        self.program.close(end);
        self.leave();
    }

    /// `a if b else c` as a value, with the chain of those that stand for `c`.
    #[inline(never)]
    pub(super) fn branches(&mut self, node: &'a ExprIf) {
        let mut node = node;
        if !self.has_walrus {
            loop {
                self.expression(&node.test);
                self.expression(&node.body);
                match &*node.orelse {
                    Expr::If(next) => node = next,
                    last => return self.expression(last),
                }
            }
        }
        self.enter();
        let end = self.program.open();
        loop {
            let otherwise = self.program.open();
            self.jump_if(&node.test, false, otherwise);
            self.expression(&node.body);
            self.program.push(Step::Jump(end));
            self.program.close(otherwise);
            match &*node.orelse {
                Expr::If(next) => node = next,
                last => {
                    self.expression(last);
                    break;
                }
            }
        }
        self.program.close(end);
        self.leave();
    }

    /// `a < b < c` as a value: `c` may not be evaluated.
    #[inline(never)]
    pub(super) fn comparison(&mut self, node: &'a ExprCompare) {
        self.expression(&node.left);
        let [first, rest @ ..] = &*node.comparators else {
            return;
        };
        self.expression(first);
        if rest.is_empty() || !self.has_walrus {
            return self.expressions(rest);
        }
        self.enter();
        let end = self.program.open();
        for comparator in rest {
            self.program.push(Step::Fork(end));
            self.expression(comparator);
        }
        self.program.close(end);
        self.leave();
    }
}
