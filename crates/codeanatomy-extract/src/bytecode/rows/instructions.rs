//! Rows of `instructions`.

use arrow_array::{StringViewArray, UInt8Array, UInt32Array};
use arrow_buffer::{BooleanBuffer, NullBuffer};

use super::{File, Graph, Part};
use crate::bytecode::argrepr::{NO_TEXT, Texts};
use crate::bytecode::line::MISSING;
use crate::bytecode::unit::Instructions;
use crate::table::{Column, Table};

/// Writes the rows, column by column.
pub(super) fn rows(
    file: &File<'_, '_>,
    all: &Instructions,
    graph: &Graph,
    texts: Option<Texts<'_, '_>>,
    table: &mut Table,
) {
    let count = all.offsets.len();
    let opcodes = file.version.table;
    let mut texts = texts;
    // The unit of each instruction, and its number there.
    let mut units = Vec::with_capacity(count);
    let mut numbers = Vec::with_capacity(count);
    for (unit, range) in all.units.iter().enumerate() {
        units.extend(std::iter::repeat_n(unit as u32, range.len()));
        numbers.extend(0..range.len() as u32);
    }
    table.append(count, |name, column| {
        if file.write_common(name, column, units.iter().copied()) {
            return;
        }
        match name {
            "instruction_index" => column.ints(numbers.iter().copied()),
            "start_offset" => column.ints(all.offsets.iter().copied()),
            "opcode" => column.ints(all.opcodes.iter().map(|&o| u32::from(o))),
            "opname" => {
                let names = StringViewArray::from_iter_values(opcodes.names());
                column.taken_texts(&names, &UInt8Array::from_iter_values(all.opcodes.iter().copied()));
            }
            "arg" => {
                let nulls = nulls(count, |i| opcodes.has_argument(all.opcodes[i]));
                column.optional_ints(all.args.iter().copied(), &nulls);
            }
            "argrepr" => {
                if let Some(texts) = texts.take() {
                    write_texts(texts, column);
                }
            }
            "jump_target" => {
                let nulls = nulls(count, |i| all.targets[i] != Instructions::NO_TARGET);
                column.optional_ints(all.targets.iter().copied(), &nulls);
            }
            "is_jump_target" => column.bools(count, |i| all.is_target[i]),
            "starts_line" => column.bools(count, |i| all.begins_line[i]),
            "line" => write_part(all, column, |l| l.line),
            "end_line" => write_part(all, column, |l| l.end_line),
            "col_utf8" => write_part(all, column, |l| l.col),
            "end_col_utf8" => write_part(all, column, |l| l.end_col),
            "bstart" => write_span(all, column, |span| span.0),
            "bend" => write_span(all, column, |span| span.1),
            "block_index" => column.ints(graph.numbers.iter().copied()),
            _ => {}
        }
    });
}

fn nulls(count: usize, is_there: impl Fn(usize) -> bool) -> NullBuffer {
    NullBuffer::new(BooleanBuffer::collect_bool(count, is_there))
}

fn write_texts(texts: Texts<'_, '_>, column: &mut Column) {
    match texts.finish() {
        Ok((texts, cells)) => {
            let nulls = nulls(cells.len(), |i| cells[i] != NO_TEXT);
            column.taken_texts(&texts, &UInt32Array::new(cells.into(), Some(nulls)));
        }
        Err(error) => column.fail(error),
    }
}

fn write_part(all: &Instructions, column: &mut Column, part: Part) {
    let nulls = nulls(all.locations.len(), |i| part(&all.locations[i]) != MISSING);
    column.optional_ints(all.locations.iter().map(part), &nulls);
}

fn write_span(all: &Instructions, column: &mut Column, part: fn(&(u32, u32)) -> u32) {
    if all.spans.is_empty() {
        let nulls = NullBuffer::new_null(all.offsets.len());
        return column.optional_ints(all.offsets.iter().copied(), &nulls);
    }
    let nulls = nulls(all.spans.len(), |i| all.spans[i] != Instructions::NO_SPAN);
    column.optional_ints(all.spans.iter().map(part), &nulls);
}
