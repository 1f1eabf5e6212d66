//! The patterns of `match`.

use ruff_python_ast::{AtomicNodeIndex, Expr, Identifier, Pattern};

use super::Walk;
use crate::python::names::facts::{Origin, node_id};
use crate::python::scope::{BindingKind, Flags};

impl<'a> Walk<'a> {
    /// A pattern; `value` is the subject if the pattern is matched with all of it.
    pub(super) fn pattern(&mut self, pattern: &'a Pattern, origin: &Origin<'a>, value: Option<&'a Expr>) {
        match pattern {
            Pattern::MatchValue(node) => self.expression(&node.value),
            Pattern::MatchSingleton(_) => {}
            Pattern::MatchSequence(node) => self.patterns(&node.patterns, origin),
            Pattern::MatchOr(node) => {
                for pattern in &node.patterns {
                    self.pattern(pattern, origin, value);
                }
            }
            Pattern::MatchMapping(node) => {
                self.expressions(&node.keys);
                self.patterns(&node.patterns, origin);
                self.capture(&node.node_index, node.rest.as_ref(), origin, None);
            }
            Pattern::MatchClass(node) => {
                self.expression(&node.cls);
                self.patterns(&node.arguments.patterns, origin);
                for keyword in &node.arguments.keywords {
                    self.pattern(&keyword.pattern, origin, None);
                }
            }
            Pattern::MatchStar(node) => self.capture(&node.node_index, node.name.as_ref(), origin, None),
            Pattern::MatchAs(node) => {
                if let Some(inner) = &node.pattern {
                    self.pattern(inner, origin, value);
                }
                self.capture(&node.node_index, node.name.as_ref(), origin, value);
            }
        }
    }

    fn patterns(&mut self, patterns: &'a [Pattern], origin: &Origin<'a>) {
        for pattern in patterns {
            self.pattern(pattern, origin, None);
        }
    }

    fn capture(
        &mut self,
        node: &AtomicNodeIndex,
        name: Option<&'a Identifier>,
        origin: &Origin<'a>,
        value: Option<&'a Expr>,
    ) {
        if let Some(name) = name {
            let symbol = self.bind(name, Flags::LOCAL, BindingKind::Assignment);
            self.assigned_name(node_id(node), name, *origin, symbol, value);
        }
    }
}
