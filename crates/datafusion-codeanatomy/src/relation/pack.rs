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
    "binds",
    "builtins",
    "calls_binding",
    "calls_class_attribute",
    "calls_import",
    "calls_reexport",
    "calls_reexport_attribute",
    "calls_self",
    "contains",
    "defines",
    "external_imports",
    "has_scope",
    "imported_as",
    "imported_callees",
    "imports_external",
    "imports_module",
    "imports_submodule",
    "reexports",
    "refers_to",
    "refers_to_builtin",
    "refers_to_star_import",
    "scope_parent",
    "star_references",
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
