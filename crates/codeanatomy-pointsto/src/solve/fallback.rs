//! What counts where nothing else is known.

use super::Solver;
use crate::names::Sym;
use crate::program::{Fallback, Hook, MethodKind, Var};
use crate::value::Value;

/// An attribute that a class outside of the source may have, if the source sets none of that name on the instance or the classes that it
/// has.
#[derive(Debug)]
pub(super) struct Outside {
    /// What is set on the instance.
    pub(super) own: Var,
    /// What is set on its classes.
    pub(super) inherited: Var,
    /// Its name outside.
    pub(super) dotted: Sym,
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

    /// Looks attributes up outside that nothing was found to set until now.
    pub(super) fn look_outside(&mut self) {
        let reads = std::mem::take(&mut self.outside);
        let is_unset = |o: &Outside| self.values_of(o.own).is_empty() && self.values_of(o.inherited).is_empty();
        let unset: Vec<(Var, Sym)> = reads.iter().filter(|o| is_unset(o)).map(|o| (o.to, o.dotted)).collect();
        for (to, dotted) in unset {
            self.add_value(to, Value::External(dotted));
        }
    }

    fn applies(&mut self, fallback: &Fallback) -> bool {
        match fallback {
            Fallback::Receiver { function } => {
                let param = self.program.functions[*function as usize].params.first().map(|p| p.var);
                param.is_some_and(|p| !self.has_object(p))
            }
            Fallback::Annotation { to, .. } => !self.has_object(*to),
            Fallback::Key(key) => self.is_unknown(*key),
            Fallback::Default { function, .. } => !self.is_called[*function as usize],
            Fallback::Reflected { left, name, .. } => {
                let left = self.values_of(*left).to_vec();
                !left.into_iter().any(|of| self.has_operator(of, *name))
            }
            Fallback::Replaced { own, from, .. } => {
                let is_own = |v: &u32| self.values.get(*v) == Value::Class(*own);
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
            Fallback::Annotation { of, to } => self.hook(of, Hook::InstanceOf { to }),
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
