//! The contract of `def_use`.

use crate::contract::dataset;

dataset! {
    /// Which definitions reach which uses of a name: reaching definitions over the control flow of one function, module or
    /// other code that runs as a whole. A use has one row per definition whose value it may see, and one row without a
    /// definition (`reason`) if it may see none.
    ///
    /// What runs where it stands belongs to the flow around it: class bodies, comprehensions, type parameters. A generator
    /// expression is taken to run where it stands, too; what comes from it or goes into it `is_deferred`. Bodies of
    /// functions and lambdas, values of type aliases and bounds of type variables have flows of their own.
    ///
    /// A name has rows in the code that binds it, be it its own or declared `global` or `nonlocal`. A name that is only
    /// read there and bound by code that runs at another time (a free variable, a global in a function) has none: the
    /// order of the two is not known; `references` and `bindings` join it to its binding. Builtins have none, nor have
    /// names in annotations that are not evaluated.
    ///
    /// Every expression may raise an exception, except literals and displays of them, and so may imports, deletions, `with`
    /// and unpacking. Conditions that are literals are decided; no other condition is. Assertions are taken to be checked.
    /// The first 64 star imports of a module are definitions of all of its names.
    ///
    /// The number of rows of a use is that of the definitions that reach it, up to 256. Where a file would have more than
    /// four million rows, or a function sets with as many members, it is up to 16, or 4, from there on (`is_complete`).
    /// Loops, branches and handlers more than 256 deep are not followed (`too_deep`).
    DefUseRow = "def_use", Flow;
    key [path, use_node_id, source_index]; order [path, use_node_id, source_index];
    {
        /// The file.
        path: Text,
        /// The row of the use in `ast_nodes` and `references`.
        use_node_id: Int,
        /// The number among the rows of the use, from 0: first the row without a definition, then by `def_node_id`.
        source_index: Int,
        /// The name as written at the use.
        name: Text,
        /// `load`; `augmented` (the target of `x += 1`, which is read, then bound); `del` (needs the name to be bound).
        use_kind: Text,
        /// Offset of the use.
        use_bstart: Int,
        /// Offset after the use.
        use_bend: Int,
        /// The row of the definition in `ast_nodes`: the `Name`, `arg`, `alias`, definition, handler, pattern or type
        /// parameter that binds the name. Null if no definition is meant.
        def_node_id: OptInt,
        /// Offset of the name at the definition, null with `def_node_id`; of the alias, for a star import.
        def_bstart: OptInt,
        /// Offset after that name.
        def_bend: OptInt,
        /// How the definition binds: `parameter`, `import`, `star_import` (may bind any name), `class`, `function`,
        /// `type_parameter`, `type_alias`, `assignment`, `annotated_assignment`, `augmented_assignment`, `walrus`,
        /// `for_target`, `comprehension_target`, `with_target`, `exception_target`, `pattern`. Null with `def_node_id`.
        def_kind: OptText,
        /// Why there is no definition: `unbound` (the name is not bound yet, or deleted), `outside` (nor is it here, but it
        /// is looked up elsewhere: in the builtins, outside of the class body, or where it was declared to be),
        /// `unreachable` (control does not reach the use), `too_deep`. Null if there is one.
        reason: OptText,
        /// Whether nothing else reaches the use, leaving out star imports and what `needs_suppression`.
        is_only: Bool,
        /// Whether the use may be reached by no definition (`unbound` or `outside`), leaving out what `needs_suppression`.
        may_be_unbound: Bool,
        /// Whether it reaches the use only where a `with` block swallows an exception.
        needs_suppression: Bool,
        /// Whether a generator expression is between the two: it runs when it is consumed.
        is_deferred: Bool,
        /// Whether code with a flow of its own binds the name, too (by `global` or `nonlocal`): what it binds is not among
        /// the rows.
        is_bound_elsewhere: Bool,
        /// Whether all definitions that reach the use have a row.
        is_complete: Bool,
        /// The symbol, as in `references`.
        symbol_id: Text,
        /// The binding, as in `bindings`.
        binding_id: Text,
        /// The scope of the use.
        scope_id: Text,
        /// Line of `use_bstart`.
        line: Int,
    }
}
