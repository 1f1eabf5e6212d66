//! The walk: a name in a module, followed to what binds it.
//!
//! It is depth first over pairs of module and name, each seen once, with a stack of its own: a chain may be as long
//! as there are modules, and modules may import each other.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::find::Found;
use super::index::ModuleId;
use super::names::SiteKind;
use super::resolve::{MAX_VIA, Resolver};
use super::target::{Reached, Reason, Resolution, Target};

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

/// A name in a module, and what it may be bound by that is still to be looked at, the last first.
pub(super) struct Node {
    module: ModuleId,
    pub(super) name: Rc<str>,
    alternatives: Vec<Alternative>,
    /// The number of targets before it.
    before: usize,
    /// The number of targets before an alternative that rules out the others if it leads to one.
    before_exclusive: Option<usize>,
}

pub(super) enum Alternative {
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
pub(super) struct Walk {
    pub(super) stack: Vec<Node>,
    seen: FxHashSet<(ModuleId, Rc<str>)>,
    reached: Vec<Reached>,
    reason: Option<Reason>,
}

impl Walk {
    pub(super) fn miss(&mut self, reason: Reason) {
        self.reason = Some(self.reason.map_or(reason, |r| r.min(reason)));
    }

    /// Notes a target. The innermost module is one that re-exports it if an import there led to it.
    pub(super) fn reach(&mut self, target: Target, by_import: bool) {
        let hops = self.stack.len() - usize::from(!by_import);
        let via = self.stack.iter().take(hops.min(MAX_VIA)).map(|node| node.module);
        let via = via.collect();
        self.reached.push(Reached { target, hops, via });
    }
}

impl Resolver<'_> {
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
    pub(super) fn enter(&mut self, walk: &mut Walk, module: ModuleId, name: &Rc<str>, beside: &[ModuleId]) {
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
}
