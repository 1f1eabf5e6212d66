//! Patterns: first what is compared, then what is captured.

use ruff_python_ast::Pattern;

use super::super::program::Step;
use super::super::site::DefinitionKind;
use super::Lower;

impl<'a> Lower<'_, 'a> {
    /// Evaluates the values and classes of a pattern.
    pub(super) fn pattern_values(&mut self, pattern: &'a Pattern) {
        match pattern {
            Pattern::MatchValue(node) => self.expression(&node.value),
            Pattern::MatchSequence(node) => self.values_of(&node.patterns),
            Pattern::MatchOr(node) => self.values_of(&node.patterns),
            Pattern::MatchMapping(node) => {
                self.expressions(&node.keys);
                self.values_of(&node.patterns);
            }
            Pattern::MatchClass(node) => {
                self.expression(&node.cls);
                self.values_of(&node.arguments.patterns);
                for keyword in &node.arguments.keywords {
                    self.pattern_values(&keyword.pattern);
                }
            }
            Pattern::MatchAs(node) => {
                if let Some(inner) = &node.pattern {
                    self.pattern_values(inner);
                }
            }
            Pattern::MatchSingleton(_) | Pattern::MatchStar(_) => {}
        }
    }

    fn values_of(&mut self, patterns: &'a [Pattern]) {
        for pattern in patterns {
            self.pattern_values(pattern);
        }
    }

    /// Binds the names of a pattern; of alternatives, one binds them.
    pub(super) fn captures(&mut self, pattern: &'a Pattern) {
        match pattern {
            Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => {}
            Pattern::MatchSequence(node) => self.captures_of(&node.patterns),
            Pattern::MatchMapping(node) => {
                self.captures_of(&node.patterns);
                if let Some(rest) = &node.rest {
                    self.define_identifier(rest, &node.node_index, DefinitionKind::Pattern);
                }
            }
            Pattern::MatchClass(node) => {
                self.captures_of(&node.arguments.patterns);
                for keyword in &node.arguments.keywords {
                    self.captures(&keyword.pattern);
                }
            }
            Pattern::MatchStar(node) => {
                if let Some(name) = &node.name {
                    self.define_identifier(name, &node.node_index, DefinitionKind::Pattern);
                }
            }
            Pattern::MatchAs(node) => {
                if let Some(inner) = &node.pattern {
                    self.captures(inner);
                }
                if let Some(name) = &node.name {
                    self.define_identifier(name, &node.node_index, DefinitionKind::Pattern);
                }
            }
            Pattern::MatchOr(node) => self.alternatives(&node.patterns),
        }
    }

    fn captures_of(&mut self, patterns: &'a [Pattern]) {
        for pattern in patterns {
            self.captures(pattern);
        }
    }

    #[inline(never)]
    fn alternatives(&mut self, patterns: &'a [Pattern]) {
        let Some((last, others)) = patterns.split_last() else {
            return;
        };
        self.enter();
        let end = self.program.open();
        for pattern in others {
            let next = self.program.open();
            self.program.push(Step::Fork(next));
            self.captures(pattern);
            self.program.push(Step::Jump(end));
            self.program.close(next);
        }
        self.captures(last);
        self.program.close(end);
        self.leave();
    }
}
