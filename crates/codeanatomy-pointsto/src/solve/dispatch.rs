//! Generic functions: `functools.singledispatch`.

use super::Solver;
use crate::program::{Arg, Hook, Var};
use crate::value::{Value, Vid};

impl Solver {
    /// A function becomes a generic one.
    pub(super) fn make_generic(&mut self, vid: Vid, to: Var) {
        if let Value::Function(function) = self.values.get(vid)
            && !self.generic.contains_key(&function)
        {
            let implementations = self.var();
            self.generic.insert(function, implementations);
        }
        self.add(to, vid);
    }

    /// A generic function may call any of its implementations: which class an argument has is not asked.
    pub(super) fn call_generic(&mut self, site: u32, function: u32, receiver: Option<Vid>) {
        if let Some(implementations) = self.generic.get(&function).copied() {
            let hook = match receiver {
                Some(receiver) => Hook::MetaCall { site, receiver },
                None => Hook::Call { site },
            };
            self.hook(implementations, hook);
        }
    }

    /// `f.register(…)`: of an implementation, of the class of the next one, or of both.
    pub(super) fn register(&mut self, site: u32, function: u32) {
        let result = self.program.sites[site as usize].result;
        let args = self.program.sites[site as usize].args.clone();
        match *args {
            [Arg::Positional(of)] => self.hook(of, Hook::Register { function, to: result }),
            [
                Arg::Positional(_),
                Arg::Positional(implementation) | Arg::Keyword(_, implementation),
            ] => {
                if let Some(implementations) = self.generic.get(&function).copied() {
                    self.copy(implementation, implementations);
                }
                self.copy(implementation, result);
            }
            _ => {}
        }
    }

    /// What `register` does with its one argument.
    pub(super) fn registered(&mut self, vid: Vid, function: u32, to: Var) {
        match self.values.get(vid) {
            Value::Class(_) | Value::Builtin(_) | Value::External(_) => {
                let generic = self.values.intern(Value::Function(function));
                self.add_value(to, Value::Method(self.words.register, generic));
            }
            _ => {
                if let Some(implementations) = self.generic.get(&function).copied() {
                    self.add(implementations, vid);
                }
                self.add(to, vid);
            }
        }
    }
}
