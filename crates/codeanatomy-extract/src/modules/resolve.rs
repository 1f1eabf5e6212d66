//! What imports lead to: names are followed through re-exports to what binds them.

use std::rc::Rc;

use super::find::{Found, Place};
use super::index::{Index, ModuleId};
use super::names::{Import, ImportStatement, ModuleNames};
use super::target::{Reached, Reason, Resolution, Target};
use super::walk::Walk;
use super::{Kept, Modules, Step};
use crate::file::Entry;

/// The re-exporting modules that are kept of a way, one more than are shown.
pub(super) const MAX_VIA: usize = 9;
/// A module that is a variable of another may be one of one that is, and so on.
const MAX_NESTING: usize = 4;

/// Resolves names, and has modules read that it needs.
pub(super) struct Resolver<'m> {
    pub(super) modules: &'m Modules,
    pub(super) read: &'m mut dyn FnMut(&Entry) -> Option<ModuleNames>,
    nesting: usize,
}

impl<'m> Resolver<'m> {
    pub(super) fn new(modules: &'m Modules, read: &'m mut dyn FnMut(&Entry) -> Option<ModuleNames>) -> Self {
        Self {
            modules,
            read,
            nesting: 0,
        }
    }

    pub(super) fn index(&self) -> &'m Index {
        &self.modules.index
    }

    pub(super) fn kept(&mut self, module: ModuleId) -> Option<&'m Kept> {
        self.modules.kept(module, self.read)
    }

    /// What an import in a file names; of a star, the module.
    pub(super) fn import(&mut self, importer: &Entry, import: &Import) -> Resolution {
        let Some(absolute) = self.index().absolute(importer, import) else {
            return Resolution::none(Reason::BeyondTopLevel);
        };
        let name = match &import.statement {
            ImportStatement::From { name, .. } if name != "*" => Some(name.as_str()),
            _ => None,
        };
        match (self.index().find(&absolute, importer), name) {
            (Place::Here(found), None) => {
                let first = found.modules.iter().take(1).chain(&found.elsewhere);
                let reached = first.map(|m| Reached::direct(Target::Module(*m))).collect();
                Resolution::new(reached, Reason::NoSuchModule)
            }
            (Place::Here(found), Some(name)) => {
                let mut resolution = self.name(&found, name);
                for other in found.elsewhere {
                    let modules = vec![other];
                    let other = self.name(
                        &Found {
                            modules,
                            elsewhere: vec![],
                        },
                        name,
                    );
                    if resolution.reached.is_empty() {
                        resolution = other;
                    } else {
                        resolution.reached.extend(other.reached);
                    }
                }
                // What was found in the chosen module stays first among equals.
                resolution.choose();
                resolution
            }
            (Place::Outside, name) => Resolution::of(Target::External {
                module: absolute,
                name: name.map(Into::into),
            }),
            (Place::Nowhere, name) => match (self.variable(&absolute, importer), name) {
                (Some(reached), None) => Resolution {
                    reached: vec![reached],
                    reason: None,
                },
                (Some(reached), Some(name)) => self.name_in_variable(reached, name),
                (None, _) => Resolution::none(Reason::NoSuchModule),
            },
        }
    }

    /// What a name is in a module that is the variable of another.
    fn name_in_variable(&mut self, module: Reached, name: &str) -> Resolution {
        match module.target {
            Target::Module(id) => {
                let modules = vec![id];
                let mut resolution = self.name(
                    &Found {
                        modules,
                        elsewhere: vec![],
                    },
                    name,
                );
                for reached in &mut resolution.reached {
                    let via = module.via.iter().chain(&reached.via).copied().take(MAX_VIA);
                    reached.via = via.collect();
                    reached.hops += module.hops;
                }
                resolution
            }
            Target::External { module, .. } => Resolution::of(Target::External {
                module,
                name: Some(name.into()),
            }),
            _ => Resolution::none(Reason::NoSuchModule),
        }
    }

    /// The module that a dotted name means by a variable of its parent, as `os.path` does.
    fn variable(&mut self, absolute: &str, importer: &Entry) -> Option<Reached> {
        let (parent, name) = absolute.rsplit_once('.')?;
        if self.nesting >= MAX_NESTING {
            return None;
        }
        self.nesting += 1;
        let found = self.index().look_up(parent, importer);
        let resolution = self.name(&found, name);
        self.nesting -= 1;
        let is_module = |r: &Reached| matches!(r.target, Target::Module(_) | Target::External { name: None, .. });
        resolution.reached.into_iter().find(is_module)
    }

    fn variable_on(&mut self, walk: &mut Walk, absolute: &str, importer: &Entry) -> Option<Reached> {
        walk.depends_on_way();
        self.variable(absolute, importer)
    }

    /// Follows an import of a module.
    pub(super) fn follow(&mut self, walk: &mut Walk, module: ModuleId, position: u32) {
        let index = self.index();
        let importer = &index.module(module).entry;
        let Some((import, step)) = self.step(module, position as usize) else {
            return walk.miss(Reason::BeyondTopLevel);
        };
        let first_place;
        let (absolute, place, name) = match &import.statement {
            ImportStatement::From { name, .. } => (step.absolute.as_str(), &step.place, Some(name.as_str())),
            ImportStatement::Import if import.asname.is_some() => (step.absolute.as_str(), &step.place, None),
            ImportStatement::Import => {
                let first = step.absolute.split('.').next().unwrap_or_default();
                first_place = index.find(first, importer);
                (first, &first_place, None)
            }
        };
        let outside = |name: Option<&str>| Target::External {
            module: absolute.to_owned(),
            name: name.map(Into::into),
        };
        match (place, name) {
            (Place::Here(found), None) => {
                if let Some(first) = found.modules.first() {
                    walk.reach(Target::Module(*first), true);
                }
            }
            (Place::Here(found), Some(name)) => {
                let Some((first, beside)) = found.modules.split_first() else {
                    return;
                };
                // `from . import name` in the package itself: the name is not bound yet, so that it is the submodule.
                let is_itself = *first == module && walk.stack.last().is_some_and(|node| &*node.name == name);
                match self.submodule(module, name).filter(|_| is_itself) {
                    Some(id) => walk.reach(Target::Module(id), false),
                    None => self.enter(walk, *first, &name.into(), beside),
                }
            }
            (Place::Outside, name) => walk.reach(outside(name), true),
            // How deep such lookups go is bounded.
            (Place::Nowhere, name) => match (self.variable_on(walk, absolute, importer), name) {
                (Some(reached), None) => walk.reach(reached.target, true),
                (Some(Reached { target, .. }), Some(name)) => match target {
                    Target::Module(id) => self.enter(walk, id, &name.into(), &[]),
                    Target::External { module, .. } => {
                        let name = Some(name.into());
                        walk.reach(Target::External { module, name }, true);
                    }
                    _ => walk.miss(Reason::NoSuchModule),
                },
                (None, _) => walk.miss(Reason::NoSuchModule),
            },
        }
    }

    /// Follows a star, if it brings the name.
    pub(super) fn follow_star(&mut self, walk: &mut Walk, module: ModuleId, star: usize, name: &Rc<str>) {
        match self.star(module, star) {
            Some(Place::Here(found)) => {
                if let Some((first, beside)) = found.modules.split_first()
                    && self.offers(*first, name)
                {
                    self.enter(walk, *first, name, beside);
                }
            }
            Some(Place::Outside) if !name.starts_with('_') => walk.miss(Reason::ExternalStar),
            _ => {}
        }
    }

    /// The module that a star takes names from.
    pub(super) fn star(&mut self, module: ModuleId, star: usize) -> Option<&'m Place> {
        self.step(module, star).map(|(_, step)| &step.place)
    }

    /// An import of a module and where it leads; none if its level leads too far up.
    fn step(&mut self, module: ModuleId, position: usize) -> Option<(&'m Import, &'m Step)> {
        let index = self.index();
        let kept = self.kept(module)?;
        let (import, slot) = kept.imports.get(position).zip(kept.places.get(position))?;
        if let Some(step) = slot.get() {
            return Some((import, step));
        }
        let importer = &index.module(module).entry;
        let absolute = index.absolute(importer, import)?;
        let place = index.find(&absolute, importer);
        Some((import, slot.get_or_init(|| Step { absolute, place })))
    }

    /// The submodule of a package.
    pub(super) fn submodule(&self, package: ModuleId, name: &str) -> Option<ModuleId> {
        let index = self.index();
        let package = &index.module(package).entry;
        if !package.is_package {
            return None;
        }
        if let Some(module) = &package.module {
            let found = index.look_up(&format!("{module}.{name}"), package);
            if let Some(id) = found.modules.first() {
                return Some(*id);
            }
        }
        None
    }
}
