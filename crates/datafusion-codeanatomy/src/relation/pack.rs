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
    "calls_scip",
    "calls_tags",
    "catch_sites",
    "catches",
    "catches_scip",
    "contains",
    "decorates",
    "decorates_scip",
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
    "inherits_scip",
    "name_sites",
    "name_targets",
    "named_symbols",
    "overrides",
    "raise_sites",
    "raises",
    "raises_scip",
    "reference_targets",
    "refers_to",
    "refers_to_builtin",
    "refers_to_star_import",
    "refers_to_type",
    "resolves_by_name",
    "resolves_by_scip",
    "scip_agreement",
    "scip_calls",
    "scip_compared",
    "scip_definitions",
    "scip_disagreements",
    "scip_reference_targets",
    "scip_targets",
    "scip_uses",
    "scope_parent",
    "star_references",
    "symbol_of_annotation",
    "symbol_of_attribute",
    "symbol_of_call",
    "symbol_of_definition",
    "symbol_of_import",
    "symbol_of_reference",
    "tagged_calls",
    "tagged_definitions",
    "tagged_types",
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
