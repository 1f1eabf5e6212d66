//! The least sets of values that satisfy a program.
//!
//! A worklist takes a variable with values that are new, and gives each to the variables that it is copied to and to its
//! hooks, which may add copies, hooks and variables. What is looked up in classes waits until nothing else is left to do,
//! so that their bases are known. When all is done, what nothing is known of gets what it may have ([`Fallback`]), once.

mod attribute;
mod builtin;
mod call;
mod class;
mod container;
mod fallback;
mod fire;
mod import;
mod iterate;

use std::collections::VecDeque;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::names::Sym;
use crate::program::{Hook, How, Program, Site, Var};
use crate::value::{Value, Values, Vid};
use class::Base;
use container::{Slots, Subscriber};

/// The largest number of values of a variable; others are left out.
pub(crate) const MAX_VALUES: usize = 64;

/// The largest number of constants among them; with more, the variable holds [`Value::Any`].
const MAX_CONSTANTS: u8 = 8;

/// What a site calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Target {
    Function(u32),
    /// `__init__` or `__new__` of a class.
    Constructor(u32),
    Class(u32),
    External(Sym),
    Builtin(Sym),
}

/// The values of a variable; those before `done` have been given on.
#[derive(Debug, Default)]
struct Set {
    values: Vec<Vid>,
    done: u32,
    constants: u8,
    is_queued: bool,
}

/// A look-up in the classes of a value.
#[derive(Debug, Clone, Copy)]
enum LookUp {
    Load {
        of: Vid,
        name: Sym,
        to: Var,
        at: u32,
    },
    Store {
        of: Vid,
        name: Sym,
        from: Var,
        at: u32,
    },
    /// A method is called: with an operand unless that is none.
    Method {
        of: Vid,
        name: Sym,
        operand: Var,
        second: Var,
        to: Var,
        at: u32,
        how: How,
    },
    Iterate {
        of: Vid,
        to: Var,
        at: u32,
    },
    Enter {
        of: Vid,
        to: Var,
        at: u32,
    },
    Construct {
        class: u32,
        site: u32,
    },
    Call {
        of: Vid,
        site: u32,
    },
}

#[derive(Debug)]
pub(crate) struct Solver {
    pub(crate) program: Program,
    pub(crate) values: Values,
    sets: Vec<Set>,
    copies: Vec<Vec<Var>>,
    hooks: Vec<Vec<Hook>>,
    queue: VecDeque<Var>,
    /// Hooks that were added to a variable with values.
    replays: VecDeque<(Hook, Vid)>,
    slot_events: VecDeque<(u32, usize, Subscriber)>,
    look_ups: VecDeque<LookUp>,
    /// Those that were done, to be done again when a class gets a base.
    looked_up: Vec<LookUp>,
    attributes: FxHashMap<(Vid, Sym), Var>,
    slots: Vec<Slots>,
    bases: Vec<Vec<Vec<Base>>>,
    orders: Vec<Option<Rc<[Base]>>>,
    has_orders: bool,
    hierarchy_changed: bool,
    linked: FxHashSet<(u32, u32, bool)>,
    is_called: Vec<bool>,
    seen: FxHashSet<(u32, Target)>,
    pub(crate) targets: Vec<(u32, Target)>,
    words: Words,
}

macro_rules! words {
    ($($name:ident = $text:literal),* $(,)?) => {
        /// Names that mean something.
        #[derive(Debug, Clone, Copy)]
        struct Words { $($name: Sym),* }

        impl Words {
            fn new(names: &mut crate::names::Names) -> Self {
                Self { $($name: names.intern($text)),* }
            }
        }
    };
}

words! {
    init = "__init__", new = "__new__", call = "__call__", class = "__class__", iter = "__iter__", next = "__next__",
    aiter = "__aiter__", anext = "__anext__", getitem = "__getitem__", setitem = "__setitem__", enter = "__enter__",
    exit = "__exit__", aenter = "__aenter__", aexit = "__aexit__", get = "__get__", set = "__set__", getattr = "__getattr__",
}

