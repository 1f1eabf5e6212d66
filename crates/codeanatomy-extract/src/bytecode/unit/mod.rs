//! The code objects of a file as units: in order, named, identified, with their bytecode.

mod instruction;
mod name;

pub(super) use instruction::{Instructions, Range};
pub(super) use name::Names;

use super::marshal::{Code, Field, ObjectId, Objects};

/// A code object that was read whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit<'o, 'a> {
    pub(super) code: &'o Code,
    /// The number of the unit that it is inside of.
    pub(super) parent: Option<u32>,
    /// The number of units around it.
    pub(super) depth: u32,
    pub(super) bytecode: &'a [u8],
    pub(super) line_table: &'a [u8],
    pub(super) exception_table: &'a [u8],
    pub(super) consts: &'o [ObjectId],
    pub(super) names: &'o [ObjectId],
    /// Local variables; since 3.11 all variables.
    pub(super) locals: &'o [ObjectId],
    /// What each of them is, since 3.11.
    pub(super) local_kinds: &'a [u8],
    pub(super) cells: &'o [ObjectId],
    pub(super) frees: &'o [ObjectId],
}

/// What a variable is: bits of `co_localspluskinds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Variable {
    Local = 0x20,
    Cell = 0x40,
    Free = 0x80,
}

/// The units of a file in the order of `dis`, and the number of those that were left out because together they would be
/// longer than `limit` bytes. Objects may be shared, so that a small file can hold more than its size.
pub(super) fn units<'o, 'a>(objects: &'o Objects<'a>, limit: u64) -> (Vec<Unit<'o, 'a>>, usize) {
    let mut units: Vec<Unit<'o, 'a>> = Vec::with_capacity(objects.codes.len());
    // Numbers of units by the position of the code object.
    let mut numbers: Vec<Option<u32>> = vec![None; objects.codes.len()];
    let mut used = 0u64;
    let mut left_out = 0;
    for (i, code) in objects.codes.iter().enumerate().filter(|(_, code)| code.is_complete) {
        let parent = code.parent.and_then(|p| numbers.get(p as usize).copied().flatten());
        let items = |field| objects.items(code.object(field));
        let bytes = |field| objects.bytes(code.object(field));
        let unit = Unit {
            code,
            parent,
            depth: parent.and_then(|p| units.get(p as usize)).map_or(0, |p| p.depth + 1),
            bytecode: bytes(Field::Bytecode),
            line_table: bytes(Field::LineTable),
            exception_table: bytes(Field::ExceptionTable),
            consts: items(Field::Consts),
            names: items(Field::Names),
            locals: items(Field::Locals),
            local_kinds: bytes(Field::LocalKinds),
            cells: items(Field::CellVars),
            frees: items(Field::FreeVars),
        };
        used += unit.cost(objects);
        if used > limit {
            left_out += 1;
            continue;
        }
        numbers[i] = Some(units.len() as u32);
        units.push(unit);
    }
    (units, left_out)
}

impl<'o> Unit<'o, '_> {
    /// The bytes that its rows may take, more or less.
    fn cost(&self, objects: &Objects<'_>) -> u64 {
        let tables = self.bytecode.len() + self.line_table.len() + self.exception_table.len();
        let texts =
            [Field::Name, Field::QualifiedName, Field::Filename].map(|f| objects.stored_len(self.code.object(f)));
        let lists = [self.names, self.locals, self.cells, self.frees];
        let names = lists.iter().copied().flatten().map(|&id| objects.stored_len(id) + 1);
        (tables + texts.iter().sum::<usize>() + names.sum::<usize>()) as u64
    }

    /// The variables that are of a kind.
    pub(super) fn variables(&self, kind: Variable) -> impl Iterator<Item = ObjectId> + use<'o> {
        // Before 3.11 each kind has its own list.
        let list = match kind {
            Variable::Local => self.locals,
            Variable::Cell => self.cells,
            Variable::Free => self.frees,
        };
        let has_kinds = !self.local_kinds.is_empty();
        let list = if has_kinds { self.locals } else { list };
        let kinds: Vec<bool> = self.local_kinds.iter().map(|bits| bits & kind as u8 != 0).collect();
        list.iter()
            .enumerate()
            .filter(move |&(i, _)| !has_kinds || kinds.get(i).copied().unwrap_or_default())
            .map(|(_, &id)| id)
    }

    /// `co_nlocals`.
    pub(super) fn local_count(&self, minor: u8) -> i64 {
        if minor < 11 {
            return i64::from(self.code.number(Field::LocalCount));
        }
        let is_local = |bits: &&u8| **bits & Variable::Local as u8 != 0;
        self.local_kinds.iter().filter(is_local).count() as i64
    }
}
