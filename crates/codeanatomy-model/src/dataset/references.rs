//! The contract of `references`.

use crate::contract::dataset;

dataset! {
    /// Every `Name` of the tree: a name that is read, written or deleted. What the parser puts in the place of a missing
    /// name, in a file that does not parse, is left out.
    ReferenceRow = "references", Names;
    key [path, node_id]; order [path, node_id];
    id ref_id = "ref" (scope_id, name, context, ordinal);
    node "reference";
    {
        /// The file.
        path: Text,
        /// The row of `ast_nodes`.
        node_id: Int,
        /// The id.
        ref_id: Text,
        /// The name as written.
        name: Text,
        /// `load`, `store` or `del`.
        context: Text,
        /// The number among the references of the scope with the same name and context, from 0.
        ordinal: Int,
        /// The attribute chain that begins here, `os.path.join`; the name alone if there is none.
        dotted: Text,
        /// The scope that the name is looked up in.
        scope_id: Text,
        /// The definition that it is inside of. Null at module level.
        container_id: OptText,
        /// The symbol of that scope. CPython keeps names out of its table where they are not evaluated (annotations under
        /// `from __future__ import annotations`): such a name has the symbol that it would mean, in the nearest scope
        /// that has it, and null if there is none, as for builtins that nothing else uses.
        symbol_id: OptText,
        /// Offset of the first byte.
        bstart: Int,
        /// Offset after the last byte.
        bend: Int,
        /// Line of `bstart`.
        line: Int,
    }
}
