//! The contract of `parse_errors`.

use crate::contract::dataset;

dataset! {
    /// What kept a file from being read whole: rows, never a failure of the query.
    ParseErrorRow = "parse_errors", Syntax;
    inputs SOURCE;
    key [path, seq]; order [path, seq];
    id error_id = "err" (path, source, message, seq);
    node "parse_error";
    {
        /// The file.
        path: Text,
        /// The number of the diagnostic in its file, from 0.
        seq: Int,
        /// The id: path, source, message and the ordinal among equals.
        error_id: Text,
        /// What found it: `read`, `decode`, `syntax`, `version` (syntax newer than the language knows), `limit`.
        source: Text,
        /// What is wrong.
        message: Text,
        /// Offset of the first byte concerned. Null if there is no text.
        bstart: OptInt,
        /// Offset after the last byte concerned.
        bend: OptInt,
        /// Line of `bstart`.
        line: OptInt,
        /// Column of `bstart` in UTF-8 bytes, from 0.
        col_utf8: OptInt,
    }
}
