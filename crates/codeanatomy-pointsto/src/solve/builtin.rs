//! What builtins and methods of builtin types do with their arguments.

use super::{Made, Solver, Target};
use crate::program::{Arg, Hook, How, MethodKind, NONE, Site, Var};
use crate::value::{Value, Vid};

/// Builtins that call a method of their argument.
const METHODS: [(&str, &str); 15] = [
    ("len", "__len__"),
    ("str", "__str__"),
    ("repr", "__repr__"),
    ("bool", "__bool__"),
    ("abs", "__abs__"),
    ("hash", "__hash__"),
    ("int", "__int__"),
    ("float", "__float__"),
    ("complex", "__complex__"),
    ("bytes", "__bytes__"),
    ("round", "__round__"),
    ("dir", "__dir__"),
    ("format", "__format__"),
    ("divmod", "__divmod__"),
    ("pow", "__pow__"),
];

impl Solver {
    pub(super) fn call_builtin(&mut self, site: u32, name: u32) {
        let Site { result, at, how, .. } = self.program.sites[site as usize];
        let text = self.program.names.text(name).to_string();
        let (outer, inner) = Made::containers(site, name);
        let args = self.program.sites[site as usize].args.clone();
        let positional: Vec<Var> = args
            .iter()
            .filter_map(|a| match a {
                Arg::Positional(var) => Some(*var),
                _ => None,
            })
            .collect();
        let wrap = match text.as_str() {
            "staticmethod" => Some(MethodKind::Static),
            "classmethod" => Some(MethodKind::Class),
            "property" => Some(MethodKind::Instance),
            _ => None,
        };
        if let (Some(kind), Some(inner)) = (wrap, positional.first()) {
            return self.hook(*inner, Hook::Wrap { kind, to: result });
        }
        self.target(site, Target::Builtin(name));
        if how == How::Decorator {
            return;
        }
        let first = positional.first().copied();
        match (text.as_str(), first) {
            ("super", _) => self.super_of(site, &positional, result),
            ("type", Some(of)) => self.hook(of, Hook::TypeOf { to: result }),
            ("reversed", Some(of)) => {
                let name = self.program.names.intern("__reversed__");
                let (operand, to) = (NONE, result);
                self.hook(of, Hook::Operator { name, operand, to, at });
                self.hook(of, Hook::Containers { to: result });
            }
            ("list" | "tuple" | "set" | "frozenset" | "iter" | "aiter" | "sorted", Some(of)) => {
                let container = self.container(outer, false);
                self.add_value(result, Value::Container(container));
                let slot = self.slot(container, None);
                self.hook(of, Hook::Iterate { to: slot, at });
                if text == "sorted" {
                    self.higher_order(site, NONE);
                    self.compared(&args, slot, self.words.lt, at);
                }
            }
            ("dict", _) => {
                let container = self.container(outer, true);
                self.add_value(result, Value::Container(container));
                if let Some(of) = first {
                    self.hook(of, Hook::CopyInto { container });
                }
                self.keyword_items(&args, container);
            }
            ("next" | "anext", Some(of)) => self.hook(of, Hook::Next { to: result, at }),
            ("enumerate", Some(of)) => {
                let (container, pair) = (self.container(outer, false), self.container(inner, false));
                self.add_value(result, Value::Container(container));
                let slot = self.slot(container, None);
                self.add_value(slot, Value::Container(pair));
                let one = self.program.names.intern("1");
                let item = self.slot(pair, Some(one));
                self.hook(of, Hook::Iterate { to: item, at });
            }
            ("zip", _) => {
                let (container, row) = (self.container(outer, false), self.container(inner, false));
                self.add_value(result, Value::Container(container));
                let slot = self.slot(container, None);
                self.add_value(slot, Value::Container(row));
                for (i, of) in positional.iter().enumerate() {
                    let key = self.program.names.intern(&i.to_string());
                    let item = self.slot(row, Some(key));
                    self.hook(*of, Hook::Iterate { to: item, at });
                }
            }
            ("map", _) => {
                let container = self.container(outer, false);
                self.add_value(result, Value::Container(container));
                let slot = self.slot(container, None);
                self.higher_order(site, slot);
            }
            ("filter", _) => {
                let container = self.container(outer, false);
                self.add_value(result, Value::Container(container));
                let slot = self.slot(container, None);
                if let Some(of) = positional.get(1) {
                    self.hook(*of, Hook::Iterate { to: slot, at });
                }
                self.higher_order(site, NONE);
            }
            ("min" | "max", Some(of)) => {
                self.higher_order(site, NONE);
                match positional.len() {
                    1 => self.hook(of, Hook::Iterate { to: result, at }),
                    _ => positional.iter().for_each(|of| self.copy(*of, result)),
                }
                let method = if text == "min" { self.words.lt } else { self.words.gt };
                self.compared(&args, result, method, at);
            }
            ("sum" | "any" | "all", Some(of)) => {
                self.hook(of, Hook::Iterate { to: NONE, at });
            }
            ("getattr", Some(of)) => {
                if let Some(key) = positional.get(1) {
                    self.hook(*key, Hook::LoadBy { of, to: result, at });
                }
                if let Some(default) = positional.get(2) {
                    self.copy(*default, result);
                }
            }
            ("isinstance" | "issubclass", Some(of)) if self.program.has_metas => {
                let method = if text == "isinstance" {
                    "__instancecheck__"
                } else {
                    "__subclasscheck__"
                };
                let name = self.program.names.intern(method);
                if let Some(class) = positional.get(1) {
                    let (operand, to) = (of, NONE);
                    self.hook(*class, Hook::Operator { name, operand, to, at });
                }
            }
            ("setattr", Some(of)) => {
                if let (Some(key), Some(from)) = (positional.get(1), positional.get(2)) {
                    self.hook(*key, Hook::SetBy { of, from: *from, at });
                }
            }
            (name, Some(of)) => {
                if let Some((_, method)) = METHODS.iter().find(|(builtin, _)| *builtin == name) {
                    let name = self.program.names.intern(method);
                    let operand = positional.get(1).copied().unwrap_or(NONE);
                    let to = NONE;
                    self.hook(of, Hook::Operator { name, operand, to, at });
                }
            }
            _ => {}
        }
    }

