//! The contract of `blocks`.

use crate::contract::dataset;

dataset! {
    /// Basic blocks of bytecode: runs of instructions that are entered at the first and left at the last only. A block begins
    /// where a unit begins, where a jump leads, after a jump, return or raise, and where the exception table begins or ends
    /// to cover or has a handler. Every instruction is in exactly one.
    BlockRow = "blocks", Flow;
    inputs BYTECODE;
    key [path, unit_index, block_index]; order [path, unit_index, block_index];
    {
        /// The `.pyc` file.
        path: Text,
        /// The row of `code_units`.
        unit_index: Int,
        /// The id of that row.
        unit_id: Text,
        /// The number of the block in its unit, from 0, in the order of the bytecode.
        block_index: Int,
        /// How it is entered, the first that is true: `entry` (the unit begins here), `handler` (of an exception), `jump`, `fall`
        /// (from the block before), `none`.
        kind: Text,
        /// How it is left: `fall`, `jump`, `branch` (two ways), `return`, `raise`, or `end` where the bytecode ends.
        exit: Text,
        /// Whether there is a path from the unit's first block, over handlers too.
        is_reachable: Bool,
        /// The number of its first instruction in `instructions`.
        first_instruction: Int,
        /// The number of its instructions.
        instruction_count: Int,
        /// The offset in the bytecode of its first instruction.
        start_offset: Int,
        /// The offset after its last instruction and the caches of that.
        end_offset: Int,
        /// The first line of source among its instructions, in their order. Null if none has one.
        line: OptInt,
    }
}
