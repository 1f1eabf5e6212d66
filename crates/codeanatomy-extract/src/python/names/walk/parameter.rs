//! Parameters of functions and lambdas: their defaults and annotations in the scope around, their names in their own.

use ruff_python_ast::{Expr, Parameters, StmtFunctionDef};

use super::Walk;
use super::annotation::Annotated;
use crate::python::names::facts::{AnnotationRole, Parameter, ParameterKind, node_id};
use crate::python::scope::{BindingKind, Flags};

/// A list of parameters.
#[derive(Debug, Clone, Copy)]
struct Owner {
    node: u32,
    definition: Option<u32>,
}

impl<'a> Walk<'a> {
    /// The expressions of a signature that are evaluated where the function is defined; defaults come before.
    pub(super) fn signature(&mut self, node: &'a StmtFunctionDef, definition: u32) {
        if self.wants.outline {
            return;
        }
        let parameters = &*node.parameters;
        for node in parameters.posonlyargs.iter().chain(&parameters.args) {
            self.parameter_annotation(&node.parameter, definition);
        }
        for node in [&parameters.vararg, &parameters.kwarg].into_iter().flatten() {
            self.parameter_annotation(node, definition);
        }
        for node in &parameters.kwonlyargs {
            self.parameter_annotation(&node.parameter, definition);
        }
        if let Some(returns) = &node.returns {
            let of = Annotated {
                role: AnnotationRole::Return,
                owner: node_id(&node.node_index),
                definition: Some(definition),
                name: Some(node.name.as_str()),
            };
            self.annotation(returns, of);
        }
    }

    #[inline]
    fn parameter_annotation(&mut self, node: &'a ruff_python_ast::Parameter, definition: u32) {
        if let Some(annotation) = &node.annotation {
            let of = Annotated {
                role: AnnotationRole::Parameter,
                owner: node_id(&node.node_index),
                definition: Some(definition),
                name: Some(node.name.as_str()),
            };
            self.annotation(annotation, of);
        }
    }

    /// The default values, in the scope around.
    pub(super) fn defaults(&mut self, parameters: &'a Parameters) {
        let positional = parameters.posonlyargs.iter().chain(&parameters.args);
        for node in positional
            .chain(&parameters.kwonlyargs)
            .filter_map(|p| p.default.as_deref())
        {
            self.expression(node);
        }
    }

    /// The names of the parameters, in the scope of the function or lambda, which is at `node`.
    pub(super) fn parameters(&mut self, parameters: &'a Parameters, node: u32, definition: Option<u32>) {
        use ParameterKind::{KeywordOnly, Keywords, Positional, PositionalOnly, Variadic};
        let owner = Owner { node, definition };
        let positional = parameters.posonlyargs.len();
        let variadic = positional + parameters.args.len();
        let keyword_only = variadic + usize::from(parameters.vararg.is_some());
        let keywords = keyword_only + parameters.kwonlyargs.len();
        let lists = [
            (PositionalOnly, 0, &parameters.posonlyargs),
            (Positional, positional, &parameters.args),
            (KeywordOnly, keyword_only, &parameters.kwonlyargs),
        ];
        for (kind, first, list) in lists {
            for (i, node) in list.iter().enumerate() {
                self.parameter(owner, kind, first + i, &node.parameter, node.default.as_deref());
            }
        }
        for (kind, position, node) in [
            (Variadic, variadic, &parameters.vararg),
            (Keywords, keywords, &parameters.kwarg),
        ] {
            if let Some(node) = node {
                self.parameter(owner, kind, position, node, None);
            }
        }
    }

    fn parameter(
        &mut self,
        owner: Owner,
        kind: ParameterKind,
        position: usize,
        node: &'a ruff_python_ast::Parameter,
        default: Option<&'a Expr>,
    ) {
        let symbol = if self.is_unevaluated {
            None
        } else {
            self.bind(&node.name, Flags::PARAMETER, BindingKind::Parameter)
        };
        // A name that is missing is what the parser puts in the place of one.
        if self.wants.parameters && !node.name.id.is_empty() {
            self.facts.parameters.push(Parameter {
                owner: owner.node,
                position: position as u32,
                kind,
                definition: owner.definition,
                node,
                default,
                symbol,
            });
        }
    }
}
