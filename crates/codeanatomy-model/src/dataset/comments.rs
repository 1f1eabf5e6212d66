//! The contract of `comments`.

use crate::contract::dataset;

dataset! {
    /// Every comment.
    CommentRow = "comments", Syntax;
    key [path, bstart]; order [path, bstart];
    {
        /// The file.
        path: Text,
        /// Offset of the `#`.
        bstart: Int,
        /// Offset after the last byte, before the line end.
        bend: Int,
        /// What it is for, the first that fits: `shebang` (`#!` at the start of the file), `encoding` (the PEP 263
        /// declaration that is in force), `type_ignore` (`# type: ignore`) and `type_comment` (`# type: …`) as CPython
        /// reads them, `noqa` (`# noqa`, `# flake8: noqa`, `# ruff: noqa`), `directive` (`directive` says for which tool),
        /// `other`.
        kind: Text,
        /// The tool that it is for: the word before the colon in `# pylint: disable=…`, `# pragma: no cover`, or a word
        /// that is a directive alone, `nosec`. Lower case. Null for all kinds but `noqa` and `directive`.
        directive: OptText,
        /// Whether only white space is before it on its line; else it trails code.
        is_own_line: Bool,
        /// The definition that it belongs to. One that trails code belongs where this code does; one on its own line to the
        /// innermost definition that is around it, or that ends right before it and is indented less, as are the comments
        /// between. Null at module level, and if the file is `too_deep`.
        container_id: OptText,
        /// The text, from `#` on.
        text: Text,
        /// Line of `bstart`, from 1.
        line: Int,
    }
}
