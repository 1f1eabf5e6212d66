//! The items of containers.

use super::{Made, Solver};
use crate::names::Sym;
use crate::program::{ParamKind, Var};
use crate::value::Value;

/// The largest number of keys of a container that are told apart.
const MAX_SLOTS: usize = 64;

/// The items of a container: by key, and at any key.
#[derive(Debug, Default)]
pub(super) struct Slots {
    slots: Vec<(Option<Sym>, Var)>,
    subscribers: Vec<Subscriber>,
}

/// What wants to know of every slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Subscriber {
    Items { to: Var },
    Keys { to: Var },
    Shift { container: u32, from: i32, end: i32 },
    Into { container: u32 },
    Keywords { function: u32 },
}

impl Solver {
    /// The container that something makes while solving.
    pub(super) fn container(&mut self, by: Made, keyed: bool) -> u32 {
        if let Some(container) = self.made.get(&by) {
            return *container;
        }
        self.slots.push(Slots::default());
        let container = self.program.container(keyed);
        self.made.insert(by, container);
        container
    }

    fn key(&self, container: u32, key: Value) -> Option<Sym> {
        match key {
            Value::Const(key) => {
                let slots = &self.slots[container as usize].slots;
                (slots.len() < MAX_SLOTS || slots.iter().any(|(k, _)| *k == Some(key))).then_some(key)
            }
            _ => None,
        }
    }

    /// The variable of the items with a key; of those with any, if it is none.
    pub(super) fn slot(&mut self, container: u32, key: Option<Sym>) -> Var {
        let slots = &self.slots[container as usize].slots;
        if let Some((_, var)) = slots.iter().find(|(k, _)| *k == key) {
            return *var;
        }
        let var = self.var();
        let slots = &mut self.slots[container as usize];
        slots.slots.push((key, var));
        let slot = slots.slots.len() - 1;
        for subscriber in &slots.subscribers {
            self.slot_events.push_back((container, slot, *subscriber));
        }
        var
    }

    pub(super) fn write_slot(&mut self, container: u32, key: Value, from: Var) {
        let key = match key {
            Value::Const(_) | Value::Any => self.key(container, key),
            _ => None,
        };
        let slot = self.slot(container, key);
        self.copy(from, slot);
    }

    pub(super) fn read_slot(&mut self, container: u32, key: Value, to: Var) {
        let Value::Const(name) = key else {
            return self.all_slots(container, to);
        };
        if let Some(behind) = self.program.names.text(name).strip_prefix('-') {
            return match behind.parse::<i32>() {
                Ok(behind) => self.read_position(container, -behind, to),
                Err(_) => self.all_slots(container, to),
            };
        }
        match self.key(container, key) {
            Some(key) => {
                for key in [Some(key), None] {
                    let slot = self.slot(container, key);
                    self.copy(slot, to);
                }
            }
            None => self.all_slots(container, to),
        }
    }

    /// The item at a position, which counts from the end if it is negative.
    pub(super) fn read_position(&mut self, container: u32, position: i32, to: Var) {
        let length = self.program.containers[container as usize].length;
        let position = match (position, length) {
            (0.., _) => position,
            (_, Some(length)) => length as i32 + position,
            _ => return self.all_slots(container, to),
        };
        let key = self.program.names.intern(&position.to_string());
        self.read_slot_at(container, key, to);
    }

    fn read_slot_at(&mut self, container: u32, key: Sym, to: Var) {
        let key = self.key(container, Value::Const(key));
        for key in [key, None] {
            let slot = self.slot(container, key);
            self.copy(slot, to);
        }
    }

    fn subscribe(&mut self, container: u32, subscriber: Subscriber) {
        if !self.subscribed.insert((container, subscriber)) {
            return;
        }
        let slots = &mut self.slots[container as usize];
        slots.subscribers.push(subscriber);
        for slot in 0..slots.slots.len() {
            self.slot_events.push_back((container, slot, subscriber));
        }
    }

    pub(super) fn all_slots(&mut self, container: u32, to: Var) {
        self.subscribe(container, Subscriber::Items { to });
    }

    pub(super) fn all_keys(&mut self, container: u32, to: Var) {
        self.subscribe(container, Subscriber::Keys { to });
    }

    /// Items from one position to before another, as items of another container.
    pub(super) fn slice(&mut self, of: u32, into: u32, from: i32, end: i32) {
        self.subscribe(
            of,
            Subscriber::Shift {
                container: into,
                from,
                end,
            },
        );
    }

    pub(super) fn copy_slots(&mut self, of: u32, into: u32) {
        if of != into {
            self.subscribe(of, Subscriber::Into { container: into });
        }
    }

    pub(super) fn keywords(&mut self, of: u32, function: u32) {
        self.subscribe(of, Subscriber::Keywords { function });
    }

    /// Tells a subscriber of a slot.
    pub(super) fn slot_event(&mut self, container: u32, slot: usize, subscriber: Subscriber) {
        let Some((key, var)) = self.slots[container as usize].slots.get(slot).copied() else {
            return;
        };
        match subscriber {
            Subscriber::Items { to } => self.copy(var, to),
            Subscriber::Keys { to } => self.add_value(to, key.map_or(Value::Any, Value::Const)),
            Subscriber::Into { container } => {
                let key = key.and_then(|key| self.key(container, Value::Const(key)));
                let slot = self.slot(container, key);
                self.copy(var, slot);
            }
            Subscriber::Shift { container, from, end } => {
                let position = key.and_then(|key| self.program.names.text(key).parse::<i32>().ok());
                let key = match position {
                    // A slice with bounds that are not written down may have any item anywhere.
                    Some(_) if from < 0 || end < 0 => None,
                    Some(position) if position >= from && position < end => {
                        let key = self.program.names.intern(&(position - from).to_string());
                        self.key(container, Value::Const(key))
                    }
                    Some(_) => return,
                    None => None,
                };
                let slot = self.slot(container, key);
                self.copy(var, slot);
            }
            Subscriber::Keywords { function } => {
                let name = key.and_then(|key| {
                    let text = self.program.names.text(key);
                    let text = text.strip_prefix('\'')?.strip_suffix('\'')?;
                    self.program.names.find(text)
                });
                let params = &self.program.functions[function as usize].params;
                let by_name = params
                    .iter()
                    .find(|p| Some(p.name) == name && matches!(p.kind, ParamKind::Positional | ParamKind::KwOnly));
                let rest = params.iter().find(|p| p.kind == ParamKind::KwArg);
                match (key, by_name, rest) {
                    (Some(_), Some(param), _) => self.copy(var, param.var),
                    (Some(key), None, Some(rest)) => {
                        let container = rest.container;
                        let slot = self.slot(container, Some(key));
                        self.copy(var, slot);
                    }
                    (None, _, _) => {
                        for i in 0..self.program.functions[function as usize].params.len() {
                            let param = self.program.functions[function as usize].params[i];
                            if param.container == u32::MAX {
                                self.copy(var, param.var);
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}
