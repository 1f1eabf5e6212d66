//! Comprehensions: loops of their own scope, which run where they stand.

use ruff_python_ast::{Comprehension, Expr};
use ruff_text_size::TextRange;

use super::super::program::{Label, Step};
use super::super::site::DefinitionKind;
use super::Lower;

impl<'a> Lower<'_, 'a> {
    /// The first iterable is evaluated first; of a generator expression it is all that does not wait.
    #[inline(never)]
    pub(super) fn comprehension(
        &mut self,
        range: TextRange,
        generators: &'a [Comprehension],
        elements: [Option<&'a Expr>; 2],
        is_generator: bool,
    ) {
        let Some(first) = generators.first() else { return };
        self.expression(&first.iter);
        let around = self.generator;
        if is_generator {
            self.generators += 1;
            self.generator = self.generators;
        }
        let start = range.start().to_u32();
        let was_hidden = (!self.has_walrus).then(|| self.program.hide());
        let born = self.scoped.len();
        let depth = self.depth;
        let mut loops: Vec<(Label, Label)> = Vec::with_capacity(generators.len());
        for (i, generator) in generators.iter().enumerate() {
            if i > 0 {
                self.expression(&generator.iter);
            }
            self.enter();
            let end = self.program.open();
            self.program.head(start);
            self.program.push(Step::Fork(end));
            let next = self.program.open();
            self.target(&generator.target, DefinitionKind::Comprehension);
            for condition in &generator.ifs {
                self.jump_if(condition, false, next);
            }
            loops.push((end, next));
        }
        self.optional(elements[0]);
        self.optional(elements[1]);
        for (end, next) in loops.into_iter().rev() {
            self.program.close(next);
            self.program.may_raise();
            self.program.back();
            self.program.close(end);
        }
        self.depth = depth;
        self.generator = around;
        self.forget(born);
        if let Some(was_hidden) = was_hidden {
            self.program.show(was_hidden);
        }
    }

    /// Forgets the variables of a scope that ends, so that nothing outside has to merge them. Scopes inside have ended
    /// before.
    pub(super) fn forget(&mut self, born: usize) {
        for var in self.scoped.drain(born..) {
            if self.variables[var as usize].is_defined {
                self.program.forget(var);
            }
        }
    }
}
