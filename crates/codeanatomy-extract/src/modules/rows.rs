//! Rows of the datasets of modules.

mod external_modules;
mod modules;
mod resolved_imports;

use super::{ModuleNames, Modules};
use crate::extractor::Tables;
use crate::file::Entry;

/// The datasets that this module fills.
pub(crate) const DATASETS: [&str; 3] = ["modules", "resolved_imports", "external_modules"];

/// Whether a table needs what files say of themselves.
pub(crate) fn needs_names(tables: &Tables) -> bool {
    tables.wants_any(&["resolved_imports", "external_modules"])
        || tables.wants("modules", &["is_main", "has_all", "has_getattr"])
}

/// Adds the rows of a file, of which `names` are known if it could be parsed. `read` says what other files say.
pub(crate) fn write(
    entry: &Entry,
    names: Option<&ModuleNames>,
    all: &Modules,
    read: &mut dyn FnMut(&Entry) -> Option<ModuleNames>,
    tables: &mut Tables,
) {
    if let Some(table) = tables.get("modules") {
        modules::write(entry, names, all, table);
    }
    let Some(names) = names else { return };
    if let Some(table) = tables.get("external_modules") {
        external_modules::write(entry, names, all, table);
    }
    if let Some(table) = tables.get("resolved_imports") {
        resolved_imports::write(entry, names, all, read, table);
    }
}