    /// `super()` in a method, or `super(C, self)`.
    fn super_of(&mut self, site: u32, args: &[Var], result: Var) {
        let at = self.program.sites[site as usize].at;
        let caller = &self.program.callers[self.program.places[at as usize].caller as usize];
        let (class, receiver) = match (args, caller.class, caller.receiver) {
            ([], Some(class), Some(receiver)) => (class, receiver),
            ([_, receiver], Some(class), _) => (class, *receiver),
            _ => return,
        };
        self.hook(receiver, Hook::SuperOf { class, to: result });
    }

    /// Any function among the arguments is called with items of the others.
    pub(super) fn higher_order(&mut self, site: u32, result: Var) {
        let at = self.program.sites[site as usize].at;
        let args = self.program.sites[site as usize].args.clone();
        let vars: Vec<Var> = args
            .iter()
            .map(|a| match a {
                Arg::Positional(var) | Arg::Keyword(_, var) | Arg::Star(var) | Arg::DoubleStar(var) => *var,
            })
            .collect();
        let items: Vec<Var> = vars
            .iter()
            .map(|of| {
                let item = self.var();
                self.hook(*of, Hook::Iterate { to: item, at });
                item
            })
            .collect();
        for (i, callee) in vars.iter().enumerate() {
            let others = items.iter().enumerate().filter(|(j, _)| *j != i);
            let args = others.map(|(_, item)| Arg::Positional(*item)).collect();
            let site = self.site(Site {
                callee: *callee,
                args,
                result,
                at,
                how: How::Argument,
            });
            self.hook(*callee, Hook::Argument { site });
        }
    }

    /// A value is called by something that it is given to, with an argument.
    fn argument(&mut self, callee: Var, item: Var, result: Var, at: u32) {
        let by = Made::Argument { callee, item };
        if self.made.contains_key(&by) {
            return;
        }
        let site = self.site(Site {
            callee,
            args: Box::new([Arg::Positional(item)]),
            result,
            at,
            how: How::Argument,
        });
        self.made.insert(by, site);
        self.hook(callee, Hook::Argument { site });
    }

    /// Items are compared with each other, unless by a key.
    fn compared(&mut self, args: &[Arg], item: Var, name: u32, at: u32) {
        let key = self.program.names.intern("key");
        if !args.iter().any(|a| matches!(a, Arg::Keyword(name, _) if *name == key)) {
            let (operand, to) = (item, NONE);
            self.hook(item, Hook::Operator { name, operand, to, at });
        }
    }

