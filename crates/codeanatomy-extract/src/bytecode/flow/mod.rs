//! Basic blocks and the edges between them.

mod edge;
mod exception;

pub(super) use edge::{Edge, edges, reach};
pub(super) use exception::{ExceptionEntry, entries};

use super::opcode::{Flow, Table};
use super::unit::{Instructions, Range};

/// How a block is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Entry {
    None,
    Fall,
    Jump,
    Handler,
    Start,
}

impl Entry {
    /// The word of the column `kind`.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Fall => "fall",
            Self::Jump => "jump",
            Self::Handler => "handler",
            Self::Start => "entry",
        }
    }
}

/// A basic block. Instructions are numbered in their unit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    pub(super) first: u32,
    /// After the last.
    pub(super) end: u32,
    pub(super) entry: Entry,
    /// How its last instruction is left.
    pub(super) flow: Flow,
    pub(super) is_reachable: bool,
}

/// Cuts the unit that was decoded last into blocks. `numbers` gets, for each instruction, the number of its block.
pub(super) fn blocks(
    instructions: &Instructions,
    range: Range,
    table: &Table,
    exceptions: &[ExceptionEntry],
    numbers: &mut Vec<u32>,
) -> Vec<Block> {
    let count = range.len();
    let flow = |i: usize| table.get(instructions.opcodes[range.start + i]).flow;
    let mut begins = vec![Entry::None; count + 1];
    let mut is_cut = vec![false; count + 1];
    let mut enter = |i: usize, entry: Entry| {
        begins[i] = begins[i].max(entry);
        is_cut[i] = true;
    };
    enter(0, Entry::Start);
    for i in 0..count {
        let target = instructions.position(instructions.targets[range.start + i]);
        let flow = flow(i);
        if let Some(target) = target {
            enter(
                target,
                match flow {
                    Flow::Setup => Entry::Handler,
                    // The end of a loop names its start and does not go there.
                    Flow::Next => Entry::None,
                    _ => Entry::Jump,
                },
            );
        }
        if flow != Flow::Next {
            let falls = matches!(flow, Flow::Branch(_) | Flow::Setup);
            enter(i + 1, if falls { Entry::Fall } else { Entry::None });
        }
    }
    for entry in exceptions {
        for (offset, kind) in [
            (entry.start, Entry::None),
            (entry.end, Entry::None),
            (entry.target, Entry::Handler),
        ] {
            if let Some(i) = instructions.position(offset) {
                enter(i, kind);
            }
        }
    }
    let mut blocks: Vec<Block> = Vec::new();
    for i in 0..count {
        if is_cut[i] {
            let falls = i > 0 && matches!(flow(i - 1), Flow::Next | Flow::Branch(_) | Flow::Setup);
            blocks.push(Block {
                first: i as u32,
                end: 0,
                entry: if falls { begins[i].max(Entry::Fall) } else { begins[i] },
                flow: Flow::Next,
                is_reachable: false,
            });
        }
        if let Some(block) = blocks.last_mut() {
            block.end = i as u32 + 1;
            block.flow = flow(i);
        }
        numbers.push(blocks.len() as u32 - 1);
    }
    blocks
}
