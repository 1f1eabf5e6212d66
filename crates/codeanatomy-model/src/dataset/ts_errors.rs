//! The contract of `ts_errors`.

use crate::contract::dataset;

dataset! {
    /// What tree-sitter's grammar does not take: the nodes of `ts_nodes` that are errors or missing, and why a file has no
    /// tree at all.
    TsErrorRow = "ts_errors", TreeSitter;
    inputs SOURCE;
    key [path, seq]; order [path, seq];
    {
        /// The file.
        path: Text,
        /// The number of the error in its file, from 0, in preorder.
        seq: Int,
        /// The language whose grammar it is, as in `files`.
        language: Text,
        /// `error` (text that does not parse), `missing` (something that the parser has put in) or `limit` (there is no
        /// tree: the parser was stopped, or the file is larger than `max_file_bytes`).
        kind: Text,
        /// What is wrong.
        message: Text,
        /// The row of `ts_nodes`. Null for `limit`.
        node_id: OptInt,
        /// Offset of the first byte. Null for `limit`.
        bstart: OptInt,
        /// Offset after the last byte, null with `bstart`.
        bend: OptInt,
        /// Line of `bstart`, from 1.
        line: OptInt,
        /// Column of `bstart` in UTF-8 bytes, from 0.
        col_utf8: OptInt,
    }
}
