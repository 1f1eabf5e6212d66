//! The contract of `check_symbols`.

use crate::contract::dataset;

dataset! {
    /// The variables of functions, lambdas and comprehensions, and those that classes take from around them, as the source has them (`symbols`) beside those of the
    /// bytecode that was compiled from it (`code_units`): one row per variable of a `.pyc` file whose source is there.
    ///
    /// Python 3.12 and later compile list, set and dict comprehensions into the code around them. For these versions the
    /// variables of a comprehension count as those of the code around it, in source and bytecode, and where one was counted
    /// so, only whether the name is there is compared. Units that have the same qualified name count as one.
    ///
    /// The compiler makes no variable of what is annotated only, and leaves out code that cannot run: asserts and what
    /// stands under `if __debug__` of code that was compiled with `-O`, and some of what stands under `if 0` or behind `return`.
    CheckSymbolRow = "check_symbols", CrossChecks;
    key [path, code_path, qualified_name, name]; order [path, code_path, qualified_name, name];
    {
        /// The source file.
        path: Text,
        /// The `.pyc` file.
        code_path: Text,
        /// The version of Python that wrote it, `3.11`.
        python_version: Text,
        /// The qualified name of the function, lambda, comprehension or class; `<module>` for comprehensions that are compiled
        /// into the code of the module.
        qualified_name: Text,
        /// The variable, mangled.
        name: Text,
        /// What it is in the source: `cell`, `free` or `local`, the first of them if there are several. Null if the source
        /// does not have it.
        source_role: OptText,
        /// What it is in the bytecode. Null if the bytecode does not have it.
        bytecode_role: OptText,
        /// Whether a comprehension was counted with it.
        is_merged: Bool,
        /// Whether only one of them has it, or as something else.
        mismatch: Bool,
    }
}
