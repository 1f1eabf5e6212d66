//! What a finished analysis says of members of classes and modules.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Solver;
use super::class::Base;
use crate::names::Sym;
use crate::program::{Hook, Var};
use crate::value::{Value, Vid};

/// How many re-exports are followed.
const MAX_HOPS: usize = 64;

/// Where the attribute of a class or an instance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Member {
    /// The body of that class binds it.
    InBody(u32),
    /// It is set on instances of that class, or on the class.
    OfInstance(u32),
}

impl Solver {
    /// The first class that has an attribute, in the order of `class`, behind `after`; `set` are those of instances.
    pub(crate) fn member(
        &mut self,
        class: u32,
        name: Sym,
        after: Option<u32>,
        set: &FxHashSet<(u32, Sym)>,
    ) -> Option<Member> {
        let order = self.order(class);
        let start = match after {
            Some(after) => order.iter().position(|b| *b == Base::Class(after))? + 1,
            None => 0,
        };
        order[start..].iter().find_map(|base| {
            let Base::Class(base) = base else { return None };
            if self.program.classes[*base as usize].attributes.contains_key(&name) {
                return Some(Member::InBody(*base));
            }
            set.contains(&(*base, name)).then_some(Member::OfInstance(*base))
        })
    }

    /// Whether `above` is in the order of `class`.
    pub(crate) fn is_below(&mut self, class: u32, above: u32) -> bool {
        class == above || self.order(class).contains(&Base::Class(above))
    }

    /// The value in a static method, class method or property.
    pub(crate) fn unwrapped(&self, vid: Vid) -> Value {
        match self.values.get(vid) {
            Value::Static(inner) | Value::ClassMethod(inner) | Value::Property(inner) => self.values.get(inner),
            value => value,
        }
    }

    /// The module that binds a name of a module by something else than an import from a module of the source, and its name there.
    pub(crate) fn global(&self, mut module: u32, mut name: Sym) -> Option<(u32, Sym)> {
        let mut open: Vec<(u32, Sym)> = vec![];
        for _ in 0..MAX_HOPS {
            let of = &self.program.modules[module as usize];
            match of.names.get(&name).map(|var| self.imported.get(var)) {
                Some(Some(next)) => {
                    (module, name) = *next;
                    continue;
                }
                Some(None) => return Some((module, name)),
                None => {}
            }
            for star in &of.stars {
                for vid in self.values_of(*star) {
                    if let Value::Module(module) = self.values.get(*vid) {
                        open.push((module, name));
                    }
                }
            }
            (module, name) = open.pop()?;
        }
        None
    }

    /// The attributes that the source reads and sets: the variable that has the object, and the hook.
    pub(crate) fn attribute_accesses(&self) -> Vec<(Var, Hook)> {
        self.graph
            .of_source(|hook| matches!(hook, Hook::Load { .. } | Hook::Store { .. }))
    }
}

/// What a name is bound to by an import from a module of the source: that module, and the name in it.
pub(super) type Imported = FxHashMap<Var, (u32, Sym)>;
