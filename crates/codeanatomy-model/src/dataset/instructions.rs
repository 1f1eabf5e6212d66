//! The contract of `instructions`.

use crate::contract::dataset;

dataset! {
    /// Every instruction, as `dis.get_instructions` of the version that wrote the file gives it; inline caches have no row.
    InstructionRow = "instructions", Flow;
    inputs BYTECODE;
    key [path, unit_index, instruction_index]; order [path, unit_index, instruction_index];
    {
        /// The `.pyc` file.
        path: Text,
        /// The row of `code_units`.
        unit_index: Int,
        /// The id of that row.
        unit_id: Text,
        /// The number of the instruction in its unit, from 0.
        instruction_index: Int,
        /// Its offset in the bytecode.
        start_offset: Int,
        /// The number of the operation.
        opcode: Int,
        /// The name of the operation; `<77>` where there is none of that number.
        opname: Text,
        /// The argument, prefixes (`EXTENDED_ARG`) included. Null without one.
        arg: OptInt,
        /// What the argument means, as `dis` writes it. A constant is written as `repr` writes it, with two exceptions: a code
        /// object without its address, a `frozenset` in the order of the file. Texts longer than 1 MiB end in an ellipsis.
        /// Null if `dis` says nothing, or the argument names something that is not there.
        argrepr: OptText,
        /// The offset in the bytecode that it jumps to. Null if it is no jump.
        jump_target: OptInt,
        /// Whether an instruction of the unit jumps here. Handlers of exceptions are `blocks`.
        is_jump_target: Bool,
        /// Whether `dis` begins a line of source here.
        starts_line: Bool,
        /// The line of source, from 1. Null where the file has none for it, as for all other positions.
        line: OptInt,
        /// The last line. Null before Python 3.11.
        end_line: OptInt,
        /// The column in UTF-8 bytes, from 0. Null before Python 3.11.
        col_utf8: OptInt,
        /// The column after the last byte, in UTF-8 bytes. Null before Python 3.11.
        end_col_utf8: OptInt,
        /// Offset of the first byte in the text of the source file. Null without columns, without a source file, and where
        /// that is not what was compiled: the header does not fit, or there is no such place.
        bstart: OptInt,
        /// Offset after the last byte.
        bend: OptInt,
        /// The row of `blocks`.
        block_index: Int,
    }
}
