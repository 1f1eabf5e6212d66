//! Attributes that are read and set.

use super::class::{Base, Found};
use super::fallback::Unset;
use super::{LookUp, Made, Solver};
use crate::names::Sym;
use crate::program::{Arg, Hook, How, MethodKind, NONE, Var};
use crate::value::{Value, Vid};

/// The longest name of something outside, in parts.
const MAX_PARTS: usize = 6;

/// How often a part may be in it: `numpy.random.random`, but not `node.next.next.next`.
const MAX_REPEATS: usize = 2;

impl Solver {
    pub(super) fn load(&mut self, of: Vid, name: Sym, to: Var, at: u32) {
        match self.values.get(of) {
            Value::Module(module) => self.load_of_module(module, name, to, at, true),
            Value::Class(class) if self.program.classes[class as usize].attributes.contains_key(&name) => {
                self.load_of_classes(of, name, to, at);
            }
            Value::Class(_) | Value::Instance(_) | Value::Super(..) => {
                self.look_ups.push_back(LookUp::Load { of, name, to, at });
            }
            Value::External(dotted) => {
                let (text, part) = (self.program.names.text(dotted), self.program.names.text(name));
                let parts = || text.split('.');
                if parts().count() < MAX_PARTS && parts().filter(|p| *p == part).count() < MAX_REPEATS {
                    let dotted = self.program.names.dotted(dotted, name);
                    self.add_value(to, Value::External(dotted));
                }
            }
            Value::Builtin(builtin) if !self.program.names.text(builtin).contains('.') => {
                let dotted = self.program.names.dotted(builtin, name);
                self.add_value(to, Value::Builtin(dotted));
            }
            Value::Container(_) | Value::Generator(_) | Value::Property(_) => {
                self.add_value(to, Value::Method(name, of));
            }
            Value::Function(_) | Value::Bound(..) | Value::Partial(_) if name == self.words.call => self.add(to, of),
            Value::Function(function) if name == self.words.register && self.generic.contains_key(&function) => {
                self.add_value(to, Value::Method(name, of));
            }
            Value::More => self.add(to, of),
            Value::Function(_) if self.program.stored.contains(&name) => {
                let var = self.attribute(of, name);
                self.copy(var, to);
            }
            _ => {}
        }
    }

    pub(super) fn store(&mut self, of: Vid, name: Sym, from: Var, at: u32) {
        if self.is_patch(of, name, at) {
            return;
        }
        match self.values.get(of) {
            Value::Module(module) => {
                if let Some(var) = self.program.modules[module as usize].names.get(&name).copied() {
                    self.copy(from, var);
                }
            }
            Value::Class(class) => match self.program.classes[class as usize].attributes.get(&name).copied() {
                Some(var) => self.copy(from, var),
                None => {
                    let var = self.attribute(of, name);
                    self.copy(from, var);
                }
            },
            Value::Instance(_) => {
                let var = self.attribute(of, name);
                self.copy(from, var);
                self.look_ups.push_back(LookUp::Store { of, name, from, at });
            }
            Value::Function(_) => {
                let var = self.attribute(of, name);
                self.copy(from, var);
            }
            _ => {}
        }
    }

    /// Whether a test puts something in place of what a module or class that is no test has, for a while.
    fn is_patch(&self, of: Vid, name: Sym, at: u32) -> bool {
        let patched = match self.values.get(of) {
            Value::Module(module) => &self.program.modules[module as usize].name,
            Value::Class(class) if self.program.classes[class as usize].attributes.contains_key(&name) => {
                &self.program.classes[class as usize].dotted
            }
            _ => return false,
        };
        let is_test = |part: &str| matches!(part, "test" | "tests" | "conftest") || part.starts_with("test_");
        let file = self.program.places[at as usize].file;
        let path = self.program.paths[file as usize].trim_end_matches(".py");
        path.split('/').any(|part| is_test(part) || part.ends_with("_test"))
            && !self.program.names.text(*patched).split('.').any(is_test)
    }

    /// The variable of an attribute that is set on a value.
    fn attribute(&mut self, of: Vid, name: Sym) -> Var {
        if let Some(var) = self.attributes.get(&(of, name)) {
            return *var;
        }
        let var = self.var();
        self.attributes.insert((of, name), var);
        var
    }

    /// An attribute of a class, an instance, or what is above a class for one.
    pub(super) fn load_of_classes(&mut self, of: Vid, name: Sym, to: Var, at: u32) {
        let is_stored = self.program.stored.contains(&name);
        let (class, receiver, after) = match self.values.get(of) {
            Value::Class(class) => (class, of, None),
            Value::Instance(class) => {
                if name == self.words.class {
                    return self.add_value(to, Value::Class(class));
                }
                if is_stored {
                    let var = self.attribute(of, name);
                    self.copy(var, to);
                }
                (class, of, None)
            }
            Value::Super(above, receiver) => match self.values.get(receiver) {
                Value::Class(class) if self.program.has_metas && !self.is_below(class, above) => {
                    if let Some(meta) = self.meta_of(class) {
                        self.load_above_meta(meta, above, receiver, name, to, at);
                    }
                    return;
                }
                Value::Class(class) | Value::Instance(class) => (class, receiver, Some(above)),
                _ => return,
            },
            _ => return,
        };
        if self.has_getattribute && name != self.words.getattribute && matches!(self.values.get(of), Value::Instance(_))
        {
            let name = self.words.getattribute;
            self.call_method(of, name, &[], NONE, at, How::Property);
        }
        let found = self.find(class, name, after);
        let is_set = is_stored && after.is_none();
        if is_set {
            let var = self.inherited(class, name, found);
            self.hook(var, Hook::Bind { receiver, to, at });
            let dotted = match found {
                Some(Found::External(dotted)) => Some(dotted),
                _ => None,
            };
            // What is set on it hides what its bases may have.
            let is_instance = matches!(self.values.get(of), Value::Instance(_));
            if dotted.is_some() || (found.is_none() && is_instance) {
                let own = self.attribute(of, name);
                self.unset.push(Unset {
                    class,
                    name,
                    own,
                    inherited: var,
                    dotted,
                    to,
                });
                if dotted.is_some() {
                    return;
                }
            }
        }
        match found {
            Some(Found::Var(_)) if is_set => {}
            Some(Found::Var(var)) => self.hook(var, Hook::Bind { receiver, to, at }),
            Some(Found::External(dotted)) => self.add_value(to, Value::External(dotted)),
            None if !is_stored && after.is_none() && matches!(self.values.get(of), Value::Instance(_)) => {
                let name = self.words.getattr;
                self.look_ups.push_back(LookUp::Method {
                    of,
                    name,
                    operand: NONE,
                    second: NONE,
                    to,
                    at,
                    how: How::Property,
                });
            }
            None if after.is_none() => _ = self.load_of_meta(of, name, to, at),
            None if name == self.words.new && self.program.has_metas => self.add_value(to, Value::MakeClass(class)),
            None => {}
        }
    }

