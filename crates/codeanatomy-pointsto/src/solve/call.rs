//! Calls: from arguments to parameters, and from what is returned to the result.

use super::{LookUp, Made, Solver, Target};
use crate::program::{Arg, Hook, How, NONE, Param, ParamKind, Site, Var};
use crate::value::{Value, Vid};

impl Solver {
    /// A value is called.
    pub(super) fn call(&mut self, site: u32, callee: Vid) {
        match self.values.get(callee) {
            Value::Function(function) => {
                self.target(site, Target::Function(function));
                self.link(site, function, None);
                self.call_generic(site, function, None);
            }
            Value::Bound(function, receiver) => {
                self.target(site, Target::Function(function));
                self.link(site, function, Some(receiver));
                self.call_generic(site, function, Some(receiver));
            }
            Value::Class(class) => self.instantiate(site, class),
            Value::Instance(_) => self.look_ups.push_back(LookUp::Call { of: callee, site }),
            // Of a class outside, nothing says that it has an `__init_subclass__`.
            Value::External(_) if self.program.sites[site as usize].how == How::Class => {}
            Value::External(dotted) => self.call_external(site, dotted),
            Value::Builtin(name) => self.call_builtin(site, name),
            Value::Method(name, receiver) => self.call_builtin_method(site, name, receiver),
            Value::Partial(made) => self.call_partial(site, made),
            Value::Static(inner) | Value::ClassMethod(inner) => self.call(site, inner),
            Value::Make(class) => self.make(site, class, true),
            Value::MakeClass(meta) => {
                let (classes, result) = (
                    self.var_of(Made::ClassesOf { meta }),
                    self.program.sites[site as usize].result,
                );
                self.copy(classes, result);
            }
            _ => {}
        }
    }

    pub(super) fn instantiate(&mut self, site: u32, class: u32) {
        self.make(site, class, false);
    }

    fn make(&mut self, site: u32, class: u32, is_plain: bool) {
        self.target(site, Target::Class(class));
        let result = self.program.sites[site as usize].result;
        self.add_value(result, Value::Instance(class));
        self.look_ups.push_back(LookUp::Construct { class, site, is_plain });
    }

    /// A function outside: what it gives goes by its name; a decorator is taken to give what it decorates.
    fn call_external(&mut self, site: u32, dotted: u32) {
        self.target(site, Target::External(dotted));
        let text = self.program.names.text(dotted);
        let keyed = match text {
            "collections.defaultdict" | "collections.OrderedDict" => Some(true),
            "collections.deque" => Some(false),
            _ => None,
        };
        let is_field = matches!(text, "dataclasses.field" | "attr.ib" | "attr.field" | "attrs.field");
        let is_generic = matches!(text, "functools.singledispatch" | "functools.singledispatchmethod");
        let is_entered = text.ends_with(".enter_context") || text.ends_with(".enter_async_context");
        let is_passed = matches!(text, "functools.cmp_to_key" | "copy.copy" | "copy.deepcopy");
        let is_cast = is_cast(text);
        // What is in a mapping is not what gives it.
        let is_item = text.starts_with("sys.modules.") || text.starts_with("os.environ.");
        let is_default = text == "collections.defaultdict";
        let (is_partial, is_property, is_reduce) = (
            matches!(text, "functools.partial" | "functools.partialmethod"),
            text == "functools.cached_property",
            calls_first(text),
        );
        if text == "functools.partialmethod" {
            self.partial_methods.insert(site);
        }
        let Site { result, how, at, .. } = self.program.sites[site as usize];
        let args = &self.program.sites[site as usize].args;
        let (first, second) = (args.first().copied(), args.get(1).copied());
        if let Some(keyed) = keyed {
            let container = self.container(Made::containers(site, dotted).0, keyed);
            self.add_value(result, Value::Container(container));
            let slot = self.slot(container, None);
            match first {
                Some(Arg::Positional(factory)) if is_default => {
                    let site = self.site(Site {
                        callee: factory,
                        args: Box::default(),
                        result: slot,
                        at,
                        how: How::Argument,
                    });
                    self.hook(factory, Hook::Argument { site });
                    self.hook(factory, Hook::Factory { to: slot });
                }
                Some(Arg::Positional(of)) if keyed => self.hook(of, Hook::CopyInto { container }),
                Some(Arg::Positional(of)) => self.hook(of, Hook::Iterate { to: slot, at }),
                _ => {}
            }
            return;
        }
        match (how, first) {
            (How::Decorator, Some(Arg::Positional(decorated))) if is_property => self.hook(
                decorated,
                Hook::Wrap {
                    kind: crate::program::MethodKind::Instance,
                    to: result,
                },
            ),
            (How::Decorator, Some(Arg::Positional(decorated))) if is_generic => {
                self.hook(decorated, Hook::Generic { to: result });
            }
            (How::Decorator, Some(Arg::Positional(decorated))) => self.copy(decorated, result),
            (_, Some(Arg::Positional(of))) if is_entered => self.hook(of, Hook::Enter { to: result, at }),
            (_, Some(Arg::Positional(of))) if is_passed => self.copy(of, result),
            _ if is_cast => {
                if let Some(Arg::Positional(of) | Arg::Keyword(_, of)) = second {
                    self.copy(of, result);
                }
            }
            _ if is_field && self.field(site) => {}
            _ if is_item => {}
            _ if is_partial => self.add_value(result, Value::Partial(site)),
            _ => {
                if is_reduce {
                    self.higher_order(site, result);
                }
                self.add_value(result, Value::External(dotted));
            }
        }
    }

