//! The contract of `references`.

use crate::contract::dataset;

dataset! {
    /// Every `Name` of the tree: a name that is read, written or deleted. What the parser puts in the place of a missing
    /// name, in a file that does not parse, is left out. In other languages than Python, every reference that the `tags`
    /// query finds which is published with tree-sitter's grammar, each name once; those of C and C++ find none.
    ReferenceRow = "references", Names;
    inputs SOURCE;
    key [path, node_id]; order [path, node_id];
    id ref_id = "ref" (scope_id, name, context, ordinal);
    node "reference";
    {
        /// The file.
        path: Text,
        /// The language, as in `files`.
        language: Text,
        /// The row of `ast_nodes`; of `ts_nodes` in other languages.
        node_id: Int,
        /// The id. Its first part in other languages is `container_id`, or the id of the file.
        ref_id: Text,
        /// The name as written.
        name: Text,
        /// `load`, `store` or `del`. In other languages, what the query calls it: `call`, `class`, `type`, `implementation`.
        context: Text,
        /// The number among the references of the scope (in other languages, of the container) with the same name and context, from 0.
        ordinal: Int,
        /// The attribute chain that begins here, `os.path.join`; the name alone if there is none, and in other
        /// languages.
        dotted: Text,
        /// The scope that the name is looked up in. Null in other languages.
        scope_id: OptText,
        /// The definition that it is inside of. Null at module level.
        container_id: OptText,
        /// The symbol of that scope. CPython keeps names out of its table where they are not evaluated (annotations under
        /// `from __future__ import annotations`): such a name has the symbol that it would mean, in the nearest scope
        /// that has it, and null if there is none, as for builtins that nothing else uses. Null in other languages.
        symbol_id: OptText,
        /// Offset of the first byte.
        bstart: Int,
        /// Offset after the last byte.
        bend: Int,
        /// Line of `bstart`.
        line: Int,
    }
}
