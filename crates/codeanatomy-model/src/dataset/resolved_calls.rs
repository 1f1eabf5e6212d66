//! The contract of `resolved_calls`.

use crate::contract::dataset;

dataset! {
    /// What every call may call: one row per call and function, class or name outside of the source, and one row without
    /// a callee (`reason`) for a call expression of which nothing is known. Calls without a call expression are among
    /// them: of decorators, properties, iterators, context managers, operators, classes that are raised, and of functions that
    /// are given to functions which call them.
    ///
    /// It comes of a points-to analysis of all Python files of the source (subset-based: Andersen 1994): which functions,
    /// classes, instances, modules and containers each name, attribute, item, parameter and result may be. It follows
    /// imports, the flow of local variables (`def_use`), arguments by position and name, returned and yielded values,
    /// attributes of instances and classes in C3 order, `super()`, descriptors, closures, `functools.partial`, and items of
    /// containers by constant keys. It has one object per class, and one per place that makes a container; functions are not
    /// told apart by their callers, but for what they give back as they got it. A receiver, parameter or result that
    /// nothing in the source gives a value is an instance of its class or of what its annotation says. A name or item has at most 16
    /// values; what is beyond is left out.
    ResolvedCallRow = "resolved_calls", CallGraph;
    key [path, node_id, seq]; order [path, node_id, seq];
    {
        /// The file.
        path: Text,
        /// The row of `ast_nodes`: the call, whose row in `calls` has the same, or the expression that makes a call without
        /// saying so.
        node_id: Int,
        /// The number among the rows of the node, from 0.
        seq: Int,
        /// How the call is made: `call`, `decorator`, `argument` (by a function that it is given to), `raise`, `property`,
        /// `iteration`, `with`, `operator` (also by builtins such as `len`), `class` (by a class statement: `__init_subclass__`,
        /// `__set_name__`, methods of the metaclass).
        form: Text,
        /// What calls: a row of `definitions`, the scope of a lambda, or the file, for code of the module.
        caller_id: Text,
        /// Its dotted name: `package.module.Class.method`, `package.module.outer.inner`, `package.module.<lambda1>`.
        caller: Text,
        /// What is called: a row of `definitions`, or the scope of a lambda. Null outside of the source.
        callee_id: OptText,
        /// Its dotted name; `<builtin>.name` for a builtin; what is outside keeps the name that it is imported by. Null
        /// without a callee.
        callee: OptText,
        /// `function`, `lambda`, `class` (it is instantiated), `constructor` (`__init__` or `__new__` of such a class, or
        /// `__post_init__` where something outside writes its `__init__`),
        /// `external` or `builtin`. Null without a callee.
        callee_kind: OptText,
        /// The number of callees of the call in this form; a class and its constructor are one.
        callee_count: Int,
        /// Why there is no callee: `unknown_value` (nothing is known of what is called), `builtin_method` (it is a method of
        /// a builtin type), `not_callable`, `too_many_values` (what is called has more values than are kept), `mixed_values` (it comes
        /// from three or more things outside of the source), `analysis_limit` (the
        /// analysis ended before it knew). Null with one. A call with one callee that may have more has a last row without one that says `too_many_values`; one of several that may have more has that row alone.
        reason: OptText,
        /// Offset of the expression.
        bstart: Int,
        /// Offset after the expression.
        bend: Int,
    }
}
