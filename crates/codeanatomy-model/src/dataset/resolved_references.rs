//! The contract of `resolved_references`.

use crate::contract::dataset;

dataset! {
    /// What classes derive from, what decorates definitions, what annotations name, what is raised and caught, which methods
    /// a method overrides, and whose attributes are read and set: one row per expression, role and thing that it may refer to,
    /// and one row without a target (`reason`) for a base, decorator, annotation or exception of which nothing is known.
    ///
    /// It comes of the analysis of all Python files that `resolved_calls` comes of, so names are followed through imports,
    /// re-exports and assignments, and attributes through the C3 order of classes. An attribute that no class body binds belongs
    /// to the class in whose methods it is set, else to that on which it is set. Attributes of what is outside of the source, of
    /// builtin types and of unknown values have no row, nor have methods that override what is outside.
    ResolvedReferenceRow = "resolved_references", CallGraph;
    key [path, node_id, role, seq]; order [path, node_id, role, seq];
    {
        /// The file.
        path: Text,
        /// The row of `ast_nodes`: the expression, or the definition of a method that overrides.
        node_id: Int,
        /// What it is there for: `annotation` (a name in one, or a text that has one), `base`, `catch`, `decorator`, `override`,
        /// `raise`, `read` (of an attribute), `write` (an attribute is set or deleted).
        role: Text,
        /// The number among the rows of the node and role, from 0.
        seq: Int,
        /// What it is said of, by its id: the class of a base, the definition that is decorated, the binding of a parameter or
        /// variable that is annotated (the function for what it gives), the method that overrides; otherwise the code that it is
        /// in: a row of `definitions`, the scope of a lambda, or the file.
        owner_id: Text,
        /// `class`, `function`, `variable` (of a module), `class_variable` (a name in the body of a class), `attribute` (of
        /// instances), `external` or `builtin`. Null without a target.
        target_kind: OptText,
        /// What it refers to: a row of `definitions`; of `bindings`, for `variable` and `class_variable`; for `attribute`, the
        /// id of prefix `attribute` of the class and the name. Null outside of the source.
        target_id: OptText,
        /// Its dotted name; `<builtin>.name` for a builtin; what is outside keeps the name that it is imported by. Null
        /// without a target.
        target: OptText,
        /// The number of targets of the expression in this role.
        target_count: Int,
        /// Why there is no target: `unknown_value` (nothing is known of it), `builtin_method` (it is a method of a builtin
        /// type), `analysis_limit` (the analysis ended before it knew). Null with one.
        reason: OptText,
        /// Offset of the expression.
        bstart: Int,
        /// Offset after the expression.
        bend: Int,
    }
}
