//! The contract of `resolved_imports`.

use crate::contract::dataset;

dataset! {
    /// What every imported name is: one row per row of `imports`, and for a star one more per name that it brings in. A
    /// re-export is followed to the module, function, class or variable that it leads to. Of files in scope alone: what is
    /// not there is external.
    ///
    /// A module name means the file or folder below a root that it spells. Tried in this order: the folder of the importing
    /// file if that is no package, as for a script; the root of the importing file; the roots that the names in `modules`
    /// count from; the source itself and its folders `src`. In one folder a package is before a file, a file before a
    /// namespace package, and a stub counts only where there is no source or the source lacks the name; for a stub that
    /// imports it is the other way round. If a module that has no file is named, such as `os.path`, it may be a
    /// variable of its parent that is bound to a module.
    ///
    /// A name in a module is what binds it there last, but for what stands under `if __name__ == '__main__':`. A binding outside of branches ends all before it. Where several are
    /// left, in branches or behind a star, the first that leads to a function, class or module of the source is chosen,
    /// else to a variable, else the first that leads out of the source; `candidates` has them all. A name that a package does not bind is
    /// its submodule. A module that ends with `sys.modules[__name__] = other`, as `collections.abc` does, has the names of the other.
    ResolvedImportRow = "resolved_imports", Modules;
    key [path, node_id, seq]; order [path, node_id, seq];
    {
        /// The file.
        path: Text,
        /// The row of the `alias` in `ast_nodes`.
        node_id: Int,
        /// 0 for the import itself; the names that a star brings in are numbered from 1 in the order of their bytes.
        seq: Int,
        /// The row of `imports`.
        import_id: Text,
        /// `import` or `from`.
        kind: Text,
        /// The module as written, without its dots. Null in `from . import x`.
        module: OptText,
        /// The number of leading dots.
        level: Int,
        /// The module as an absolute name. Unlike `imports`, it has one too where the file's own name is no identifier but
        /// its folder is a package. Null if the level leads out of the outermost package.
        absolute_module: OptText,
        /// The imported name, `*` for a star; for a name that a star brings in, that name. Null for `import`.
        name: OptText,
        /// The name that is bound. Null for a star itself. A name from a star may be bound again by what follows it.
        bound_name: OptText,
        /// Whether it is a star or a name that one brings in.
        is_star: Bool,
        /// `module`, `definition` (a function or class), `binding` (anything else that a statement binds), `implicit` (a
        /// name that every module has, such as `__file__`), `external` (not in the source) or `unresolved`. Of a star
        /// itself and of `import a.b`, it is that of the module.
        target_kind: Text,
        /// The file of the target, or the folder of a namespace package. Null for `external` and `unresolved`.
        target_path: OptText,
        /// The name of the module that the target is or is in. For `external`, that outside. Null if it is unresolved or
        /// has no name.
        target_module: OptText,
        /// The row of `definitions`. Null for other kinds.
        target_def_id: OptText,
        /// The row of `bindings`, for `definition` and `binding`.
        target_binding_id: OptText,
        /// The target as a dotted name: that of the module, or the module's and the name of the target in it.
        target_qualified_name: OptText,
        /// For `import a.b`, which binds `a`, the name of that module: `a`. Otherwise `target_module` where the target is
        /// a module. Null where the name is bound to something else, and for stars.
        bound_module: OptText,
        /// The number of re-exports that were followed.
        hops: Int,
        /// The files of the modules that re-export it, in order, with spaces between; of more than 8, the first 8 and an
        /// ellipsis. Null if there is none.
        via: OptText,
        /// Why it is `unresolved`: `beyond_top_level` (the level leads out of the outermost package), `no_such_module`
        /// (its first part is in the source), `no_such_name` (neither bound nor a submodule), `external_star` (not bound,
        /// but the module imports a star from outside), `dynamic` (not bound, but the module has `__getattr__`, uses
        /// `globals()` or puts something else in its own place), `cycle` (re-exports that lead to each other), `unreadable` (the module could not be parsed),
        /// `too_long` (more than 10,000 re-exports). Null for other kinds.
        reason: OptText,
        /// The number of targets that it could be, of the same name under several roots or by bindings in branches: at
        /// least 1, but 0 if it is unresolved.
        candidate_count: Int,
        /// If there are several, their qualified names, the chosen first, with spaces between; of more than 8, the first 8
        /// and an ellipsis.
        candidates: OptText,
        /// Whether it stands under `if TYPE_CHECKING:`.
        in_type_checking: Bool,
        /// Whether it stands in the body of a `try` with handlers, or in one of its handlers.
        in_try: Bool,
        /// Offset of the alias.
        bstart: Int,
        /// Offset after the alias.
        bend: Int,
        /// Line of `bstart`.
        line: Int,
    }
}
