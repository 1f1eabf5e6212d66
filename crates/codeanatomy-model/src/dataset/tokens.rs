//! The contract of `tokens`.

use crate::contract::dataset;

dataset! {
    /// Every token, as CPython's `tokenize` gives them from 3.12 on: what is in an f-string is tokens of its own. The
    /// first token of `tokenize`, `ENCODING`, is no row, since it is no text: `files.encoding` says it. Of a file that does
    /// not parse, the tokens that could be read.
    TokenRow = "tokens", Syntax;
    key [path, token_id]; order [path, token_id];
    {
        /// The file.
        path: Text,
        /// The number of the token in its file, from 0.
        token_id: Int,
        /// The type, by its name in `token`: `NAME` (keywords too), `NUMBER`, `STRING`, `FSTRING_START`, `FSTRING_MIDDLE`,
        /// `FSTRING_END`, `TSTRING_START`, `TSTRING_MIDDLE`, `TSTRING_END`, `OP`, `COMMENT`, `NEWLINE` (ends a statement),
        /// `NL` (ends any other line), `INDENT`, `DEDENT`, `ENDMARKER`; `ERRORTOKEN` for what is no token.
        kind: Text,
        /// The type with the operators apart, by its name in `token`: `LPAR`, `PLUSEQUAL`, …; else as `kind`.
        exact_kind: Text,
        /// The text: that of the span. So empty for `DEDENT`, `ENDMARKER`, and the `NEWLINE` or `NL` that stands for a
        /// missing line end at the end of the file; the text of an `FSTRING_MIDDLE` has one brace of a doubled one, and
        /// the other is in no token.
        text: Text,
        /// Offset of the first byte.
        bstart: Int,
        /// Offset after the last byte.
        bend: Int,
        /// Line of `bstart`, from 1. At the end of the file, `DEDENT` and `ENDMARKER` stand in a line of their own, behind
        /// the last.
        line: Int,
        /// Column of `bstart` in code points, from 0; a byte order mark does not count.
        col_utf32: Int,
        /// Line of `bend`; for `NEWLINE` and `NL`, the line that they end.
        end_line: Int,
        /// Column of `bend` in code points. A missing line end counts as one.
        end_col_utf32: Int,
    }
}
