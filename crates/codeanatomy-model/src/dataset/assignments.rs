//! The contract of `assignments`.

use crate::contract::dataset;

dataset! {
    /// Every target that a value is given to: each name, attribute or subscript of each target, unpacked. Names bound by
    /// `import`, `def`, `class` and as parameters have their own datasets.
    AssignmentRow = "assignments", Names;
    key [path, node_id]; order [path, node_id];
    {
        /// The file.
        path: Text,
        /// The row of the target in `ast_nodes`: `Name`, `Attribute` or `Subscript`; for a name that has no node of its
        /// own, the `ExceptHandler` or the pattern (`MatchAs`, `MatchStar`, `MatchMapping`).
        node_id: Int,
        /// What assigns: `assign`, `augmented` (`+=`), `annotated` (`x: int`, with a value or without), `walrus`, `for`,
        /// `comprehension`, `with`, `except`, `match`, `type_alias`.
        kind: Text,
        /// The row in `ast_nodes` of what assigns: `Assign`, `AugAssign`, `AnnAssign`, `NamedExpr`, `For`, `AsyncFor`,
        /// `comprehension`, `withitem`, `ExceptHandler`, `match_case`, `TypeAlias`.
        construct_node_id: Int,
        /// The position in a chain, `0` and `1` in `a = b = x`; 0 elsewhere.
        target_index: Int,
        /// The way from the value of the whole target to that of this one, as subscripts with dots between: `0.1` is the
        /// second of the first. It is counted from the end behind a star: `0`, `*`, `-1` in `a, *b, c`. What is deeper than
        /// 32 steps is an ellipsis. Null if the target is a whole one, and for `match`.
        target_path: OptText,
        /// `name`, `attribute` or `subscript`; `other` in a file that does not parse.
        target_shape: Text,
        /// The text of the target: the name, the dotted text of a chain of names, else the source text. Of a text longer
        /// than 256 bytes, what is behind them is an ellipsis.
        target: Text,
        /// The name, or the attribute. Null for other shapes.
        name: OptText,
        /// The name that the target begins with, subscripts left out: `a` for `a.b` and `a.b[c]`. Null if it begins with
        /// something else.
        root_name: OptText,
        /// The scope that the target stands in.
        scope_id: Text,
        /// The definition that it is inside of. Null at module level.
        container_id: OptText,
        /// The symbol of `root_name` in that scope, as in `references`.
        symbol_id: OptText,
        /// The binding of the name, which may be one of another scope: `:=` in a comprehension, `global`, `nonlocal`. Null
        /// for other shapes, and in annotations that are not evaluated.
        binding_id: OptText,
        /// The row in `ast_nodes` of the very expression whose value this target gets: the value of `=` or `:=`, taken apart
        /// as the target is, the subject that a whole pattern captures, the type of an alias. Null where no expression is
        /// that value (loops, `with`, `except`, `+=`, inside patterns, stars).
        value_node_id: OptInt,
        /// The shape of that expression, as `value_shape` of `call_arguments`.
        value_shape: OptText,
        /// Its dotted text if it is a name or an attribute chain on a name. Of a text longer than 256 bytes, what is behind
        /// them is an ellipsis.
        value: OptText,
        /// Offset of that expression.
        value_bstart: OptInt,
        /// Offset after that expression.
        value_bend: OptInt,
        /// The row in `ast_nodes` of the expression that the value comes from: the right side as a whole, the iterable, the
        /// context manager, the exceptions caught, the subject. Null for an annotation without a value and a bare `except`.
        source_node_id: OptInt,
        /// Offset of that expression.
        source_bstart: OptInt,
        /// Offset after that expression.
        source_bend: OptInt,
        /// Offset of the target.
        bstart: Int,
        /// Offset after the target.
        bend: Int,
        /// Line of `bstart`.
        line: Int,
    }
}
