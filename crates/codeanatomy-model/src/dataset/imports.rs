//! The contract of `imports`.

use crate::contract::dataset;

dataset! {
    /// Every imported name: one row per alias of an `import` or `from` statement.
    ImportRow = "imports", Names;
    key [path, node_id]; order [path, node_id];
    id import_id = "imp" (scope_id, target_module, name, asname, ordinal);
    node "import";
    {
        /// The file.
        path: Text,
        /// The row of the `alias` in `ast_nodes`.
        node_id: Int,
        /// The id.
        import_id: Text,
        /// `import` or `from`.
        kind: Text,
        /// The module as written. Null in `from . import x`.
        module: OptText,
        /// The number of leading dots of a `from` import.
        level: Int,
        /// The module as an absolute name, the relative level applied to the module of the file. Null if the level leads
        /// out of the outermost package or the file has no module name.
        target_module: OptText,
        /// The imported name, `*` for a star. Null for `import`.
        name: OptText,
        /// The name behind `as`.
        asname: OptText,
        /// The name that is bound: `asname`, else the imported name, else the first part of the module. Null for a star.
        bound_name: OptText,
        /// The number among the imports of the scope with the same parts, from 0.
        ordinal: Int,
        /// The position in its statement, from 0.
        alias_index: Int,
        /// Whether it is `from m import *`.
        is_star: Bool,
        /// Whether it is a `from __future__ import`.
        is_future: Bool,
        /// Whether it stands under `if TYPE_CHECKING:`.
        in_type_checking: Bool,
        /// Whether it stands in the body of a `try` with handlers, or in one of its handlers, and in no function inside.
        in_try: Bool,
        /// The scope that it stands in.
        scope_id: Text,
        /// The definition that it is inside of. Null at module level.
        container_id: OptText,
        /// The binding that it makes. Null for a star.
        binding_id: OptText,
        /// Offset of the alias.
        bstart: Int,
        /// Offset after the alias.
        bend: Int,
        /// Offset of the statement.
        statement_bstart: Int,
        /// Offset after the statement.
        statement_bend: Int,
        /// Line of `bstart`.
        line: Int,
    }
}
