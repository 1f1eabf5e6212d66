//! The contract of `type_annotations`.

use crate::contract::dataset;

dataset! {
    /// Every annotation of a parameter, a returned value, a variable or an attribute.
    TypeAnnotationRow = "type_annotations", Names;
    key [path, node_id]; order [path, node_id];
    {
        /// The file.
        path: Text,
        /// The row of the annotation in `ast_nodes`.
        node_id: Int,
        /// What is annotated: `parameter`, `return`, `variable`, `attribute`, `subscript`.
        role: Text,
        /// The row in `ast_nodes` of what is annotated: the `arg` (`node_id` of `parameters`), the function, or the target
        /// (`node_id` of `assignments`).
        owner_node_id: Int,
        /// The function or method whose parameter or returned value it is. Null for other roles.
        def_id: OptText,
        /// The name of the parameter, function, variable or attribute. Null for a subscript.
        name: OptText,
        /// The source text.
        text: Text,
        /// Whether the whole annotation is a string.
        is_string: Bool,
        /// The text in such a string, white space around it left out, if it is an expression of at most 16 KiB. Null for
        /// other annotations.
        string_text: OptText,
        /// The dotted text of the annotation, subscripts left out: `typing.List` for `typing.List[int]`; of the text in the
        /// string if it is one. Null if it is no chain of names, as `int | None`.
        dotted: OptText,
        /// The first part of `dotted`.
        root_name: OptText,
        /// The symbol of `root_name` in the scope of the annotation, as in `references`. For a string, the one that the name
        /// would mean there.
        symbol_id: OptText,
        /// The scope that it stands in: of a parameter or a returned value, the one around the function, or that of its
        /// type parameters.
        scope_id: Text,
        /// The definition that this scope is or is inside of. Null at module level.
        container_id: OptText,
        /// Offset of the annotation.
        bstart: Int,
        /// Offset after the annotation.
        bend: Int,
        /// Line of `bstart`.
        line: Int,
    }
}
