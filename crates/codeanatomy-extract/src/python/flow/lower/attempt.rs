//! What exceptions do: `try`, `with`, and blocks that run on every exit.

use ruff_python_ast::{ExceptHandler, ExceptHandlerExceptHandler, Stmt, StmtTry, StmtWith};

use super::super::program::{Label, Step, Var};
use super::super::site::DefinitionKind;
use super::{Context, Exit, Lower};

/// Blocks that run on every exit are walked once for each way out, unless so many of them are inside each other: then
/// once for all, so that the cost does not grow with the power of the nesting.
const MAX_CLEANUPS: u32 = 2;

/// What runs on every exit.
#[derive(Debug, Clone, Copy)]
enum Cleanup<'a> {
    Finally(&'a [Stmt]),
    /// The name of an exception is unbound at the end of its handler.
    Unbind(Var),
}

impl<'a> Lower<'_, 'a> {
    #[inline(never)]
    pub(super) fn attempt(&mut self, node: &'a StmtTry) {
        self.enter();
        if node.finalbody.is_empty() {
            self.handled(node);
        } else {
            self.protected(Cleanup::Finally(&node.finalbody), |this| this.handled(node));
        }
        self.leave();
    }

    /// A `try` without its `finally`.
    fn handled(&mut self, node: &'a StmtTry) {
        if node.handlers.is_empty() {
            self.statements(&node.body);
            return self.statements(&node.orelse);
        }
        let end = self.program.open();
        let raised = self.program.protect(true);
        self.statements(&node.body);
        self.program.leave();
        self.statements(&node.orelse);
        self.program.push(Step::Jump(end));
        self.program.close(raised);
        let mut catches_all = false;
        for ExceptHandler::ExceptHandler(handler) in &node.handlers {
            let next = self.program.open();
            match &handler.type_ {
                Some(kind) => {
                    self.expression(kind);
                    self.program.push(Step::Fork(next));
                }
                None => catches_all = true,
            }
            if node.is_star {
                // The handlers for other exceptions of the group run, too, even if this one raises.
                let raised = self.program.protect(false);
                self.handler(handler);
                self.program.leave();
                self.program.close(raised);
            } else {
                self.handler(handler);
                self.program.push(Step::Jump(end));
            }
            self.program.close(next);
        }
        if node.is_star {
            self.program.push(Step::Fork(end));
        }
        if !catches_all {
            self.program.push(Step::Raise);
        }
        self.program.close(end);
    }

    fn handler(&mut self, node: &'a ExceptHandlerExceptHandler) {
        let kind = DefinitionKind::Exception;
        let name = node.name.as_ref();
        match name.and_then(|name| self.define_identifier(name, &node.node_index, kind)) {
            Some(var) => self.protected(Cleanup::Unbind(var), |this| this.statements(&node.body)),
            None => self.statements(&node.body),
        }
    }

    /// `body`, and what runs however it is left.
    fn protected(&mut self, cleanup: Cleanup<'a>, body: impl FnOnce(&mut Self)) {
        let end = self.program.open();
        let together = (self.cleanups >= MAX_CLEANUPS).then(|| self.program.open());
        let exits = [self.program.open(), self.program.open(), self.program.open()];
        self.contexts.push(Context::Cleanup {
            exits,
            used: [false; 3],
        });
        let raised = self.program.protect(false);
        body(self);
        self.program.leave();
        let used = match self.contexts.pop() {
            Some(Context::Cleanup { used, .. }) => used,
            _ => [false; 3],
        };
        let ways = [
            (exits[2], Exit::Return),
            (exits[1], Exit::Break),
            (exits[0], Exit::Continue),
        ];
        match together {
            Some(label) => self.clean_up_together(cleanup, label, raised, ways, used),
            None => {
                let start = (self.next_use, self.next_definition);
                self.clean_up(cleanup, None);
                self.program.push(Step::Jump(end));
                self.program.close(raised);
                self.clean_up(cleanup, Some(start));
                self.program.push(Step::Raise);
                for (label, exit) in ways {
                    self.program.close(label);
                    if used[exit as usize] {
                        self.clean_up(cleanup, Some(start));
                        self.exit(exit, false);
                    }
                }
            }
        }
        self.program.close(end);
    }

    /// Walks the block once, whatever led to it; behind it, control may do any of what it was about to do.
    fn clean_up_together(
        &mut self,
        cleanup: Cleanup<'a>,
        label: Label,
        raised: Label,
        ways: [(Label, Exit); 3],
        used: [bool; 3],
    ) {
        self.program.push(Step::Jump(label));
        self.program.close(raised);
        self.program.push(Step::Jump(label));
        for (way, _) in ways {
            self.program.close(way);
            self.program.push(Step::Jump(label));
        }
        self.program.close(label);
        self.clean_up(cleanup, None);
        self.program.may_raise();
        for (_, exit) in ways {
            if used[exit as usize] {
                self.exit(exit, true);
            }
        }
        let on = self.program.open();
        self.program.push(Step::Fork(on));
        self.program.push(Step::Raise);
        self.program.close(on);
    }

    /// Walks the block. If it was walked before, `start` says with which uses and definitions it began.
    fn clean_up(&mut self, cleanup: Cleanup<'a>, start: Option<(usize, usize)>) {
        match cleanup {
            Cleanup::Unbind(var) => self.program.unbind(var),
            Cleanup::Finally(body) => {
                if let Some(start) = start {
                    (self.next_use, self.next_definition) = start;
                    self.replays += 1;
                }
                self.cleanups += 1;
                self.statements(body);
                self.cleanups -= 1;
                if start.is_some() {
                    self.replays -= 1;
                }
            }
        }
    }

    /// A context manager sees every exception of the block, and may swallow it. Its exit may raise one.
    #[inline(never)]
    pub(super) fn with(&mut self, node: &'a StmtWith) {
        let depth = self.depth;
        let mut labels: Vec<(Label, Label)> = Vec::with_capacity(node.items.len());
        for item in &node.items {
            self.expression(&item.context_expr);
            self.enter();
            let end = self.program.open();
            labels.push((end, self.program.protect(false)));
            if let Some(target) = &item.optional_vars {
                self.target(target, DefinitionKind::With);
            }
        }
        self.statements(&node.body);
        for (end, raised) in labels.into_iter().rev() {
            self.program.leave();
            self.program.may_raise();
            self.program.push(Step::Jump(end));
            self.program.close(raised);
            self.program.may_raise();
            self.program.suppress(end);
            self.program.push(Step::Raise);
            self.program.close(end);
        }
        self.depth = depth;
    }
}
