//! The walk: a name in a module, followed to what binds it.
//!
//! It is depth first over pairs of module and name, with a stack of its own: a chain may be as long as there are modules,
//! and modules may import each other. What a pair leads to does not depend on the way to it unless that way leads in a
//! circle; so it is remembered for other walks where finding it took some steps (`known.rs`). Pairs that lead in a circle
//! are told apart as strongly connected components are: each is numbered when it is seen, and has the least number below.

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::find::Found;
use super::index::ModuleId;
use super::known::Known;
use super::names::SiteKind;
use super::resolve::{MAX_VIA, Resolver};
use super::target::{Reached, Reason, Resolution, Target, keep_different};

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

/// Longer ways end, and so do larger circles.
const MAX_NODES: usize = 10_000;
/// What took so many steps is remembered. Fewer are taken again: that costs less than memory for each name of each module.
const STEPS_TO_REMEMBER: usize = 8;

/// A name in a module, and what it may be bound by that is still to be looked at, the last first.
pub(super) struct Node {
    module: ModuleId,
    pub(super) name: Rc<str>,
    beside: Option<ModuleId>,
    alternatives: Vec<Alternative>,
    /// When it was seen.
    number: u32,
    /// The least number that is met below, of a pair that was seen and not left for good; 0 if the walk was cut there.
    least: u32,
    /// The number of targets before it.
    before: usize,
    /// The number of open pairs before it.
    open: usize,
    /// The most open pairs that there were while it was looked at.
    most_open: usize,
    /// The steps below that are not remembered.
    steps: usize,
    reason: Option<Reason>,
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
    /// The pairs that are on the stack or lead in a circle with one that is, and their numbers.
    seen: FxHashMap<(ModuleId, Rc<str>), u32>,
    /// The same pairs in the order in which they were seen.
    open: Vec<(ModuleId, Rc<str>)>,
    last_number: u32,
    /// The circles that were left for good: each by a number of its own.
    circles: FxHashMap<(ModuleId, Rc<str>), u32>,
    /// What the pairs lead to by which circles were entered, and what was beside them.
    entered: FxHashMap<(ModuleId, Rc<str>, Option<ModuleId>), Arc<Known>>,
    reached: Vec<Reached>,
    reason: Option<Reason>,
}

impl Walk {
    pub(super) fn miss(&mut self, reason: Reason) {
        let of = match self.stack.last_mut() {
            Some(node) => &mut node.reason,
            None => &mut self.reason,
        };
        *of = least(*of, Some(reason));
    }

    /// Says that what the innermost pair leads to would be another thing on another way.
    pub(super) fn depends_on_way(&mut self) {
        if let Some(node) = self.stack.last_mut() {
            node.least = 0;
        }
    }

    /// Notes a target of the innermost pair, whose module re-exports it if an import there led to it.
    pub(super) fn reach(&mut self, target: Target, by_import: bool) {
        let module = self.stack.last().filter(|_| by_import).map(|node| node.module);
        self.reached.push(Reached {
            target,
            hops: usize::from(by_import),
            via: module.into_iter().collect(),
        });
    }

    /// Notes what is known of a pair that the innermost one leads to.
    fn take(&mut self, known: &Known) {
        let before = self.reached.len();
        self.reached.extend(known.reached.iter().cloned());
        self.came_from(before);
        if let Some(node) = self.stack.last_mut() {
            node.reason = least(node.reason, known.reason);
            node.most_open = node.most_open.max(self.open.len() + known.open);
            node.steps += 1;
        }
    }

    /// The innermost module re-exports the targets from a place on.
    fn came_from(&mut self, before: usize) {
        let Some(node) = self.stack.last() else { return };
        for reached in &mut self.reached[before..] {
            reached.hops += 1;
            reached.via.insert(0, node.module);
            reached.via.truncate(MAX_VIA);
        }
    }

    /// What a pair leads to in a circle that was left; not for a pair of the same circle, which is there on another way.
    fn entered(&self, pair: &(ModuleId, Rc<str>), beside: Option<ModuleId>) -> Option<Arc<Known>> {
        let circle = self.circles.get(pair)?;
        let top = self.stack.last()?;
        if self.circles.get(&(top.module, Rc::clone(&top.name))) == Some(circle) {
            return None;
        }
        self.entered.get(&(pair.0, Rc::clone(&pair.1), beside)).cloned()
    }

    /// Leaves the innermost pair; what it leads to, if that is worth to be remembered and the same on every way.
    fn leave(&mut self) -> Option<(Node, Known)> {
        let mut node = self.stack.pop()?;
        keep_different(&mut self.reached, node.before);
        let is_complete = node.least >= node.number;
        // It leads in no circle, not even to itself.
        let is_alone = node.least > node.number;
        let known = || Known {
            reached: self.reached[node.before..].to_vec(),
            reason: node.reason,
            open: node.most_open - node.open,
        };
        if is_complete && !is_alone {
            let key = (node.module, Rc::clone(&node.name), node.beside);
            self.entered.insert(key, Arc::new(known()));
        }
        let known = (is_alone && node.steps >= STEPS_TO_REMEMBER).then(known);
        if is_complete {
            for pair in self.open.drain(node.open..) {
                self.seen.remove(&pair);
                if !is_alone {
                    self.circles.entry(pair).or_insert(node.number);
                }
            }
        }
        if known.is_some() {
            node.steps = 0;
        }
        self.came_from(node.before);
        match self.stack.last_mut() {
            Some(parent) => {
                parent.reason = least(parent.reason, node.reason);
                parent.most_open = parent.most_open.max(node.most_open);
                parent.steps += node.steps + 1;
                if !is_complete {
                    parent.least = parent.least.min(node.least);
                }
            }
            None => self.reason = least(self.reason, node.reason),
        }
        known.map(|known| (node, known))
    }
}

/// The reason that says most.
fn least(a: Option<Reason>, b: Option<Reason>) -> Option<Reason> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
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
                if let Some((node, known)) = walk.leave() {
                    self.modules.remember(node.module, &node.name, node.beside, known);
                }
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
                    } else {
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
        let pair = (module, Rc::clone(name));
        if let Some(&number) = walk.seen.get(&pair) {
            if let Some(node) = walk.stack.last_mut() {
                node.least = node.least.min(number);
            }
            return walk.miss(Reason::Cycle);
        }
        let first_beside = beside.first().copied();
        let known = walk.entered(&pair, first_beside);
        if let Some(known) = known.or_else(|| self.modules.known(module, name, first_beside))
            && walk.open.len() + known.open <= MAX_NODES
        {
            return walk.take(&known);
        }
        if walk.open.len() >= MAX_NODES {
            walk.depends_on_way();
            return walk.miss(Reason::TooLong);
        }
        walk.last_number += 1;
        walk.seen.insert(pair.clone(), walk.last_number);
        walk.open.push(pair);
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
            beside: first_beside,
            alternatives,
            number: walk.last_number,
            least: u32::MAX,
            before: walk.reached.len(),
            open: walk.open.len() - 1,
            most_open: walk.open.len(),
            steps: 0,
            reason: None,
            before_exclusive: None,
        });
    }
}
