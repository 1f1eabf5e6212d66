//! The contract of `exception_table`.

use crate::contract::dataset;

dataset! {
    /// The exception table of every code unit, Python 3.11 and later; before, instructions set handlers up.
    ExceptionTableRow = "exception_table", Flow;
    inputs BYTECODE;
    key [path, unit_index, entry_index]; order [path, unit_index, entry_index];
    {
        /// The `.pyc` file.
        path: Text,
        /// The row of `code_units`.
        unit_index: Int,
        /// The id of that row.
        unit_id: Text,
        /// The number of the entry in its unit, from 0.
        entry_index: Int,
        /// The offset in the bytecode of the first instruction that is covered.
        start_offset: Int,
        /// The offset after the last one.
        end_offset: Int,
        /// The offset of the handler.
        target_offset: Int,
        /// The depth that the stack is cut to before the handler runs.
        depth: Int,
        /// Whether the offset of the instruction that raised is pushed for the handler.
        lasti: Bool,
    }
}
