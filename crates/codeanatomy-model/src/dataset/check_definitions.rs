//! The contract of `check_definitions`.

use crate::contract::dataset;

dataset! {
    /// Functions and classes of Python as Ruff's parser has them (`definitions`) beside those of tree-sitter's grammar
    /// (its published `tags` query): one row per definition that one of them has.
    ///
    /// Tree-sitter's grammar counts comments after the last statement to the body, which CPython and Ruff's parser do not:
    /// that is `end`, for 1.3 % of the definitions of CPython's library. What tree-sitter's grammar does not parse is `ruff_only`.
    CheckDefinitionRow = "check_definitions", CrossChecks;
    key [path, name_bstart, kind]; order [path, name_bstart, kind];
    {
        /// The file.
        path: Text,
        /// Offset of the name.
        name_bstart: Int,
        /// `class` or `function`; methods are functions.
        kind: Text,
        /// The name, by Ruff's parser if it has it.
        name: Text,
        /// The row of `definitions`. Null if Ruff's parser does not have it.
        def_id: OptText,
        /// Offset of the definition by Ruff's parser.
        ruff_bstart: OptInt,
        /// Offset after it.
        ruff_bend: OptInt,
        /// Offset of the definition by tree-sitter's grammar. Null if it does not have it.
        tree_sitter_bstart: OptInt,
        /// Offset after it.
        tree_sitter_bend: OptInt,
        /// Whether only one of them has it, or the spans differ.
        mismatch: Bool,
        /// `ruff_only`, `tree_sitter_only`, `start` or `end` (of the spans). Null without a mismatch.
        difference: OptText,
    }
}
