//! What arguments mean, as `dis` writes it: each different text of a file once.

use std::fmt::Write as _;

use arrow_array::{StringArray, StringViewArray};
use arrow_buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::ArrowError;
use rustc_hash::FxHashMap;

use super::marshal::{ObjectId, Objects};
use super::opcode::{Argument, Flow, Table, Way};
use super::repr;
use super::unit::{Instructions, Range, Unit};

/// The number of a text that is not there.
pub(super) const NO_TEXT: u32 = u32::MAX;
/// The number of a text that was not looked for.
const UNKNOWN: u32 = u32::MAX - 1;

/// What a text is of, beside plain names and constants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    /// A name with a null pushed.
    WithNull(ObjectIndex),
    /// A name with a null or the object pushed.
    WithSelf(ObjectIndex),
    /// Two names.
    Pair(ObjectIndex, ObjectIndex),
    /// An operation and the position of its word.
    Word(u8, u32),
    /// Where a jump leads, or the number of its label.
    To(i64),
    /// The label that the end of a loop belongs to.
    From(i64),
}

type ObjectIndex = usize;

/// The texts of a file.
#[derive(Debug)]
pub(super) struct Texts<'o, 'a> {
    objects: &'o Objects<'a>,
    table: &'static Table,
    minor: u8,
    /// The bytes that all texts together may have.
    limit: usize,
    /// Whether that was too few.
    pub(super) is_cut: bool,
    text: String,
    /// Where each text ends, after where the first begins.
    ends: Vec<i32>,
    /// Numbers of the texts of objects as names, and as constants.
    names: Vec<u32>,
    constants: Vec<u32>,
    others: FxHashMap<Key, u32>,
    /// The targets of jumps of the unit in hand, in order.
    labels: Vec<i64>,
    /// For each instruction the number of its text.
    pub(super) cells: Vec<u32>,
}

impl<'o, 'a> Texts<'o, 'a> {
    pub(super) fn new(objects: &'o Objects<'a>, table: &'static Table, minor: u8, limit: u64) -> Self {
        Self {
            objects,
            table,
            minor,
            limit: usize::try_from(limit).unwrap_or(usize::MAX).min(1 << 30),
            is_cut: false,
            text: String::new(),
            ends: vec![0],
            names: vec![UNKNOWN; objects.len()],
            constants: vec![UNKNOWN; objects.len()],
            others: FxHashMap::default(),
            labels: Vec::new(),
            cells: Vec::new(),
        }
    }

    /// Adds the texts of a unit's instructions.
    pub(super) fn add(&mut self, unit: &Unit<'_, '_>, instructions: &Instructions, range: Range) {
        if self.minor >= 13 {
            // Labels are numbered since then.
            self.labels.clear();
            let targets = instructions.targets[range.start..range.end].iter().copied();
            self.labels.extend(targets.filter(|&t| t != Instructions::NO_TARGET));
            self.labels.sort_unstable();
            self.labels.dedup();
        }
        for i in range.start..range.end {
            let opcode = instructions.opcodes[i];
            let cell = self.cell(unit, opcode, instructions.args[i], instructions.targets[i]);
            self.cells.push(cell);
        }
    }

