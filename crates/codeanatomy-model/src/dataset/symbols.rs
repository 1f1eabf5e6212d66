//! The contract of `symbols`.

use crate::contract::dataset;

dataset! {
    /// Every name that a scope uses or binds, with the flags of CPython's `symtable`.
    SymbolRow = "symbols", Scopes;
    key [path, scope_index, name]; order [path, scope_index, name];
    id symbol_id = "sym" (scope_id, name);
    {
        /// The file.
        path: Text,
        /// The number of the scope.
        scope_index: Int,
        /// The name, mangled as the compiler does (`__x` in class `C` is `_C__x`).
        name: Text,
        /// The id.
        symbol_id: Text,
        /// The scope.
        scope_id: Text,
        /// How the compiler finds it: `local`, `cell`, `global_explicit`, `global_implicit`, `free`.
        resolution: Text,
        /// The scope whose binding it is: this one, an enclosing function's, or the module's. A global name has the module
        /// whether or not anything there binds it.
        binding_scope_id: Text,
        /// The binding it is, if that scope binds the name. Null for builtins, names from a star import, names that
        /// nothing binds, and those that no source text binds (`.0`, `__class__`).
        binding_id: OptText,
        /// Used as a value.
        is_referenced: Bool,
        /// Bound by an import statement.
        is_imported: Bool,
        /// A parameter.
        is_parameter: Bool,
        /// Global, declared or not, or bound in the module. (`symtable` says so of the locals of any function named `top`, too.)
        is_global: Bool,
        /// Declared nonlocal.
        is_nonlocal: Bool,
        /// Declared by a `global` statement.
        is_declared_global: Bool,
        /// Local to its scope.
        is_local: Bool,
        /// Annotated.
        is_annotated: Bool,
        /// Referenced here and bound in an enclosing function.
        is_free: Bool,
        /// Assigned to, deleted, or bound by a statement other than an import.
        is_assigned: Bool,
        /// Whether a scope right inside has this name: it is bound by a function or class statement. As in `symtable`,
        /// not for a name that is mangled.
        is_namespace: Bool,
        /// A type parameter.
        is_type_parameter: Bool,
        /// In a class, or a scope that sees its names as annotations do, which uses or binds it: a scope inside means the variable
        /// of that name of a scope around.
        is_free_class: Bool,
        /// A variable of a comprehension's `for`, or used in its target.
        is_comp_iter: Bool,
    }
}
