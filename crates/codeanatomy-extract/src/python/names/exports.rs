//! Rows of `exports`.

mod listed;
mod offered;
mod statements;

use codeanatomy_model::dataset::ExportRow;
use ruff_python_ast::ModModule;
use ruff_text_size::TextRange;

use super::Named;
use crate::python::scope::{ScopeId, SymbolId};
use crate::table::Table;
pub(super) use listed::Listed;

/// The name of the list.
const ALL: &str = "__all__";

/// A row.
struct Export<'a> {
    range: TextRange,
    kind: &'static str,
    reason: &'static str,
    name: Option<&'a str>,
    origin: Option<String>,
    is_exported: Option<bool>,
}

/// Writes the rows.
pub(super) fn rows(named: &Named<'_>, module: &ModModule, table: &mut Table) {
    let listed = Listed::of(named, module);
    let mut exports = listed.exports();
    offered::imports(named, &listed, &mut exports);
    offered::bindings(named, &listed, &mut exports);
    exports.sort_by_key(|e| (e.range.start(), e.kind));
    for export in &exports {
        let (bstart, bend) = (export.range.start(), export.range.end());
        let symbol = export.name.and_then(|name| symbol_of(named, name));
        table.push(&ExportRow {
            path: named.path(),
            bstart: i64::from(bstart.to_u32()),
            kind: export.kind,
            reason: export.reason,
            name: export.name,
            origin: export.origin.as_deref(),
            is_exported: export.is_exported,
            is_conditional: listed.is_conditional(bstart),
            binding_id: symbol.map(|s| named.ids.bindings.get(s.index())),
            bend: i64::from(bend.to_u32()),
            line: named.line(bstart.to_u32()),
        });
    }
}

/// The symbol of the module that binds a name.
fn symbol_of(named: &Named<'_>, name: &str) -> Option<SymbolId> {
    let name = named.scopes.names.find(name)?;
    let symbol = named.scopes.find(ScopeId::MODULE, name)?;
    named.scopes.symbol(symbol).is_binding().then_some(symbol)
}
