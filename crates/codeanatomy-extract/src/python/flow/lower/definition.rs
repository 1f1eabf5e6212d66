//! Functions, classes, type parameters and aliases.

use ruff_python_ast::{
    Decorator, Expr, Parameter, Parameters, StmtClassDef, StmtFunctionDef, StmtTypeAlias, TypeParam, TypeParams,
};

use super::super::site::DefinitionKind;
use super::{Context, Frame, Lower};

impl<'a> Lower<'_, 'a> {
    /// What a `def` evaluates, and the name that it binds. Its body runs later.
    #[inline(never)]
    pub(super) fn function(&mut self, node: &'a StmtFunctionDef) {
        self.decorators(&node.decorator_list);
        self.defaults(&node.parameters);
        let born = self.scoped.len();
        self.type_parameters(node.type_params.as_deref());
        let parameters = node.parameters.iter().map(|p| p.as_parameter());
        for annotation in parameters.filter_map(|p| p.annotation.as_deref()) {
            self.expression(annotation);
        }
        self.optional(node.returns.as_deref());
        self.forget(born);
        self.later(Frame::Function(node));
        self.define_identifier(&node.name, &node.node_index, DefinitionKind::Function);
    }

    /// The body of a class runs where it stands.
    #[inline(never)]
    pub(super) fn class(&mut self, node: &'a StmtClassDef) {
        self.decorators(&node.decorator_list);
        let born = self.scoped.len();
        self.type_parameters(node.type_params.as_deref());
        if let Some(arguments) = &node.arguments {
            self.expressions(&arguments.args);
            for keyword in &arguments.keywords {
                self.expression(&keyword.value);
            }
        }
        self.contexts.push(Context::Class);
        let in_function = std::mem::replace(&mut self.in_function, false);
        self.enter();
        self.statements(&node.body);
        self.leave();
        self.in_function = in_function;
        self.contexts.pop();
        self.program.may_raise();
        self.forget(born);
        self.define_identifier(&node.name, &node.node_index, DefinitionKind::Class);
    }

    /// Bounds and defaults are evaluated when they are asked for.
    fn type_parameters(&mut self, node: Option<&'a TypeParams>) {
        for parameter in node.into_iter().flat_map(|p| &p.type_params) {
            let (name, bound, default, index) = match parameter {
                TypeParam::TypeVar(p) => (&p.name, p.bound.as_deref(), p.default.as_deref(), &p.node_index),
                TypeParam::TypeVarTuple(p) => (&p.name, None, p.default.as_deref(), &p.node_index),
                TypeParam::ParamSpec(p) => (&p.name, None, p.default.as_deref(), &p.node_index),
            };
            self.define_identifier(name, index, DefinitionKind::TypeParameter);
            for value in [bound, default].into_iter().flatten() {
                self.later(Frame::Lazy(value));
            }
        }
    }

    #[inline(never)]
    pub(super) fn type_alias(&mut self, node: &'a StmtTypeAlias) {
        let born = self.scoped.len();
        self.type_parameters(node.type_params.as_deref());
        self.forget(born);
        self.later(Frame::Lazy(&node.value));
        if let Expr::Name(name) = &*node.name {
            self.define_name(name, DefinitionKind::TypeAlias);
        }
    }

    pub(super) fn defaults(&mut self, parameters: &'a Parameters) {
        let positional = parameters.posonlyargs.iter().chain(&parameters.args);
        for parameter in positional.chain(&parameters.kwonlyargs) {
            self.optional(parameter.default.as_deref());
        }
    }

    /// Parameters are bound when the function begins.
    pub(super) fn parameters(&mut self, parameters: &'a Parameters) {
        for parameter in parameters.iter() {
            let node: &'a Parameter = parameter.as_parameter();
            self.define_identifier(&node.name, &node.node_index, DefinitionKind::Parameter);
        }
    }

    fn decorators(&mut self, decorators: &'a [Decorator]) {
        for decorator in decorators {
            self.expression(&decorator.expression);
        }
    }
}
