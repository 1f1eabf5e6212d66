//! Rows of `scopes`, `symbols` and `bindings`.

use codeanatomy_model::dataset::ScopeRow;

use super::entry::ScopeId;
use super::kind::ScopeKind;
use super::symbol::{Flags, Resolution, Sites, Symbol, SymbolId};
use super::tree::ScopeTree;
use crate::file::Source;
use crate::python::names::Ids;
use crate::table::{Column, Table};

/// The symbols by scope and the bytes of their name.
pub(crate) fn symbol_order(tree: &ScopeTree<'_>) -> Vec<SymbolId> {
    let ranks = tree.names.ranks();
    let key = |(i, s): (usize, &Symbol)| {
        (
            u64::from(s.scope.0) << 32 | u64::from(ranks[s.name.index()]),
            SymbolId(i as u32),
        )
    };
    let mut keyed: Vec<(u64, SymbolId)> = tree.symbols.iter().enumerate().map(key).collect();
    keyed.sort_unstable_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, id)| id).collect()
}

/// Writes `scopes`.
pub(crate) fn scope_rows(source: &Source<'_>, tree: &ScopeTree<'_>, ids: &Ids, table: &mut Table) {
    let wants_line = table.wants("line");
    let hosts = tree.hosts();
    for (index, scope) in tree.scopes.iter().enumerate() {
        let is_module = scope.kind == ScopeKind::Module;
        table.push(&ScopeRow {
            path: &source.entry.path,
            scope_index: index as i64,
            scope_id: ids.scopes.get(index),
            parent_id: scope.parent.map(|parent| ids.scopes.get(parent.index())),
            kind: scope.kind.name(),
            name: tree.names.text(scope.name),
            qualified_name: tree.qualified.text(scope.qualified),
            ordinal: i64::from(scope.ordinal),
            def_id: scope.definition.map(|d| ids.definitions.get(d as usize)),
            node_id: i64::from(scope.node_id),
            inlined_into: Some(hosts[index])
                .filter(|host| host.index() != index)
                .map(|host| ids.scopes.get(host.index())),
            depth: i64::from(scope.depth),
            is_nested: scope.is_nested,
            bstart: i64::from(scope.bstart),
            bend: i64::from(scope.bend),
            line: if is_module || !wants_line {
                0
            } else {
                source.lines.line(scope.bstart).0
            },
        });
    }
}

/// Writes `symbols`, column by column.
pub(crate) fn symbol_rows(source: &Source<'_>, tree: &ScopeTree<'_>, order: &[SymbolId], ids: &Ids, table: &mut Table) {
    let symbols: Vec<&Symbol> = order.iter().map(|id| tree.symbol(*id)).collect();
    let count = symbols.len();
    let resolution = |i: usize| symbols[i].resolution;
    let flags = |column: &mut Column, flag| column.bools(count, |i| symbols[i].flags.any(flag));
    table.append(count, |name, column| match name {
        "path" => column.repeated_text(&source.entry.path, count),
        "scope_index" => column.ints(symbols.iter().map(|s| s.scope.0)),
        "name" => column.texts(symbols.iter().map(|s| Some(tree.names.text(s.name)))),
        "symbol_id" => column.texts(order.iter().map(|id| Some(ids.symbols.get(id.index())))),
        "scope_id" => write_scope_ids(symbols.iter().map(|s| s.scope), ids, column),
        "resolution" => column.words(Resolution::WORDS, symbols.iter().map(|s| s.resolution as u8)),
        "binding_scope_id" => write_scope_ids(symbols.iter().map(|s| s.binder), ids, column),
        "binding_id" => {
            let bindings = symbols.iter().map(|s| s.binding);
            column.texts(bindings.map(|b| b.map(|b| ids.bindings.get(b.index()))));
        }
        "is_referenced" => flags(column, Flags::USE),
        "is_imported" => flags(column, Flags::IMPORT),
        "is_parameter" => flags(column, Flags::PARAMETER),
        "is_global" => column.bools(count, |i| match resolution(i) {
            Resolution::Local | Resolution::Cell => is_bound_in_module(symbols[i]),
            Resolution::GlobalExplicit | Resolution::GlobalImplicit => true,
            Resolution::Free => false,
        }),
        "is_nonlocal" => flags(column, Flags::NONLOCAL),
        "is_declared_global" => column.bools(count, |i| resolution(i) == Resolution::GlobalExplicit),
        "is_local" => column.bools(count, |i| match resolution(i) {
            Resolution::Local | Resolution::Cell => true,
            Resolution::GlobalExplicit | Resolution::GlobalImplicit => is_bound_in_module(symbols[i]),
            Resolution::Free => false,
        }),
        "is_annotated" => flags(column, Flags::ANNOTATION),
        "is_free" => column.bools(count, |i| resolution(i) == Resolution::Free),
        "is_assigned" => flags(column, Flags::LOCAL),
        "is_namespace" => flags(column, Flags::NAMESPACE),
        "is_type_parameter" => flags(column, Flags::TYPE_PARAMETER),
        "is_free_class" => column.bools(count, |i| {
            let (flags, scope) = (symbols[i].flags, tree.scope(symbols[i].scope));
            let sees_class = scope.kind == ScopeKind::Class || scope.class_in_sight.is_some();
            flags.any(Flags::FREE_BELOW_CLASS) && flags.any(Flags::OWN) && sees_class
        }),
        "is_comp_iter" => flags(column, Flags::COMPREHENSION_TARGET),
        _ => {}
    });
}

fn is_bound_in_module(symbol: &Symbol) -> bool {
    symbol.scope == ScopeId::MODULE && symbol.flags.any(Flags::BOUND)
}

fn write_scope_ids(scopes: impl Iterator<Item = ScopeId>, ids: &Ids, column: &mut Column) {
    column.numbered_texts(scopes.map(|s| Some(s.0)), |s| ids.scopes.get(s as usize));
}

/// Writes `bindings`, column by column.
pub(crate) fn binding_rows(
    source: &Source<'_>,
    tree: &ScopeTree<'_>,
    order: &[SymbolId],
    ids: &Ids,
    table: &mut Table,
) {
    let bindings: Vec<(SymbolId, &Symbol, Sites)> = order
        .iter()
        .map(|id| (*id, tree.symbol(*id)))
        .filter(|(_, symbol)| symbol.is_binding())
        .filter_map(|(id, symbol)| Some((id, symbol, symbol.sites?)))
        .collect();
    let count = bindings.len();
    let mut lines = source.lines.cursor();
    table.append(count, |name, column| match name {
        "path" => column.repeated_text(&source.entry.path, count),
        "scope_index" => column.ints(bindings.iter().map(|(_, s, _)| s.scope.0)),
        "name" => column.texts(bindings.iter().map(|(_, s, _)| Some(tree.names.text(s.name)))),
        "binding_id" => column.texts(bindings.iter().map(|(id, ..)| Some(ids.bindings.get(id.index())))),
        "scope_id" => write_scope_ids(bindings.iter().map(|(_, s, _)| s.scope), ids, column),
        "kind" => column.word_runs(bindings.iter().map(|(.., sites)| sites.kind.name())),
        "site_count" => column.ints(bindings.iter().map(|(.., sites)| sites.count)),
        "bstart" => column.ints(bindings.iter().map(|(.., sites)| sites.bstart)),
        "bend" => column.ints(bindings.iter().map(|(.., sites)| sites.bend)),
        "line" => column.ints(bindings.iter().map(|(.., sites)| lines.line(sites.bstart).0 as u32)),
        _ => {}
    });
}
