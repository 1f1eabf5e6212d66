//! Definitions and what belongs to them, references, imports, calls, assignments, exports; scopes, symbols, bindings:
//! everything that hangs on names, from one walk.

mod assignments;
mod base_classes;
mod call_arguments;
mod calls;
mod cleandoc;
mod decorators;
mod definitions;
mod docstrings;
mod exports;
mod facts;
mod ids;
mod imports;
mod module_names;
mod parameters;
mod references;
mod text;
mod type_annotations;
mod value;
mod walk;

pub(super) use facts::{Facts, Lookup, node_id};
pub(super) use ids::Ids;

use ruff_python_ast::ModModule;
use ruff_python_ast::token::Tokens;
use ruff_text_size::TextSize;

use super::scope::{ScopeId, ScopeTree, SymbolId, binding_rows, scope_rows, symbol_order, symbol_rows};
use super::token::comment_rows;
use crate::extractor::Tables;
use crate::file::Source;
use crate::table::Column;
use calls::CallTexts;
use facts::Wants;
use ids::IdList;
use walk::Walk;

/// The datasets that this module fills.
pub(crate) const DATASETS: [&str; 16] = [
    "definitions",
    "docstrings",
    "parameters",
    "decorators",
    "references",
    "imports",
    "calls",
    "call_arguments",
    "assignments",
    "type_annotations",
    "base_classes",
    "exports",
    "scopes",
    "symbols",
    "bindings",
    "def_use",
];

/// Those of them that the outline of a module gives: no expression holds their rows.
const OUTLINE: [&str; 3] = ["definitions", "docstrings", "imports"];

/// Whether a table needs the walk.
pub(crate) fn is_needed(tables: &Tables) -> bool {
    tables.wants_any(&DATASETS) || tables.collects_module() || writes_comments(tables)
}

/// Whether comments are to have the definitions that they belong to.
pub(crate) fn writes_comments(tables: &Tables) -> bool {
    tables.wants("comments", &["container_id"])
}

/// A file after its walk.
#[derive(Debug)]
pub(super) struct Named<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) scopes: ScopeTree<'a>,
    pub(super) facts: Facts<'a>,
    pub(super) ids: Ids,
}

