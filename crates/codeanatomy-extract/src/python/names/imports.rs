//! Rows of `imports`.

use codeanatomy_model::dataset::ImportRow;
use codeanatomy_model::id::Part;
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use super::Named;
use super::facts::{Import, ImportKind};
use super::ids::ScopedIds;
use super::walk::is_future;
use crate::file::Entry;
use crate::python::scope::ScopeId;
use crate::table::Table;

/// The module that a `from` import of a level names, as an absolute name.
fn absolute(entry: &Entry, level: u32, module: Option<&str>) -> Option<String> {
    if level == 0 {
        return module.map(str::to_owned);
    }
    let mut package = entry.module.as_deref()?;
    for _ in u32::from(entry.is_package)..level {
        package = package.rsplit_once('.').map_or("", |(package, _)| package);
        if package.is_empty() {
            return None;
        }
    }
    Some(module.map_or_else(|| package.to_owned(), |module| format!("{package}.{module}")))
}

/// The cells of a row that take some work.
#[derive(Debug)]
pub(super) struct Cells<'a> {
    pub(super) module: Option<&'a str>,
    pub(super) level: u32,
    pub(super) target_module: Option<String>,
    pub(super) name: Option<&'a str>,
    pub(super) asname: Option<&'a str>,
    pub(super) ordinal: i64,
}

/// What the ordinals of imports are counted by: the scope, and the parts of the id.
type OrdinalKey<'a> = (ScopeId, Option<String>, Option<&'a str>, Option<&'a str>);

/// Gives the cells of one import after the other.
pub(super) struct ImportCells<'n> {
    entry: &'n Entry,
    ordinals: FxHashMap<OrdinalKey<'n>, i64>,
}

impl<'n> ImportCells<'n> {
    pub(super) fn new(named: &'n Named<'_>) -> Self {
        Self {
            entry: named.source.entry,
            ordinals: FxHashMap::default(),
        }
    }

    /// The cells of the next import.
    pub(super) fn next(&mut self, import: &'n Import<'_>) -> Cells<'n> {
        let alias = import.alias;
        let (module, level, name) = match import.kind {
            ImportKind::Import => (Some(alias.name.as_str()), 0, None),
            ImportKind::From(node) => (node.module.as_deref(), node.level, Some(alias.name.as_str())),
        };
        let target_module = absolute(self.entry, level, module);
        let asname = alias.asname.as_deref();
        let next = self
            .ordinals
            .entry((import.scope, target_module.clone(), name, asname))
            .or_default();
        *next += 1;
        Cells {
            module,
            level,
            target_module,
            name,
            asname,
            ordinal: *next - 1,
        }
    }
}

/// Writes the rows.
pub(super) fn rows(named: &Named<'_>, table: &mut Table) {
    let wants_line = table.wants("line");
    let mut cells = ImportCells::new(named);
    let mut writer = ScopedIds::new("imp", &named.ids.scopes);
    for import in &named.facts.imports {
        let Import {
            alias,
            scope,
            statement,
            ..
        } = import;
        let Cells {
            module,
            level,
            target_module,
            name,
            asname,
            ordinal,
        } = cells.next(import);
        let is_star = name == Some("*");
        let first_part = module.and_then(|module| module.split('.').next());
        let scope_id = named.ids.scopes.get(scope.index());
        let target: Part<'_> = target_module.as_deref().into();
        let parts = [target, name.into(), asname.into(), ordinal.into()];
        let binding = import.symbol.and_then(|s| named.scopes.symbol(s).binding);
        table.push(&ImportRow {
            path: named.path(),
            node_id: i64::from(import.node_id),
            import_id: writer.id(*scope, &parts),
            kind: if name.is_some() { "from" } else { "import" },
            module,
            level: i64::from(level),
            target_module: target_module.as_deref(),
            name,
            asname,
            bound_name: if is_star { None } else { asname.or(name).or(first_part) },
            ordinal,
            alias_index: i64::from(import.index),
            is_star,
            is_future: matches!(import.kind, ImportKind::From(node) if is_future(node)),
            in_type_checking: import.in_type_checking,
            in_try: import.in_try,
            scope_id,
            container_id: named.container_id(*scope),
            binding_id: binding.map(|b| named.ids.bindings.get(b.index())),
            bstart: i64::from(alias.start().to_u32()),
            bend: i64::from(alias.end().to_u32()),
            statement_bstart: i64::from(statement.start().to_u32()),
            statement_bend: i64::from(statement.end().to_u32()),
            line: if wants_line {
                named.line(alias.start().to_u32())
            } else {
                0
            },
        });
    }
}
