//! The contract of `files`.

use crate::contract::dataset;

dataset! {
    /// One row per source file in scope. What is not asked for is not computed: `SELECT path FROM files` reads no file.
    FileRow = "files", Repository;
    inputs SOURCE;
    key [path]; order [path];
    id file_id = "file" (path);
    node "file";
    {
        /// The path relative to the source, with `/` between its parts.
        path: Text,
        /// The id of the file.
        file_id: Text,
        /// The language, by the end of the file's name: `python`, `rust`, `javascript`, `typescript`, `tsx`, `go`, `java`,
        /// `c` (headers that end in `.h` too) or `cpp`. Files of a language that is not built in are not here.
        language: Text,
        /// The size in bytes, as stored.
        size: Int,
        /// BLAKE3 of the bytes as stored, 64 hexadecimal digits.
        content_hash: OptText,
        /// The id that git gives the file's content (SHA-1 of a blob), 40 hexadecimal digits.
        git_blob: OptText,
        /// The encoding that the text was decoded from, by its name in the Encoding Standard (or `iso-8859-1`);
        /// offsets are those of the file itself only if it is `utf-8`. Null if the bytes could not be decoded.
        encoding: OptText,
        /// Where the encoding comes from: `default`, `bom`, or `cookie` (PEP 263, in Python files alone).
        encoding_source: OptText,
        /// Whether the file begins with a byte order mark, which is part of the text and of all offsets.
        has_bom: Bool,
        /// How lines end: `lf`, `crlf`, `cr`, `mixed`, or `none` if no line ends.
        newline: OptText,
        /// The number of lines; text after the last line end counts as one.
        line_count: OptInt,
        /// The dotted name of a Python module: the path below the outermost package, or below the source (or its `src` folder)
        /// where there is none. Null for other languages and if a part of the path is no identifier.
        module: OptText,
        /// Whether the file is the `__init__` of a package.
        is_package: Bool,
        /// Whether the path says that it holds tests: a folder `test`, `tests` or `__tests__`, or a file `test_*`, `*_test`,
        /// `*.test`, `*.spec` or `conftest`, with the language's end.
        is_test: Bool,
        /// Whether one of the first lines says that the file was generated.
        is_generated: OptBool,
        /// What became of the file: `ok`, `recovered` (it does not parse; the rows that could be had are there),
        /// `undecodable`, `too_large`, `too_deep`, `stopped` (its parse takes too much effort for its size), `unreadable`.
        status: OptText,
        /// The number of rows that the file has in `parse_errors`.
        error_count: OptInt,
        /// The text.
        text: OptText,
    }
}
