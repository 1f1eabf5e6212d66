//! The patterns of `match`.

use ruff_python_ast::Pattern;

use super::Walk;
use crate::python::scope::{BindingKind, Flags};

impl<'a> Walk<'a> {
    pub(super) fn pattern(&mut self, pattern: &'a Pattern) {
        match pattern {
            Pattern::MatchValue(node) => self.expression(&node.value),
            Pattern::MatchSingleton(_) => {}
            Pattern::MatchSequence(node) => self.patterns(&node.patterns),
            Pattern::MatchOr(node) => self.patterns(&node.patterns),
            Pattern::MatchMapping(node) => {
                self.expressions(&node.keys);
                self.patterns(&node.patterns);
                self.capture(node.rest.as_ref());
            }
            Pattern::MatchClass(node) => {
                self.expression(&node.cls);
                self.patterns(&node.arguments.patterns);
                for keyword in &node.arguments.keywords {
                    self.pattern(&keyword.pattern);
                }
            }
            Pattern::MatchStar(node) => self.capture(node.name.as_ref()),
            Pattern::MatchAs(node) => {
                if let Some(inner) = &node.pattern {
                    self.pattern(inner);
                }
                self.capture(node.name.as_ref());
            }
        }
    }

    fn patterns(&mut self, patterns: &'a [Pattern]) {
        for pattern in patterns {
            self.pattern(pattern);
        }
    }

    fn capture(&mut self, name: Option<&'a ruff_python_ast::Identifier>) {
        if let Some(name) = name {
            self.bind(name, Flags::LOCAL, BindingKind::Assignment);
        }
    }
}
