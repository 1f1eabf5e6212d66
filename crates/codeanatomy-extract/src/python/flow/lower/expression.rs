//! Expressions, in the order in which they are evaluated.

use ruff_python_ast::{Expr, ExprCall, ExprDict, FStringPart, InterpolatedStringElement};

use super::super::site::{DefinitionKind, UseKind};
use super::{Frame, Lower};

impl<'a> Lower<'_, 'a> {
    pub(super) fn expressions(&mut self, nodes: &'a [Expr]) {
        for node in nodes {
            self.expression(node);
        }
    }

    pub(super) fn optional(&mut self, node: Option<&'a Expr>) {
        if let Some(node) = node {
            self.expression(node);
        }
    }

    pub(super) fn expression(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(node) => {
                self.use_name(node, UseKind::Load);
                return;
            }
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::IpyEscapeCommand(_) => return,
            Expr::Attribute(node) => self.expression(&node.value),
            Expr::Call(node) => self.call(node),
            Expr::BoolOp(node) => self.operands(node),
            Expr::Named(node) => {
                self.expression(&node.value);
                return self.target(&node.target, DefinitionKind::Walrus);
            }
            Expr::BinOp(node) => {
                self.expression(&node.left);
                self.expression(&node.right);
            }
            // A negative number is a literal.
            Expr::UnaryOp(node) if node.operand.is_number_literal_expr() => return,
            Expr::UnaryOp(node) => self.expression(&node.operand),
            Expr::Lambda(node) => {
                if let Some(parameters) = &node.parameters {
                    self.defaults(parameters);
                }
                return self.later(Frame::Lambda(node));
            }
            Expr::If(node) => self.branches(node),
            Expr::Dict(node) if node.items.is_empty() => return,
            Expr::Dict(node) => self.dict(node),
            Expr::Set(node) => self.expressions(&node.elts),
            Expr::ListComp(node) => self.comprehension(node.range, &node.generators, [None, Some(&node.elt)], false),
            Expr::SetComp(node) => self.comprehension(node.range, &node.generators, [None, Some(&node.elt)], false),
            Expr::DictComp(node) => {
                self.comprehension(
                    node.range,
                    &node.generators,
                    [node.key.as_deref(), Some(&node.value)],
                    false,
                );
            }
            Expr::Generator(node) => self.comprehension(node.range, &node.generators, [None, Some(&node.elt)], true),
            Expr::Await(node) => self.expression(&node.value),
            Expr::Yield(node) => self.optional(node.value.as_deref()),
            Expr::YieldFrom(node) => self.expression(&node.value),
            Expr::Compare(node) => self.comparison(node),
            Expr::FString(node) => {
                for part in &node.value {
                    if let FStringPart::FString(part) = part {
                        self.interpolated(&part.elements);
                    }
                }
            }
            Expr::TString(node) => {
                for part in &node.value {
                    self.interpolated(&part.elements);
                }
            }
            Expr::Subscript(node) => {
                self.expression(&node.value);
                self.expression(&node.slice);
            }
            Expr::Starred(node) => self.expression(&node.value),
            // What a star unpacks may raise, which its own expression says.
            Expr::List(node) => return self.expressions(&node.elts),
            Expr::Tuple(node) => return self.expressions(&node.elts),
            Expr::Slice(node) => {
                self.optional(node.lower.as_deref());
                self.optional(node.upper.as_deref());
                self.optional(node.step.as_deref());
            }
        }
        self.program.may_raise();
    }

    /// Arguments come in the order of the text, except that a keyword before a starred argument waits for it.
    #[inline(never)]
    fn call(&mut self, node: &'a ExprCall) {
        self.expression(&node.func);
        self.expressions(&node.arguments.args);
        for keyword in &node.arguments.keywords {
            self.expression(&keyword.value);
        }
    }

    #[inline(never)]
    fn dict(&mut self, node: &'a ExprDict) {
        for item in &node.items {
            self.optional(item.key.as_ref());
            self.expression(&item.value);
        }
    }

    fn interpolated(&mut self, elements: &'a [InterpolatedStringElement]) {
        for element in elements {
            if let InterpolatedStringElement::Interpolation(element) = element {
                self.expression(&element.expression);
                if let Some(format) = &element.format_spec {
                    self.interpolated(&format.elements);
                }
            }
        }
    }
}
