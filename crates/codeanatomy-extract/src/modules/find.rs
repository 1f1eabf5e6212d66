//! From the name of a module to its file.

use super::index::{Index, ModuleId, Root, folder, spell};
use super::names::{Import, ImportStatement};
use crate::file::Entry;

/// The files that a module name means.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The one that is chosen, and then the stub or the source beside it.
    pub(super) modules: Vec<ModuleId>,
    /// The chosen ones of the other roots that have it.
    pub(super) elsewhere: Vec<ModuleId>,
}

/// What a module name leads to.
#[derive(Debug)]
pub(super) enum Place {
    Here(Found),
    /// A module outside of the source.
    Outside,
    /// No module, though the source has that of its first part.
    Nowhere,
}

impl Index {
    /// The module of an absolute name, as the file of `importer` means it.
    pub(super) fn find(&self, name: &str, importer: &Entry) -> Place {
        let found = self.look_up(name, importer);
        if !found.modules.is_empty() {
            return Place::Here(found);
        }
        // Further parts of a namespace package may be anywhere.
        let mut parent = name;
        while let Some((outer, _)) = parent.rsplit_once('.') {
            parent = outer;
            if let Some(id) = self.look_up(parent, importer).modules.first() {
                return match self.module(*id).is_namespace {
                    true => Place::Outside,
                    false => Place::Nowhere,
                };
            }
        }
        match self.is_inside(parent) {
            true => Place::Nowhere,
            false => Place::Outside,
        }
    }

    /// The files that an absolute name means.
    pub(super) fn look_up(&self, name: &str, importer: &Entry) -> Found {
        let wants_stub = importer.path.ends_with(".pyi");
        let at_home = folder(&importer.path);
        let mut found = Found::default();
        if !self.is_package(at_home) {
            found.add(self.at_base(&spell(at_home, name), wants_stub));
        }
        let roots = self.roots(name);
        let root = self.at(&importer.path).and_then(|id| self.module(id).root.as_deref());
        let rank = |r: &&Root| (Some(r.folder.as_str()) != root, r.is_other);
        let mut ranked: Vec<&Root> = roots.iter().collect();
        ranked.sort_by(|a, b| {
            rank(a)
                .cmp(&rank(b))
                .then_with(|| shared(&b.folder, at_home).cmp(&shared(&a.folder, at_home)))
                .then_with(|| a.folder.len().cmp(&b.folder.len()))
                .then_with(|| a.folder.cmp(&b.folder))
        });
        for root in ranked {
            found.add(self.at_base(&root.spell(name), wants_stub));
        }
        found
    }

    /// The module at a path without its end, and the stub or the source beside it.
    fn at_base(&self, base: &str, wants_stub: bool) -> Vec<ModuleId> {
        let at = |end: &str| self.at_end(base, end);
        let source = at("/__init__.py")
            .or_else(|| at("/__init__.pyw"))
            .or_else(|| at(".py"))
            .or_else(|| at(".pyw"));
        let stub = at("/__init__.pyi").or_else(|| at(".pyi"));
        let both = match wants_stub {
            true => [stub, source],
            false => [source, stub],
        };
        let found: Vec<_> = both.into_iter().flatten().collect();
        match found.is_empty() {
            true => at("").into_iter().collect(),
            false => found,
        }
    }

    /// The module that an import names, as an absolute name; none if its level leads too far up.
    pub(super) fn absolute(&self, importer: &Entry, import: &Import) -> Option<String> {
        let level = match &import.statement {
            ImportStatement::From { level, .. } if *level > 0 => *level,
            _ => return import.module.clone(),
        };
        let mut package = self.package_of(importer)?;
        for _ in 1..level {
            package = package.rsplit_once('.')?.0;
        }
        if package.is_empty() {
            return None;
        }
        Some(match &import.module {
            Some(module) => format!("{package}.{module}"),
            None => package.to_owned(),
        })
    }
}

impl Found {
    fn add(&mut self, modules: Vec<ModuleId>) {
        let Some(first) = modules.first() else { return };
        if self.modules.is_empty() {
            self.modules = modules;
        } else if !self.modules.contains(first) && !self.elsewhere.contains(first) {
            self.elsewhere.push(*first);
        }
    }
}

/// How many folders two paths begin with alike.
fn shared(a: &str, b: &str) -> usize {
    a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b).count()
}
