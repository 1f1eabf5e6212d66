//! The contract of `ts_captures`.

use crate::contract::dataset;

dataset! {
    /// What a query in tree-sitter's query language finds: one row per node that a match captures. The query runs on the
    /// files of the language that is named with it, or else of every language whose grammar it fits; one that fits none is
    /// an error. Predicates on text (`#eq?`, `#match?`, `#any-of?` and their kin) are obeyed, others that decide about a
    /// match are an error, and directives (`#set!` and others that end in `!`) change nothing.
    TsCaptureRow = "ts_captures", TreeSitter;
    inputs SOURCE;
    key [path, match_id, capture_index]; order [path, match_id, capture_index];
    requires "query";
    {
        /// The file.
        path: Text,
        /// The number of the match in its file, from 0, in the order in which matches are found.
        match_id: Int,
        /// The number of the capture in its match, from 0.
        capture_index: Int,
        /// The language whose grammar it is, as in `files`.
        language: Text,
        /// The number of the pattern in the query, from 0.
        pattern_index: Int,
        /// The name of the capture, without `@`.
        capture: Text,
        /// The row of `ts_nodes`.
        node_id: Int,
        /// The node's kind, as in `ts_nodes`.
        kind: Text,
        /// Offset of the first byte.
        bstart: Int,
        /// Offset after the last byte.
        bend: Int,
        /// Line of `bstart`, from 1.
        line: Int,
        /// The text of the node. Null if it is longer than 4,096 bytes: nodes nest, and so would their texts repeat.
        text: OptText,
    }
}
