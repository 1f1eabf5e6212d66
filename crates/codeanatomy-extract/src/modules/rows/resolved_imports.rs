//! Rows of `resolved_imports`.

use codeanatomy_model::dataset::ResolvedImportRow;

use crate::file::Entry;
use crate::modules::find::{Found, Place};
use crate::modules::resolve::Resolver;
use crate::modules::target::{Reached, Resolution, Target};
use crate::modules::{Import, ImportStatement, ModuleNames, Modules};
use crate::table::Table;

/// What is listed in one cell.
const SHOWN: usize = 8;

/// Writes the rows of a file.
pub(super) fn write(
    entry: &Entry,
    names: &ModuleNames,
    all: &Modules,
    read: &mut dyn FnMut(&Entry) -> Option<ModuleNames>,
    table: &mut Table,
) {
    let mut rows = Rows {
        entry,
        resolver: Resolver::new(all, read),
        table,
    };
    for import in &names.imports {
        rows.import(import);
    }
}

struct Rows<'r, 'm> {
    entry: &'r Entry,
    resolver: Resolver<'m>,
    table: &'r mut Table,
}

/// What differs between the rows of one import.
struct Cells<'c> {
    seq: i64,
    name: Option<&'c str>,
    bound_name: Option<&'c str>,
    resolution: &'c Resolution,
}

impl Rows<'_, '_> {
    fn import(&mut self, import: &Import) {
        let absolute = self.resolver.index().absolute(self.entry, import);
        let resolution = self.resolver.import(self.entry, import);
        let first_part = import.module.as_deref().and_then(|module| module.split('.').next());
        let (name, bound) = match &import.statement {
            ImportStatement::Import => (None, first_part),
            ImportStatement::From { name, .. } if name == "*" => (Some("*"), None),
            ImportStatement::From { name, .. } => (Some(name.as_str()), Some(name.as_str())),
        };
        let cells = Cells {
            seq: 0,
            name,
            bound_name: import.asname.as_deref().or(bound),
            resolution: &resolution,
        };
        self.row(import, absolute.as_deref(), &cells);
        if let (true, Some(absolute)) = (import.is_star(), absolute) {
            self.star(import, &absolute);
        }
    }

    fn star(&mut self, import: &Import, absolute: &str) {
        let Place::Here(found) = self.resolver.index().find(absolute, self.entry) else {
            return;
        };
        let modules: Vec<_> = found.modules;
        let Some(first) = modules.first().copied() else { return };
        let names = self.resolver.star_names(first);
        let found = Found {
            modules,
            elsewhere: Vec::new(),
        };
        for (seq, name) in (1..).zip(names.iter()) {
            let resolution = self.resolver.name(&found, name);
            let cells = Cells {
                seq,
                name: Some(name),
                bound_name: Some(name),
                resolution: &resolution,
            };
            self.row(import, Some(absolute), &cells);
        }
    }

    fn row(&mut self, import: &Import, absolute: Option<&str>, cells: &Cells<'_>) {
        let index = self.resolver.index();
        let path = |id| index.module(id).entry.path.as_str();
        let reached = &cells.resolution.reached;
        let chosen = reached.first();
        let target = chosen.map(|reached| &reached.target);
        let wants = |column: &str| self.table.wants(column);
        let target_module = target.and_then(|target| target.module_name(index));
        let is_module = matches!(target, Some(Target::Module(_) | Target::External { name: None, .. }));
        let binds_first_part = import.statement == ImportStatement::Import && import.asname.is_none();
        let bound_module = match cells.bound_name {
            Some(_) if binds_first_part => cells.bound_name,
            Some(_) if is_module => target_module,
            _ => None,
        };
        let def_id = target.filter(|_| wants("target_def_id")).and_then(|t| t.def_id(index));
        let binding_id = target
            .filter(|_| wants("target_binding_id"))
            .and_then(|t| t.binding_id(index));
        let qualified_name = target.and_then(|target| target.qualified_name(index));
        let via = chosen
            .filter(|r| r.hops > 0)
            .map(|r| shown(r.via.iter().map(|id| path(*id).to_owned())));
        let name_of = |r: &Reached| r.target.qualified_name(index).unwrap_or_default();
        let candidates = (reached.len() > 1).then(|| shown(reached.iter().map(name_of)));
        let is_from = import.statement != ImportStatement::Import;
        self.table.push(&ResolvedImportRow {
            path: &self.entry.path,
            node_id: import.node_id,
            seq: cells.seq,
            import_id: &import.import_id,
            kind: if is_from { "from" } else { "import" },
            module: import.module.as_deref(),
            level: match import.statement {
                ImportStatement::From { level, .. } => i64::from(level),
                ImportStatement::Import => 0,
            },
            absolute_module: absolute,
            name: cells.name,
            bound_name: cells.bound_name,
            is_star: import.is_star(),
            target_kind: target.map_or("unresolved", Target::kind),
            target_path: target.and_then(Target::module).map(path),
            target_module,
            target_def_id: def_id.as_deref(),
            target_binding_id: binding_id.as_deref(),
            target_qualified_name: qualified_name.as_deref(),
            bound_module,
            hops: chosen.map_or(0, |reached| reached.hops as i64),
            via: via.as_deref(),
            reason: cells.resolution.reason.map(|reason| reason.name()),
            candidate_count: reached.len() as i64,
            candidates: candidates.as_deref(),
            in_type_checking: import.in_type_checking,
            in_try: import.in_try,
            bstart: i64::from(import.bstart),
            bend: i64::from(import.bend),
            line: import.line,
        });
    }
}

/// The first of some texts, with spaces between.
fn shown(texts: impl Iterator<Item = String>) -> String {
    let mut shown = String::new();
    for (i, text) in texts.enumerate() {
        if i > 0 {
            shown.push(' ');
        }
        if i == SHOWN {
            shown.push('…');
            break;
        }
        shown.push_str(&text);
    }
    shown
}
