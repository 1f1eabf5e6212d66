//! The rules that ship, in the same form as a user's.

/// The text of a rule and the name of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFile {
    /// The name of the file, for messages.
    pub file: String,
    /// Its text.
    pub text: String,
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$((concat!($name, ".sql"), include_str!(concat!("pack/", $name, ".sql")))),*]
    };
}

const PACK: &[(&str, &str)] = files![
    "annotated_as",
    "annotation_sites",
    "attribute_access",
    "base_sites",
    "binds",
    "builtins",
    "call_graph",
    "call_sites",
    "calls_flow",
    "catch_sites",
    "catches",
    "contains",
    "decorates",
    "decorator_sites",
    "defines",
    "exercised",
    "exercises",
    "external_imports",
    "global_access",
    "has_scope",
    "implicit_calls",
    "imported_as",
    "imports_external",
    "imports_module",
    "imports_submodule",
    "inherits",
    "overrides",
    "raise_sites",
    "raises",
    "reference_targets",
    "refers_to",
    "refers_to_builtin",
    "refers_to_star_import",
    "scope_parent",
    "star_references",
    "test_calls",
    "tests",
];

/// The rules that ship.
pub fn pack() -> Vec<RuleFile> {
    PACK.iter()
        .map(|(file, text)| RuleFile {
            file: (*file).to_string(),
            text: (*text).to_string(),
        })
        .collect()
}

/// The names of the view `builtins`.
pub(crate) fn builtin_names() -> impl Iterator<Item = &'static str> {
    let text = PACK
        .iter()
        .find(|(file, _)| *file == "builtins.sql")
        .map_or("", |(_, text)| *text);
    text.split("('").skip(1).filter_map(|rest| rest.split('\'').next())
}
