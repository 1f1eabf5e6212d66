//! The abstract values.

use rustc_hash::FxHashMap;

use crate::names::Sym;

/// The number of a [`Value`].
pub(crate) type Vid = u32;

/// What a variable may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    /// A function or lambda of the source.
    Function(u32),
    /// A class of the source.
    Class(u32),
    /// Any instance of a class of the source.
    Instance(u32),
    /// A module of the source.
    Module(u32),
    /// What a dotted name outside of the source stands for, or what comes from it by calls.
    External(Sym),
    /// A builtin.
    Builtin(Sym),
    /// A function with its first argument.
    Bound(u32, Vid),
    /// A method of a builtin type, with the receiver.
    Method(Sym, Vid),
    /// A display, comprehension, or other container made at one place.
    Container(u32),
    /// A constant that may be a key: its source text.
    Const(Sym),
    /// Something that nothing is known of.
    Any,
    /// What the call of a generator function gives.
    Generator(u32),
    /// `super()` in a class, for a receiver.
    Super(u32, Vid),
    /// `functools.partial(…)`, made by a call.
    Partial(u32),
    /// A static method.
    Static(Vid),
    /// A class method.
    ClassMethod(Vid),
    /// A property, by its getter.
    Property(Vid),
    /// `type.__call__` of a class: what makes its instances, whatever its metaclass does.
    Make(u32),
    /// `type.__new__` for a metaclass: what makes the classes that have it.
    MakeClass(u32),
    /// More values than are kept.
    More,
}

/// Every value once.
#[derive(Debug, Default)]
pub(crate) struct Values {
    values: Vec<Value>,
    numbers: FxHashMap<Value, Vid>,
}

impl Values {
    pub(crate) fn intern(&mut self, value: Value) -> Vid {
        let values = &mut self.values;
        *self.numbers.entry(value).or_insert_with(|| {
            values.push(value);
            values.len() as Vid - 1
        })
    }

    /// The number of a value, if it has one.
    pub(crate) fn find(&self, value: Value) -> Option<Vid> {
        self.numbers.get(&value).copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    pub(crate) fn get(&self, vid: Vid) -> Value {
        self.values.get(vid as usize).copied().unwrap_or(Value::Any)
    }
}
