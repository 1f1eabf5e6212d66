//! The contract of `ts_nodes`.

use crate::contract::dataset;

dataset! {
    /// The concrete syntax tree of tree-sitter's grammar for the language, one row per visible node, tokens and comments
    /// included. A file that does not parse has a tree with errors in it.
    TsNodeRow = "ts_nodes", TreeSitter;
    inputs SOURCE;
    key [path, node_id]; order [path, node_id];
    {
        /// The file.
        path: Text,
        /// The language whose grammar it is, as in `files`.
        language: Text,
        /// The number of the node in preorder, from 0 (the root). The node `d` is inside `a` if
        /// `d.node_id > a.node_id AND d.node_id < a.node_id + a.subtree_size`.
        node_id: Int,
        /// The parent. Null for the root.
        parent_id: OptInt,
        /// The number of ancestors.
        depth: Int,
        /// The number of nodes in the subtree, the node itself included.
        subtree_size: Int,
        /// The field of the parent that holds the node. Null if it is in none.
        field: OptText,
        /// The grammar's name for the node: `function_item`, `identifier`; of a token that has no name, its text: `(`.
        /// `ERROR` for what does not parse.
        kind: Text,
        /// Whether the grammar has a name for the node; tokens such as `(` have none.
        is_named: Bool,
        /// Whether it may stand anywhere, as comments do.
        is_extra: Bool,
        /// Whether the parser has put it in, since it is not in the text. Its span is empty.
        is_missing: Bool,
        /// Whether it holds what does not parse.
        is_error: Bool,
        /// Offset of the first byte.
        bstart: Int,
        /// Offset after the last byte.
        bend: Int,
        /// Row of `bstart` as tree-sitter counts: from 0, and only LF ends a row.
        row: Int,
        /// Column of `bstart` in that row in UTF-8 bytes, from 0; a byte order mark counts.
        col_utf8: Int,
        /// Row of `bend`.
        end_row: Int,
        /// Column of `bend` in UTF-8 bytes.
        end_col_utf8: Int,
        /// The text of a node without children. Null for others.
        text: OptText,
    }
}
