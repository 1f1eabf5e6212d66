//! Classes: their order, and what is looked up in it.

use std::rc::Rc;

use super::{LookUp, Made, Solver, Target};
use crate::names::Sym;
use crate::program::{Arg, Hook, How, NONE, Site, Var};
use crate::value::{Value, Vid};

/// A class in the order of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Base {
    Class(u32),
    External(Sym),
}

/// Where an attribute is found.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found {
    Var(Var),
    /// In a class outside of the source, perhaps.
    External(Sym),
}

/// The largest number of classes that one base may be.
const MAX_BASES: usize = 4;

impl Solver {
    /// The class that a look-up begins at.
    pub(super) fn class_of(&self, look_up: LookUp) -> Option<u32> {
        let of = match look_up {
            LookUp::Construct { class, .. } | LookUp::EnumMember { class, .. } | LookUp::Made { class } => {
                return Some(class);
            }
            LookUp::Load { of, .. }
            | LookUp::Store { of, .. }
            | LookUp::Method { of, .. }
            | LookUp::Iterate { of, .. }
            | LookUp::Enter { of, .. }
            | LookUp::Item { of, .. }
            | LookUp::Call { of, .. } => of,
        };
        let of = match self.values.get(of) {
            Value::Super(_, receiver) => self.values.get(receiver),
            value => value,
        };
        match of {
            Value::Class(class) | Value::Instance(class) => Some(class),
            _ => None,
        }
    }

    /// Does again what was looked up in classes that got a base, or a base that did.
    pub(super) fn look_up_again(&mut self) {
        let changed: rustc_hash::FxHashSet<u32> = std::mem::take(&mut self.changed_classes).into_iter().collect();
        let is_changed = |b: &Base| matches!(b, Base::Class(base) if changed.contains(base));
        let mut below = vec![];
        for (class, order) in self.orders.iter_mut().enumerate() {
            if order.as_ref().is_some_and(|order| order.iter().any(is_changed)) {
                below.push((class, order.take()));
            }
        }
        for (class, before) in below {
            if before.is_none_or(|before| *before != *self.order(class as u32)) {
                self.look_ups.extend(std::mem::take(&mut self.looked_up[class]));
            }
        }
    }

    pub(super) fn add_base(&mut self, class: u32, index: u32, value: Value) {
        let base = match value {
            Value::Class(base) if base != class => Base::Class(base),
            Value::External(dotted) if is_marker(self.program.names.text(dotted)) => return,
            Value::External(dotted) => Base::External(dotted),
            _ => return,
        };
        let bases = &mut self.bases[class as usize][index as usize];
        if !bases.contains(&base) && bases.len() < MAX_BASES {
            bases.push(base);
            if self.has_orders {
                self.changed_classes.push(class);
            }
        }
    }

    /// The method resolution order (C3; Barrett et al. 1996). Where there is none, classes come depth first, each once.
    pub(super) fn order(&mut self, class: u32) -> Rc<[Base]> {
        self.has_orders = true;
        let mut open = vec![(class, false)];
        let mut is_open = rustc_hash::FxHashSet::default();
        while let Some((class, is_ready)) = open.pop() {
            if self.orders[class as usize].is_some() {
                continue;
            }
            let bases: Vec<Base> = self.bases[class as usize].iter().flatten().copied().collect();
            if !is_ready && is_open.insert(class) {
                open.push((class, true));
                for base in bases.iter().rev() {
                    if let Base::Class(base) = base
                        && !is_open.contains(base)
                    {
                        open.push((*base, false));
                    }
                }
                continue;
            }
            let orders: Vec<Vec<Base>> = bases
                .iter()
                .map(|base| match base {
                    Base::Class(base) => self.orders[*base as usize].as_deref().unwrap_or_default().to_vec(),
                    Base::External(_) => vec![*base],
                })
                .collect();
            self.orders[class as usize] = Some(merge(class, orders, bases).into());
        }
        self.orders[class as usize].clone().unwrap_or_default()
    }

