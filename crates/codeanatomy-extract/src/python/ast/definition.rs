//! Functions, classes and their type parameters, in the order of CPython's `_fields`.

use ruff_python_ast::{Decorator, StmtClassDef, StmtFunctionDef, TypeParam, TypeParams};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::vocabulary::{Field, Kind};
use super::walk::{Place, Purpose, Walk};

impl<'a, P: Purpose> Walk<'a, P> {
    /// CPython's definitions begin behind their decorators.
    fn definition_range(&self, decorators: &[Decorator], range: TextRange) -> TextRange {
        let Some(last) = decorators.last() else { return range };
        let bytes = self.text.as_bytes();
        let (mut at, end) = (last.end().to_usize(), range.end().to_usize());
        while at < end {
            match bytes[at] {
                b' ' | b'\t' | b'\x0c' | b'\r' | b'\n' | b'\\' => at += 1,
                b'#' => at = memchr::memchr2(b'\n', b'\r', &bytes[at..end]).map_or(end, |n| at + n),
                _ => break,
            }
        }
        TextRange::new(TextSize::new(at as u32), range.end())
    }

    pub(super) fn function(&mut self, s: &'a StmtFunctionDef, place: Place) -> u32 {
        let kind = if s.is_async {
            Kind::AsyncFunctionDef
        } else {
            Kind::FunctionDef
        };
        let range = self.definition_range(&s.decorator_list, s.range);
        let open = self.open(kind, place, Some(range), Some(&s.node_index));
        self.name(open.id, s.name.as_str());
        self.parameters(Some(&s.parameters));
        let end = self.body(&s.body, Field::Body);
        self.decorators(&s.decorator_list);
        self.optional(s.returns.as_deref(), Field::Returns);
        self.type_params(s.type_params.as_deref());
        self.close(open);
        self.ends_at(open.id, s.range, end)
    }

    pub(super) fn class(&mut self, s: &'a StmtClassDef, place: Place) -> u32 {
        let range = self.definition_range(&s.decorator_list, s.range);
        let open = self.open(Kind::ClassDef, place, Some(range), Some(&s.node_index));
        self.name(open.id, s.name.as_str());
        if let Some(arguments) = &s.arguments {
            self.arguments(arguments, Field::Bases);
        }
        let end = self.body(&s.body, Field::Body);
        self.decorators(&s.decorator_list);
        self.type_params(s.type_params.as_deref());
        self.close(open);
        self.ends_at(open.id, s.range, end)
    }

    fn decorators(&mut self, decorators: &'a [Decorator]) {
        for (i, decorator) in decorators.iter().enumerate() {
            self.expr(&decorator.expression, Place::at(Field::DecoratorList, i));
        }
    }

    /// Walks the type parameters of a definition or alias.
    pub(super) fn type_params(&mut self, params: Option<&'a TypeParams>) {
        for (i, param) in params.into_iter().flat_map(|p| &p.type_params).enumerate() {
            let place = Place::at(Field::TypeParams, i);
            let (kind, name, index, bound, default) = match param {
                TypeParam::TypeVar(p) => (
                    Kind::TypeVar,
                    &p.name,
                    &p.node_index,
                    p.bound.as_deref(),
                    p.default.as_deref(),
                ),
                TypeParam::ParamSpec(p) => (Kind::ParamSpec, &p.name, &p.node_index, None, p.default.as_deref()),
                TypeParam::TypeVarTuple(p) => (Kind::TypeVarTuple, &p.name, &p.node_index, None, p.default.as_deref()),
            };
            let open = self.open(kind, place, Some(param.range()), Some(index));
            self.name(open.id, name.as_str());
            self.optional(bound, Field::Bound);
            self.optional(default, Field::DefaultValue);
            self.close(open);
        }
    }
}
