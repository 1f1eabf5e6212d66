//! Rows of `blocks`.

use codeanatomy_model::dataset::BlockRow;

use super::{File, Graph};
use crate::bytecode::line::MISSING;
use crate::bytecode::opcode::Flow;
use crate::bytecode::unit::Instructions;
use crate::table::Table;

/// Writes the rows.
pub(super) fn rows(file: &File<'_, '_>, instructions: &Instructions, graph: &Graph, table: &mut Table) {
    let mut number = 0;
    for (i, &(unit, block)) in graph.blocks.iter().enumerate() {
        let is_first = i == 0 || graph.blocks[i - 1].0 != unit;
        number = if is_first { 0 } else { number + 1 };
        let is_last = graph.blocks.get(i + 1).is_none_or(|&(next, _)| next != unit);
        let range = instructions.units[unit as usize];
        let last = range.start + block.end as usize - 1;
        let caches = file.version.table.get(instructions.opcodes[last]).caches;
        let end = i64::from(instructions.offsets[last]) + 2 + 2 * i64::from(caches);
        table.push(&BlockRow {
            path: file.path,
            unit_index: i64::from(unit),
            unit_id: file.names.id(unit),
            block_index: number,
            kind: block.entry.word(),
            exit: match block.flow {
                Flow::Next | Flow::Setup if is_last => "end",
                Flow::Next | Flow::Setup => "fall",
                Flow::Jump => "jump",
                Flow::Branch(_) => "branch",
                Flow::Return => "return",
                Flow::Raise => "raise",
            },
            is_reachable: block.is_reachable,
            first_instruction: i64::from(block.first),
            instruction_count: i64::from(block.end - block.first),
            start_offset: i64::from(instructions.offsets[range.start + block.first as usize]),
            end_offset: end.min(file.units[unit as usize].bytecode.len() as i64),
            line: graph
                .lines
                .get(i)
                .filter(|&&line| line != MISSING)
                .map(|&line| i64::from(line)),
        });
    }
}
