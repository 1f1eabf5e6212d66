//! What one file says of itself as a module.

/// What a module imports and binds, from one walk over its file.
#[derive(Debug, Default)]
pub(crate) struct ModuleNames {
    /// Every imported name of the file, in the order of `imports`.
    pub(crate) imports: Vec<Import>,
    /// What binds or deletes names of the module, in the order of the file.
    pub(crate) sites: Vec<Site>,
    /// `__all__`, if it is bound.
    pub(crate) all: Option<All>,
    pub(crate) has_getattr: bool,
    /// Whether it may bind names by other means than statements.
    pub(crate) is_dynamic: bool,
    /// The name of the module that it puts in its own place, by `sys.modules[__name__] = name`.
    pub(crate) replaced_by: Option<Box<str>>,
    pub(crate) is_main: bool,
}

/// An imported name: what is needed of a row of `imports`.
#[derive(Debug, Clone)]
pub(crate) struct Import {
    pub(crate) node_id: i64,
    pub(crate) import_id: String,
    pub(crate) statement: ImportStatement,
    /// The module as written.
    pub(crate) module: Option<String>,
    pub(crate) asname: Option<String>,
    /// Whether it runs when the module is imported, and not in a branch.
    pub(crate) is_certain: bool,
    /// Whether a star stands in the module itself and not in a function or class.
    pub(crate) in_module: bool,
    pub(crate) in_type_checking: bool,
    pub(crate) in_try: bool,
    pub(crate) bstart: u32,
    pub(crate) bend: u32,
    pub(crate) line: i64,
}

/// `import` or `from`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ImportStatement {
    Import,
    From { level: u32, name: String },
}

/// A place that binds a name of the module.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) name: Box<str>,
    pub(crate) bstart: u32,
    /// Whether it stands in a branch, or in a function that says `global`.
    pub(crate) is_conditional: bool,
    pub(crate) kind: SiteKind,
}

/// What binds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SiteKind {
    /// A function or class: its kind and ordinal in `definitions`.
    Definition(&'static str, u32),
    /// The import at this position.
    Import(u32),
    Variable,
    Deletion,
}

/// The names in `__all__`.
#[derive(Debug, Clone, Default)]
pub(crate) struct All {
    /// In the order of their bytes, each once.
    pub(crate) names: Vec<Box<str>>,
    /// The names in front of `.__all__` in what is added to it.
    pub(crate) others: Vec<Box<str>>,
    /// Whether something else is in it, which is not written down.
    pub(crate) is_open: bool,
}
