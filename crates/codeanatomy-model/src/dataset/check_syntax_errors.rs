//! The contract of `check_syntax_errors`.

use crate::contract::dataset;

dataset! {
    /// Whether a Python file parses, by Ruff's parser (`parse_errors`) and by tree-sitter's grammar (`ts_errors`): one row
    /// per file. What kept a file from being read or parsed at all is no syntax error.
    ///
    /// Tree-sitter's grammar 0.25 takes `print` and `exec` statements of Python 2 and `except A, B`, and does not take
    /// defaults of type parameters (3.13) and very deep nesting.
    CheckSyntaxErrorRow = "check_syntax_errors", CrossChecks;
    key [path]; order [path];
    {
        /// The file.
        path: Text,
        /// The number of errors by Ruff's parser (`syntax` and `version`).
        ruff_count: Int,
        /// The line of the first. Null without any.
        ruff_line: OptInt,
        /// The number of errors by tree-sitter's grammar (`error` and `missing`).
        tree_sitter_count: Int,
        /// The line of the first. Null without any.
        tree_sitter_line: OptInt,
        /// Whether only one of them finds errors.
        mismatch: Bool,
    }
}
