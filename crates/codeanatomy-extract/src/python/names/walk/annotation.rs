//! Annotations.

use ruff_python_ast::{Expr, Mod, StmtAnnAssign};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::Ranged;

use super::Walk;
use crate::python::names::facts::{
    Annotation, AnnotationRole, AssignmentKind, Context, Inner, Lookup, NO_PATH, Origin, Target,
};
use crate::python::names::value::{dotted, expression_id, first_part, head};
use crate::python::parse::{nesting_bound, unguarded_levels, with_stack};
use crate::python::scope::{BindingKind, Flags, ScopeId, Sites};

/// The longest text in a string that is taken for a type, in bytes.
const MAX_INNER: usize = 16 << 10;

/// What an annotation is of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Annotated<'a> {
    pub(super) role: AnnotationRole,
    /// The node.
    pub(super) owner: u32,
    pub(super) definition: Option<u32>,
    pub(super) name: Option<&'a str>,
}

impl<'a> Annotated<'a> {
    /// The target of an annotated assignment.
    fn target(target: &'a Expr) -> Self {
        let (role, name) = match target {
            Expr::Name(name) => (AnnotationRole::Variable, Some(name.id.as_str())),
            Expr::Attribute(chain) => (AnnotationRole::Attribute, Some(chain.attr.as_str())),
            _ => (AnnotationRole::Subscript, None),
        };
        Self {
            role,
            owner: expression_id(target),
            definition: None,
            name,
        }
    }
}

impl<'a> Walk<'a> {
    /// An annotated assignment. A target in parentheses is no local of its scope unless it is assigned to.
    #[inline(never)]
    pub(super) fn annotated(&mut self, node: &'a StmtAnnAssign) {
        let value = node.value.as_deref();
        let of = (AssignmentKind::Annotated, &node.node_index);
        match &*node.target {
            Expr::Name(target) if !target.id.is_empty() => {
                let written = self.scopes.names.intern(target.id.as_str());
                let name = self.scopes.mangle(written);
                let kind = if node.value.is_some() {
                    BindingKind::Assignment
                } else {
                    BindingKind::Annotation
                };
                let flags = if node.simple {
                    Flags::ANNOTATION.with(Flags::LOCAL)
                } else {
                    Flags::LOCAL
                };
                let lookup = if node.simple || node.value.is_some() {
                    let site = Sites::one(kind, target.start().to_u32(), target.end().to_u32());
                    Lookup::Symbol(self.scopes.define(name, flags, Some(site)))
                } else {
                    self.unevaluated(name)
                };
                self.reference(target, written, Context::Store, lookup, None);
                let id = expression_id(&node.target);
                let origin = Origin::new(of.0, of.1, value);
                self.assigned(
                    id,
                    Target::Expression(&node.target),
                    origin,
                    Some(lookup),
                    NO_PATH,
                    value,
                );
            }
            target => self.assign(target, of, value, value),
        }
        self.variable_annotation(&node.annotation, Annotated::target(&node.target));
        self.optional(value);
    }

    /// The annotation of a variable. Those of a scope are evaluated together, in a scope of their own.
    fn variable_annotation(&mut self, node: &'a Expr, of: Annotated<'a>) {
        let is_evaluated = !self.is_unevaluated && !self.future_annotations;
        let around = self.scopes.current();
        if is_evaluated {
            let range = node.range();
            self.scopes
                .enter_annotations(expression_id(node), range.start().to_u32(), range.end().to_u32());
        }
        self.annotation(node, of, around);
        if is_evaluated {
            self.scopes.exit();
        }
    }

    /// An annotation of something in the scope `around`. CPython keeps it out of the table if the module asks for
    /// annotations as strings.
    pub(super) fn annotation(&mut self, node: &'a Expr, of: Annotated<'a>, around: ScopeId) {
        let outer = self.is_unevaluated;
        self.is_unevaluated |= self.future_annotations;
        let root = self.headed(node);
        self.is_unevaluated = outer;
        if self.wants.annotations {
            self.annotates(node, of, root, around);
        }
    }

    #[inline(never)]
    fn annotates(&mut self, node: &'a Expr, of: Annotated<'a>, mut root: Option<Lookup>, scope: ScopeId) {
        let inner = match node {
            Expr::StringLiteral(text) => expression_in(text.value.to_str()).map(Box::new),
            _ => None,
        };
        if let Some(dotted) = inner.as_ref().and_then(|inner| inner.dotted.as_deref()) {
            let name = self.scopes.names.intern_owned(first_part(dotted).to_owned());
            let name = self.scopes.mangle(name);
            root = Some(self.unevaluated_in(scope, name));
        }
        self.facts.annotations.push(Annotation {
            node_id: expression_id(node),
            node,
            role: of.role,
            owner: of.owner,
            definition: of.definition,
            name: of.name.filter(|name| !name.is_empty()),
            scope,
            root,
            inner,
        });
    }
}

/// The expression in a string.
fn expression_in(text: &str) -> Option<Inner> {
    let text = text.trim_ascii();
    if text.is_empty() || text.len() > MAX_INNER {
        return None;
    }
    let options = ParseOptions::from(Mode::Expression);
    let parsed = with_stack(unguarded_levels(text), || parse_unchecked(text, options));
    let levels = nesting_bound(parsed.tokens(), parsed.has_invalid_syntax(), usize::MAX);
    // The tree is dropped on a stack that it fits on.
    with_stack(levels, || inner(text, parsed))
}

fn inner(text: &str, parsed: Parsed<Mod>) -> Option<Inner> {
    let Mod::Expression(module) = parsed.syntax() else {
        return None;
    };
    parsed.has_valid_syntax().then(|| Inner {
        text: text.to_owned(),
        dotted: dotted(text, head(&module.body)).map(|chain| chain.into_owned()),
    })
}
