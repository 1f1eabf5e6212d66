//! What a star brings in.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::Kept;
use super::find::Place;
use super::index::ModuleId;
use super::known::StarNames;
use super::names::{All, ImportStatement, SiteKind};
use super::resolve::Resolver;

/// How long a chain of stars is gone down again at most, if it brings fewer names than that.
const STAR_STEPS: usize = 64;

impl<'m> Resolver<'m> {
    /// The names that `from module import *` binds, in the order of their bytes: those in `__all__`, else all that do not
    /// begin with an underscore. Where `__all__` holds more than is written down, both.
    ///
    /// A chain of modules that each have one star is gone down once: what it brings is remembered on the way back.
    pub(super) fn star_names(&mut self, module: ModuleId) -> StarNames {
        let mut seen = FxHashSet::default();
        let mut chain = Vec::new();
        let mut at = self.replacement(module).unwrap_or(module);
        let mut names = loop {
            if let Some(known) = self.modules.known_star(at) {
                break BTreeSet::clone(&known);
            }
            if !seen.insert(at) {
                // In a circle all bring the same.
                break self.names_below(at);
            }
            let (own, mut left) = self.own_names(at);
            if left.len() > 1 {
                let names = self.names_below(at);
                self.modules.remember_star(at, Arc::new(names.clone()));
                break names;
            }
            let Some(next) = left.pop() else { break own };
            chain.push((at, own));
            at = self.replacement(next).unwrap_or(next);
        };
        let mut steps = 0;
        for (module, own) in chain.into_iter().rev() {
            names.extend(own);
            steps += 1;
            if steps >= names.len().max(STAR_STEPS) {
                self.modules.remember_star(module, Arc::new(names.clone()));
                steps = 0;
            }
        }
        Arc::new(names)
    }

    /// The same, with all modules looked at.
    fn names_below(&mut self, module: ModuleId) -> BTreeSet<Box<str>> {
        let mut names = BTreeSet::new();
        let mut seen = FxHashSet::default();
        let mut left = vec![module];
        while let Some(module) = left.pop() {
            let module = self.replacement(module).unwrap_or(module);
            if !seen.insert(module) {
                continue;
            }
            match self.modules.known_star(module) {
                Some(known) => names.extend(known.iter().cloned()),
                None => {
                    let (own, further) = self.own_names(module);
                    names.extend(own);
                    left.extend(further);
                }
            }
        }
        names
    }

    /// The names that a star of a module brings without the stars in it, and the modules that those lead to.
    fn own_names(&mut self, module: ModuleId) -> (BTreeSet<Box<str>>, Vec<ModuleId>) {
        let mut names = BTreeSet::new();
        let mut further = Vec::new();
        let Some(kept) = self.kept(module) else {
            return (names, further);
        };
        let all = self.all_of(module);
        all.iter().for_each(|all| names.extend(all.names.iter().cloned()));
        if all.is_empty() || all.iter().any(|all| all.is_open) {
            self.public_names(module, kept, &mut names);
            for star in &kept.stars {
                if let Some(Place::Here(found)) = self.star(module, *star) {
                    further.extend(found.modules.first());
                }
            }
        }
        (names, further)
    }

    /// The names without an underscore in front that a module itself binds.
    fn public_names(&mut self, module: ModuleId, kept: &Kept, names: &mut BTreeSet<Box<str>>) {
        for sites in kept.sites.chunk_by(|a, b| a.name == b.name) {
            let Some(first) = sites.first().filter(|site| !site.name.starts_with('_')) else {
                continue;
            };
            let live = kept.live(&first.name);
            if live.sites.iter().any(|site| site.kind != SiteKind::Deletion) {
                names.insert(first.name.clone());
            }
        }
        // To import a submodule makes it a variable of its package.
        let index = self.index();
        let entry = &index.module(module).entry;
        let package = entry.module.as_deref().filter(|_| entry.is_package);
        for import in &kept.imports {
            let absolute = index.absolute(entry, import);
            let below = package.zip(absolute.as_deref());
            let below = below.and_then(|(package, absolute)| absolute.strip_prefix(package)?.strip_prefix('.'));
            let submodule = below.and_then(|below| below.split('.').next());
            if let Some(name) = submodule.filter(|name| !name.starts_with('_'))
                && self.submodule(module, name).is_some()
            {
                names.insert(name.into());
            }
        }
    }

    /// Whether a star of the module brings a name, if the module has it.
    pub(super) fn offers(&mut self, module: ModuleId, name: &str) -> bool {
        let module = self.replacement(module).unwrap_or(module);
        let all = self.all_of(module);
        let has = |all: &&All| all.names.binary_search_by(|n| (**n).cmp(name)).is_ok();
        let is_open = all.is_empty() || all.iter().any(|all| all.is_open);
        all.iter().any(has) || (is_open && !name.starts_with('_'))
    }

    /// A module's `__all__` and those of the modules that it adds to it; none if it has none.
    fn all_of(&mut self, module: ModuleId) -> Vec<&'m All> {
        let Some(own) = self.kept(module).and_then(|kept| kept.all.as_ref()) else {
            return Vec::new();
        };
        if own.others.is_empty() {
            return vec![own];
        }
        let mut all = Vec::new();
        let mut seen = FxHashSet::default();
        let mut left = vec![module];
        while let Some(module) = left.pop() {
            if !seen.insert(module) {
                continue;
            }
            let Some(own) = self.kept(module).and_then(|kept| kept.all.as_ref()) else {
                continue;
            };
            all.push(own);
            left.extend(own.others.iter().filter_map(|other| self.module_named(module, other)));
        }
        all
    }

    /// The module that a module puts in its own place.
    pub(super) fn replacement(&mut self, module: ModuleId) -> Option<ModuleId> {
        let name = self.kept(module)?.replaced_by.as_deref()?;
        self.module_named(module, name).filter(|other| *other != module)
    }

    /// The module that a name of a module is by an import there, or as its submodule.
    fn module_named(&mut self, module: ModuleId, name: &str) -> Option<ModuleId> {
        let index = self.index();
        let importer = &index.module(module).entry;
        let kept = self.kept(module)?;
        for site in kept.live(name).sites {
            let SiteKind::Import(import) = site.kind else { continue };
            let Some(import) = kept.imports.get(import as usize) else {
                continue;
            };
            let absolute = index.absolute(importer, import);
            let named = match &import.statement {
                ImportStatement::From { name, .. } => absolute.map(|module| format!("{module}.{name}")),
                ImportStatement::Import if import.asname.is_some() => absolute,
                ImportStatement::Import => Some(name.to_owned()),
            };
            let found = named.map(|named| index.look_up(&named, importer));
            if let Some(id) = found.and_then(|found| found.modules.first().copied()) {
                return Some(id);
            }
        }
        self.submodule(module, name)
    }
}
