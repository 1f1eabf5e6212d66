//! Patterns of `match`, in the order of CPython's `_fields`.

use ruff_python_ast::Pattern;
use ruff_text_size::Ranged;

use super::vocabulary::{Field, Kind};
use super::walk::{Place, Purpose, Value, Walk};

impl<'a, P: Purpose> Walk<'a, P> {
    /// Walks a pattern.
    pub(super) fn pattern(&mut self, pattern: &'a Pattern, place: Place) {
        if self.enter() {
            self.any_pattern(pattern, place);
            self.leave();
        }
    }

    fn patterns(&mut self, patterns: &'a [Pattern], field: Field) {
        for (i, pattern) in patterns.iter().enumerate() {
            self.pattern(pattern, Place::at(field, i));
        }
    }

    fn any_pattern(&mut self, pattern: &'a Pattern, place: Place) {
        let kind = match pattern {
            Pattern::MatchValue(_) => Kind::MatchValue,
            Pattern::MatchSingleton(_) => Kind::MatchSingleton,
            Pattern::MatchSequence(_) => Kind::MatchSequence,
            Pattern::MatchMapping(_) => Kind::MatchMapping,
            Pattern::MatchClass(_) => Kind::MatchClass,
            Pattern::MatchStar(_) => Kind::MatchStar,
            Pattern::MatchAs(_) => Kind::MatchAs,
            Pattern::MatchOr(_) => Kind::MatchOr,
        };
        let open = self.open(
            kind,
            place,
            Some(pattern.range()),
            Some(ruff_python_ast::HasNodeIndex::node_index(pattern)),
        );
        match pattern {
            Pattern::MatchValue(p) => self.expr(&p.value, Place::only(Field::Value)),
            Pattern::MatchSingleton(_) => self.value(open.id, Value::Source),
            Pattern::MatchSequence(p) => self.patterns(&p.patterns, Field::Patterns),
            Pattern::MatchMapping(p) => {
                if let Some(rest) = &p.rest {
                    self.name(open.id, rest.as_str());
                }
                self.exprs(&p.keys, Field::Keys);
                self.patterns(&p.patterns, Field::Patterns);
            }
            Pattern::MatchClass(p) => {
                self.expr(&p.cls, Place::only(Field::Cls));
                self.patterns(&p.arguments.patterns, Field::Patterns);
                for (i, keyword) in p.arguments.keywords.iter().enumerate() {
                    self.pattern(&keyword.pattern, Place::at(Field::KwdPatterns, i));
                }
            }
            Pattern::MatchStar(p) => {
                if let Some(name) = &p.name {
                    self.name(open.id, name.as_str());
                }
            }
            Pattern::MatchAs(p) => {
                if let Some(name) = &p.name {
                    self.name(open.id, name.as_str());
                }
                if let Some(inner) = &p.pattern {
                    self.pattern(inner, Place::only(Field::Pattern));
                }
            }
            Pattern::MatchOr(p) => self.patterns(&p.patterns, Field::Patterns),
        }
        self.close(open);
    }
}
