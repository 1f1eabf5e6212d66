//! The contract of `lines`.

use crate::contract::dataset;

dataset! {
    /// One row per line. A line ends at LF, CRLF or CR and nowhere else.
    LineRow = "lines", Repository;
    inputs SOURCE;
    key [path, line]; order [path, line];
    {
        /// The file.
        path: Text,
        /// The number of the line, from 1.
        line: Int,
        /// Offset of its first byte.
        bstart: Int,
        /// Offset after its last byte, the line end left out.
        bend: Int,
        /// How it ends: `lf`, `crlf`, `cr`, or `none` for text after the last line end.
        newline: Text,
        /// Whether all of its bytes are ASCII, so that columns are the same in every unit.
        is_ascii: Bool,
        /// Its length in Unicode code points (the unit `utf32`).
        length_utf32: Int,
        /// Its length in UTF-16 code units (the unit `utf16`).
        length_utf16: Int,
        /// The text, without the line end.
        text: Text,
    }
}