    /// The variable of what a class has under a name that is set on something: also what is set on its bases.
    fn inherited(&mut self, class: u32, name: Sym, found: Option<Found>) -> Var {
        let order = self.order(class);
        let by = Made::Inherited {
            class,
            name,
            order: order.len() as u32,
        };
        if let Some(var) = self.made.get(&by) {
            return *var;
        }
        let to = self.var_of(by);
        for base in &*order {
            if let Base::Class(base) = base
                && !self.program.classes[*base as usize].attributes.contains_key(&name)
            {
                let base = self.values.intern(Value::Class(*base));
                let var = self.attribute(base, name);
                self.copy(var, to);
            }
        }
        if let Some(Found::Var(var)) = found {
            self.copy(var, to);
        }
        to
    }

    /// The variable of the properties that are called where an attribute is read.
    pub(super) fn callee_of(&mut self, to: Var, at: u32) -> Var {
        let by = Made::Getter { to, at };
        if let Some(callee) = self.made.get(&by) {
            return *callee;
        }
        let callee = self.var_of(by);
        self.call_implicit(callee, Box::default(), to, at, How::Property);
        callee
    }

    /// The setters of a property.
    pub(super) fn setter(&mut self, property: Vid) -> Var {
        let name = self.words.set;
        self.attribute(property, name)
    }

    /// An attribute is set on an instance whose class has `vid` under that name.
    pub(super) fn set_property(&mut self, vid: Vid, receiver: Vid, from: Var, at: u32) {
        if let Value::Instance(_) = self.values.get(vid) {
            let operand = self.var_of(Made::Holder { receiver });
            self.add(operand, receiver);
            self.look_ups.push_back(LookUp::Method {
                of: vid,
                name: self.words.set,
                operand,
                second: from,
                to: NONE,
                at,
                how: How::Property,
            });
        }
        if let Value::Property(_) = self.values.get(vid) {
            let setters = self.setter(vid);
            let by = Made::Setter { from, at };
            let callee = match self.made.get(&by) {
                Some(callee) => *callee,
                None => {
                    let callee = self.var_of(by);
                    self.call_implicit(callee, Box::new([Arg::Positional(from)]), NONE, at, How::Property);
                    callee
                }
            };
            self.hook(
                setters,
                Hook::Bind {
                    receiver,
                    to: callee,
                    at,
                },
            );
        }
    }

    /// What an attribute of a class gives through a receiver: an instance or a class.
    pub(super) fn bind(&mut self, vid: Vid, receiver: Vid, to: Var, at: u32) {
        let (class, is_instance) = match self.values.get(receiver) {
            Value::Instance(class) => (class, true),
            Value::Class(class) => (class, false),
            _ => return,
        };
        match self.values.get(vid) {
            Value::Function(function) => {
                let kind = self.program.functions[function as usize].method;
                let value = match kind {
                    MethodKind::Class => {
                        let class = self.values.intern(Value::Class(class));
                        Value::Bound(function, class)
                    }
                    MethodKind::Static => Value::Function(function),
                    _ if is_instance => Value::Bound(function, receiver),
                    _ => Value::Function(function),
                };
                self.add_value(to, value);
            }
            Value::Static(inner) => self.add(to, inner),
            Value::ClassMethod(inner) => match self.values.get(inner) {
                Value::Function(function) => {
                    let class = self.values.intern(Value::Class(class));
                    self.add_value(to, Value::Bound(function, class));
                }
                _ => self.add(to, inner),
            },
            Value::Property(getter) if is_instance => {
                let callee = self.callee_of(to, at);
                match self.values.get(getter) {
                    Value::Function(function) => self.add_value(callee, Value::Bound(function, receiver)),
                    _ => self.add(callee, getter),
                }
            }
            Value::Const(_) | Value::Container(_) | Value::Any | Value::External(_) if !is_instance => {
                self.add(to, vid);
                self.look_ups.push_back(LookUp::EnumMember { class, to });
            }
            Value::Partial(made) if is_instance && self.partial_methods.contains(&made) => {
                let made = self.bound_partial(made, receiver);
                self.add_value(to, Value::Partial(made));
            }
            Value::Instance(_) if is_instance => {
                self.add(to, vid);
                let operand = self.var_of(Made::Holder { receiver });
                self.add(operand, receiver);
                self.look_ups.push_back(LookUp::Method {
                    of: vid,
                    name: self.words.get,
                    operand,
                    second: operand,
                    to,
                    at,
                    how: How::Property,
                });
            }
            _ => self.add(to, vid),
        }
    }
}
