//! The contract of `call_arguments`.

use crate::contract::dataset;

dataset! {
    /// Every argument of a call.
    CallArgumentRow = "call_arguments", Names;
    key [path, call_node_id, position]; order [path, call_node_id, position];
    {
        /// The file.
        path: Text,
        /// The row of the call in `ast_nodes` and `calls`.
        call_node_id: Int,
        /// The position among all arguments as written, from 0; that of a plain positional argument is its position among
        /// the positional ones.
        position: Int,
        /// The call.
        call_id: Text,
        /// The row in `ast_nodes`: of the expression, the `Starred` or the `keyword`.
        node_id: Int,
        /// `positional`, `keyword`, `star` (`*x`) or `double_star` (`**x`).
        kind: Text,
        /// The name of a keyword argument. Null for other kinds.
        keyword: OptText,
        /// The row of the value in `ast_nodes`: what stands behind the stars, or behind the name and `=`.
        value_node_id: Int,
        /// The shape of the value: `name`, `attribute`, `subscript`, `call`, `constant`, `fstring` (t-strings too), `tuple`,
        /// `list`, `set`, `dict`, `comprehension` (generators too), `lambda`, `operation` (unary, binary, boolean, a
        /// comparison), `conditional`, `walrus`, `await`, `yield`, `starred`, `slice`; in a
        /// file that does not parse, `missing` where an expression is missing, and `other`.
        value_shape: Text,
        /// The dotted text of the value if it is a name or an attribute chain on a name.
        value: OptText,
        /// The first part of `value`.
        root_name: OptText,
        /// The symbol of `root_name` in the scope of the call, as in `references`.
        symbol_id: OptText,
        /// Offset of the argument, with its stars or its name.
        bstart: Int,
        /// Offset after the argument.
        bend: Int,
        /// Offset of the value.
        value_bstart: Int,
        /// Offset after the value.
        value_bend: Int,
        /// Line of `bstart`.
        line: Int,
    }
}
