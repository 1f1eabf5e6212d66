//! The contract of `calls`.

use crate::contract::dataset;

dataset! {
    /// Every call expression. In other languages than Python, the references of kind `call` that the `tags` query finds
    /// which is published with tree-sitter's grammar; those of C and C++ find none.
    CallRow = "calls", Names;
    inputs SOURCE;
    key [path, node_id]; order [path, node_id];
    id call_id = "call" (scope_id, callee_text, ordinal);
    node "call";
    {
        /// The file.
        path: Text,
        /// The language, as in `files`.
        language: Text,
        /// The row of `ast_nodes`; of `ts_nodes` in other languages.
        node_id: Int,
        /// The id; the callee is its dotted text, or its shape where it is no chain of names. Its
        /// first part in other languages is `container_id`, or the id of the file.
        call_id: Text,
        /// The shape of the callee: `name`, `attribute`, `call`, `subscript`, `lambda`, `other`; `missing` in a file
        /// that does not parse.
        callee_shape: Text,
        /// The dotted text of the callee if it is a name or an attribute chain on a name: `os.path.join`. In other
        /// languages, the text from the start of the call to the end of the name, if it is at most 1,024 bytes long and
        /// made of names with `.`, `?.`, `!.`, `::` or `->` between.
        callee: OptText,
        /// The last part: the name called, or the attribute. Null for other shapes.
        callee_name: OptText,
        /// The text before the last part, for an attribute: `os.path`, `self`, `f(x)`. White space is folded; if it is no
        /// chain of names, what is behind about 256 bytes is an ellipsis.
        receiver: OptText,
        /// The first part of `callee`.
        root_name: OptText,
        /// The symbol of `root_name` in the scope of the call, as in `references`. Null in other languages.
        symbol_id: OptText,
        /// The number among the calls of the scope (in other languages, of the container) with the same callee, from 0.
        ordinal: Int,
        /// The scope that the call is evaluated in. Null in other languages.
        scope_id: OptText,
        /// The definition that it is inside of. Null at module level.
        container_id: OptText,
        /// The class whose method the call is inside of (directly, or in functions nested in the method). Null elsewhere.
        class_id: OptText,
        /// The name of the first parameter of that method, `self` as a rule (mangled as in `symbols`); null without one,
        /// for a static method, where a function in between binds the name itself, and in other languages.
        self_name: OptText,
        /// The number of positional arguments, starred ones included. Null for a macro, whose arguments are text.
        positional_count: OptInt,
        /// The number of keyword arguments, double-starred ones included. Other languages have none: 0.
        keyword_count: Int,
        /// Whether an argument is starred (in other languages, spread).
        has_star: Bool,
        /// Whether an argument is double-starred.
        has_double_star: Bool,
        /// Whether the call is awaited.
        is_awaited: Bool,
        /// Whether the call is a decorator.
        is_decorator: Bool,
        /// Offset of the first byte.
        bstart: Int,
        /// Offset after the last byte.
        bend: Int,
        /// Offset of the callee.
        callee_bstart: Int,
        /// Offset after the callee.
        callee_bend: Int,
        /// Line of `bstart`.
        line: Int,
    }
}
