//! The contract of `definitions`.

use crate::contract::dataset;

dataset! {
    /// Every function, method and class.
    DefinitionRow = "definitions", Names;
    key [path, node_id]; order [path, node_id];
    id def_id = "def" (path, qualified_name, kind, ordinal);
    node "definition";
    {
        /// The file.
        path: Text,
        /// The row of `ast_nodes`.
        node_id: Int,
        /// The id. `qualified_name` is taken without the module, so that it is CPython's `__qualname__`.
        def_id: Text,
        /// `function`, `method` (a function directly in a class) or `class`.
        kind: Text,
        /// The name.
        name: Text,
        /// The module's name and CPython's `__qualname__`: `pkg.mod.Class.method`, `pkg.mod.f.<locals>.g`.
        qualified_name: Text,
        /// The number among the definitions of the file with the same qualified name and kind, from 0.
        ordinal: Int,
        /// The definition that this one is inside of. Null at module level.
        container_id: OptText,
        /// The scope that the name is bound in: the module for `global f`.
        scope_id: Text,
        /// The binding of the name.
        binding_id: OptText,
        /// The scope of its body.
        body_scope_id: Text,
        /// Whether it is an `async def`.
        is_async: Bool,
        /// The number of decorators.
        decorator_count: Int,
        /// Offset of `def`, `async` or `class`.
        bstart: Int,
        /// Offset after the last statement.
        bend: Int,
        /// Offset of the first decorator's `@`, else `bstart`.
        decorated_bstart: Int,
        /// Offset of the name.
        name_bstart: Int,
        /// Offset after the name.
        name_bend: Int,
        /// Offset of the first statement of the body, its decorators included.
        body_bstart: Int,
        /// Offset after the last statement of the body.
        body_bend: Int,
        /// Offset of the docstring's literal. Null without one.
        docstring_bstart: OptInt,
        /// Offset after the docstring's literal.
        docstring_bend: OptInt,
        /// The text from `def`, `async` or `class` to before the colon, comments left out, white space folded to
        /// single spaces.
        signature: Text,
        /// Line of `bstart`.
        line: Int,
    }
}
