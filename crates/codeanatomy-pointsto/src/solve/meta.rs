//! Metaclasses, and what else a class statement calls.

use super::class::Found;
use super::{LookUp, Made, Solver};
use crate::names::Sym;
use crate::program::{Hook, How, MethodKind, NONE, Site, Var};
use crate::value::{Value, Vid};

impl Solver {
    /// Asks of every attribute of a class whether it has a `__set_name__`, if any class of the source has one.
    pub(super) fn watch_names(&mut self) {
        let name = self.words.set_name;
        if !self.program.classes.iter().any(|c| c.attributes.contains_key(&name)) {
            return;
        }
        for class in 0..self.program.classes.len() {
            let of = &self.program.classes[class];
            let at = of.at;
            let mut attributes: Vec<Var> = of.attributes.values().copied().collect();
            attributes.sort_unstable();
            let owner = self.var();
            self.add_value(owner, Value::Class(class as u32));
            for attribute in attributes {
                self.hook(attribute, Hook::SetName { owner, at });
            }
        }
    }

    /// A class statement names the metaclass.
    pub(super) fn add_meta(&mut self, class: u32, value: Value) {
        match value {
            Value::Class(meta) if self.metas[class as usize].is_none() && meta != class => {
                self.metas[class as usize] = Some(meta);
                if self.has_orders {
                    self.changed_classes.push(class);
                }
                self.look_ups.push_back(LookUp::Made { class });
            }
            // Any callable may be one.
            Value::Function(function) => {
                let site = self.site_of_class(class, NONE);
                let vid = self.values.intern(Value::Function(function));
                self.call(site, vid);
            }
            _ => {}
        }
    }

    /// The metaclass of a class, if it is one of the source.
    pub(super) fn meta_of(&mut self, class: u32) -> Option<u32> {
        if !self.program.has_metas {
            return None;
        }
        let order = self.order(class);
        order.iter().find_map(|base| match base {
            super::class::Base::Class(base) => self.metas[*base as usize],
            super::class::Base::External(_) => None,
        })
    }

    /// A class statement made a class: its metaclass prepares, makes and initialises it.
    pub(super) fn class_made(&mut self, class: u32) {
        // The members of an enumeration are made when it is.
        if self.is_enumeration(class)
            && let Some(Found::Var(var)) = self.find(class, self.words.init, None)
        {
            let site = self.site_of_class(class, NONE);
            let receiver = self.values.intern(Value::Instance(class));
            self.hook(var, Hook::MetaCall { site, receiver });
        }
        let Some(meta) = self.meta_of(class) else {
            return;
        };
        let made = self.var_of(Made::ClassesOf { meta });
        self.add_value(made, Value::Class(class));
        for name in [self.words.prepare, self.words.new, self.words.init] {
            let Some(Found::Var(var)) = self.find(meta, name, None) else {
                continue;
            };
            let site = self.site_of_class(class, name);
            let of = if name == self.words.init { class } else { meta };
            let receiver = self.values.intern(Value::Class(of));
            self.hook(var, Hook::MetaCall { site, receiver });
        }
    }

    /// The site of what a class statement calls by a name.
    fn site_of_class(&mut self, class: u32, name: Sym) -> u32 {
        let by = Made::ByClass { class, name };
        if let Some(site) = self.made.get(&by) {
            return *site;
        }
        let site = self.site(Site {
            callee: NONE,
            args: Box::default(),
            result: NONE,
            at: self.program.classes[class as usize].at,
            how: How::Class,
        });
        self.made.insert(by, site);
        site
    }

    /// What a metaclass has above one of its bases, for a class that it is called with.
    pub(super) fn load_above_meta(&mut self, meta: u32, above: u32, receiver: Vid, name: Sym, to: Var, at: u32) {
        match self.find(meta, name, Some(above)) {
            Some(Found::Var(var)) => self.hook(var, Hook::BindMeta { receiver, to, at }),
            found => {
                if let Value::Class(class) = self.values.get(receiver)
                    && name == self.words.call
                {
                    return self.add_value(to, Value::Make(class));
                }
                if let Some(Found::External(dotted)) = found {
                    self.add_value(to, Value::External(dotted));
                }
            }
        }
    }

    /// What the metaclass of a class has under a name. Whether it has.
    pub(super) fn load_of_meta(&mut self, of: Vid, name: Sym, to: Var, at: u32) -> bool {
        let Value::Class(class) = self.values.get(of) else {
            return false;
        };
        let Some(meta) = self.meta_of(class) else {
            return false;
        };
        match self.find(meta, name, None) {
            Some(Found::Var(var)) => {
                self.hook(var, Hook::BindMeta { receiver: of, to, at });
                true
            }
            _ => false,
        }
    }

    /// Whether the metaclass of a class has a method in the source.
    pub(super) fn has_meta_method(&mut self, class: u32, name: Sym) -> bool {
        let meta = self.meta_of(class);
        meta.is_some_and(|meta| matches!(self.find(meta, name, None), Some(Found::Var(_))))
    }

    /// What an attribute of a metaclass gives through a class.
    pub(super) fn bind_meta(&mut self, vid: Vid, receiver: Vid, to: Var, at: u32) {
        let Value::Class(class) = self.values.get(receiver) else {
            return;
        };
        let (inner, is_property) = match self.values.get(vid) {
            Value::Property(inner) => (self.values.get(inner), true),
            Value::ClassMethod(inner) | Value::Static(inner) => (self.values.get(inner), false),
            value => (value, false),
        };
        let Value::Function(function) = inner else {
            return self.add(to, vid);
        };
        let bound = match self.program.functions[function as usize].method {
            MethodKind::Static => return self.add_value(to, Value::Function(function)),
            MethodKind::Class => match self.meta_of(class) {
                Some(meta) => self.values.intern(Value::Class(meta)),
                None => return,
            },
            MethodKind::Instance | MethodKind::None => receiver,
        };
        let to = if is_property { self.callee_of(to, at) } else { to };
        self.add_value(to, Value::Bound(function, bound));
    }

    /// A function is called with a first argument.
    pub(super) fn call_with(&mut self, site: u32, vid: Vid, receiver: Vid) {
        let value = match self.values.get(vid) {
            Value::Static(inner) | Value::ClassMethod(inner) => self.values.get(inner),
            value => value,
        };
        if let Value::Function(function) = value {
            self.target(site, super::Target::Function(function));
            self.link(site, function, Some(receiver));
        }
    }

    /// A class is subscripted: by its metaclass, or by its `__class_getitem__`.
    pub(super) fn item_of_class(&mut self, of: Vid, key: Var, to: Var, at: u32) {
        let (getitem, name, how) = (self.words.getitem, self.words.class_getitem, How::Operator);
        if self.call_method(of, getitem, &[key], to, at, how) {
            return;
        }
        let Value::Class(class) = self.values.get(of) else {
            return;
        };
        if let Some(Found::Var(_)) = self.find(class, name, None) {
            let callee = self.method_called(name, &[key], to, at, how);
            self.load_of_classes(of, name, callee, at);
        }
    }
}
