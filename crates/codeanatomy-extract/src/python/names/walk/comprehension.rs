//! Expressions that open a scope: comprehensions and lambdas; and `:=`, which reaches out of them.

use ruff_python_ast::{Comprehension, Expr, ExprGenerator, ExprLambda, ExprNamed};
use ruff_text_size::{Ranged, TextRange};

use super::Walk;
use crate::python::names::facts::{AssignmentKind, node_id};
use crate::python::scope::{Flags, Opening, ScopeKind};

impl<'a> Walk<'a> {
    pub(super) fn generator(&mut self, node: &'a ExprGenerator, range: TextRange) {
        let id = node_id(&node.node_index);
        self.comprehension(
            ScopeKind::GeneratorExpression,
            range,
            id,
            &node.generators,
            [None, Some(&node.elt)],
        );
    }

    /// A comprehension: its first iterable belongs to the scope around.
    pub(super) fn comprehension(
        &mut self,
        kind: ScopeKind,
        range: TextRange,
        node_id: u32,
        generators: &'a [Comprehension],
        elements: [Option<&'a Expr>; 2],
    ) {
        if let Some(first) = generators.first() {
            self.expression(&first.iter);
        }
        if !self.is_unevaluated {
            let (bstart, bend) = (range.start().to_u32(), range.end().to_u32());
            let (name, definition, receiver) = (kind.name(), None, None);
            self.scopes.enter(Opening {
                kind,
                name,
                node_id,
                bstart,
                bend,
                definition,
                receiver,
            });
            let name = self.scopes.names.intern(".0");
            self.scopes.define(name, Flags::PARAMETER, None);
        }
        for (i, generator) in generators.iter().enumerate() {
            let of = (AssignmentKind::Comprehension, &generator.node_index);
            let outer = self.comprehension_target.replace(self.scopes.current());
            self.assign(&generator.target, of, Some(&generator.iter), None);
            self.comprehension_target = outer;
            if i > 0 {
                self.expression(&generator.iter);
            }
            self.expressions(&generator.ifs);
        }
        self.optional(elements[0]);
        self.optional(elements[1]);
        if !self.is_unevaluated {
            self.scopes.exit();
        }
    }

    #[inline(never)]
    pub(super) fn named(&mut self, node: &'a ExprNamed) {
        if let Expr::Name(target) = &*node.target
            && !self.is_unevaluated
            && !target.id.is_empty()
            && self.scopes.scope(self.scopes.current()).kind.is_comprehension()
        {
            let name = self.mangled(target.id.as_str());
            self.scopes.define_walrus(name);
        }
        self.expression(&node.value);
        let (of, value) = ((AssignmentKind::Walrus, &node.node_index), Some(&*node.value));
        self.assign(&node.target, of, value, value);
    }

    #[inline(never)]
    pub(super) fn lambda(&mut self, node: &'a ExprLambda) {
        if let Some(parameters) = &node.parameters {
            self.defaults(parameters);
        }
        let id = node_id(&node.node_index);
        if self.is_unevaluated {
            if let Some(parameters) = &node.parameters {
                self.parameters(parameters, id, None);
            }
            return self.expression(&node.body);
        }
        self.scopes.enter(Opening {
            kind: ScopeKind::Lambda,
            name: "lambda",
            node_id: id,
            bstart: node.start().to_u32(),
            bend: node.end().to_u32(),
            definition: None,
            receiver: None,
        });
        if let Some(parameters) = &node.parameters {
            self.parameters(parameters, id, None);
        }
        self.expression(&node.body);
        self.scopes.exit();
    }
}
