//! The contract of `scopes`.

use crate::contract::dataset;

dataset! {
    /// Every scope that the `symtable` of CPython 3.14 has, and comprehensions as scopes of their own, which CPython has made
    /// part of the scope around since 3.12 (`compiled_scopes`).
    ///
    /// Annotations that are evaluated are a scope of their own: those of a function together, beside the function's scope, and
    /// those of the variables of a module, class or function. The last are never evaluated, and CPython's has no names in it.
    /// With `from __future__ import annotations` there is no such scope, nor is there for a function without annotations,
    /// which CPython gives an empty one.
    ScopeRow = "scopes", Scopes;
    key [path, scope_index]; order [path, scope_index];
    id scope_id = "scope" (path, qualified_name, kind, ordinal);
    node "scope";
    {
        /// The file.
        path: Text,
        /// The number of the scope in the file, in the order in which CPython comes to them, from 0 (the module). It is preorder,
        /// but for scopes in annotations of variables.
        scope_index: Int,
        /// The id.
        scope_id: Text,
        /// The scope that it is directly inside of. Null for the module.
        parent_id: OptText,
        /// `module`, `class`, `function`, `lambda`, `listcomp`, `setcomp`, `dictcomp`, `genexpr`, `type_parameters`,
        /// `type_alias`, `type_variable`, `annotation`.
        kind: Text,
        /// The name that `symtable` gives: `top`, the name of the function or class, `lambda`, `listcomp`, `__annotate__`, …
        name: Text,
        /// The path of names below the module as in CPython's `__qualname__`, `C.m.<locals>.<lambda>`; empty for the module.
        /// A scope more than 128 deep has an ellipsis, `….<lambda>`, in place of the names around it.
        qualified_name: Text,
        /// The number among the scopes of the file with the same qualified name and kind, from 0.
        ordinal: Int,
        /// The definition whose body it is. Null for other scopes.
        def_id: OptText,
        /// The row of `ast_nodes`.
        node_id: Int,
        /// The scope that the compiler makes it part of since Python 3.12: of a list, set or dict comprehension, the one around,
        /// or the one that that is part of. Not where the one around sees the names of a class, as its annotations do. Null
        /// for other scopes.
        inlined_into: OptText,
        /// The number of scopes around it.
        depth: Int,
        /// Whether a function is around it, at any distance (`is_nested` of `symtable`).
        is_nested: Bool,
        /// Offset of its first byte: of `def`, `async`, `class`, `type`, or of the expression; the whole file for the module.
        /// Annotations of a function begin with it, and those of variables with the first of them.
        bstart: Int,
        /// Offset after its last byte; of annotations, of the last of them.
        bend: Int,
        /// The line that `symtable` gives: of `bstart`; 0 for the module.
        line: Int,
    }
}