    /// What `partialmethod` gives through an instance: a `partial` with the instance before its other arguments.
    pub(super) fn bound_partial(&mut self, made: u32, receiver: Vid) -> u32 {
        let by = Made::BoundPartial { made, receiver };
        if let Some(site) = self.made.get(&by) {
            return *site;
        }
        let operand = self.var_of(Made::Holder { receiver });
        self.add(operand, receiver);
        let Site { callee, at, how, .. } = self.program.sites[made as usize];
        let mut args = self.program.sites[made as usize].args.to_vec();
        args.insert(1.min(args.len()), Arg::Positional(operand));
        let result = NONE;
        let site = self.site(Site {
            callee,
            args: args.into(),
            result,
            at,
            how,
        });
        self.made.insert(by, site);
        site
    }

    /// What `partial` was given is called, with the arguments of both.
    fn call_partial(&mut self, site: u32, made: u32) {
        // Those that are made of themselves would go on for ever.
        let origin = self.origins.get(&site).copied().unwrap_or(site);
        if self.made.contains_key(&Made::Partial { origin, made }) {
            return;
        }
        let mut args = self.program.sites[made as usize].args.iter().copied();
        let Some(Arg::Positional(callee)) = args.next() else {
            return;
        };
        let Site { result, at, how, .. } = self.program.sites[site as usize];
        let args = args
            .chain(self.program.sites[site as usize].args.iter().copied())
            .collect();
        let derived = self.call_implicit(callee, args, result, at, how);
        self.made.insert(Made::Partial { origin, made }, derived);
        self.origins.insert(derived, origin);
    }

