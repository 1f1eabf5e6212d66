//! Loops and branches.

use ruff_python_ast::{StmtFor, StmtIf, StmtMatch, StmtWhile};
use ruff_text_size::Ranged;

use super::super::program::Step;
use super::super::site::DefinitionKind;
use super::{Context, Lower};

impl<'a> Lower<'_, 'a> {
    #[inline(never)]
    pub(super) fn for_loop(&mut self, node: &'a StmtFor) {
        self.expression(&node.iter);
        self.enter();
        let end = self.program.open();
        self.program.head(node.start().to_u32());
        let exhausted = self.program.open();
        self.program.push(Step::Fork(exhausted));
        let next = self.program.open();
        self.target(&node.target, DefinitionKind::For);
        self.contexts.push(Context::Loop { end, next });
        self.statements(&node.body);
        self.contexts.pop();
        self.program.close(next);
        self.program.may_raise();
        self.program.back();
        self.program.close(exhausted);
        self.statements(&node.orelse);
        self.program.close(end);
        self.leave();
    }

    #[inline(never)]
    pub(super) fn while_loop(&mut self, node: &'a StmtWhile) {
        self.enter();
        let end = self.program.open();
        self.program.head(node.start().to_u32());
        let otherwise = self.program.open();
        self.jump_if(&node.test, false, otherwise);
        let next = self.program.open();
        self.contexts.push(Context::Loop { end, next });
        self.statements(&node.body);
        self.contexts.pop();
        self.program.close(next);
        self.program.may_raise();
        self.program.back();
        self.program.close(otherwise);
        self.statements(&node.orelse);
        self.program.close(end);
        self.leave();
    }

    #[inline(never)]
    pub(super) fn conditional(&mut self, node: &'a StmtIf) {
        self.enter();
        let end = self.program.open();
        let mut test = Some(&*node.test);
        let mut body = &node.body;
        let mut clauses = node.elif_else_clauses.iter();
        loop {
            let otherwise = self.program.open();
            if let Some(test) = test {
                self.jump_if(test, false, otherwise);
            }
            self.statements(body);
            let Some(clause) = clauses.next() else {
                self.program.close(otherwise);
                break;
            };
            self.program.push(Step::Jump(end));
            self.program.close(otherwise);
            (test, body) = (clause.test.as_ref(), &clause.body);
        }
        self.program.close(end);
        self.leave();
    }

    /// Names that a pattern captures are bound when all of it has matched.
    #[inline(never)]
    pub(super) fn match_cases(&mut self, node: &'a StmtMatch) {
        self.expression(&node.subject);
        self.enter();
        let end = self.program.open();
        for case in &node.cases {
            let next = self.program.open();
            self.pattern_values(&case.pattern);
            if !case.pattern.is_irrefutable() {
                self.program.may_raise();
                self.program.push(Step::Fork(next));
            }
            self.captures(&case.pattern);
            if let Some(guard) = &case.guard {
                self.jump_if(guard, false, next);
            }
            self.statements(&case.body);
            self.program.push(Step::Jump(end));
            self.program.close(next);
        }
        self.program.close(end);
        self.leave();
    }
}