    /// The first class that has an attribute, in the order of `class`, behind `after`.
    pub(super) fn find(&mut self, class: u32, name: Sym, after: Option<u32>) -> Option<Found> {
        let order = self.order(class);
        let start = match after {
            Some(after) => order.iter().position(|b| *b == Base::Class(after))? + 1,
            None => 0,
        };
        let mut outside = None;
        for base in &order[start..] {
            match base {
                Base::Class(base) => {
                    if let Some(var) = self.program.classes[*base as usize].attributes.get(&name) {
                        return Some(Found::Var(*var));
                    }
                }
                Base::External(dotted) => {
                    outside.get_or_insert(*dotted);
                }
            }
        }
        let dotted = self.program.names.dotted(outside?, name);
        Some(Found::External(dotted))
    }

    pub(super) fn look_up(&mut self, look_up: LookUp) {
        match look_up {
            LookUp::Load { of, name, to, at } => self.load_of_classes(of, name, to, at),
            LookUp::Store { of, name, from, at } => {
                if let Value::Instance(class) = self.values.get(of)
                    && let Some(Found::Var(var)) = self.find(class, name, None)
                {
                    self.hook(var, Hook::BindStore { receiver: of, from, at });
                }
            }
            LookUp::Method {
                of,
                name,
                operand,
                second,
                to,
                at,
                how,
            } => {
                self.call_method(of, name, &[operand, second], to, at, how);
            }
            LookUp::EnumMember { class, to } => {
                if self.is_enumeration(class) {
                    self.add_value(to, Value::Instance(class));
                }
            }
            LookUp::Iterate { of, to, at } => {
                let (iter, aiter, getitem) = (self.words.iter, self.words.aiter, self.words.getitem);
                if let Value::Class(class) = self.values.get(of) {
                    self.look_up(LookUp::EnumMember { class, to });
                    if !self.has_meta_method(class, iter) && !self.has_meta_method(class, getitem) {
                        return;
                    }
                }
                let iterator = self.var_with(Made::Iterator { to, at }, Hook::Next { to, at });
                if !self.call_method(of, iter, &[], iterator, at, How::Iteration)
                    && !self.call_method(of, aiter, &[], iterator, at, How::Iteration)
                {
                    self.call_method(of, getitem, &[], to, at, How::Iteration);
                }
            }
            LookUp::Enter { of, to, at } => {
                let words = self.words;
                if self.call_method(of, words.enter, &[], to, at, How::With) {
                    self.call_method(of, words.exit, &[], NONE, at, How::With);
                } else {
                    self.call_method(of, words.aenter, &[], to, at, How::With);
                    self.call_method(of, words.aexit, &[], NONE, at, How::With);
                }
            }
            LookUp::Item { of, key, to, at } => self.item_of_class(of, key, to, at),
            LookUp::Made { class } => self.class_made(class),
            LookUp::Construct { class, site, is_plain } => {
                if !is_plain
                    && let Some(meta) = self.meta_of(class)
                    && let Some(Found::Var(var)) = self.find(meta, self.words.call, None)
                {
                    let receiver = self.values.intern(Value::Class(class));
                    return self.hook(var, Hook::MetaCall { site, receiver });
                }
                match self.find(class, self.words.init, None) {
                    Some(Found::Var(var)) => self.hook(var, Hook::Init { site, class }),
                    Some(Found::External(dotted)) => self.target(site, Target::External(dotted)),
                    // `dataclass` and the like write an `__init__` that calls it.
                    None => {
                        self.call_factories(class, site);
                        if let Some(Found::Var(var)) = self.find(class, self.words.post_init, None) {
                            self.hook(var, Hook::Init { site, class });
                        }
                    }
                }
                if let Some(Found::Var(var)) = self.find(class, self.words.new, None) {
                    self.hook(var, Hook::New { site, class });
                }
            }
            LookUp::Call { of, site } => {
                if self.has_method(of, self.words.call) {
                    let Site {
                        callee,
                        result,
                        at,
                        how,
                        ..
                    } = self.program.sites[site as usize];
                    let callee = match self.made.get(&Made::Callable { site }) {
                        Some(callee) => *callee,
                        // An instance that has an instance as its `__call__`.
                        None if self.callables.contains(&site) => callee,
                        None => {
                            let callee = self.var_of(Made::Callable { site });
                            let args = self.program.sites[site as usize].args.clone();
                            let derived = self.call_implicit(callee, args, result, at, how);
                            self.callables.insert(derived);
                            let origin = self.origins.get(&site).copied().unwrap_or(site);
                            self.origins.insert(derived, origin);
                            callee
                        }
                    };
                    self.load_of_classes(of, self.words.call, callee, at);
                }
            }
        }
    }

