//! The contract of `ast_nodes`.

use crate::contract::dataset;

dataset! {
    /// The abstract syntax tree, one row per node, as CPython's `ast` names and places it. The singletons of `ast` are
    /// columns instead of rows: contexts (`Load`, `Store`, `Del`) in `ctx`, operators in `value`.
    AstNodeRow = "ast_nodes", Syntax;
    key [path, node_id]; order [path, node_id];
    {
        /// The file.
        path: Text,
        /// The number of the node in preorder, from 0 (the module); children come in the order of CPython's `_fields`.
        /// The node `d` is inside `a` if `d.node_id > a.node_id AND d.node_id < a.node_id + a.subtree_size`.
        node_id: Int,
        /// The parent. Null for the module.
        parent_id: OptInt,
        /// The number of ancestors.
        depth: Int,
        /// The number of nodes in the subtree, the node itself included.
        subtree_size: Int,
        /// The field of the parent that holds the node. Null for the module.
        field: OptText,
        /// The position in that field if it is a list, from 0.
        field_index: OptInt,
        /// The class in CPython's `ast`: `FunctionDef`, `Call`, `Name`, …
        kind: Text,
        /// The identifier that the node carries: name of a definition or `Name`, `attr` of an attribute, `arg` of a
        /// parameter or keyword, name of an alias, module of a `from` import, name of a handler or pattern.
        name: OptText,
        /// The value: the source text of a constant, the operator class of an operation (several, as in a chained
        /// comparison, with commas between), the `asname` of an alias, the level of a `from` import.
        value: OptText,
        /// `load`, `store` or `del`, where CPython's node has a context.
        ctx: OptText,
        /// Offset of the first byte. Null where CPython's node has no position (`Module`, `arguments`, `comprehension`,
        /// `withitem`, `match_case`).
        bstart: OptInt,
        /// Offset after the last byte, null with `bstart`.
        bend: OptInt,
        /// Line of `bstart`, from 1.
        line: OptInt,
        /// Column of `bstart` in UTF-8 bytes, from 0; a byte order mark does not count.
        col_utf8: OptInt,
        /// Line of `bend`.
        end_line: OptInt,
        /// Column of `bend` in UTF-8 bytes.
        end_col_utf8: OptInt,
    }
}
