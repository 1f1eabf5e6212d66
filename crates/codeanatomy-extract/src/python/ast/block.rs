//! Statements with blocks, in the order of CPython's `_fields`. Each gives its end.

use ruff_python_ast::{ExceptHandler, MatchCase, StmtFor, StmtIf, StmtMatch, StmtTry, StmtWhile, StmtWith, WithItem};
use ruff_text_size::{Ranged, TextRange};

use super::vocabulary::{Field, Kind};
use super::walk::{Place, Purpose, Walk};

impl<'a, P: Purpose> Walk<'a, P> {
    /// Says where a compound statement ends: with its last block, if that is later than the parser has it.
    pub(super) fn ends_at(&mut self, id: u32, range: TextRange, end: u32) -> u32 {
        let end = end.max(range.end().to_u32());
        self.amend(id, |n| n.bend = end);
        end
    }

    pub(super) fn for_stmt(&mut self, s: &'a StmtFor, place: Place) -> u32 {
        let kind = if s.is_async { Kind::AsyncFor } else { Kind::For };
        let open = self.open(kind, place, Some(s.range), Some(&s.node_index));
        self.expr(&s.target, Place::only(Field::Target));
        self.expr(&s.iter, Place::only(Field::Iter));
        let body = self.body(&s.body, Field::Body);
        let end = self.body(&s.orelse, Field::Orelse).max(body);
        self.close(open);
        self.ends_at(open.id, s.range, end)
    }

    pub(super) fn while_stmt(&mut self, s: &'a StmtWhile, place: Place) -> u32 {
        let open = self.open(Kind::While, place, Some(s.range), Some(&s.node_index));
        self.expr(&s.test, Place::only(Field::Test));
        let body = self.body(&s.body, Field::Body);
        let end = self.body(&s.orelse, Field::Orelse).max(body);
        self.close(open);
        self.ends_at(open.id, s.range, end)
    }

    pub(super) fn with_stmt(&mut self, s: &'a StmtWith, place: Place) -> u32 {
        let kind = if s.is_async { Kind::AsyncWith } else { Kind::With };
        let open = self.open(kind, place, Some(s.range), Some(&s.node_index));
        for (i, item) in s.items.iter().enumerate() {
            self.with_item(item, Place::at(Field::Items, i));
        }
        let end = self.body(&s.body, Field::Body);
        self.close(open);
        self.ends_at(open.id, s.range, end)
    }

    /// A chain of `elif` is a nest of `If` in CPython, each ending where the chain ends. It is walked in a loop: a chain
    /// may be longer than a stack is deep.
    pub(super) fn if_chain(&mut self, s: &'a StmtIf, place: Place) -> u32 {
        let first = self.open(Kind::If, place, Some(s.range), Some(&s.node_index));
        self.expr(&s.test, Place::only(Field::Test));
        let mut end = self.body(&s.body, Field::Body).max(s.end().to_u32());
        let mut nested = Vec::new();
        for clause in &s.elif_else_clauses {
            let clause_end = if let Some(test) = &clause.test {
                let place = Place::at(Field::Orelse, 0);
                nested.push(self.open(Kind::If, place, Some(clause.range), Some(&clause.node_index)));
                self.expr(test, Place::only(Field::Test));
                self.body(&clause.body, Field::Body)
            } else {
                self.body(&clause.body, Field::Orelse)
            };
            end = end.max(clause_end);
        }
        for open in nested.into_iter().rev() {
            self.close(open);
            self.amend(open.id, |n| n.bend = end);
        }
        self.close(first);
        self.ends_at(first.id, s.range, end)
    }

    pub(super) fn try_stmt(&mut self, s: &'a StmtTry, place: Place) -> u32 {
        let kind = if s.is_star { Kind::TryStar } else { Kind::Try };
        let open = self.open(kind, place, Some(s.range), Some(&s.node_index));
        let mut end = self.body(&s.body, Field::Body);
        for (i, handler) in s.handlers.iter().enumerate() {
            let ExceptHandler::ExceptHandler(h) = handler;
            let open = self.open(
                Kind::ExceptHandler,
                Place::at(Field::Handlers, i),
                Some(h.range),
                Some(&h.node_index),
            );
            if let Some(name) = &h.name {
                self.name(open.id, name.as_str());
            }
            self.optional(h.type_.as_deref(), Field::Type);
            let body = self.body(&h.body, Field::Body);
            self.close(open);
            end = end.max(self.ends_at(open.id, h.range, body));
        }
        end = end.max(self.body(&s.orelse, Field::Orelse));
        end = end.max(self.body(&s.finalbody, Field::Finalbody));
        self.close(open);
        self.ends_at(open.id, s.range, end)
    }

    pub(super) fn match_stmt(&mut self, s: &'a StmtMatch, place: Place) -> u32 {
        let open = self.open(Kind::Match, place, Some(s.range), Some(&s.node_index));
        self.expr(&s.subject, Place::only(Field::Subject));
        let mut end = 0;
        for (i, case) in s.cases.iter().enumerate() {
            end = end.max(self.match_case(case, Place::at(Field::Cases, i)));
        }
        self.close(open);
        self.ends_at(open.id, s.range, end)
    }

    fn match_case(&mut self, case: &'a MatchCase, place: Place) -> u32 {
        let open = self.open(Kind::MatchCase, place, None, Some(&case.node_index));
        self.pattern(&case.pattern, Place::only(Field::Pattern));
        self.optional(case.guard.as_deref(), Field::Guard);
        let end = self.body(&case.body, Field::Body);
        self.close(open);
        end
    }

    fn with_item(&mut self, item: &'a WithItem, place: Place) {
        let open = self.open(Kind::WithItem, place, None, Some(&item.node_index));
        self.expr(&item.context_expr, Place::only(Field::ContextExpr));
        self.optional(item.optional_vars.as_deref(), Field::OptionalVars);
        self.close(open);
    }
}
