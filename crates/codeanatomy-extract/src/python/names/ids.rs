//! The ids of a file's scopes, symbols, bindings and definitions, each written once.

use codeanatomy_model::id::{Part, PartsHasher, write_id};

use super::definitions::Ordered;
use super::facts::Facts;
use crate::extractor::Tables;
use crate::python::scope::{ScopeId, ScopeTree};

/// Stands where there is no id; as long as the longest.
const BLANK: &str = "                                                                ";

/// The ids of one kind, by position; empty where no table asks for them.
#[derive(Debug, Default)]
pub(crate) struct IdList {
    text: String,
    width: usize,
}

impl IdList {
    /// Room for `count` ids.
    pub(crate) fn with_capacity(prefix: &str, count: usize) -> Self {
        let width = prefix.len() + 33;
        Self {
            text: String::with_capacity(width * count),
            width,
        }
    }

    /// Adds the id of the next position.
    pub(crate) fn push(&mut self, prefix: &str, hash: u128) {
        write_id(&mut self.text, prefix, hash);
    }

    /// Adds the id of the next position, which is there already.
    pub(crate) fn push_text(&mut self, id: &str) {
        self.text.push_str(id);
    }

    /// Leaves the next position without an id.
    pub(crate) fn push_blank(&mut self) {
        self.text.push_str(&BLANK[..self.width]);
    }

    /// The id at a position.
    #[inline]
    pub(crate) fn get(&self, index: usize) -> &str {
        self.text
            .get(index * self.width..(index + 1) * self.width)
            .unwrap_or_default()
    }
}

/// Ids of one kind whose first part is the id of a scope.
#[derive(Debug)]
pub(crate) struct ScopedIds<'a> {
    prefix: &'static str,
    scopes: &'a IdList,
    /// The scope of the last id.
    scope: Option<ScopeId>,
    hasher: PartsHasher,
    text: String,
}

impl<'a> ScopedIds<'a> {
    pub(crate) fn new(prefix: &'static str, scopes: &'a IdList) -> Self {
        Self {
            prefix,
            scopes,
            scope: None,
            hasher: PartsHasher::default(),
            text: String::new(),
        }
    }

    /// The id of the scope's id and `parts`.
    #[inline]
    pub(crate) fn id(&mut self, scope: ScopeId, parts: &[Part<'_>]) -> &str {
        if self.scope != Some(scope) {
            let scope_id = self.scopes.get(scope.index());
            self.hasher.begin(self.prefix, &[scope_id.into()]);
            self.scope = Some(scope);
        }
        self.text.clear();
        write_id(&mut self.text, self.prefix, self.hasher.finish(parts));
        &self.text
    }
}

/// The ids that rows of several tables share.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    pub(crate) scopes: IdList,
    pub(crate) symbols: IdList,
    pub(crate) bindings: IdList,
    pub(crate) definitions: IdList,
}

/// Makes the ids that the tables ask for, and no others.
pub(super) fn collect(
    path: &str,
    scopes: &ScopeTree<'_>,
    facts: &Facts<'_>,
    definitions: &[Ordered],
    tables: &mut Tables,
) -> Ids {
    let mut ids = Ids::default();
    let mut hasher = PartsHasher::default();
    let wants_symbols = wants(
        tables,
        &[
            ("symbols", &["symbol_id"]),
            ("references", &["symbol_id"]),
            ("calls", &["symbol_id"]),
            ("parameters", &["symbol_id"]),
            ("decorators", &["symbol_id"]),
            ("call_arguments", &["symbol_id"]),
            ("assignments", &["symbol_id"]),
            ("type_annotations", &["symbol_id"]),
            ("base_classes", &["symbol_id"]),
            ("def_use", &["symbol_id"]),
        ],
    );
    let bindings: &[&str] = &["binding_id"];
    let wants_bindings = wants(
        tables,
        &[
            ("symbols", bindings),
            ("bindings", bindings),
            ("imports", bindings),
            ("definitions", bindings),
            ("parameters", bindings),
            ("assignments", bindings),
            ("exports", bindings),
            ("def_use", bindings),
        ],
    );
    let wants_scopes = wants_symbols
        || wants_bindings
        || wants(
            tables,
            &[
                ("scopes", &["scope_id", "parent_id", "inlined_into"]),
                ("symbols", &["scope_id", "binding_scope_id"]),
                ("bindings", &["scope_id"]),
                ("references", &["scope_id", "ref_id"]),
                ("def_use", &["scope_id"]),
                ("calls", &["scope_id", "call_id"]),
                ("imports", &["scope_id", "import_id"]),
                ("definitions", &["scope_id", "body_scope_id"]),
                ("parameters", &["scope_id"]),
                ("decorators", &["scope_id"]),
                ("call_arguments", &["call_id"]),
                ("assignments", &["scope_id"]),
                ("type_annotations", &["scope_id"]),
                ("base_classes", &["scope_id"]),
            ],
        );
    if wants_scopes {
        ids.scopes = IdList::with_capacity("scope", scopes.scopes.len());
        hasher.begin("scope", &[path.into()]);
        for scope in &scopes.scopes {
            let qualified_name = scopes.qualified.text(scope.qualified);
            let parts = [
                qualified_name.into(),
                scope.kind.name().into(),
                i64::from(scope.ordinal).into(),
            ];
            ids.scopes.push("scope", hasher.finish(&parts));
        }
    }
    if wants_symbols {
        ids.symbols = IdList::with_capacity("sym", scopes.symbols.len());
        let mut writer = ScopedIds::new("sym", &ids.scopes);
        for symbol in &scopes.symbols {
            let name = scopes.names.text(symbol.name);
            ids.symbols.push_text(writer.id(symbol.scope, &[name.into()]));
        }
    }
    if wants_bindings {
        ids.bindings = IdList::with_capacity("bind", scopes.symbols.len());
        let mut writer = ScopedIds::new("bind", &ids.scopes);
        for symbol in &scopes.symbols {
            if symbol.is_binding() {
                let name = scopes.names.text(symbol.name);
                ids.bindings.push_text(writer.id(symbol.scope, &[name.into()]));
            } else {
                ids.bindings.push_blank();
            }
        }
    }
    let container: &[&str] = &["container_id"];
    let wants_definitions = wants(
        tables,
        &[
            ("definitions", &["def_id", "container_id"]),
            ("docstrings", &["def_id"]),
            ("comments", container),
            ("scopes", &["def_id"]),
            ("references", container),
            ("imports", container),
            ("calls", &["container_id", "class_id"]),
            ("parameters", &["def_id"]),
            ("decorators", &["def_id"]),
            ("base_classes", &["def_id"]),
            ("assignments", container),
            ("type_annotations", &["def_id", "container_id"]),
        ],
    );
    if wants_definitions {
        let mut ordinals = vec![0; definitions.len()];
        definitions.iter().for_each(|d| ordinals[d.index as usize] = d.ordinal);
        ids.definitions = IdList::with_capacity("def", definitions.len());
        hasher.begin("def", &[path.into()]);
        for (definition, ordinal) in facts.definitions.iter().zip(ordinals) {
            let qualified_name = scopes.qualified.text(scopes.scope(definition.body).qualified);
            let parts = [
                qualified_name.into(),
                definition.kind().into(),
                i64::from(ordinal).into(),
            ];
            ids.definitions.push("def", hasher.finish(&parts));
        }
    }
    ids
}

fn wants(tables: &mut Tables, columns: &[(&str, &[&str])]) -> bool {
    columns.iter().any(|(dataset, columns)| {
        tables
            .get(dataset)
            .is_some_and(|table| columns.iter().any(|column| table.wants(column)))
    })
}
