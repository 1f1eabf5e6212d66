//! The contract of `parameters`.

use crate::contract::dataset;

dataset! {
    /// Every parameter of a function, method or lambda.
    ParameterRow = "parameters", Names;
    key [path, owner_node_id, position]; order [path, owner_node_id, position];
    {
        /// The file.
        path: Text,
        /// The row in `ast_nodes` of the function or lambda that has the parameter.
        owner_node_id: Int,
        /// The position among all of its parameters as written, from 0.
        position: Int,
        /// The row of the `arg` in `ast_nodes`.
        node_id: Int,
        /// `function`, `method` or `lambda`.
        owner_kind: Text,
        /// The function or method. Null for a lambda.
        def_id: OptText,
        /// How it takes arguments: `posonly` (before `/`), `positional` (by position or name), `vararg` (`*args`), `kwonly`
        /// (behind `*`), `kwarg` (`**kwargs`).
        kind: Text,
        /// The name as written.
        name: Text,
        /// Whether it has a default.
        has_default: Bool,
        /// The shape of the default, as `value_shape` of `call_arguments`. Null without a default.
        default_shape: OptText,
        /// The source text of the default. Of a text longer than 256 bytes, what is behind them is an ellipsis. Null
        /// without a default.
        default_text: OptText,
        /// The row of the default in `ast_nodes`. Null without a default.
        default_node_id: OptInt,
        /// Offset of the default. Null without a default.
        default_bstart: OptInt,
        /// Offset after the default. Null without a default.
        default_bend: OptInt,
        /// The source text of the annotation; `type_annotations` says more of it. Null without an annotation.
        annotation: OptText,
        /// The row of the annotation in `ast_nodes`. Null without an annotation.
        annotation_node_id: OptInt,
        /// Offset of the annotation. Null without an annotation.
        annotation_bstart: OptInt,
        /// Offset after the annotation. Null without an annotation.
        annotation_bend: OptInt,
        /// The scope of the function or lambda, which binds the name. Null for a lambda in an annotation that is not
        /// evaluated: it has no scope.
        scope_id: OptText,
        /// The symbol of the name in that scope. Null without a scope.
        symbol_id: OptText,
        /// The binding of the name in that scope. Null without a scope.
        binding_id: OptText,
        /// Offset of the name; stars come before it.
        bstart: Int,
        /// Offset after the annotation, else after the name.
        bend: Int,
        /// Offset after the name.
        name_bend: Int,
        /// Line of `bstart`.
        line: Int,
    }
}
