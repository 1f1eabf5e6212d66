//! Parameters of functions and lambdas: their defaults and annotations in the scope around, their names in their own.

use ruff_python_ast::{Expr, Parameters, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::Walk;
use super::annotation::Annotated;
use crate::python::names::facts::{AnnotationRole, Parameter, ParameterKind, node_id};
use crate::python::scope::{BindingKind, Flags, Opening, ScopeId, ScopeKind};

/// A list of parameters.
#[derive(Debug, Clone, Copy)]
struct Owner {
    node: u32,
    definition: Option<u32>,
}

impl<'a> Walk<'a> {
    /// The annotations of a signature, which are a scope beside that of the function.
    pub(super) fn signature(&mut self, node: &'a StmtFunctionDef, definition: u32) {
        if self.wants.outline {
            return;
        }
        let parameters = node
            .parameters
            .iter()
            .filter_map(|p| p.as_parameter().annotation.as_deref());
        let annotations = parameters.chain(node.returns.as_deref());
        let Some(bend) = annotations.map(|annotation| annotation.end()).max() else {
            return;
        };
        let around = self.scopes.current();
        if self.is_unevaluated || self.future_annotations {
            return self.annotations(node, definition, around);
        }
        let bstart = self.facts.definitions[definition as usize].range.start();
        self.scopes.enter(Opening {
            kind: ScopeKind::Annotation,
            name: node.name.as_str(),
            node_id: node_id(&node.node_index),
            bstart: bstart.to_u32(),
            bend: bend.to_u32(),
            definition: None,
            receiver: None,
        });
        self.annotations(node, definition, around);
        self.scopes.exit();
    }

    fn annotations(&mut self, node: &'a StmtFunctionDef, definition: u32, around: ScopeId) {
        let parameters = &*node.parameters;
        for node in parameters.posonlyargs.iter().chain(&parameters.args) {
            self.parameter_annotation(&node.parameter, definition, around);
        }
        for node in [&parameters.vararg, &parameters.kwarg].into_iter().flatten() {
            self.parameter_annotation(node, definition, around);
        }
        for node in &parameters.kwonlyargs {
            self.parameter_annotation(&node.parameter, definition, around);
        }
        if let Some(returns) = &node.returns {
            let of = Annotated {
                role: AnnotationRole::Return,
                owner: node_id(&node.node_index),
                definition: Some(definition),
                name: Some(node.name.as_str()),
            };
            self.annotation(returns, of, around);
        }
    }

    #[inline]
    fn parameter_annotation(&mut self, node: &'a ruff_python_ast::Parameter, definition: u32, around: ScopeId) {
        if let Some(annotation) = &node.annotation {
            let of = Annotated {
                role: AnnotationRole::Parameter,
                owner: node_id(&node.node_index),
                definition: Some(definition),
                name: Some(node.name.as_str()),
            };
            self.annotation(annotation, of, around);
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