    #[inline]
    fn cell(&mut self, unit: &Unit<'_, '_>, number: u8, arg: i32, target: i64) -> u32 {
        let at = |list: &[ObjectId], shift: u8| Some(*list.get(usize::try_from(arg).ok()? >> shift)?);
        let opcode = self.table.get(number);
        match opcode.argument {
            Argument::Missing | Argument::Number | Argument::Prefix => NO_TEXT,
            Argument::Constant => at(unit.consts, 0).map_or(NO_TEXT, |id| self.constant(id)),
            Argument::Name => at(unit.names, 0).map_or(NO_TEXT, |id| self.name(id)),
            Argument::Local => at(unit.locals, 0).map_or(NO_TEXT, |id| self.name(id)),
            Argument::GlobalName => self.pushing(at(unit.names, 1), arg, Key::WithNull),
            Argument::AttributeName => self.pushing(at(unit.names, 1), arg, Key::WithSelf),
            Argument::SuperName => self.pushing(at(unit.names, 2), arg, Key::WithSelf),
            Argument::Free => {
                let cell = at(unit.cells, 0).or_else(|| {
                    let free = usize::try_from(arg).ok()?.checked_sub(unit.cells.len())?;
                    unit.frees.get(free).copied()
                });
                cell.map_or(NO_TEXT, |id| self.name(id))
            }
            Argument::LocalPair => {
                let second = unit.locals.get((arg & 15) as usize).copied();
                match at(unit.locals, 4).zip(second) {
                    Some((a, b)) => self.other(Key::Pair(a.index(), b.index()), |texts, out| {
                        let is_text = texts.push_text(a, out);
                        out.push_str(", ");
                        is_text && texts.push_text(b, out)
                    }),
                    None => NO_TEXT,
                }
            }
            Argument::Word(words, shift) => {
                let position = usize::try_from(arg).unwrap_or(usize::MAX) >> shift;
                match words.get(position) {
                    Some(&word) if !word.is_empty() => self.other(Key::Word(number, position as u32), |_, out| {
                        out.push_str(word);
                        true
                    }),
                    _ => NO_TEXT,
                }
            }
            // 3.9 shows distances only.
            Argument::Target(Way::Absolute) if self.minor == 9 => NO_TEXT,
            Argument::Target(_) if self.minor < 13 => self.other(Key::To(target), |_, out| {
                let _ = write!(out, "to {target}");
                true
            }),
            Argument::Target(_) => {
                let label = self.labels.partition_point(|&t| t < target) as i64 + 1;
                let is_end = opcode.flow == Flow::Next;
                let key = if is_end { Key::From(label) } else { Key::To(label) };
                self.other(key, |_, out| {
                    let _ = write!(out, "{} L{label}", if is_end { "from" } else { "to" });
                    true
                })
            }
        }
    }

    /// A name; the last bit of the argument says whether something is pushed with it.
    #[inline]
    fn pushing(&mut self, name: Option<ObjectId>, arg: i32, key: fn(ObjectIndex) -> Key) -> u32 {
        let Some(id) = name else { return NO_TEXT };
        if arg & 1 == 0 {
            return self.name(id);
        }
        let key = key(id.index());
        let pushed = if matches!(key, Key::WithNull(_)) {
            "NULL"
        } else {
            "NULL|self"
        };
        // What comes first changed with 3.13.
        let is_first = self.minor < 13;
        self.other(key, |objects, out| {
            if is_first {
                out.push_str(pushed);
                out.push_str(" + ");
            }
            let is_text = objects.push_text(id, out);
            if !is_first {
                out.push_str(" + ");
                out.push_str(pushed);
            }
            is_text
        })
    }

    #[inline]
    fn name(&mut self, id: ObjectId) -> u32 {
        match self.names.get(id.index()) {
            Some(&UNKNOWN) => {
                let number = self.write(|objects, out| objects.push_text(id, out));
                self.names[id.index()] = number;
                number
            }
            known => known.copied().unwrap_or(NO_TEXT),
        }
    }

    #[inline]
    fn constant(&mut self, id: ObjectId) -> u32 {
        match self.constants.get(id.index()) {
            Some(&UNKNOWN) => {
                let minor = self.minor;
                let number = self.write(|objects, out| repr::push(objects, id, minor, out));
                self.constants[id.index()] = number;
                number
            }
            known => known.copied().unwrap_or(NO_TEXT),
        }
    }

    #[inline]
    fn other(&mut self, key: Key, text: impl FnOnce(&Objects<'_>, &mut String) -> bool) -> u32 {
        if let Some(&number) = self.others.get(&key) {
            return number;
        }
        let number = self.write(text);
        self.others.insert(key, number);
        number
    }

    /// Writes a text and gives its number.
    fn write(&mut self, text: impl FnOnce(&Objects<'_>, &mut String) -> bool) -> u32 {
        let start = self.text.len();
        // There is an empty name: that of `from . import x`.
        let is_text = text(self.objects, &mut self.text) && self.text.len() > start;
        if is_text && self.text.len() <= self.limit {
            self.ends.push(self.text.len() as i32);
            return self.ends.len() as u32 - 2;
        }
        self.is_cut |= is_text;
        self.text.truncate(start);
        NO_TEXT
    }

    /// The texts by number, and for each instruction the number of its text.
    pub(super) fn finish(self) -> Result<(StringViewArray, Vec<u32>), ArrowError> {
        let ends = ScalarBuffer::from(self.ends);
        let text = Buffer::from_vec(self.text.into_bytes());
        let texts = StringArray::try_new(OffsetBuffer::new(ends), text, None)?;
        Ok((StringViewArray::from(&texts), self.cells))
    }
}
