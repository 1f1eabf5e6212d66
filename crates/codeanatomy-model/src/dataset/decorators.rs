//! The contract of `decorators`.

use crate::contract::dataset;

dataset! {
    /// Every decorator of a function, method or class.
    DecoratorRow = "decorators", Names;
    key [path, owner_node_id, position]; order [path, owner_node_id, position];
    {
        /// The file.
        path: Text,
        /// The row of the definition in `ast_nodes`.
        owner_node_id: Int,
        /// The position among its decorators from the top, from 0. The last is applied first.
        position: Int,
        /// The row of the expression in `ast_nodes`.
        node_id: Int,
        /// The definition.
        def_id: Text,
        /// The shape of the expression behind `@`, as `value_shape` of `call_arguments`.
        shape: Text,
        /// Whether it is a call, `@app.route("/")`; its row in `calls` has the same `node_id`.
        is_call: Bool,
        /// The row of the call in `ast_nodes` and `calls`. Null if it is no call.
        call_node_id: OptInt,
        /// The dotted text of the expression, or of the callee if it is a call: `app.route`. Null if that is no chain of
        /// names.
        dotted: OptText,
        /// The first part of `dotted`.
        root_name: OptText,
        /// The last part of `dotted`.
        name: OptText,
        /// The symbol of `root_name` in the scope of the decorator, as in `references`.
        symbol_id: OptText,
        /// The scope that it is evaluated in.
        scope_id: Text,
        /// Offset of the expression, behind `@`.
        bstart: Int,
        /// Offset after the expression.
        bend: Int,
        /// Offset of `@`.
        at_bstart: Int,
        /// Line of `bstart`.
        line: Int,
    }
}
