//! The contract of `modules`.

use crate::contract::dataset;

dataset! {
    /// One row per Python module or package: every Python file in scope, and every folder that is a namespace package,
    /// which is a folder without `__init__` on the way from a root to a module (PEP 420). The names are those of `files`.
    ModuleRow = "modules", Modules;
    key [path]; order [path];
    {
        /// The file; the folder of a namespace package.
        path: Text,
        /// The dotted name, as in `files`. Null if a part of the path is no identifier.
        module: OptText,
        /// The last part of the name; of a file without one, the file's name without its end.
        name: Text,
        /// The dotted name without its last part. Null for a module at the top, and without a name.
        parent: OptText,
        /// The package that relative imports count from, CPython's `__package__`: that of the folder. Null at the top.
        package: OptText,
        /// The folder that the name counts from; empty for the source. Null without a name, and for a source that is
        /// itself inside of a package.
        root: OptText,
        /// Whether it is a package: an `__init__` file, or a namespace package.
        is_package: Bool,
        /// Whether it is a namespace package.
        is_namespace: Bool,
        /// Whether it is a stub (`.pyi`).
        is_stub: Bool,
        /// Whether it is meant to be run: a `__main__` file, or one with `if __name__ == '__main__':` at its top level.
        /// Null if it could not be parsed.
        is_main: OptBool,
        /// Whether it binds `__all__`. Null if it could not be parsed.
        has_all: OptBool,
        /// Whether it has a function `__getattr__`, which gives names that no statement binds (PEP 562). Null if it could
        /// not be parsed.
        has_getattr: OptBool,
        /// The number of rows with this name: 2 for a stub beside its source, and where several roots have it. 1 without a
        /// name.
        same_name_count: Int,
    }
}
