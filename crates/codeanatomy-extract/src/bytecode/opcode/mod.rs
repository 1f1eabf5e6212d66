//! The opcodes of each version of Python: data, written by `generate.py` from what the interpreters say of themselves.
//!
//! The table of 3.14 comes from an interpreter too, one that runs in WebAssembly.

#[rustfmt::skip]
mod python_3_10;
#[rustfmt::skip]
mod python_3_11;
#[rustfmt::skip]
mod python_3_12;
#[rustfmt::skip]
mod python_3_13;
#[rustfmt::skip]
mod python_3_14;
#[rustfmt::skip]
mod python_3_9;

/// What an argument means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Argument {
    /// There is none.
    Missing,
    /// Itself.
    Number,
    /// The higher bytes of the next instruction's argument.
    Prefix,
    /// The position of a constant.
    Constant,
    /// The position of a name.
    Name,
    /// Twice the position of a name; the last bit pushes a null.
    GlobalName,
    /// Twice the position of a name; the last bit loads a method.
    AttributeName,
    /// Four times the position of a name; the last bit loads a method.
    SuperName,
    /// The position of a local variable; since 3.11 of any variable.
    Local,
    /// The position of a variable that is shared between functions.
    Free,
    /// Two positions of local variables, four bits each.
    LocalPair,
    /// A distance or an offset.
    Target(Way),
    /// After a shift by so many bits, the position of a word; empty if `dis` shows nothing.
    Word(&'static [&'static str], u8),
}

/// Which way a jump goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Forward,
    Backward,
    Absolute,
}

/// How control leaves an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// To the next one.
    Next,
    /// To its target.
    Jump,
    /// To its target if a test has this outcome, else to the next one.
    Branch(bool),
    /// To the next one; its target handles exceptions from there on.
    Setup,
    /// Out of the unit.
    Return,
    /// To a handler or out of the unit.
    Raise,
}

/// What is known of an opcode.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opcode {
    /// The name that `dis` gives.
    pub(super) name: &'static str,
    /// The number of inline cache entries behind it, two bytes each.
    pub(super) caches: u8,
    pub(super) argument: Argument,
    pub(super) flow: Flow,
}

const fn op(name: &'static str, caches: u8, argument: Argument, flow: Flow) -> Opcode {
    Opcode {
        name,
        caches,
        argument,
        flow,
    }
}

/// The opcodes of a version, by number.
#[derive(Debug)]
pub(super) struct Table {
    opcodes: [Opcode; 256],
    /// Opcodes from here on have an argument, known or not; 256 where each says so for itself.
    have_argument: u16,
}

impl Table {
    const fn new(have_argument: u16, known: &[(u8, Opcode)]) -> Self {
        let mut opcodes = [op("", 0, Argument::Missing, Flow::Next); 256];
        let mut i = 0;
        while i < known.len() {
            opcodes[known[i].0 as usize] = known[i].1;
            i += 1;
        }
        Self { opcodes, have_argument }
    }

    /// The opcode of a number.
    #[inline]
    pub(super) fn get(&self, number: u8) -> &Opcode {
        &self.opcodes[usize::from(number)]
    }

    /// Whether an instruction has an argument.
    #[inline]
    pub(super) fn has_argument(&self, number: u8) -> bool {
        u16::from(number) >= self.have_argument || self.get(number).argument != Argument::Missing
    }

    /// The names of all numbers; those that mean nothing are called `<77>`.
    pub(super) fn names(&self) -> impl Iterator<Item = std::borrow::Cow<'static, str>> {
        self.opcodes
            .iter()
            .enumerate()
            .map(|(number, opcode)| match opcode.name {
                "" => format!("<{number}>").into(),
                name => name.into(),
            })
    }
}

/// The table of Python 3.`minor`.
pub(super) fn table(minor: u8) -> Option<&'static Table> {
    Some(match minor {
        9 => &python_3_9::TABLE,
        10 => &python_3_10::TABLE,
        11 => &python_3_11::TABLE,
        12 => &python_3_12::TABLE,
        13 => &python_3_13::TABLE,
        14 => &python_3_14::TABLE,
        _ => return None,
    })
}