/// Adds the rows of a module to those of [`DATASETS`] that were asked for. Nodes carry the numbers of their rows in
/// `ast_nodes`.
pub(crate) fn emit(source: &Source<'_>, module: &ModModule, tokens: &Tokens, tables: &mut Tables) {
    if !is_needed(tables) {
        return;
    }
    let Walk { scopes, mut facts, .. } = walked(source.text, module, tokens, wants(tables));
    // The walk follows `symtable`; rows stand in preorder.
    facts.references.sort_by_key(|r| r.node_id);
    facts.calls.sort_by_key(|c| c.node_id);
    facts.imports.sort_by_key(|i| i.node_id);
    facts.parameters.sort_by_key(|p| (p.owner, p.position));
    facts.assignments.sort_by_key(|a| a.node_id);
    facts.annotations.sort_by_key(|a| a.node_id);
    let owners: Vec<u32> = facts.definitions.iter().map(|d| d.node_id).collect();
    facts
        .decorators
        .sort_by_key(|d| (owners[d.definition as usize], d.position));
    facts.bases.sort_by_key(|b| (owners[b.definition as usize], b.position));
    facts.bound.sort_by_key(|b| b.bstart);
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
    if let Some(table) = tables.get("docstrings") {
        docstrings::rows(&named, module, &definitions, table);
    }
    if writes_comments(tables)
        && let Some(table) = tables.get("comments")
    {
        let owners = definitions::owners(&named, &definitions);
        comment_rows(
            source,
            tokens,
            Some(owners),
            |d| named.ids.definitions.get(d as usize),
            table,
        );
    }
    if let Some(table) = tables.get("parameters") {
        parameters::rows(&named, table);
    }
    if let Some(table) = tables.get("decorators") {
        decorators::rows(&named, table);
    }
    if let Some(table) = tables.get("references") {
        references::rows(&named, table);
    }
    if let Some(table) = tables.get("imports") {
        imports::rows(&named, table);
    }
    call_rows(&named, tables);
    if let Some(table) = tables.get("assignments") {
        assignments::rows(&named, table);
    }
    if let Some(table) = tables.get("type_annotations") {
        type_annotations::rows(&named, table);
    }
    if let Some(table) = tables.get("base_classes") {
        base_classes::rows(&named, table);
    }
    if let Some(table) = tables.get("exports") {
        exports::rows(&named, module, table);
    }
    if tables.collects_module() {
        tables.set_module(module_names::collect(&named, &definitions, module));
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
    if let Some(table) = tables.get("def_use") {
        super::flow::emit(&named, module, table);
    }
}

/// The module after its walk: that of the outline if it suffices.
fn walked<'a>(text: &'a str, module: &'a ModModule, tokens: &Tokens, wants: Wants) -> Walk<'a> {
    let mut walk = Walk::new(text, wants);
    walk.reserve(tokens.len());
    walk.run(module);
    if wants.outline && walk.binds_nonlocal() {
        let all = Wants {
            outline: false,
            ..wants
        };
        return walked(text, module, tokens, all);
    }
    walk
}

/// Whether the outline of a module has all that is wanted.
pub(crate) fn is_outline(tables: &Tables) -> bool {
    let is_wanted = |dataset: &&str| !OUTLINE.contains(dataset) && tables.wants_any(&[*dataset]);
    !DATASETS.iter().any(is_wanted) && !tables.collects_module()
}

/// What the walk must collect.
fn wants(tables: &Tables) -> Wants {
    Wants {
        outline: is_outline(tables),
        references: tables.wants_any(&["references", "def_use"]),
        deletions: tables.collects_module(),
        flow: tables.wants_any(&["def_use"]),
        calls: tables.wants_any(&["calls", "call_arguments"]),
        argument_roots: tables.wants("call_arguments", &["symbol_id"]),
        parameters: tables.wants_any(&["parameters"]),
        decorators: tables.wants_any(&["decorators"]),
        assignments: tables.wants_any(&["assignments"]) || tables.collects_module(),
        annotations: tables.wants_any(&["type_annotations"]),
        bases: tables.wants_any(&["base_classes"]),
    }
}

/// Adds the rows of calls and of their arguments, which share ids.
fn call_rows(named: &Named<'_>, tables: &mut Tables) {
    let of_calls = tables.wants_any(&["calls"]);
    let wants_ids = tables.wants("calls", &["call_id"]) || tables.wants("call_arguments", &["call_id"]);
    let mut ids = IdList::default();
    if of_calls || wants_ids {
        let wants_ordinals = wants_ids || tables.wants("calls", &["ordinal"]);
        let texts = CallTexts::new(named, tables.wants("calls", &["receiver"]), wants_ordinals);
        if wants_ids {
            ids = texts.ids(named);
        }
        if let Some(table) = tables.get("calls") {
            calls::rows(named, &texts, &ids, table);
        }
    }
    if let Some(table) = tables.get("call_arguments") {
        call_arguments::rows(named, &ids, table);
    }
}

impl Named<'_> {
    /// The path of the file.
    pub(super) fn path(&self) -> &str {
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
    pub(super) fn write_scope_ids(&self, scopes: impl Iterator<Item = ScopeId>, column: &mut Column) {
        column.numbered_texts(scopes.map(|s| Some(s.index() as u32)), |s| {
            self.ids.scopes.get(s as usize)
        });
    }

    /// Writes the ids of the definitions that scopes are or are inside of.
    fn write_container_ids(&self, scopes: impl Iterator<Item = ScopeId>, column: &mut Column) {
        let containers = scopes.map(|s| self.scopes.scope(s).container);
        self.write_definition_ids(containers, column);
    }

    /// Writes the ids of definitions.
    fn write_definition_ids(&self, definitions: impl Iterator<Item = Option<u32>>, column: &mut Column) {
        column.numbered_texts(definitions, |d| self.ids.definitions.get(d as usize));
    }

    /// Writes the lines of offsets.
    pub(super) fn write_lines(&self, offsets: impl ExactSizeIterator<Item = TextSize>, column: &mut Column) {
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
    pub(super) fn symbol_id(&self, lookup: facts::Lookup) -> Option<&str> {
        self.symbol(lookup).map(|symbol| self.ids.symbols.get(symbol.index()))
    }

    /// The id of the binding that a name means; none where it is not evaluated.
    fn binding_id(&self, lookup: facts::Lookup) -> Option<&str> {
        match lookup {
            facts::Lookup::Symbol(symbol) => {
                let binding = self.scopes.symbol(symbol).binding?;
                Some(self.ids.bindings.get(binding.index()))
            }
            facts::Lookup::Unevaluated(_) => None,
        }
    }
}
