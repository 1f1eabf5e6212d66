//! The contract of `docstrings`.

use crate::contract::dataset;

dataset! {
    /// The docstring of every module, class and function that has one.
    DocstringRow = "docstrings", Syntax;
    key [path, node_id]; order [path, node_id];
    {
        /// The file.
        path: Text,
        /// The row of `ast_nodes` of the owner: 0 for the module, else that of `definitions`.
        node_id: Int,
        /// The kind of the owner: `module`, or that of `definitions`, `function`, `method`, `class`.
        owner_kind: Text,
        /// The owner. Null for the module.
        def_id: OptText,
        /// The qualified name of the owner, as in `definitions`; of a module, its name, null if it has none.
        qualified_name: OptText,
        /// Offset of the literal's first byte.
        bstart: Int,
        /// Offset after the literal's last byte.
        bend: Int,
        /// The value of the literal, as CPython evaluates it: escapes replaced, adjacent literals joined, line ends as LF.
        /// A lone surrogate, which text cannot hold, is U+FFFD. Null if an escape is broken.
        value: OptText,
        /// The value as `inspect.cleandoc` of 3.13 gives it: tabs expanded, the common indent and blank lines at either end
        /// left out. Null with `value`.
        cleaned: OptText,
        /// The first line of `cleaned`. Null with `value`.
        summary: OptText,
        /// The number of lines of `cleaned`; 0 if it is empty. Null with `value`.
        line_count: OptInt,
        /// Line of `bstart`, from 1.
        line: Int,
    }
}
