//! Type parameters and type aliases, which are scopes of their own.

use ruff_python_ast::{Expr, StmtTypeAlias, TypeParam, TypeParams};
use ruff_text_size::{Ranged, TextRange};

use super::Walk;
use crate::python::names::facts::{AssignmentKind, Lookup, NO_PATH, Origin, Target, node_id};
use crate::python::names::value::expression_id;
use crate::python::scope::{BindingKind, Flags, Opening, ScopeKind};

impl<'a> Walk<'a> {
    #[inline(never)]
    pub(super) fn type_alias(&mut self, node: &'a StmtTypeAlias) {
        let name = match &*node.name {
            Expr::Name(name) => name.id.as_str(),
            _ => "",
        };
        if let Expr::Name(name) = &*node.name
            && let Some(lookup) = self.name(name, None)
        {
            if let Lookup::Symbol(symbol) = lookup {
                self.scopes.mark_type_alias(symbol);
            }
            let origin = Origin::new(AssignmentKind::TypeAlias, &node.node_index, Some(&node.value));
            let target = Target::Expression(&node.name);
            self.assigned(
                expression_id(&node.name),
                target,
                origin,
                Some(lookup),
                NO_PATH,
                Some(&node.value),
            );
        }
        let id = node_id(&node.node_index);
        if let Some(type_params) = &node.type_params {
            self.enter_type_parameters(name, node.range, id, None);
            self.type_parameters(type_params);
        }
        self.enter_lazy(ScopeKind::TypeAlias, name, id, node.range);
        self.expression(&node.value);
        self.scopes.exit();
        if node.type_params.is_some() {
            self.scopes.exit();
        }
    }

    /// Enters the scope of a list of type parameters; `class` is the name of the class that has them.
    pub(super) fn enter_type_parameters(
        &mut self,
        name: &'a str,
        range: TextRange,
        node_id: u32,
        class: Option<&'a str>,
    ) {
        self.enter_lazy(ScopeKind::TypeParameters, name, node_id, range);
        if let Some(class) = class {
            self.scopes.private = Some(self.scopes.names.intern(class));
            self.define_implicit(".type_params", Flags::LOCAL.with(Flags::USE));
            self.define_implicit(".generic_base", Flags::LOCAL.with(Flags::USE));
        }
    }

    pub(super) fn type_parameters(&mut self, node: &'a TypeParams) {
        if self.wants.outline {
            return;
        }
        for parameter in &node.type_params {
            let (name, bound, default, index) = match parameter {
                TypeParam::TypeVar(p) => (&p.name, p.bound.as_deref(), p.default.as_deref(), &p.node_index),
                TypeParam::TypeVarTuple(p) => (&p.name, None, p.default.as_deref(), &p.node_index),
                TypeParam::ParamSpec(p) => (&p.name, None, p.default.as_deref(), &p.node_index),
            };
            self.bind(
                name,
                Flags::TYPE_PARAMETER.with(Flags::LOCAL),
                BindingKind::TypeParameter,
            );
            for value in [bound, default].into_iter().flatten() {
                self.enter_lazy(ScopeKind::TypeVariable, name.as_str(), node_id(index), value.range());
                self.expression(value);
                self.scopes.exit();
            }
        }
    }

    /// Enters one of the scopes that are evaluated when they are needed.
    fn enter_lazy(&mut self, kind: ScopeKind, name: &'a str, node_id: u32, range: TextRange) {
        let (bstart, bend) = (range.start().to_u32(), range.end().to_u32());
        self.scopes.enter(Opening {
            kind,
            name,
            node_id,
            bstart,
            bend,
            definition: None,
            receiver: None,
        });
    }

    pub(super) fn define_implicit(&mut self, name: &'static str, flags: Flags) {
        let name = self.scopes.names.intern(name);
        self.scopes.define(name, flags, None);
    }
}
