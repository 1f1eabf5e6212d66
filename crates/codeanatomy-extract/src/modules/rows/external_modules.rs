//! Rows of `external_modules`.

use std::collections::BTreeMap;

use codeanatomy_model::dataset::ExternalModuleRow;

use crate::file::Entry;
use crate::modules::find::Place;
use crate::modules::standard::standard;
use crate::modules::{Import, ImportStatement, ModuleNames, Modules};
use crate::table::Table;

/// Writes the rows of a file.
pub(super) fn write(entry: &Entry, names: &ModuleNames, all: &Modules, table: &mut Table) {
    let mut by_module: BTreeMap<&str, Vec<&Import>> = BTreeMap::new();
    for import in &names.imports {
        let is_relative = matches!(import.statement, ImportStatement::From { level: 1.., .. });
        if let Some(module) = import.module.as_deref().filter(|_| !is_relative) {
            by_module.entry(module).or_default().push(import);
        }
    }
    for (module, imports) in by_module {
        let (false, Place::Outside, Some(first)) = (module.is_empty(), all.index.find(module, entry), imports.first())
        else {
            continue;
        };
        let top_level = module.split('.').next().unwrap_or_default();
        let standard = standard(top_level);
        table.push(&ExternalModuleRow {
            path: &entry.path,
            module,
            top_level,
            kind: match standard {
                Some(standard) if standard.is_builtin => "builtin",
                Some(_) => "standard",
                None => "third_party",
            },
            stdlib_since: standard.map(|s| s.since),
            stdlib_until: standard.map(|s| s.until),
            import_count: imports.len() as i64,
            in_try: imports.iter().all(|i| i.in_try),
            in_type_checking: imports.iter().all(|i| i.in_type_checking),
            bstart: i64::from(first.bstart),
            bend: i64::from(first.bend),
            line: first.line,
        });
    }
}