    fn keyword_items(&mut self, args: &[Arg], container: u32) {
        for arg in args {
            match arg {
                Arg::Keyword(name, from) => {
                    let key = format!("'{}'", self.program.names.text(*name));
                    let key = self.program.names.intern(&key);
                    let slot = self.slot(container, Some(key));
                    self.copy(*from, slot);
                }
                Arg::DoubleStar(of) => self.hook(*of, Hook::CopyInto { container }),
                _ => {}
            }
        }
    }

    /// A method of a container, generator or property.
    pub(super) fn call_builtin_method(&mut self, site: u32, name: u32, receiver: Vid) {
        let Site { result, at, .. } = self.program.sites[site as usize];
        let args = self.program.sites[site as usize].args.clone();
        let arg = |i: usize| match args.get(i) {
            Some(Arg::Positional(var)) => Some(*var),
            _ => None,
        };
        let text = self.program.names.text(name).to_string();
        let (outer, inner) = Made::containers(site, name);
        let container = match self.values.get(receiver) {
            Value::Property(_) => {
                if let ("setter", Some(setter)) = (text.as_str(), arg(0)) {
                    let var = self.setter(receiver);
                    self.copy(setter, var);
                }
                return self.add(result, receiver);
            }
            Value::Function(function) => return self.register(site, function),
            Value::Generator(function) => {
                let sent = self.program.functions[function as usize].sent;
                if let ("send" | "asend", Some(item), Some(sent)) = (text.as_str(), arg(0), sent) {
                    self.copy(item, sent);
                }
                return self.iterate(receiver, result, at);
            }
            Value::Container(container) => container,
            _ => return,
        };
        match (text.as_str(), arg(0), arg(1)) {
            ("append" | "add" | "appendleft", Some(item), _) | ("insert", _, Some(item)) => {
                let slot = self.slot(container, None);
                self.copy(item, slot);
            }
            ("extend" | "extendleft" | "update", of, _) => {
                if let Some(of) = of {
                    if self.program.containers[container as usize].keyed {
                        self.hook(of, Hook::CopyInto { container });
                    } else {
                        let slot = self.slot(container, None);
                        self.hook(of, Hook::Iterate { to: slot, at });
                    }
                }
                self.keyword_items(&args, container);
            }
            ("setdefault", Some(key), item) => {
                if let Some(from) = item {
                    self.hook(key, Hook::StoreBy { container, from });
                }
                self.hook(key, Hook::IndexBy { container, to: result });
            }
            ("get" | "pop" | "__getitem__", Some(key), default) => {
                self.program_key(key);
                self.hook(key, Hook::IndexBy { container, to: result });
                if let Some(default) = default {
                    self.copy(default, result);
                }
            }
            ("pop" | "popleft" | "popitem" | "__next__", None, _) => self.all_slots(container, result),
            ("values", ..) => {
                let values = self.container(outer, false);
                self.add_value(result, Value::Container(values));
                let slot = self.slot(values, None);
                self.all_slots(container, slot);
            }
            ("items", ..) => {
                let (items, pair) = (self.container(outer, false), self.container(inner, false));
                self.add_value(result, Value::Container(items));
                let slot = self.slot(items, None);
                self.add_value(slot, Value::Container(pair));
                let (zero, one) = (self.program.names.intern("0"), self.program.names.intern("1"));
                let (key, value) = (self.slot(pair, Some(zero)), self.slot(pair, Some(one)));
                self.all_keys(container, key);
                self.all_slots(container, value);
            }
            ("keys" | "copy" | "__iter__" | "__enter__", ..) => self.add(result, receiver),
            ("sort", ..) => {
                let item = self.var_of(Made::Sorted { site });
                self.all_slots(container, item);
                self.compared(&args, item, self.words.lt, at);
                for arg in &args {
                    if let Arg::Keyword(_, callee) = arg {
                        self.argument(*callee, item, NONE, at);
                    }
                }
            }
            _ => {}
        }
    }

    /// A key that nothing is known of may be any.
    fn program_key(&mut self, key: Var) {
        if self.keys.insert(key) {
            self.program.fallbacks.push(crate::program::Fallback::Key(key));
        }
    }

    pub(super) fn super_value(&mut self, class: u32, receiver: Vid, to: Var) {
        if let Value::Instance(_) | Value::Class(_) = self.values.get(receiver) {
            self.add_value(to, Value::Super(class, receiver));
        }
    }
}
