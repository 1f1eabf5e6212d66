//! The contract of `exports`.

use crate::contract::dataset;

dataset! {
    /// What a module offers to others, and why: each name that `__all__` is given or loses, each name that the module
    /// imports, and each that it binds otherwise, unless it begins with an underscore and is not in `__all__`. A name may
    /// have rows of several kinds.
    ExportRow = "exports", Names;
    key [path, bstart, kind]; order [path, bstart, kind];
    {
        /// The file.
        path: Text,
        /// Offset of the string in `__all__` or of the expression there that is no string, of the alias of an import, or of
        /// the name where it is first bound.
        bstart: Int,
        /// `all` (in `__all__`), `reexport` (imported), `definition` (a function or class), `variable` (anything else).
        kind: Text,
        /// For `all`, the way: `assign`, `augmented` (`+=` and `__all__ = __all__ + …`), `extend`, `append`, `insert`,
        /// `remove`. For `reexport`, the form: `alias` (`import x as x`, `from m import x as x`), `star`, `package` (imported
        /// by an `__init__`), `import`. For others, the kind of the binding, as in `bindings`.
        reason: Text,
        /// The name. Null for a star, and for what puts names into `__all__` that are not written there.
        name: OptText,
        /// What such names come from if it is a chain of names: `sub.__all__`; for a `reexport`, the module as written with
        /// its dots, and for `from` imports the imported name, `.sub.name`. Null for others.
        origin: OptText,
        /// Whether the module offers the name, that is, whether `from module import *` binds it: if `__all__` is bound, it is
        /// there in the end, on one way through the branches at least; else it has no underscore in front. In a stub (`.pyi`),
        /// imports count in the forms `alias` and `star` only, and an annotated name counts as bound. Null if that
        /// depends on names that are not written down. All rows of a name say the same. False for other names that are
        /// removed from `__all__`. What `del` unbinds and what
        /// code binds by other means than a statement of the module is not followed.
        is_exported: OptBool,
        /// Whether it stands in a branch: inside of `if`, `for`, `while`, `try` or `match`.
        is_conditional: Bool,
        /// The binding of the name in the module. Null if there is none, as for submodules and names from a star import.
        binding_id: OptText,
        /// Offset after what `bstart` is the offset of.
        bend: Int,
        /// Line of `bstart`.
        line: Int,
    }
}
