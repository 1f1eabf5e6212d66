//! Expressions of which it is asked what they refer to.

use super::Lowering;
use crate::names::Sym;
use crate::program::{Asked, NONE, Role, Var};
use crate::tree::Kind;

impl Lowering<'_, '_> {
    /// Asks what an expression of the code around `inside` refers to, by the values of `of` and `also`.
    pub(super) fn ask(&mut self, role: Role, inside: usize, node: usize, of: Var, also: Var, owner: Option<Sym>) {
        self.callers[node] = self.callers[inside];
        let at = self.place(node);
        self.program.asked.push(Asked {
            role,
            of,
            also,
            at,
            owner,
        });
    }

    /// Asks what a decorator is: of one that a call gives, what is called.
    pub(super) fn ask_decorator(&mut self, inside: usize, decorator: usize, value: Var, owner: Sym) {
        let of = match self.tree.kind(decorator) {
            Kind::Call => self.child_var(decorator, "func").unwrap_or(value),
            _ => value,
        };
        self.ask(Role::Decorator, inside, decorator, of, NONE, Some(owner));
    }

    /// Asks what the names in an annotation are, also those in texts that are names of the module; not those of `Literal`, nor
    /// what stands behind the type of `Annotated`.
    pub(super) fn ask_annotation(&mut self, inside: usize, annotation: usize, owner: Option<Sym>) {
        let mut open = vec![annotation];
        while let Some(node) = open.pop() {
            match self.tree.kind(node) {
                Kind::Name | Kind::Attribute => {
                    let of = self.var(node);
                    // It may be evaluated later, when all of the file is bound.
                    let also = self.bindings.of_name(node).unwrap_or(NONE);
                    self.ask(Role::Annotation, inside, node, of, also, owner);
                }
                Kind::Subscript => {
                    let base = self.tree.child(node, "value");
                    let slice = self.tree.child(node, "slice");
                    match base.map_or("", |b| self.tree.name(b)) {
                        "Literal" => {}
                        "Annotated" => open.extend(slice.and_then(|s| self.tree.children(s).next())),
                        _ => open.extend(slice),
                    }
                    open.extend(base);
                }
                Kind::Constant => {
                    let text = self.tree.value(node);
                    if !text.starts_with(['"', '\'']) {
                        continue;
                    }
                    let names = text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'));
                    for name in names {
                        if let Some(of) = self.bindings.in_module(name) {
                            self.ask(Role::Annotation, inside, node, of, NONE, owner);
                        }
                    }
                }
                _ => open.extend(self.tree.children(node)),
            }
        }
    }
}
