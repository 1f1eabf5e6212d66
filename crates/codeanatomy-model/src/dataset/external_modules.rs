//! The contract of `external_modules`.

use crate::contract::dataset;

dataset! {
    /// The modules that a file imports and that are not in the source: one row per file and module. Only the names decide;
    /// nobody looks what is installed. A relative import is never one of them.
    ExternalModuleRow = "external_modules", Modules;
    key [path, module]; order [path, module];
    {
        /// The file.
        path: Text,
        /// The module as an absolute dotted name: `a.b` for `import a.b` and for `from a.b import c`, whatever `c` is.
        module: Text,
        /// Its first part.
        top_level: Text,
        /// `builtin` (in the standard library of CPython 3.9 to 3.14, and compiled into every one of these interpreters),
        /// `standard` (in the standard library of one of them, by `sys.stdlib_module_names`, on some platform), or
        /// `third_party`: everything else, also modules of the project itself that are compiled or generated.
        kind: Text,
        /// The first version of Python from 3.9 on whose standard library has it: `3.9`, `3.11`. Null for `third_party`.
        stdlib_since: OptText,
        /// The last version up to 3.14 whose standard library has it. Null for `third_party`.
        stdlib_until: OptText,
        /// The number of imported names (rows of `imports`).
        import_count: Int,
        /// Whether all of them stand in the body of a `try` with handlers or in a handler, so that the file may do without.
        in_try: Bool,
        /// Whether all of them stand under `if TYPE_CHECKING:`.
        in_type_checking: Bool,
        /// Offset of the first of them.
        bstart: Int,
        /// Offset after it.
        bend: Int,
        /// Line of `bstart`.
        line: Int,
    }
}
