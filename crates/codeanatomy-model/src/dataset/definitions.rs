//! The contract of `definitions`.

use crate::contract::dataset;

dataset! {
    /// Every function, method and class. In other languages than Python, every definition that the `tags` query finds
    /// which is published with tree-sitter's grammar, each name once.
    DefinitionRow = "definitions", Names;
    inputs SOURCE;
    key [path, node_id]; order [path, node_id];
    id def_id = "def" (path, qualified_name, kind, ordinal);
    node "definition";
    {
        /// The file.
        path: Text,
        /// The language, as in `files`.
        language: Text,
        /// The row of `ast_nodes`; of `ts_nodes` in other languages. Of C and C++, it is the `function_definition` if the
        /// definition has one. A node that defines several names, as a `typedef` may, counts for the first; for the others
        /// it is the node of the name.
        node_id: Int,
        /// The id. `qualified_name` is taken without the module, so that it is CPython's `__qualname__`.
        def_id: Text,
        /// `function`, `method` (a function directly in a class) or `class`. In other languages, as the query calls it:
        /// also `interface`, `module`, `macro`, `type`, `constant`.
        kind: Text,
        /// The name.
        name: Text,
        /// The module's name and CPython's `__qualname__`: `pkg.mod.Class.method`, `pkg.mod.f.<locals>.g`. In other
        /// languages, the names around it and its own with dots between: of definitions, of the type of a Rust `impl` or
        /// Go receiver, of C++ and TypeScript namespaces. More than 128 deep, an ellipsis is in place of the names around.
        qualified_name: Text,
        /// The number among the definitions of the file with the same qualified name and kind, from 0.
        ordinal: Int,
        /// The definition that this one is inside of. Null at module level.
        container_id: OptText,
        /// The scope that the name is bound in: the module for `global f`. Null in other languages.
        scope_id: OptText,
        /// The binding of the name. Null in other languages.
        binding_id: OptText,
        /// The scope of its body. Null in other languages.
        body_scope_id: OptText,
        /// Whether it is an `async def`, or declared `async` in another language.
        is_async: Bool,
        /// The number of decorators. Null in other languages.
        decorator_count: OptInt,
        /// Offset of `def`, `async` or `class`; in other languages, of the node.
        bstart: Int,
        /// Offset after the last statement; in other languages, after the node.
        bend: Int,
        /// Offset of the first decorator's `@`, else `bstart`. In other languages, `bstart`.
        decorated_bstart: Int,
        /// Offset of the name.
        name_bstart: Int,
        /// Offset after the name.
        name_bend: Int,
        /// Offset of the first statement of the body, its decorators included. In other languages, of the body with its
        /// brackets; null without one.
        body_bstart: OptInt,
        /// Offset after the last statement of the body, or after the body.
        body_bend: OptInt,
        /// Offset of the docstring's literal. Null without one and in other languages.
        docstring_bstart: OptInt,
        /// Offset after the docstring's literal.
        docstring_bend: OptInt,
        /// The text from `def`, `async` or `class` to before the colon, comments left out, white space folded to
        /// single spaces. In other languages, the text before the body, of which the first 1,024 bytes and an ellipsis if
        /// it is longer.
        signature: Text,
        /// Line of `bstart`.
        line: Int,
    }
}
