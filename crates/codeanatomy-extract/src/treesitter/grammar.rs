//! The grammars that are built in.

use std::sync::OnceLock;

use arrow_array::StringViewArray;
use codeanatomy_model::Language;

use super::memory;
use super::tags::TagsQuery;

/// The kind of nodes that hold what does not parse, as tree-sitter numbers it.
const ERROR_KIND: u16 = u16::MAX;

/// A grammar with the names that its trees speak of.
#[derive(Debug)]
pub(super) struct Grammar {
    pub(super) language: tree_sitter::Language,
    /// The kinds of nodes by their number; the last is that of errors.
    pub(super) kinds: StringViewArray,
    /// The fields by their number; 0 is none.
    pub(super) fields: StringViewArray,
    /// What finds definitions and references, and its text: it takes long to read, and is read when it is needed.
    tags: OnceLock<Option<TagsQuery>>,
    tags_text: &'static [&'static str],
}

impl Grammar {
    /// The grammar of a language, if it is built in.
    pub(super) fn of(language: Language) -> Option<&'static Self> {
        static GRAMMARS: [OnceLock<Option<Grammar>>; Language::ALL.len()] =
            [const { OnceLock::new() }; Language::ALL.len()];
        GRAMMARS
            .get(language as usize)?
            .get_or_init(|| {
                memory::count();
                Some(Self::new(&published(language)?))
            })
            .as_ref()
    }

    fn new(published: &Published) -> Self {
        let language = &published.language;
        let kinds = (0..language.node_kind_count() as u16).map(|id| language.node_kind_for_id(id).unwrap_or_default());
        let fields = (0..=language.field_count() as u16).map(|id| language.field_name_for_id(id).unwrap_or_default());
        Self {
            kinds: StringViewArray::from_iter_values(kinds.chain(["ERROR"])),
            fields: StringViewArray::from_iter_values(fields),
            tags: OnceLock::new(),
            tags_text: published.tags,
            language: language.clone(),
        }
    }

    /// What finds definitions and references, if the language has no better.
    pub(super) fn tags(&self) -> Option<&TagsQuery> {
        self.tags
            .get_or_init(|| TagsQuery::new(&self.language, &self.tags_text.concat()))
            .as_ref()
    }

    /// The position in `kinds` of a kind as tree-sitter numbers it.
    #[inline]
    pub(super) fn kind_index(&self, kind_id: u16) -> u16 {
        let last = self.kinds_last();
        if kind_id == ERROR_KIND { last } else { kind_id.min(last) }
    }

    fn kinds_last(&self) -> u16 {
        self.language.node_kind_count() as u16
    }

    /// The name of a kind by its position.
    pub(super) fn kind(&self, index: u16) -> &str {
        self.kinds.value(usize::from(index))
    }
}

/// What a grammar's crate gives.
#[allow(dead_code, reason = "a build may have no grammar")]
struct Published {
    language: tree_sitter::Language,
    /// Parts of one query, the first ones as published, the last ours: what lends its name to the definitions inside.
    tags: &'static [&'static str],
}

/// The type of an `impl` is around its functions.
#[cfg(feature = "lang-rust")]
const RUST_SCOPES: &str = "
(impl_item type: [
  (type_identifier) @name
  (scoped_type_identifier name: (type_identifier) @name)
  (generic_type type: (type_identifier) @name)
  (generic_type type: (scoped_type_identifier name: (type_identifier) @name))
]) @scope";

/// The type of a receiver is around its method.
#[cfg(feature = "lang-go")]
const GO_SCOPES: &str = "
(method_declaration receiver: (parameter_list (parameter_declaration type: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (pointer_type (type_identifier) @name)
  (pointer_type (generic_type type: (type_identifier) @name))
]))) @scope";

/// A namespace is around what it holds, and what stands before `::` around the name behind it.
#[cfg(feature = "lang-cpp")]
const CPP_SCOPES: &str = "
(namespace_definition name: (_) @name) @scope
(function_declarator declarator: (qualified_identifier scope: (_) @name)) @scope";

/// A namespace is around what it holds.
#[cfg(feature = "lang-typescript")]
const TYPESCRIPT_SCOPES: &str = "
(internal_module name: (_) @name) @scope";

fn published(language: Language) -> Option<Published> {
    match language {
        // Ruff's tree says more about names.
        #[cfg(feature = "lang-python")]
        Language::Python => Some(Published {
            language: tree_sitter_python::LANGUAGE.into(),
            tags: &[],
        }),
        #[cfg(feature = "lang-rust")]
        Language::Rust => Some(Published {
            language: tree_sitter_rust::LANGUAGE.into(),
            tags: &[tree_sitter_rust::TAGS_QUERY, RUST_SCOPES],
        }),
        #[cfg(feature = "lang-javascript")]
        Language::JavaScript => Some(Published {
            language: tree_sitter_javascript::LANGUAGE.into(),
            tags: &[tree_sitter_javascript::TAGS_QUERY],
        }),
        #[cfg(feature = "lang-typescript")]
        Language::TypeScript => Some(Published {
            language: tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
            tags: TYPESCRIPT_TAGS,
        }),
        #[cfg(feature = "lang-typescript")]
        Language::Tsx => Some(Published {
            language: tree_sitter_typescript::LANGUAGE_TSX.into(),
            tags: TYPESCRIPT_TAGS,
        }),
        #[cfg(feature = "lang-go")]
        Language::Go => Some(Published {
            language: tree_sitter_go::LANGUAGE.into(),
            tags: &[tree_sitter_go::TAGS_QUERY, GO_SCOPES],
        }),
        #[cfg(feature = "lang-java")]
        Language::Java => Some(Published {
            language: tree_sitter_java::LANGUAGE.into(),
            tags: &[tree_sitter_java::TAGS_QUERY],
        }),
        #[cfg(feature = "lang-c")]
        Language::C => Some(Published {
            language: tree_sitter_c::LANGUAGE.into(),
            tags: &[tree_sitter_c::TAGS_QUERY],
        }),
        #[cfg(feature = "lang-cpp")]
        Language::Cpp => Some(Published {
            language: tree_sitter_cpp::LANGUAGE.into(),
            tags: &[tree_sitter_cpp::TAGS_QUERY, CPP_SCOPES],
        }),
        _ => None,
    }
}

/// As the grammar's own list of its queries has it, those of JavaScript come behind.
#[cfg(feature = "lang-typescript")]
const TYPESCRIPT_TAGS: &[&str] = &[
    tree_sitter_typescript::TAGS_QUERY,
    tree_sitter_javascript::TAGS_QUERY,
    TYPESCRIPT_SCOPES,
];