    /// A function is called by a site, with a first argument if it is bound.
    pub(super) fn link(&mut self, site: u32, function: u32, receiver: Option<Vid>) {
        let mut next = 0;
        if let Some(receiver) = receiver {
            match self.param(function, 0) {
                Some(p) if matches!(p.kind, ParamKind::PosOnly | ParamKind::Positional) => {
                    self.add(p.var, receiver);
                    if self.program.functions[function as usize].returns.contains(&p.var) {
                        let result = self.program.sites[site as usize].result;
                        self.add(result, receiver);
                    }
                    next = 1;
                }
                Some(p) if p.kind == ParamKind::VarArg => {
                    let zero = self.program.names.intern("0");
                    let slot = self.slot(p.container, Some(zero));
                    self.add(slot, receiver);
                }
                _ => {}
            }
        }
        if !self.linked.insert((site, function, receiver.is_some())) {
            return;
        }
        self.is_called[function as usize] = true;
        let Site { result, at, .. } = self.program.sites[site as usize];
        let params = self.program.functions[function as usize].params.len();
        let positional = (0..params)
            .take_while(|i| {
                self.param(function, *i)
                    .is_some_and(|p| matches!(p.kind, ParamKind::PosOnly | ParamKind::Positional))
            })
            .count();
        let mut given: Vec<Option<Var>> = vec![None; params];
        let mut is_open = false;
        let mut rest = 0;
        for i in 0..self.program.sites[site as usize].args.len() {
            match self.program.sites[site as usize].args[i] {
                Arg::Positional(from) if is_open => {
                    for param in next..positional {
                        self.give(function, param, from);
                    }
                    self.give_rest(function, None, from);
                }
                Arg::Positional(from) if next < positional => {
                    self.give(function, next, from);
                    given[next] = Some(from);
                    next += 1;
                }
                Arg::Positional(from) => {
                    self.give_rest(function, Some(rest), from);
                    rest += 1;
                }
                Arg::Star(of) => {
                    is_open = true;
                    for (index, param) in (next..positional).enumerate() {
                        if let Some(p) = self.param(function, param) {
                            self.hook(
                                of,
                                Hook::Unpack {
                                    index: index as i32,
                                    to: p.var,
                                    at,
                                },
                            );
                        }
                    }
                    if self.rest(function, ParamKind::VarArg).is_some() {
                        let items = self.items(of, at);
                        self.give_rest(function, None, items);
                    }
                }
                Arg::Keyword(name, from) => {
                    let param = (0..params).find(|i| {
                        self.param(function, *i).is_some_and(|p| {
                            p.name == name && matches!(p.kind, ParamKind::Positional | ParamKind::KwOnly)
                        })
                    });
                    match (param, self.rest(function, ParamKind::KwArg)) {
                        (Some(param), _) => {
                            self.give(function, param, from);
                            given[param] = Some(from);
                        }
                        (None, Some(container)) => {
                            let key = format!("'{}'", self.program.names.text(name));
                            let key = self.program.names.intern(&key);
                            let slot = self.slot(container, Some(key));
                            self.copy(from, slot);
                        }
                        _ => {}
                    }
                }
                Arg::DoubleStar(of) => {
                    is_open = true;
                    self.hook(of, Hook::Keywords { function });
                }
            }
        }
        let bound = usize::from(receiver.is_some());
        for (i, given) in given.iter().enumerate().skip(bound) {
            if let Some(p) = self.param(function, i)
                && given.is_none()
                && p.default != u32::MAX
            {
                self.copy(p.default, p.var);
            }
        }
        self.linked_back(site, function, receiver.is_some());
        let function = function as usize;
        if self.program.functions[function].yields.is_some() {
            self.add_value(result, Value::Generator(function as u32));
        } else {
            let from = self.program.functions[function].result;
            self.copy(from, result);
        }
    }

    fn param(&self, function: u32, index: usize) -> Option<Param> {
        self.program.functions[function as usize].params.get(index).copied()
    }

    /// The container of `*args` or `**kwargs`.
    fn rest(&self, function: u32, kind: ParamKind) -> Option<u32> {
        let params = &self.program.functions[function as usize].params;
        params.iter().find(|p| p.kind == kind).map(|p| p.container)
    }

    /// What iteration over a variable gives.
    fn items(&mut self, of: Var, at: u32) -> Var {
        let by = Made::Items { of };
        if let Some(items) = self.made.get(&by) {
            return *items;
        }
        let items = self.var_of(by);
        self.hook(of, Hook::Iterate { to: items, at });
        items
    }

    fn give(&mut self, function: u32, param: usize, from: Var) {
        if let Some(p) = self.param(function, param) {
            self.copy(from, p.var);
        }
    }

    fn give_rest(&mut self, function: u32, index: Option<u32>, from: Var) {
        if let Some(container) = self.rest(function, ParamKind::VarArg) {
            let key = index.map(|i| self.program.names.intern(&i.to_string()));
            let slot = self.slot(container, key);
            self.copy(from, slot);
        }
    }
}

/// Whether a function outside gives its second argument.
pub(super) fn is_cast(dotted: &str) -> bool {
    matches!(dotted, "typing.cast" | "typing_extensions.cast")
}

/// Whether a function outside calls the functions that it is given with items of the other arguments.
fn calls_first(dotted: &str) -> bool {
    matches!(
        dotted,
        "functools.reduce"
            | "itertools.starmap"
            | "itertools.takewhile"
            | "itertools.dropwhile"
            | "itertools.filterfalse"
            | "itertools.accumulate"
    )
}
