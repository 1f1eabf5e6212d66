//! The contract of `code_units`.

use crate::contract::dataset;

dataset! {
    /// Every code object of a `.pyc` file, once, as it would be after `marshal.load`. A code object that the file does not
    /// hold to its end has no row. Lists of names are JSON arrays of strings without spaces, `["self","x"]`.
    CodeUnitRow = "code_units", Flow;
    inputs BYTECODE;
    key [path, unit_index]; order [path, unit_index];
    id unit_id = "unit" (path, qualified_name, kind, ordinal);
    {
        /// The `.pyc` file.
        path: Text,
        /// The number in the file, from 0, in the order of `dis`: a unit, then those among its constants, each with its own.
        unit_index: Int,
        /// The id.
        unit_id: Text,
        /// The unit whose constants it is among. Null for the module, and where that was not read.
        parent_id: OptText,
        /// `module`, `class`, `function`, `lambda`, `listcomp`, `setcomp`, `dictcomp`, `genexpr`, `type_parameters`. Type
        /// aliases, bounds of type variables and `__annotate__` are functions, as they are for the interpreter.
        kind: Text,
        /// The name, `co_name`: `<module>`, `f`, `<lambda>`.
        name: Text,
        /// `co_qualname`, which Python 3.9 and 3.10 do not store: there it is put together from the names of the units
        /// around, as the compiler does, but for names declared `global`, which bytecode does not tell apart.
        qualified_name: Text,
        /// The number among the units of the file with the same qualified name and kind, from 0.
        ordinal: Int,
        /// The number of units around it.
        depth: Int,
        /// `co_firstlineno`.
        first_line: Int,
        /// `co_flags`.
        flags: Int,
        /// The names of `flags`, as `dis.pretty_flags` gives them: `OPTIMIZED, NEWLOCALS`. Null without any.
        flag_names: OptText,
        /// The number of parameters without those by keyword only, `*args` and `**kwargs`: `co_argcount`.
        arg_count: Int,
        /// How many of them are by position only: `co_posonlyargcount`.
        posonly_arg_count: Int,
        /// The number of parameters by keyword only: `co_kwonlyargcount`.
        kwonly_arg_count: Int,
        /// The number of local variables, parameters included: `co_nlocals`.
        local_count: Int,
        /// The stack that it needs: `co_stacksize`.
        stack_size: Int,
        /// The number of bytes of its bytecode.
        code_size: Int,
        /// The number of rows in `instructions`.
        instruction_count: Int,
        /// The number of constants: of `co_consts`.
        const_count: Int,
        /// The names that it uses beside its variables, a JSON array: `co_names`.
        names: Text,
        /// Its parameters and local variables, a JSON array: `co_varnames`.
        varnames: Text,
        /// Its variables that units inside use, a JSON array: `co_cellvars`. The order is that of the bytecode.
        cellvars: Text,
        /// The variables of units around that it uses, a JSON array: `co_freevars`.
        freevars: Text,
    }
}
