//! Expressions.

use ruff_python_ast::{Expr, ExprAttribute, ExprCall, FStringPart, InterpolatedStringElement};

use super::Walk;
use crate::python::names::facts::{Call, CallRole, Lookup, node_id};
use crate::python::names::value::unstarred;
use crate::python::scope::ScopeKind;

impl<'a> Walk<'a> {
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
        if self.wants.outline {
            return;
        }
        match expression {
            Expr::Name(node) => {
                self.name(node, None);
            }
            Expr::Attribute(node) => {
                self.attribute(node);
            }
            Expr::Call(node) => {
                self.call(node, CallRole::Plain);
            }
            Expr::BoolOp(node) => self.expressions(&node.values),
            Expr::Named(node) => self.named(node),
            Expr::BinOp(node) => {
                self.expression(&node.left);
                self.expression(&node.right);
            }
            Expr::UnaryOp(node) => self.expression(&node.operand),
            Expr::Lambda(node) => self.lambda(node),
            Expr::If(node) => {
                self.expression(&node.test);
                self.expression(&node.body);
                self.expression(&node.orelse);
            }
            Expr::Dict(node) => {
                for key in node.items.iter().filter_map(|item| item.key.as_ref()) {
                    self.expression(key);
                }
                for item in &node.items {
                    self.expression(&item.value);
                }
            }
            Expr::Set(node) => self.expressions(&node.elts),
            Expr::ListComp(node) => {
                let id = node_id(&node.node_index);
                self.comprehension(
                    ScopeKind::ListComprehension,
                    node.range,
                    id,
                    &node.generators,
                    [None, Some(&node.elt)],
                );
            }
            Expr::SetComp(node) => {
                let id = node_id(&node.node_index);
                self.comprehension(
                    ScopeKind::SetComprehension,
                    node.range,
                    id,
                    &node.generators,
                    [None, Some(&node.elt)],
                );
            }
            Expr::DictComp(node) => {
                let (id, parts) = (node_id(&node.node_index), [Some(&*node.value), node.key.as_deref()]);
                self.comprehension(ScopeKind::DictComprehension, node.range, id, &node.generators, parts);
            }
            Expr::Generator(node) => self.generator(node, node.range),
            Expr::Await(node) => match &*node.value {
                Expr::Call(call) => {
                    self.call(call, CallRole::Awaited);
                }
                value => self.expression(value),
            },
            Expr::Yield(node) => self.optional(node.value.as_deref()),
            Expr::YieldFrom(node) => self.expression(&node.value),
            Expr::Compare(node) => {
                self.expression(&node.left);
                self.expressions(&node.comparators);
            }
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
            Expr::List(node) => self.expressions(&node.elts),
            Expr::Tuple(node) => self.expressions(&node.elts),
            Expr::Slice(node) => {
                self.optional(node.lower.as_deref());
                self.optional(node.upper.as_deref());
                self.optional(node.step.as_deref());
            }
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::IpyEscapeCommand(_) => {}
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

    /// A chain of attributes. Gives what its first name means, if it begins with a name.
    pub(super) fn attribute(&mut self, chain: &'a ExprAttribute) -> Option<Lookup> {
        let mut value = &*chain.value;
        while let Expr::Attribute(inner) = value {
            value = &inner.value;
        }
        if let Expr::Name(name) = value {
            return self.name(name, Some(chain));
        }
        self.expression(value);
        None
    }

    /// A call. Gives what the name means that its callee begins with.
    pub(super) fn call(&mut self, node: &'a ExprCall, role: CallRole) -> Option<Lookup> {
        let at = self.facts.calls.len();
        let argument_roots = self.facts.argument_roots.len();
        if self.wants.calls {
            let (node_id, scope) = (node_id(&node.node_index), self.scopes.current());
            self.facts.calls.push(Call {
                node_id,
                node,
                scope,
                root: None,
                argument_roots: argument_roots as u32,
                role,
            });
        }
        if self.wants.argument_roots {
            let end = argument_roots + node.arguments.len();
            self.facts.argument_roots.resize(end, None);
        }
        let root = self.chain(&node.func);
        if self.wants.calls {
            self.facts.calls[at].root = root;
        }
        match &*node.arguments.args {
            // Its span is that of the argument list, as in CPython.
            [Expr::Generator(only)] if !only.parenthesized && node.arguments.keywords.is_empty() => {
                self.generator(only, node.arguments.range);
            }
            arguments => {
                for (i, argument) in arguments.iter().enumerate() {
                    self.argument(argument_roots + i, unstarred(argument));
                }
            }
        }
        let keywords = argument_roots + node.arguments.args.len();
        for (i, keyword) in node.arguments.keywords.iter().enumerate() {
            self.argument(keywords + i, &keyword.value);
        }
        root
    }

    #[inline]
    fn argument(&mut self, at: usize, value: &'a Expr) {
        if self.wants.argument_roots {
            self.facts.argument_roots[at] = self.chain(value);
        } else {
            self.expression(value);
        }
    }
}
