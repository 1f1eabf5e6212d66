//! The instructions of all units of a file, column by column.

use super::Unit;
use crate::bytecode::line::{Location, Locations, Spans};
use crate::bytecode::opcode::{Argument, Table, Way};

/// Stands for what is missing among positions.
const NOWHERE: u32 = u32::MAX;

/// The instructions of a unit: positions among all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bytecode) struct Range {
    pub(in crate::bytecode) start: usize,
    pub(in crate::bytecode) end: usize,
}

impl Range {
    /// The number of instructions.
    pub(in crate::bytecode) fn len(self) -> usize {
        self.end - self.start
    }
}

/// What is known of each instruction; empty where it was not asked for.
#[derive(Debug, Default)]
pub(in crate::bytecode) struct Instructions {
    /// The instructions of each unit.
    pub(in crate::bytecode) units: Vec<Range>,
    pub(in crate::bytecode) offsets: Vec<u32>,
    pub(in crate::bytecode) opcodes: Vec<u8>,
    pub(in crate::bytecode) args: Vec<i32>,
    /// Where each jumps to; a number below zero is no offset.
    pub(in crate::bytecode) targets: Vec<i64>,
    pub(in crate::bytecode) is_target: Vec<bool>,
    pub(in crate::bytecode) begins_line: Vec<bool>,
    pub(in crate::bytecode) locations: Vec<Location>,
    /// Places in the source; [`Self::NO_SPAN`] where there is none.
    pub(in crate::bytecode) spans: Vec<(u32, u32)>,
    /// By offset of the unit in hand, halved: the position of the instruction in it.
    at: Vec<u32>,
}

impl Instructions {
    /// Stands for a jump that is none.
    pub(in crate::bytecode) const NO_TARGET: i64 = i64::MIN;
    /// Stands for a place that is none.
    pub(in crate::bytecode) const NO_SPAN: (u32, u32) = (u32::MAX, u32::MAX);

    /// Room for the instructions of so many bytes of bytecode.
    pub(in crate::bytecode) fn with_capacity(bytes: usize) -> Self {
        // Caches take a good part of them.
        let count = bytes / 3;
        Self {
            offsets: Vec::with_capacity(count),
            opcodes: Vec::with_capacity(count),
            args: Vec::with_capacity(count),
            targets: Vec::with_capacity(count),
            ..Self::default()
        }
    }

    /// Adds the instructions of a unit: their offsets, operations, arguments and jumps.
    pub(in crate::bytecode) fn decode(&mut self, unit: &Unit<'_, '_>, table: &Table, minor: u8) {
        let start = self.offsets.len();
        self.at.clear();
        self.at.resize(unit.bytecode.len() / 2 + 1, NOWHERE);
        // In 3.9 jumps count bytes, later pairs of them.
        let scale = if minor == 9 { 1 } else { 2 };
        let mut prefix = 0i32;
        let mut caches = 0;
        let mut has_jumps = false;
        for (i, pair) in unit.bytecode.chunks_exact(2).enumerate() {
            if caches > 0 {
                caches -= 1;
                continue;
            }
            let offset = 2 * i as u32;
            let opcode = table.get(pair[0]);
            caches = opcode.caches;
            self.at[i] = (self.offsets.len() - start) as u32;
            let arg = i32::from(pair[1]) | prefix;
            prefix = if opcode.argument == Argument::Prefix {
                arg << 8
            } else {
                0
            };
            let next = i64::from(offset) + 2 + 2 * i64::from(opcode.caches);
            let target = match opcode.argument {
                Argument::Target(way) => {
                    has_jumps = true;
                    let distance = i64::from(arg) * scale;
                    match way {
                        Way::Forward => next + distance,
                        Way::Backward => next - distance,
                        Way::Absolute => distance,
                    }
                }
                _ => Self::NO_TARGET,
            };
            self.offsets.push(offset);
            self.opcodes.push(pair[0]);
            self.args.push(arg);
            self.targets.push(target);
        }
        let range = Range {
            start,
            end: self.offsets.len(),
        };
        self.units.push(range);
        self.is_target.resize(range.end, false);
        if has_jumps {
            for i in range.start..range.end {
                if let Some(position) = self.position(self.targets[i]) {
                    self.is_target[start + position] = true;
                }
            }
        }
    }

    /// The position in its unit of the instruction at an offset; of the unit that was decoded last.
    #[inline]
    pub(in crate::bytecode) fn position(&self, offset: i64) -> Option<usize> {
        if offset & 1 != 0 {
            return None;
        }
        let position = *self.at.get(usize::try_from(offset / 2).ok()?)?;
        (position != NOWHERE && offset >= 0).then_some(position as usize)
    }

    /// Finds the places of the instructions of the unit that was decoded last.
    pub(in crate::bytecode) fn locate(&mut self, unit: &Unit<'_, '_>, first_line: i32, minor: u8) {
        let Some(&range) = self.units.last() else { return };
        let mut locations = Locations::new(unit.line_table, first_line, minor);
        for &offset in &self.offsets[range.start..range.end] {
            let (location, begins_line) = locations.at(offset);
            self.locations.push(location);
            self.begins_line.push(begins_line);
        }
    }

    /// Finds the places of all instructions in the source.
    pub(in crate::bytecode) fn find_spans(&mut self, source: &Spans<'_>) {
        let spans = self.locations.iter().map(|&l| source.of(l).unwrap_or(Self::NO_SPAN));
        self.spans = spans.collect();
    }
}
