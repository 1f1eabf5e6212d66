//! The contract of `compiled_symbols`.

use crate::contract::dataset;

dataset! {
    /// The names of the scopes in `compiled_scopes`, with the flags of CPython's `symtable` since 3.12: those of a
    /// comprehension that is part of a scope are names of that scope, unless it uses or binds the name itself; of several
    /// comprehensions, the first one counts. Its parameter `.0` is gone.
    CompiledSymbolRow = "compiled_symbols", Scopes;
    key [path, scope_index, name]; order [path, scope_index, name];
    {
        /// The file.
        path: Text,
        /// The number of the scope in `scopes`.
        scope_index: Int,
        /// The name, mangled as the compiler does.
        name: Text,
        /// The scope.
        scope_id: Text,
        /// The symbol in `symbols`, of the scope or of a comprehension that is part of it.
        symbol_id: Text,
        /// The binding it is, as in `symbols`.
        binding_id: OptText,
        /// Used as a value.
        is_referenced: Bool,
        /// Bound by an import statement.
        is_imported: Bool,
        /// A parameter.
        is_parameter: Bool,
        /// Global, declared or not, or bound in the module.
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
        /// Whether a scope right inside has this name.
        is_namespace: Bool,
        /// A type parameter.
        is_type_parameter: Bool,
        /// In a class, or a scope that sees its names as annotations do, which uses or binds it: a scope inside means the variable
        /// of that name of a scope around.
        is_free_class: Bool,
        /// A variable of a comprehension's `for`, or used in its target.
        is_comp_iter: Bool,
        /// A cell of a comprehension that is part of the scope.
        is_comp_cell: Bool,
    }
}
