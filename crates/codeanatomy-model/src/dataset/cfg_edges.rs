//! The contract of `cfg_edges`.

use crate::contract::dataset;

dataset! {
    /// The edges between `blocks`. A jump to where no instruction begins, which no compiler writes, has none.
    CfgEdgeRow = "cfg_edges", Flow;
    inputs BYTECODE;
    key [path, unit_index, edge_index]; order [path, unit_index, edge_index];
    {
        /// The `.pyc` file.
        path: Text,
        /// The row of `code_units`.
        unit_index: Int,
        /// The id of that row.
        unit_id: Text,
        /// The number of the edge in its unit, from 0, in the order of the blocks that they come from: first to the next
        /// block, then to where a jump leads, then to the handler.
        edge_index: Int,
        /// The block that it comes from.
        src_block: Int,
        /// The block that it leads to.
        dst_block: Int,
        /// `fall` to the next block; `jump`; `true` and `false`, the two ways of a test; `exception` to a handler. What is
        /// tested: the truth of a value, whether it is None (`POP_JUMP_IF_NOT_NONE` jumps on `false`), whether an
        /// exception matches, whether there is a next item (`FOR_ITER`, `SEND`: `true` falls, `false` jumps).
        /// Exceptions lead from every block that the exception table covers; before Python 3.11, from the block that sets the
        /// handler up.
        kind: Text,
        /// The jump in `instructions`, or the instruction that sets the handler up. Null for `fall` without a test, and where
        /// the exception table says it.
        instruction_index: OptInt,
        /// The row of `exception_table` that says it.
        exception_entry: OptInt,
    }
}
