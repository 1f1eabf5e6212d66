//! The contract of `base_classes`.

use crate::contract::dataset;

dataset! {
    /// Everything between the parentheses of a class: its bases, and keywords such as `metaclass`.
    BaseClassRow = "base_classes", Names;
    key [path, owner_node_id, position]; order [path, owner_node_id, position];
    {
        /// The file.
        path: Text,
        /// The row of the class in `ast_nodes`.
        owner_node_id: Int,
        /// The position between the parentheses as written, from 0.
        position: Int,
        /// The row in `ast_nodes`: of the expression, the `Starred` or the `keyword`.
        node_id: Int,
        /// The class.
        def_id: Text,
        /// `base`, `star` (`*bases`), `keyword` (`metaclass=M`) or `double_star` (`**options`).
        kind: Text,
        /// The name of a keyword. Null for other kinds.
        keyword: OptText,
        /// The shape of the expression, stars and keyword left out, as `value_shape` of `call_arguments`.
        shape: Text,
        /// The source text of that expression.
        text: Text,
        /// The dotted text, subscripts left out: `typing.Generic` for `typing.Generic[T]`. Null if it is no chain of names.
        dotted: OptText,
        /// The first part of `dotted`.
        root_name: OptText,
        /// The last part of `dotted`.
        name: OptText,
        /// The symbol of `root_name` in the scope of the expression, as in `references`.
        symbol_id: OptText,
        /// The scope that it is evaluated in: the one around the class, or that of its type parameters.
        scope_id: Text,
        /// Offset of the expression, without stars and keyword.
        bstart: Int,
        /// Offset after the expression.
        bend: Int,
        /// Line of `bstart`.
        line: Int,
    }
}