impl Solver {
    pub(crate) fn new(mut program: Program) -> Self {
        let words = Words::new(&mut program.names);
        let vars = program.vars as usize;
        let bases = program.classes.iter().map(|c| vec![vec![]; c.bases as usize]).collect();
        let mut this = Self {
            values: Values::default(),
            sets: std::iter::repeat_with(Set::default).take(vars).collect(),
            copies: vec![vec![]; vars],
            hooks: vec![vec![]; vars],
            queue: VecDeque::new(),
            replays: VecDeque::new(),
            slot_events: VecDeque::new(),
            look_ups: VecDeque::new(),
            looked_up: vec![],
            attributes: FxHashMap::default(),
            slots: program.containers.iter().map(|_| Slots::default()).collect(),
            bases,
            orders: vec![None; program.classes.len()],
            has_orders: false,
            hierarchy_changed: false,
            linked: FxHashSet::default(),
            is_called: vec![false; program.functions.len()],
            seen: FxHashSet::default(),
            targets: vec![],
            words,
            program,
        };
        for (from, to) in std::mem::take(&mut this.program.copies) {
            this.copies[from as usize].push(to);
        }
        for (var, hook) in std::mem::take(&mut this.program.hooks) {
            this.hooks[var as usize].push(hook);
        }
        this.resolve_imports();
        for (var, value) in std::mem::take(&mut this.program.seeds) {
            this.add_value(var, value);
        }
        this
    }

    /// Solves.
    pub(crate) fn run(&mut self, is_wanted: &dyn Fn() -> bool) {
        self.settle(is_wanted);
        self.fall_back();
        self.settle(is_wanted);
    }

    fn settle(&mut self, is_wanted: &dyn Fn() -> bool) {
        let mut steps = 0_u32;
        loop {
            steps = steps.wrapping_add(1);
            if steps.is_multiple_of(1 << 16) && !is_wanted() {
                return;
            }
            if let Some((hook, value)) = self.replays.pop_front() {
                self.fire(hook, value);
            } else if let Some((container, slot, subscriber)) = self.slot_events.pop_front() {
                self.slot_event(container, slot, subscriber);
            } else if let Some(var) = self.queue.pop_front() {
                self.give_on(var);
            } else if let Some(look_up) = self.look_ups.pop_front() {
                self.looked_up.push(look_up);
                self.look_up(look_up);
            } else if self.hierarchy_changed {
                self.hierarchy_changed = false;
                self.orders.fill(None);
                self.look_ups.extend(std::mem::take(&mut self.looked_up));
            } else {
                return;
            }
        }
    }

    fn give_on(&mut self, var: Var) {
        let var = var as usize;
        self.sets[var].is_queued = false;
        while let Some(value) = self.sets[var].values.get(self.sets[var].done as usize).copied() {
            self.sets[var].done += 1;
            for i in 0..self.copies[var].len() {
                let to = self.copies[var][i];
                self.add(to, value);
            }
            for i in 0..self.hooks[var].len() {
                let hook = self.hooks[var][i];
                self.fire(hook, value);
            }
        }
    }

    fn var(&mut self) -> Var {
        self.sets.push(Set::default());
        self.copies.push(vec![]);
        self.hooks.push(vec![]);
        self.sets.len() as Var - 1
    }

    pub(crate) fn values_of(&self, var: Var) -> &[Vid] {
        self.sets.get(var as usize).map_or(&[], |s| &s.values)
    }

    fn add_value(&mut self, var: Var, value: Value) {
        let vid = self.values.intern(value);
        self.add(var, vid);
    }

    fn add(&mut self, var: Var, value: Vid) {
        let set = &mut self.sets[var as usize];
        if set.values.contains(&value) || set.values.len() >= MAX_VALUES {
            return;
        }
        if let Value::Const(_) = self.values.get(value) {
            if set.constants == MAX_CONSTANTS {
                return self.add_value(var, Value::Any);
            }
            set.constants += 1;
        }
        set.values.push(value);
        if !set.is_queued {
            set.is_queued = true;
            self.queue.push_back(var);
        }
    }

    fn copy(&mut self, from: Var, to: Var) {
        if from == to {
            return;
        }
        self.copies[from as usize].push(to);
        for i in 0..self.sets[from as usize].done as usize {
            let value = self.sets[from as usize].values[i];
            self.add(to, value);
        }
    }

    fn hook(&mut self, on: Var, hook: Hook) {
        self.hooks[on as usize].push(hook);
        for i in 0..self.sets[on as usize].done as usize {
            let value = self.sets[on as usize].values[i];
            self.replays.push_back((hook, value));
        }
    }

    fn site(&mut self, site: Site) -> u32 {
        self.program.site(site)
    }

    fn target(&mut self, site: u32, target: Target) {
        if self.seen.insert((site, target)) {
            self.targets.push((site, target));
        }
    }

    /// Calls the values of `callee` as an implicit call.
    fn call_implicit(&mut self, callee: Var, args: Box<[crate::program::Arg]>, result: Var, at: u32, how: How) {
        let site = self.site(Site {
            callee,
            args,
            result,
            at,
            how,
        });
        self.hook(callee, Hook::Call { site });
    }
}
