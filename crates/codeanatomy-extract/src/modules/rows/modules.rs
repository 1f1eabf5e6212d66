//! Rows of `modules`.

use codeanatomy_model::dataset::ModuleRow;

use crate::file::Entry;
use crate::modules::{ModuleNames, Modules};
use crate::table::Table;

/// Writes the row of a file or a folder.
pub(super) fn write(entry: &Entry, names: Option<&ModuleNames>, all: &Modules, table: &mut Table) {
    let Some(module) = all.index.at(&entry.path).map(|id| all.index.module(id)) else {
        return;
    };
    let path = entry.path.as_str();
    let file = path.rsplit_once('/').map_or(path, |(_, file)| file);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let name = entry.module.as_deref();
    let known = |fact: fn(&ModuleNames) -> bool| match module.is_namespace {
        true => Some(false),
        false => names.map(fact),
    };
    table.push(&ModuleRow {
        path,
        module: name,
        name: name.map_or(stem, |name| name.rsplit_once('.').map_or(name, |(_, last)| last)),
        parent: name.and_then(|name| name.rsplit_once('.')).map(|(parent, _)| parent),
        package: all.index.package_of(entry).filter(|package| !package.is_empty()),
        root: module.root.as_deref(),
        is_package: entry.is_package,
        is_namespace: module.is_namespace,
        is_stub: module.is_stub(),
        is_main: match stem {
            "__main__" => Some(true),
            _ => known(|names| names.is_main),
        },
        has_all: known(|names| names.all.is_some()),
        has_getattr: known(|names| names.has_getattr),
        same_name_count: name.map_or(1, |name| all.index.count_of(name) as i64),
    });
}