    /// Whether it derives from `enum.Enum` and the like.
    pub(super) fn is_enumeration(&mut self, class: u32) -> bool {
        let order = self.order(class);
        let is_enum = |base: &Base| {
            let dotted = match base {
                Base::Class(base) => self.program.classes[*base as usize].dotted,
                Base::External(dotted) => *dotted,
            };
            matches!(
                self.program.names.text(dotted),
                "enum.Enum" | "enum.IntEnum" | "enum.StrEnum" | "enum.Flag" | "enum.IntFlag"
            )
        };
        order.iter().any(is_enum)
    }

    fn has_method(&mut self, of: Vid, name: Sym) -> bool {
        match self.values.get(of) {
            Value::Instance(class) => matches!(self.find(class, name, None), Some(Found::Var(_))),
            Value::Class(class) => self.has_meta_method(class, name),
            _ => false,
        }
    }

    /// Whether the class of an instance has a method in the source.
    pub(super) fn has_operator(&mut self, of: Vid, name: Sym) -> bool {
        self.has_method(of, name)
    }

    /// The callee of an implicit call of a method with these arguments: one call, whatever classes are found to have the method.
    pub(super) fn method_called(&mut self, name: Sym, args: &[Var], to: Var, at: u32, how: How) -> Var {
        let given = |i: usize| args.get(i).copied().unwrap_or(NONE);
        let by = Made::Method {
            name,
            operand: given(0),
            second: given(1),
            to,
            at,
            how,
        };
        if let Some(callee) = self.made.get(&by) {
            return *callee;
        }
        let callee = self.var_of(by);
        let args = args.iter().filter(|a| **a != NONE).map(|a| Arg::Positional(*a));
        self.call_implicit(callee, args.collect(), to, at, how);
        callee
    }

    /// Calls a method of an instance, if its class has it in the source.
    pub(super) fn call_method(&mut self, of: Vid, name: Sym, args: &[Var], to: Var, at: u32, how: How) -> bool {
        if !self.has_method(of, name) {
            return false;
        }
        let callee = self.method_called(name, args, to, at, how);
        // What a class has itself is for its instances.
        if !self.load_of_meta(of, name, callee, at) {
            self.load_of_classes(of, name, callee, at);
        }
        true
    }
}

/// The C3 merge of the orders of the bases and the list of the bases, linear in their lengths times their number.
fn merge(class: u32, mut orders: Vec<Vec<Base>>, bases: Vec<Base>) -> Vec<Base> {
    let mut merged = vec![Base::Class(class)];
    if let [order] = orders.as_slice()
        && !order.is_empty()
    {
        merged.extend(order);
        return merged;
    }
    let depth_first: Vec<Base> = orders.iter().flatten().copied().collect();
    orders.push(bases);
    // How often a class stands behind the head of a list.
    let mut behind: rustc_hash::FxHashMap<Base, usize> = rustc_hash::FxHashMap::default();
    for base in orders.iter().flat_map(|order| order.iter().skip(1)) {
        *behind.entry(*base).or_default() += 1;
    }
    let mut heads = vec![0; orders.len()];
    loop {
        let next = orders.iter().zip(&heads).find_map(|(order, head)| {
            let candidate = order.get(*head)?;
            behind.get(candidate).is_none_or(|n| *n == 0).then_some(*candidate)
        });
        match next {
            Some(next) => {
                merged.push(next);
                for (order, head) in orders.iter().zip(&mut heads) {
                    if order.get(*head) == Some(&next) {
                        *head += 1;
                        if let Some(count) = order.get(*head).and_then(|head| behind.get_mut(head)) {
                            *count -= 1;
                        }
                    }
                }
            }
            None if orders.iter().zip(&heads).all(|(order, head)| *head >= order.len()) => return merged,
            None => {
                let mut merged = vec![Base::Class(class)];
                let mut seen: rustc_hash::FxHashSet<Base> = merged.iter().copied().collect();
                merged.extend(depth_first.into_iter().filter(|base| seen.insert(*base)));
                return merged;
            }
        }
    }
}

/// Whether a class outside is a base for what it says, and has no attribute that is read by name.
fn is_marker(dotted: &str) -> bool {
    matches!(
        dotted,
        "abc.ABC" | "typing.Generic" | "typing.Protocol" | "typing_extensions.Generic" | "typing_extensions.Protocol"
    )
}
