//! The contract of `bindings`.

use crate::contract::dataset;

dataset! {
    /// Every name that a scope binds: what a reference to the name in that scope, or in one that sees it, refers to.
    BindingRow = "bindings", Scopes;
    key [path, scope_index, name]; order [path, scope_index, name];
    id binding_id = "bind" (scope_id, name);
    node "binding";
    {
        /// The file.
        path: Text,
        /// The number of the scope.
        scope_index: Int,
        /// The name, mangled as in `symbols`.
        name: Text,
        /// The id.
        binding_id: Text,
        /// The scope that binds the name. For `global x` in a function, the module binds it.
        scope_id: Text,
        /// The first of these that holds for one of its sites: `parameter`, `import`, `class`, `function`,
        /// `type_parameter`, `type_alias`, `assignment` (also by `for`, `with`, `:=`, `match`, `except … as`), `annotation`
        /// (annotated and never assigned), `deletion` (deleted and never assigned).
        kind: Text,
        /// The number of sites that bind or delete it.
        site_count: Int,
        /// Offset of the name at the first site in the file.
        bstart: Int,
        /// Offset after that name.
        bend: Int,
        /// Line of `bstart`.
        line: Int,
    }
}
