//! Rows of `code_units`.

use std::fmt::Write as _;

use codeanatomy_model::dataset::CodeUnitRow;

use super::File;
use crate::bytecode::marshal::{Field, ObjectId, Objects};
use crate::bytecode::unit::{Instructions, Variable};
use crate::table::Table;

/// The names of flags, by `dis.COMPILER_FLAG_NAMES`; a bit without a name is written as a number.
const FLAGS: [(u32, &str); 12] = [
    (1, "OPTIMIZED"),
    (2, "NEWLOCALS"),
    (4, "VARARGS"),
    (8, "VARKEYWORDS"),
    (16, "NESTED"),
    (32, "GENERATOR"),
    (64, "NOFREE"),
    (128, "COROUTINE"),
    (256, "ITERABLE_COROUTINE"),
    (512, "ASYNC_GENERATOR"),
    (0x400_0000, "HAS_DOCSTRING"),
    (0x800_0000, "METHOD"),
];
/// Flags from here on have names since 3.14 only.
const LATE_FLAGS: u32 = 0x400_0000;

/// Writes the rows.
pub(super) fn rows(file: &File<'_, '_>, instructions: &Instructions, table: &mut Table) {
    let minor = file.version.minor;
    let wants = |column| table.wants(column);
    let wants_lists = [wants("names"), wants("varnames"), wants("cellvars"), wants("freevars")];
    let mut lists: [String; 4] = Default::default();
    let mut flag_names = String::new();
    for (i, unit) in file.units.iter().enumerate() {
        let number = |field| i64::from(unit.code.number(field));
        let names = file.names;
        flag_names.clear();
        push_flags(unit.code.number(Field::Flags) as u32, minor, &mut flag_names);
        lists.iter_mut().for_each(String::clear);
        let [used, locals, cells, frees] = &mut lists;
        if wants_lists[0] {
            push_names(file.objects, unit.names.iter().copied(), used);
        }
        for (is_wanted, kind, list) in [
            (wants_lists[1], Variable::Local, locals),
            (wants_lists[2], Variable::Cell, cells),
            (wants_lists[3], Variable::Free, frees),
        ] {
            if is_wanted {
                push_names(file.objects, unit.variables(kind), list);
            }
        }
        table.push(&CodeUnitRow {
            path: file.path,
            unit_index: i as i64,
            unit_id: names.id(i as u32),
            parent_id: unit.parent.map(|parent| names.id(parent)),
            kind: names.kinds[i],
            name: &names.names[i],
            qualified_name: &names.qualified[i],
            ordinal: i64::from(names.ordinals[i]),
            depth: i64::from(unit.depth),
            first_line: number(Field::FirstLine),
            flags: number(Field::Flags),
            flag_names: (!flag_names.is_empty()).then_some(&flag_names),
            arg_count: number(Field::ArgCount),
            posonly_arg_count: number(Field::PosonlyArgCount),
            kwonly_arg_count: number(Field::KwonlyArgCount),
            local_count: unit.local_count(minor),
            stack_size: number(Field::StackSize),
            code_size: unit.bytecode.len() as i64,
            instruction_count: instructions.units.get(i).map_or(0, |range| range.len() as i64),
            const_count: unit.consts.len() as i64,
            names: &lists[0],
            varnames: &lists[1],
            cellvars: &lists[2],
            freevars: &lists[3],
        });
    }
}

fn push_flags(flags: u32, minor: u8, out: &mut String) {
    for bit in (0..32).map(|i| 1u32 << i).filter(|bit| flags & bit != 0) {
        if !out.is_empty() {
            out.push_str(", ");
        }
        match FLAGS.iter().find(|(flag, _)| *flag == bit) {
            Some((_, name)) if bit < LATE_FLAGS || minor >= 14 => out.push_str(name),
            _ => {
                // Writing to a string does not fail.
                let _ = write!(out, "{bit:#x}");
            }
        }
    }
}

/// Adds a JSON array of names.
fn push_names(objects: &Objects<'_>, names: impl Iterator<Item = ObjectId>, out: &mut String) {
    let mut name = String::new();
    out.push('[');
    for (i, id) in names.enumerate() {
        if i > 0 {
            out.push(',');
        }
        name.clear();
        objects.push_text(id, &mut name);
        out.push('"');
        for c in name.chars() {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                c if c < ' ' => {
                    let _ = write!(out, "\\u{:04x}", u32::from(c));
                }
                c => out.push(c),
            }
        }
        out.push('"');
    }
    out.push(']');
}
