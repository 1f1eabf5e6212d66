//! The contract of `compiled_scopes`.

use crate::contract::dataset;

dataset! {
    /// The scopes that are left where list, set and dict comprehensions are part of the scope around, as the compiler makes
    /// them since Python 3.12 (PEP 709): `symtable` of 3.14 with the differences that `scopes` names. What is inside of such a
    /// comprehension is inside of the scope around.
    CompiledScopeRow = "compiled_scopes", Scopes;
    key [path, scope_index]; order [path, scope_index];
    {
        /// The file.
        path: Text,
        /// The number of the scope in `scopes`.
        scope_index: Int,
        /// The id in `scopes`.
        scope_id: Text,
        /// The scope that it is directly inside of. Null for the module.
        parent_id: OptText,
        /// As in `scopes`.
        kind: Text,
        /// As in `scopes`.
        name: Text,
        /// As in `scopes`.
        qualified_name: Text,
        /// The definition whose body it is. Null for other scopes.
        def_id: OptText,
        /// The row of `ast_nodes`.
        node_id: Int,
        /// Whether a function is around it, at any distance.
        is_nested: Bool,
        /// How many comprehensions are part of it.
        comprehension_count: Int,
        /// Offset of its first byte, as in `scopes`.
        bstart: Int,
        /// Offset after its last byte.
        bend: Int,
        /// The line that `symtable` gives.
        line: Int,
    }
}
