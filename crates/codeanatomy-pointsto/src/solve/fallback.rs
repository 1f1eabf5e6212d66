//! What counts where nothing else is known.

use super::Solver;
use super::call::is_cast;
use super::class::Base;
use crate::names::Sym;
use rustc_hash::FxHashSet;

use crate::program::{Fallback, Hook, MethodKind, Var};
use crate::value::Value;

/// An attribute of an instance that nothing may set but what sets it on instances of bases, as a method of a mixin does that
/// something outside calls; or that a class outside of the source may have.
#[derive(Debug)]
pub(super) struct Unset {
    /// The class of the instance.
    pub(super) class: u32,
    /// The attribute.
    pub(super) name: Sym,
    /// What is set on the instance.
    pub(super) own: Var,
    /// What is set on its classes.
    pub(super) inherited: Var,
    /// Its name outside, if a base is there.
    pub(super) dotted: Option<Sym>,
    /// What reads it.
    pub(super) to: Var,
}

impl Solver {
    /// Applies all fallbacks to what is known now, at once.
    pub(super) fn fall_back(&mut self) {
        let fallbacks = std::mem::take(&mut self.program.fallbacks);
        let applies: Vec<bool> = fallbacks.iter().map(|f| self.applies(f)).collect();
        for (fallback, applies) in fallbacks.into_iter().zip(applies) {
            if applies {
                self.apply(fallback);
            }
        }
    }

    /// Looks up what nothing was found to set until now: on instances of bases, else outside.
    pub(super) fn look_elsewhere(&mut self) {
        let reads = std::mem::take(&mut self.unset);
        let elsewhere = self.set_on_unknown();
        let is_unset = |o: &Unset| self.values_of(o.own).is_empty() && self.values_of(o.inherited).is_empty();
        let still: Vec<Unset> = reads.into_iter().filter(is_unset).collect();
        for Unset {
            class,
            name,
            dotted,
            to,
            ..
        } in still
        {
            let order = self.order(class);
            let bases = order.iter().filter_map(|base| match base {
                Base::Class(base) if *base != class => Some(Value::Instance(*base)),
                _ => None,
            });
            let of_bases: Vec<Var> = bases
                .filter_map(|base| self.values.find(base))
                .filter_map(|base| self.attributes.get(&(base, name)).copied())
                .filter(|var| !self.values_of(*var).is_empty())
                .collect();
            match (&of_bases[..], dotted) {
                // What has it is not known, so nothing says that it is a class outside; unless it is called, as its method.
                ([], Some(_)) if elsewhere.contains(&name) && !self.graph.has_call(to) => {}
                ([], Some(dotted)) => self.add_value(to, Value::External(dotted)),
                (vars, _) => vars.iter().for_each(|var| self.copy(*var, to)),
            }
        }
    }

    /// The attributes that are set on things of which nothing is known.
    fn set_on_unknown(&self) -> FxHashSet<Sym> {
        let stores = self.graph.of_source(|hook| matches!(hook, Hook::Store { .. }));
        let name = |(on, hook): (Var, Hook)| match hook {
            Hook::Store { name, .. } if !self.has_object(on) => Some(name),
            _ => None,
        };
        stores.into_iter().filter_map(name).collect()
    }

    fn applies(&mut self, fallback: &Fallback) -> bool {
        match fallback {
            Fallback::Receiver { function } => {
                let param = self.program.functions[*function as usize].params.first().map(|p| p.var);
                param.is_some_and(|p| !self.has_object(p))
            }
            Fallback::Annotation { to, .. } => !self.has_object(*to),
            Fallback::Cast { callee, to, .. } => {
                let is_cast = |v: &u32| match self.values.get(*v) {
                    Value::External(dotted) => is_cast(self.program.names.text(dotted)),
                    _ => false,
                };
                !self.has_object(*to) && self.values_of(*callee).iter().any(is_cast)
            }
            Fallback::Key(key) => self.is_unknown(*key),
            Fallback::Default { function, .. } => !self.is_called[*function as usize],
            Fallback::Reflected { left, name, .. } => {
                let left = self.values_of(*left).to_vec();
                !left.into_iter().any(|of| self.has_operator(of, *name))
            }
            Fallback::Replaced { own, from, .. } => {
                let is_own =
                    |v: &u32| matches!(self.values.get(*v), Value::More) || self.values.get(*v) == Value::Class(*own);
                !self.values_of(*from).iter().any(is_own)
            }
            Fallback::Free { to, .. } => self.is_unknown(*to),
        }
    }

    fn has_object(&self, var: u32) -> bool {
        let is_object = |v: &u32| !matches!(self.values.get(*v), Value::Const(_) | Value::Any | Value::More);
        self.values_of(var).iter().any(is_object)
    }

    fn apply(&mut self, fallback: Fallback) {
        match fallback {
            Fallback::Receiver { function } => {
                let function = &self.program.functions[function as usize];
                let (Some(class), Some(param)) = (function.class, function.params.first().map(|p| p.var)) else {
                    return;
                };
                let value = match function.method {
                    MethodKind::Instance => Value::Instance(class),
                    _ => Value::Class(class),
                };
                self.add_value(param, value);
            }
            Fallback::Annotation { of, to } | Fallback::Cast { of, to, .. } => self.hook(of, Hook::InstanceOf { to }),
            Fallback::Key(key) => self.add_value(key, Value::Any),
            Fallback::Default { from, to, .. } => self.copy(from, to),
            Fallback::Reflected {
                left,
                right,
                reflected,
                to,
                at,
                ..
            } => self.hook(
                right,
                Hook::Operator {
                    name: reflected,
                    operand: left,
                    to,
                    at,
                },
            ),
            Fallback::Replaced { from, to, .. } => self.copy(from, to),
            Fallback::Free { module, name, to } => {
                if self.program.builtins.contains(&name) {
                    self.add_value(to, Value::Builtin(name));
                } else if let [star] = self.program.modules[module as usize].external_stars[..] {
                    let dotted = self.program.names.dotted(star, name);
                    self.add_value(to, Value::External(dotted));
                }
            }
        }
    }
}
