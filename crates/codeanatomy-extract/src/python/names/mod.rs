//! Definitions, references, imports, calls; scopes, symbols, bindings: everything that hangs on names, from one walk.

mod calls;
mod definitions;
mod facts;
mod ids;
mod imports;
mod references;
mod text;
mod walk;

pub(super) use ids::Ids;

use ruff_python_ast::ModModule;
use ruff_python_ast::token::Tokens;
use ruff_text_size::TextSize;

use super::scope::{ScopeId, ScopeTree, SymbolId, binding_rows, scope_rows, symbol_order, symbol_rows};
use crate::extractor::Tables;
use crate::file::Source;
use crate::table::Column;
use facts::Facts;
use walk::Walk;

/// The datasets that this module fills.
pub(crate) const DATASETS: [&str; 7] = [
    "definitions",
    "references",
    "imports",
    "calls",
    "scopes",
    "symbols",
    "bindings",
];

/// A file after its walk.
#[derive(Debug)]
struct Named<'a> {
    source: &'a Source<'a>,
    scopes: ScopeTree<'a>,
    facts: Facts<'a>,
    ids: Ids,
}

/// Adds the rows of a module to those of [`DATASETS`] that were asked for. Nodes carry the numbers of their rows in
/// `ast_nodes`.
pub(crate) fn emit(source: &Source<'_>, module: &ModModule, tokens: &Tokens, tables: &mut Tables) {
    if !tables.wants_any(&DATASETS) {
        return;
    }
    let mut walk = Walk::new(
        source.text,
        tables.wants_any(&["references"]),
        tables.wants_any(&["calls"]),
    );
    walk.reserve(tokens.len());
    walk.run(module);
    let Walk { scopes, mut facts, .. } = walk;
    // The walk follows `symtable`; rows stand in preorder.
    facts.references.sort_by_key(|r| r.node_id);
    facts.calls.sort_by_key(|c| c.node_id);
    facts.imports.sort_by_key(|i| i.node_id);
    let definitions = definitions::in_order(&scopes, &facts);
    let ids = ids::collect(&source.entry.path, &scopes, &facts, &definitions, tables);
    let named = Named {
        source,
        scopes,
        facts,
        ids,
    };
    if let Some(table) = tables.get("definitions") {
        definitions::rows(&named, &definitions, tokens, table);
    }
    if let Some(table) = tables.get("references") {
        references::rows(&named, table);
    }
    if let Some(table) = tables.get("imports") {
        imports::rows(&named, table);
    }
    if let Some(table) = tables.get("calls") {
        calls::rows(&named, table);
    }
    if let Some(table) = tables.get("scopes") {
        scope_rows(source, &named.scopes, &named.ids, table);
    }
    if tables.wants_any(&["symbols", "bindings"]) {
        let order = symbol_order(&named.scopes);
        if let Some(table) = tables.get("symbols") {
            symbol_rows(source, &named.scopes, &order, &named.ids, table);
        }
        if let Some(table) = tables.get("bindings") {
            binding_rows(source, &named.scopes, &order, &named.ids, table);
        }
    }
}

impl Named<'_> {
    /// The path of the file.
    fn path(&self) -> &str {
        &self.source.entry.path
    }

    /// The line of an offset.
    fn line(&self, offset: u32) -> i64 {
        self.source.lines.line(offset).0
    }

    /// The id of the definition that a scope is or is inside of.
    fn container_id(&self, scope: ScopeId) -> Option<&str> {
        self.scopes
            .scope(scope)
            .container
            .map(|d| self.ids.definitions.get(d as usize))
    }

    /// Writes the ids of scopes.
    fn write_scope_ids(&self, scopes: impl Iterator<Item = ScopeId>, column: &mut Column) {
        column.numbered_texts(scopes.map(|s| Some(s.index() as u32)), |s| {
            self.ids.scopes.get(s as usize)
        });
    }

    /// Writes the ids of the definitions that scopes are or are inside of.
    fn write_container_ids(&self, scopes: impl Iterator<Item = ScopeId>, column: &mut Column) {
        let containers = scopes.map(|s| self.scopes.scope(s).container);
        column.numbered_texts(containers, |d| self.ids.definitions.get(d as usize));
    }

    /// Writes the lines of offsets.
    fn write_lines(&self, offsets: impl ExactSizeIterator<Item = TextSize>, column: &mut Column) {
        let mut lines = self.source.lines.cursor();
        column.ints(offsets.map(|offset| lines.line(offset.to_u32()).0 as u32));
    }

    /// The symbol that a name means.
    fn symbol(&self, lookup: facts::Lookup) -> Option<SymbolId> {
        match lookup {
            facts::Lookup::Symbol(symbol) => Some(symbol),
            facts::Lookup::Unevaluated(index) => self.facts.unevaluated[index as usize].symbol,
        }
    }

    /// The id of the symbol that a name means.
    fn symbol_id(&self, lookup: facts::Lookup) -> Option<&str> {
        self.symbol(lookup).map(|symbol| self.ids.symbols.get(symbol.index()))
    }
}
