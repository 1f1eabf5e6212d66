//! Names followed through re-exports to what binds them.
//!
//! The walk is depth first over pairs of module and name, each seen once, with a stack of its own: a chain may be as long
//! as there are modules, and modules may import each other.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::find::{Found, Place};
use super::index::{Index, ModuleId};
use super::names::{Import, ImportStatement, ModuleNames, SiteKind};
use super::target::{Reached, Reason, Resolution, Target};
use super::{Kept, Modules, Step};
use crate::file::Entry;

/// The names that the import system gives every module, and packages.
const IMPLICIT: [&str; 10] = [
    "__annotations__",
    "__builtins__",
    "__cached__",
    "__dict__",
    "__doc__",
    "__file__",
    "__loader__",
    "__name__",
    "__package__",
    "__spec__",
];

/// Longer walks end.
const MAX_NODES: usize = 10_000;
/// The re-exporting modules that are kept of a way, one more than are shown.
const MAX_VIA: usize = 9;
/// A module that is a variable of another may be one of one that is, and so on.
const MAX_NESTING: usize = 4;

/// Resolves names, and has modules read that it needs.
pub(super) struct Resolver<'m> {
    pub(super) modules: &'m Modules,
    pub(super) read: &'m mut dyn FnMut(&Entry) -> Option<ModuleNames>,
    nesting: usize,
}

/// A name in a module, and what it may be bound by that is still to be looked at, the last first.
struct Node {
    module: ModuleId,
    name: Rc<str>,
    alternatives: Vec<Alternative>,
    /// The number of targets before it.
    before: usize,
    /// The number of targets before an alternative that rules out the others if it leads to one.
    before_exclusive: Option<usize>,
}

enum Alternative {
    Site(SiteKind),
    /// A star, by its position; a star that is sure to run rules out what comes before it in the file.
    Star {
        position: usize,
        is_certain: bool,
    },
    /// The same name in another module: the stub or the source beside, or what is put in the place of the module.
    Beside(ModuleId),
    Submodule,
    Implicit,
}

/// One walk.
#[derive(Default)]
struct Walk {
    stack: Vec<Node>,
    seen: FxHashSet<(ModuleId, Rc<str>)>,
    reached: Vec<Reached>,
    reason: Option<Reason>,
}

impl Walk {
    fn miss(&mut self, reason: Reason) {
        self.reason = Some(self.reason.map_or(reason, |r| r.min(reason)));
    }

    /// Notes a target. The innermost module is one that re-exports it if an import there led to it.
    fn reach(&mut self, target: Target, by_import: bool) {
        let hops = self.stack.len() - usize::from(!by_import);
        let via = self.stack.iter().take(hops.min(MAX_VIA)).map(|node| node.module);
        let via = via.collect();
        self.reached.push(Reached { target, hops, via });
    }
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

    /// What a name is in a module.
    pub(super) fn name(&mut self, modules: &Found, name: &str) -> Resolution {
        let mut walk = Walk::default();
        let name: Rc<str> = name.into();
        if let Some((first, beside)) = modules.modules.split_first() {
            self.enter(&mut walk, *first, &name, beside);
        }
        while let Some(node) = walk.stack.last_mut() {
            let is_settled = node.before_exclusive.is_some_and(|before| walk.reached.len() > before);
            let next = match is_settled {
                true => None,
                false => node.alternatives.pop(),
            };
            let Some(alternative) = next else {
                walk.stack.pop();
                continue;
            };
            let has_found = walk.reached.len() > node.before;
            node.before_exclusive = None;
            let (module, name) = (node.module, Rc::clone(&node.name));
            match alternative {
                Alternative::Site(SiteKind::Definition(kind, ordinal)) => {
                    let name = (&*name).into();
                    let target = Target::Definition {
                        module,
                        name,
                        kind,
                        ordinal,
                    };
                    walk.reach(target, false);
                }
                Alternative::Site(SiteKind::Variable) => {
                    let name = (&*name).into();
                    walk.reach(Target::Variable { module, name }, false);
                }
                Alternative::Site(SiteKind::Deletion) => {}
                Alternative::Site(SiteKind::Import(import)) => self.follow(&mut walk, module, import),
                Alternative::Star { position, is_certain } => {
                    node.before_exclusive = is_certain.then_some(walk.reached.len());
                    self.follow_star(&mut walk, module, position, &name);
                }
                Alternative::Beside(_) | Alternative::Submodule | Alternative::Implicit if has_found => {}
                Alternative::Beside(other) => self.enter(&mut walk, other, &name, &[]),
                Alternative::Submodule => {
                    if let Some(id) = self.submodule(module, &name) {
                        walk.reach(Target::Module(id), false);
                    }
                }
                Alternative::Implicit => {
                    let is_there = IMPLICIT.contains(&&*name)
                        || (&*name == "__path__" && self.index().module(module).entry.is_package);
                    if is_there {
                        let name = (&*name).into();
                        walk.reach(Target::Implicit { module, name }, false);
                    } else if walk.seen.len() <= MAX_NODES {
                        self.explain(&mut walk, module);
                    }
                }
            }
        }
        Resolution::new(walk.reached, walk.reason.unwrap_or(Reason::NoSuchName))
    }

    /// Says why a name that a module does not have might be there all the same.
    fn explain(&mut self, walk: &mut Walk, module: ModuleId) {
        let is_namespace = self.index().module(module).is_namespace;
        match self.kept(module) {
            Some(kept) if kept.is_dynamic => walk.miss(Reason::Dynamic),
            None if !is_namespace => walk.miss(Reason::Unreadable),
            _ => walk.miss(Reason::NoSuchName),
        }
    }

    /// Goes on with a name in a module.
    fn enter(&mut self, walk: &mut Walk, module: ModuleId, name: &Rc<str>, beside: &[ModuleId]) {
        if !walk.seen.insert((module, Rc::clone(name))) {
            return walk.miss(Reason::Cycle);
        }
        if walk.seen.len() > MAX_NODES {
            return walk.miss(Reason::TooLong);
        }
        // The last is looked at first.
        let mut alternatives = vec![Alternative::Implicit, Alternative::Submodule];
        alternatives.extend(beside.iter().rev().map(|id| Alternative::Beside(*id)));
        if let Some(kept) = self.kept(module) {
            let live = kept.live(name);
            let is_live = |position: &&usize| live.certain_at.is_none_or(|at| kept.imports[**position].bstart > at);
            let stars = |is_certain: bool| {
                let stars = kept.stars.iter().filter(is_live);
                stars
                    .filter(move |position| kept.imports[**position].is_certain == is_certain)
                    .map(move |&position| Alternative::Star { position, is_certain })
            };
            alternatives.extend(stars(false).rev());
            alternatives.extend(live.sites.iter().rev().map(|site| Alternative::Site(site.kind)));
            // Of stars that are sure to run the last counts.
            alternatives.extend(stars(true));
            alternatives.extend(self.replacement(module).map(Alternative::Beside));
        }
        walk.stack.push(Node {
            module,
            name: Rc::clone(name),
            alternatives,
            before: walk.reached.len(),
            before_exclusive: None,
        });
    }

    /// Follows an import of a module.
    fn follow(&mut self, walk: &mut Walk, module: ModuleId, position: u32) {
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
            (Place::Nowhere, name) => match (self.variable(absolute, importer), name) {
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
    fn follow_star(&mut self, walk: &mut Walk, module: ModuleId, star: usize, name: &Rc<str>) {
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
