//! The contract of `code_files`.

use crate::contract::dataset;

dataset! {
    /// One row per `.pyc` file: its header and what became of it. Python 3.9 to 3.14 are read, no interpreter is needed.
    CodeFileRow = "code_files", Flow;
    inputs BYTECODE;
    key [path]; order [path];
    id code_file_id = "pyc" (path);
    {
        /// The `.pyc` file, relative to the source.
        path: Text,
        /// The id.
        code_file_id: Text,
        /// The size in bytes.
        size: Int,
        /// The source file by Python's rule: `a/__pycache__/x.cpython-311.pyc` and `a/x.pyc` come from `a/x.py`. Whether it
        /// exists is another question. Null if the name follows neither form.
        source_path: OptText,
        /// The first two bytes as a number, which names the version of the bytecode. Null if there are fewer.
        magic: OptInt,
        /// The version of Python that writes this magic number, `3.11`. Null if it is unknown.
        python_version: OptText,
        /// The flags of the header (PEP 552). Null if the file is of another version or ends before.
        flags: OptInt,
        /// What the header says about the source: `timestamp`, `checked_hash`, `unchecked_hash`. Null as `flags` is.
        invalidation: OptText,
        /// The source's time of modification that the header has, in seconds since 1970, modulo 2³². Null with a hash.
        source_mtime: OptInt,
        /// The source's size that the header has, in bytes, modulo 2³². Null with a hash.
        source_size: OptInt,
        /// The source's hash that the header has, 16 hexadecimal digits. Null with a timestamp.
        source_hash: OptText,
        /// Whether the header fits the source file: its hash, or its size and time of modification. Null if there is no
        /// source file, or the size fits and the time is not known.
        matches_source: OptBool,
        /// The path of the source as the compiler saw it, `co_filename` of the module. Null if the module was not read.
        filename: OptText,
        /// The number of rows in `code_units`.
        unit_count: Int,
        /// What became of the file: `ok`; `truncated` (it ends early) and `damaged` (it is no valid bytecode), where the
        /// code units read up to there have rows; `limited` (a bound was met, see `message`); `unsupported` (another
        /// version); `too_large`; `unreadable`.
        status: Text,
        /// What is wrong. Null for `ok`.
        message: OptText,
    }
}
