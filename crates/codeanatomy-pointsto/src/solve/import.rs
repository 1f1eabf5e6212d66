//! Imports, when all modules are known.

use super::{Made, Solver};
use crate::program::{Arg, Fallback, Hook, How, Imported, NONE};
use crate::value::Value;

impl Solver {
    pub(super) fn resolve_imports(&mut self) {
        for import in std::mem::take(&mut self.program.imports) {
            let module = self
                .find_module(import.beside)
                .or_else(|| self.find_module(Some(import.module)));
            let name = match module {
                Some(module) => self.program.modules[module as usize].name,
                None => import.module,
            };
            let value = module.map_or(Value::External(name), Value::Module);
            match import.what {
                Imported::Module(to) => self.add_value(to, value),
                Imported::First(to) => {
                    let written = self.program.names.text(import.module).matches('.').count();
                    let text = self.program.names.text(name);
                    let end = text
                        .rmatch_indices('.')
                        .nth(written.wrapping_sub(1))
                        .map_or(text.len(), |(i, _)| i);
                    let first = text[..end].to_string();
                    let first = self.program.names.intern(&first);
                    let value = match self.find_module(Some(first)) {
                        Some(module) => Value::Module(module),
                        None => Value::External(first),
                    };
                    self.add_value(to, value);
                }
                Imported::Name(name, to, at) => {
                    if let Some(module) = module {
                        let of = &self.program.modules[module as usize];
                        // `from . import name` in the package itself: the submodule, which nothing else is by then.
                        if import.binding != NONE && of.names.get(&name) == Some(&import.binding) {
                            let dotted = self.program.names.dotted(of.name, name);
                            if let Some(module) = self.find_module(Some(dotted)) {
                                self.add_value(to, Value::Module(module));
                            }
                            continue;
                        }
                        self.imported.entry(import.binding).or_insert((module, name));
                    }
                    let of = self.var();
                    self.hook(of, Hook::Load { name, to, at });
                    self.add_value(of, value);
                }
                Imported::Star(into) => match module {
                    Some(_) => {
                        let of = self.var();
                        self.add_value(of, value);
                        self.program.modules[into as usize].stars.push(of);
                    }
                    None => self.program.modules[into as usize].external_stars.push(name),
                },
            }
        }
        for (module, name, to, at) in std::mem::take(&mut self.program.free) {
            if !self.program.names.text(name).starts_with('_') {
                self.load_of_stars(module, name, to, at);
            }
            if self.program.modules[module as usize].stars.is_empty() && self.program.builtins.contains(&name) {
                self.add_value(to, Value::Builtin(name));
            } else {
                self.program.fallbacks.push(Fallback::Free { module, name, to });
            }
        }
    }

    fn find_module(&self, name: Option<u32>) -> Option<u32> {
        self.program.module_numbers.get(&name?).copied()
    }

    /// A name of a module: what it binds, what its star imports give, or its submodule; and unless a star import asks, what its `__getattr__` gives.
    pub(super) fn load_of_module(&mut self, number: u32, name: u32, to: u32, at: u32, has_getattr: bool) {
        let module = &self.program.modules[number as usize];
        if let Some(var) = module.names.get(&name) {
            return self.copy(*var, to);
        }
        let dotted = self.program.names.dotted(module.name, name);
        if let Some(module) = self.find_module(Some(dotted)) {
            return self.add_value(to, Value::Module(module));
        }
        self.load_of_stars(number, name, to, at);
        if let [star] = self.program.modules[number as usize].external_stars[..]
            && self.program.modules[number as usize].stars.is_empty()
        {
            let dotted = self.program.names.dotted(star, name);
            self.add_value(to, Value::External(dotted));
        }
        let module = &self.program.modules[number as usize];
        if let Some(getattr) = module.names.get(&self.words.getattr).copied()
            && module.stars.is_empty()
            && has_getattr
        {
            let key = format!("'{}'", self.program.names.text(name));
            let (key, var) = (self.program.names.intern(&key), self.var());
            self.add_value(var, Value::Const(key));
            self.call_implicit(getattr, Box::new([Arg::Positional(var)]), to, at, How::Property);
        }
    }

    /// A name that the star imports of a module give: looked up once, for they may lead in circles.
    fn load_of_stars(&mut self, module: u32, name: u32, to: u32, at: u32) {
        let by = Made::Star { module, name };
        let stars = self.program.modules[module as usize].stars.len();
        if stars == 0 {
            return;
        }
        if let Some(var) = self.made.get(&by) {
            return self.copy(*var, to);
        }
        let var = self.var_of(by);
        self.copy(var, to);
        for i in 0..stars {
            let of = self.program.modules[module as usize].stars[i];
            self.hook(of, Hook::LoadStar { name, to: var, at });
        }
    }
}
