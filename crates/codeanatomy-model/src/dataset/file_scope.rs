//! The contract of `file_scope`.

use crate::contract::dataset;

dataset! {
    /// Why each path below the source is in or out. One row per file, and one per folder or link that is not entered.
    FileScopeRow = "file_scope", Repository;
    inputs SOURCE;
    key [path]; order [path];
    {
        /// The path relative to the source.
        path: Text,
        /// Whether the file is a row of `files`.
        included: Bool,
        /// `included`; `ignored` (by .gitignore, .ignore or git's own excludes); `hidden` (a part of its path begins with
        /// a dot); `excluded` or `not_included` (by the options of the source); `language` (its name has no end of a
        /// language that is source text and built in);
        /// `symlink` (not followed); `not_a_file` (a device, socket or pipe).
        reason: Text,
    }
}
