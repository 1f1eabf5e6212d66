//! Edges between blocks, and what can be reached over them.

use super::{Block, ExceptionEntry};
use crate::bytecode::opcode::Flow;
use crate::bytecode::unit::{Instructions, Range};

/// What leads from a block to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bytecode) enum EdgeKind {
    Fall,
    Jump,
    /// A test with this outcome.
    Test(bool),
    Exception,
}

impl EdgeKind {
    /// The word of the column `kind`.
    pub(in crate::bytecode) fn word(self) -> &'static str {
        match self {
            Self::Fall => "fall",
            Self::Jump => "jump",
            Self::Test(true) => "true",
            Self::Test(false) => "false",
            Self::Exception => "exception",
        }
    }
}

/// An edge between two blocks of a unit.
#[derive(Debug, Clone, Copy)]
pub(in crate::bytecode) struct Edge {
    pub(in crate::bytecode) src: u32,
    pub(in crate::bytecode) dst: u32,
    pub(in crate::bytecode) kind: EdgeKind,
    /// The instruction that says so.
    pub(in crate::bytecode) instruction: Option<u32>,
    /// The entry of the exception table that says so.
    pub(in crate::bytecode) exception: Option<u32>,
}

/// The edges of the unit that was decoded last, by the blocks that they come from. `numbers` are the blocks of its
/// instructions.
pub(in crate::bytecode) fn edges(
    instructions: &Instructions,
    range: Range,
    blocks: &[Block],
    numbers: &[u32],
    exceptions: &[ExceptionEntry],
) -> Vec<Edge> {
    let mut edges = Vec::with_capacity(blocks.len() * 2);
    let block_at = |offset: i64| numbers.get(instructions.position(offset)?).copied();
    // Entries stand in the order of what they cover, and no two cover the same.
    let mut covering = exceptions.iter().enumerate().peekable();
    for (src, block) in blocks.iter().enumerate() {
        let src = src as u32;
        let last = block.end - 1;
        let target = block_at(instructions.targets[range.start + last as usize]);
        let next = ((src as usize + 1) < blocks.len()).then_some(src + 1);
        let (falls, jumps) = match block.flow {
            Flow::Next => (Some(EdgeKind::Fall), None),
            Flow::Jump => (None, Some(EdgeKind::Jump)),
            Flow::Branch(outcome) => (Some(EdgeKind::Test(!outcome)), Some(EdgeKind::Test(outcome))),
            Flow::Setup => (Some(EdgeKind::Fall), Some(EdgeKind::Exception)),
            Flow::Return | Flow::Raise => (None, None),
        };
        let mut add = |dst: Option<u32>, kind: Option<EdgeKind>| {
            if let Some((dst, kind)) = dst.zip(kind) {
                edges.push(Edge {
                    src,
                    dst,
                    kind,
                    instruction: (kind != EdgeKind::Fall).then_some(last),
                    exception: None,
                });
            }
        };
        add(next, falls);
        add(target, jumps);
        let offset = i64::from(instructions.offsets[range.start + block.first as usize]);
        while covering.next_if(|(_, entry)| entry.end <= offset).is_some() {}
        if let Some(&(i, entry)) = covering.peek()
            && entry.start <= offset
            && let Some(dst) = block_at(entry.target)
        {
            edges.push(Edge {
                src,
                dst,
                kind: EdgeKind::Exception,
                instruction: None,
                exception: Some(i as u32),
            });
        }
    }
    edges
}

/// Marks the blocks that a path from the first one leads to.
pub(in crate::bytecode) fn reach(blocks: &mut [Block], edges: &[Edge]) {
    // Edges stand in the order of the blocks that they come from.
    let mut starts = vec![0; blocks.len() + 1];
    for edge in edges {
        starts[edge.src as usize + 1] += 1;
    }
    for i in 1..starts.len() {
        starts[i] += starts[i - 1];
    }
    let mut open = vec![0];
    while let Some(number) = open.pop() {
        let Some(block) = blocks.get_mut(number) else { continue };
        if !std::mem::replace(&mut block.is_reachable, true) {
            open.extend(
                edges[starts[number]..starts[number + 1]]
                    .iter()
                    .map(|edge| edge.dst as usize),
            );
        }
    }
}
