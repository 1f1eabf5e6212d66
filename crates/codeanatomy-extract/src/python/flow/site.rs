//! Where names are used and bound.

use super::program::Var;

/// How a name is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UseKind {
    Load,
    Augmented,
    Del,
}

impl UseKind {
    /// The words of `def_use.use_kind`, by number.
    pub(super) const WORDS: &'static [&'static str] = &["load", "augmented", "del"];
}

/// How a definition binds its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DefinitionKind {
    Parameter,
    Import,
    StarImport,
    Class,
    Function,
    TypeParameter,
    TypeAlias,
    Assignment,
    Annotated,
    Augmented,
    Walrus,
    For,
    Comprehension,
    With,
    Exception,
    Pattern,
}

impl DefinitionKind {
    /// The words of `def_use.def_kind`, by number.
    pub(super) const WORDS: &'static [&'static str] = &[
        "parameter",
        "import",
        "star_import",
        "class",
        "function",
        "type_parameter",
        "type_alias",
        "assignment",
        "annotated_assignment",
        "augmented_assignment",
        "walrus",
        "for_target",
        "comprehension_target",
        "with_target",
        "exception_target",
        "pattern",
    ];
}

/// A use in a frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Use {
    /// The position among the references of the file.
    pub(super) reference: u32,
    pub(super) var: Var,
    pub(super) kind: UseKind,
    /// The generator expression that it stands in; 0 for none.
    pub(super) generator: u32,
}

/// A definition in a frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Definition {
    pub(super) node_id: u32,
    pub(super) bstart: u32,
    pub(super) bend: u32,
    pub(super) kind: DefinitionKind,
    /// The generator expression that it stands in; 0 for none.
    pub(super) generator: u32,
}
