//! The least sets of values that satisfy a program.
//!
//! A worklist takes a variable with values that are new, and gives each to the variables that it is copied to and to its
//! hooks, which may add copies, hooks and variables. What is looked up in classes waits until nothing else is left to do,
//! so that their bases are known. When all is done, what nothing is known of gets what it may have ([`Fallback`]), once; and then
//! attributes that nothing sets are looked up on instances of bases and in classes outside of the source.

mod attribute;
mod back;
mod builtin;
mod call;
mod class;
mod container;
mod cost;
mod dispatch;
mod fallback;
mod field;
mod fire;
mod graph;
mod import;
mod iterate;
mod made;
mod member;
mod meta;

use std::collections::VecDeque;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::names::Sym;
use crate::program::{Hook, How, NONE, Program, Site, Var};
use crate::value::{Value, Values, Vid};
use class::Base;
use container::{Slots, Subscriber};
pub use cost::Cost;
use fallback::Unset;
use graph::Graph;
use made::Made;
pub(crate) use member::Member;

/// The largest number of values of a variable; others are left out.
pub(crate) const MAX_VALUES: usize = 16;

/// The largest number of constants among them; with more, the variable holds [`Value::Any`].
const MAX_CONSTANTS: u8 = 8;

/// The largest number of things outside of the source among them; with so many, what they are says nothing.
const MAX_EXTERNALS: u8 = 6;

/// How often a value may be given to something for each fact of the source.
const WORK_PER_FACT: usize = 40;

/// How much may be made for each fact of the source.
const MADE_PER_FACT: usize = 8;

/// A source counts as if it had so many facts at least.
const LEAST_FACTS: usize = 100_000;

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
        /// Whether it is `type.__call__`, so that no metaclass is asked.
        is_plain: bool,
    },
    /// A constant in the body of a class is read from it: a member, if it is an enumeration.
    EnumMember {
        class: u32,
        to: Var,
    },
    Call {
        of: Vid,
        site: u32,
    },
    /// A class is subscripted.
    Item {
        of: Vid,
        key: Var,
        to: Var,
        at: u32,
    },
    /// What a metaclass does when a class statement makes a class.
    Made {
        class: u32,
    },
}

#[derive(Debug)]
pub(crate) struct Solver {
    pub(crate) program: Program,
    pub(crate) values: Values,
    graph: Graph,
    queue: VecDeque<Var>,
    /// Hooks that were added to a variable with values.
    replays: VecDeque<(Hook, Vid)>,
    slot_events: VecDeque<(u32, usize, Subscriber)>,
    look_ups: VecDeque<LookUp>,
    /// By class, those that were done, to be done again when it gets a base.
    looked_up: Vec<Vec<LookUp>>,
    made: FxHashMap<Made, u32>,
    /// Names that imports from modules of the source bind.
    imported: member::Imported,
    /// Of a site that solving made, the one that it is for.
    origins: FxHashMap<u32, u32>,
    /// Sites that call `__call__`.
    callables: FxHashSet<u32>,
    /// By class, the metaclass that its statement names.
    metas: Vec<Option<u32>>,
    /// By class, the factories of its fields, and what they give.
    factories: FxHashMap<u32, Vec<(Var, Var)>>,
    /// By generic function, its implementations.
    generic: FxHashMap<u32, Var>,
    /// Keys that may be any if nothing is known of them.
    keys: FxHashSet<Var>,
    attributes: FxHashMap<(Vid, Sym), Var>,
    slots: Vec<Slots>,
    subscribed: FxHashSet<(u32, Subscriber)>,
    bases: Vec<Vec<Vec<Base>>>,
    orders: Vec<Option<Rc<[Base]>>>,
    has_orders: bool,
    /// Classes that got a base when orders were known.
    changed_classes: Vec<u32>,
    /// Sites that make a `partialmethod`.
    partial_methods: FxHashSet<u32>,
    /// Whether a class has a `__getattribute__`.
    has_getattribute: bool,
    /// Attributes of instances that only bases may have.
    unset: Vec<Unset>,
    linked: FxHashSet<(u32, u32, bool)>,
    /// The calls of functions that give back what a call gives.
    links: back::Links,
    /// Functions that were found to give a parameter back.
    given_back: Vec<(u32, Var)>,
    is_called: Vec<bool>,
    targets: Vec<(u32, Target)>,
    distinct_targets: usize,
    words: Words,
    /// [`Value::More`].
    more: Vid,
    /// Whether a class of the source has something that is called when the class is subscripted.
    has_class_items: bool,
    cost: Cost,
    limit: usize,
    /// Whether the bound of the work was reached.
    pub(crate) is_limited: bool,
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
    set_name = "__set_name__", prepare = "__prepare__", class_getitem = "__class_getitem__", register = "register",
    init_subclass = "__init_subclass__", post_init = "__post_init__", lt = "__lt__", gt = "__gt__",
    getattribute = "__getattribute__",
}

impl Solver {
    pub(crate) fn new(mut program: Program, limit: Option<usize>) -> Self {
        let words = Words::new(&mut program.names);
        let facts = program.vars as usize + program.copies.len() + program.hooks.len() + program.seeds.len();
        let bases = program.classes.iter().map(|c| vec![vec![]; c.bases as usize]).collect();
        let has_class_items = program.has_metas
            || program
                .classes
                .iter()
                .any(|c| c.attributes.contains_key(&words.class_getitem));
        let has_getattribute = program
            .classes
            .iter()
            .any(|c| c.attributes.contains_key(&words.getattribute));
        let mut values = Values::default();
        let more = values.intern(Value::More);
        let mut this = Self {
            values,
            more,
            has_class_items,
            graph: Graph::new(&mut program),
            queue: VecDeque::new(),
            replays: VecDeque::new(),
            slot_events: VecDeque::new(),
            look_ups: VecDeque::new(),
            looked_up: vec![vec![]; program.classes.len()],
            made: FxHashMap::default(),
            imported: FxHashMap::default(),
            origins: FxHashMap::default(),
            callables: FxHashSet::default(),
            metas: vec![None; program.classes.len()],
            factories: FxHashMap::default(),
            generic: FxHashMap::default(),
            keys: FxHashSet::default(),
            subscribed: FxHashSet::default(),
            attributes: FxHashMap::default(),
            slots: program.containers.iter().map(|_| Slots::default()).collect(),
            bases,
            orders: vec![None; program.classes.len()],
            has_orders: false,
            changed_classes: vec![],
            partial_methods: FxHashSet::default(),
            has_getattribute,
            unset: vec![],
            linked: FxHashSet::default(),
            links: program.passed.values().map(|p| (p.function, vec![])).collect(),
            given_back: vec![],
            is_called: vec![false; program.functions.len()],
            targets: vec![],
            distinct_targets: 0,
            words,
            cost: Cost {
                facts,
                ..Cost::default()
            },
            limit: limit.unwrap_or(WORK_PER_FACT * facts.max(LEAST_FACTS)),
            is_limited: false,
            program,
        };
        this.resolve_imports();
        this.watch_names();
        for (var, value) in std::mem::take(&mut this.program.seeds) {
            this.add_value(var, value);
        }
        this
    }

    /// Solves.
    pub(crate) fn run(&mut self, is_wanted: &dyn Fn() -> bool) {
        self.settle(is_wanted);
        if !self.is_limited {
            self.fall_back();
            self.settle(is_wanted);
        }
        while !self.unset.is_empty() && !self.is_limited {
            self.look_elsewhere();
            self.settle(is_wanted);
        }
    }

    /// What sites call, with repetitions.
    pub(crate) fn take_targets(&mut self) -> Vec<(u32, Target)> {
        std::mem::take(&mut self.targets)
    }

    /// What has the texts of the calls, and no more.
    pub(crate) fn into_texts(self) -> Program {
        let Program {
            mut names,
            mut functions,
            mut classes,
            mut modules,
            callers,
            paths,
            ..
        } = self.program;
        names.forget_numbers();
        functions.iter_mut().for_each(|f| f.params = vec![]);
        classes.iter_mut().for_each(|c| c.attributes = FxHashMap::default());
        modules.iter_mut().for_each(|m| m.names = FxHashMap::default());
        Program {
            names,
            functions,
            classes,
            modules,
            callers,
            paths,
            ..Program::default()
        }
    }

    /// What it cost.
    pub(crate) fn cost(&self) -> Cost {
        let (variables, copies, hooks) = self.graph.size();
        Cost {
            variables,
            copies,
            hooks,
            values: self.values.len(),
            sites: self.program.sites.len(),
            containers: self.program.containers.len(),
            is_limited: self.is_limited,
            ..self.cost
        }
    }

    /// Whether the work or what it made is out of proportion to the source.
    fn is_at_limit(&self) -> bool {
        let (variables, copies, hooks) = self.graph.size();
        let made = variables + copies + hooks + self.cost.entries + self.cost.look_ups + self.program.sites.len();
        self.cost.work > self.limit || made + self.values.len() > MADE_PER_FACT * self.cost.facts.max(LEAST_FACTS)
    }

    fn settle(&mut self, is_wanted: &dyn Fn() -> bool) {
        let mut steps = 0_u32;
        loop {
            steps = steps.wrapping_add(1);
            if self.is_at_limit() {
                self.is_limited = true;
                return;
            }
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
                if let Some(class) = self.class_of(look_up) {
                    self.looked_up[class as usize].push(look_up);
                }
                self.cost.look_ups += 1;
                self.look_up(look_up);
            } else if !self.changed_classes.is_empty() {
                self.cost.rounds += 1;
                self.look_up_again();
            } else {
                return;
            }
        }
    }

    fn give_on(&mut self, var: Var) {
        loop {
            // What is added from here on takes what was given before by itself.
            let (mut copy, mut hook) = self.graph.ways(var);
            let Some(value) = self.graph.next(var) else {
                return;
            };
            if self.is_at_limit() {
                return;
            }
            while let Some((next, to)) = self.graph.copy_at(copy) {
                self.add(to, value);
                copy = next;
            }
            while let Some((next, what)) = self.graph.hook_at(hook) {
                self.fire(what, value);
                hook = next;
            }
        }
    }

    fn var(&mut self) -> Var {
        self.graph.var()
    }

    /// The variable that something makes.
    fn var_of(&mut self, by: Made) -> Var {
        if let Some(var) = self.made.get(&by) {
            return *var;
        }
        let var = self.var();
        self.made.insert(by, var);
        var
    }

    /// The variable that something makes, with a hook that it has once.
    fn var_with(&mut self, by: Made, hook: Hook) -> Var {
        if let Some(var) = self.made.get(&by) {
            return *var;
        }
        let var = self.var_of(by);
        self.hook(var, hook);
        var
    }

    /// Whether so many things outside of the source come to a variable that none of them is given.
    pub(crate) fn is_anything_outside(&self, var: Var) -> bool {
        self.graph.count(var).externals == MAX_EXTERNALS
    }

    pub(crate) fn values_of(&self, var: Var) -> &[Vid] {
        self.graph.values(var)
    }

    /// Whether nothing is known of a variable.
    fn is_unknown(&self, var: Var) -> bool {
        self.values_of(var).iter().all(|v| *v == self.more)
    }

    /// Whether a variable has more values than are kept, or comes from one that has.
    pub(crate) fn has_more(&self, var: Var) -> bool {
        self.values_of(var).contains(&self.more)
    }

    fn add_value(&mut self, var: Var, value: Value) {
        let vid = self.values.intern(value);
        self.add(var, vid);
    }

    /// Adds a value to a variable, if there is one that wants it.
    fn add(&mut self, var: Var, value: Vid) {
        self.cost.work += 1;
        if var == NONE {
            return;
        }
        let count = self.graph.count(var);
        if self.graph.values(var).contains(&value) {
            return;
        }
        let what = self.values.get(value);
        match what {
            Value::More => {}
            // One of them may be that there are more.
            _ if usize::from(count.values) >= MAX_VALUES => return self.add(var, self.more),
            Value::Const(_) if count.constants == MAX_CONSTANTS => return self.add_value(var, Value::Any),
            Value::External(_) if count.externals == MAX_EXTERNALS => return,
            _ => {}
        }
        self.cost.entries += 1;
        if self.graph.push(var, value, what) {
            self.queue.push_back(var);
        }
    }

    fn copy(&mut self, from: Var, to: Var) {
        self.cost.work += 1;
        if from == to || to == NONE {
            return;
        }
        self.graph.copy(from, to);
        for i in 0..self.graph.given(from) {
            let value = self.graph.values(from)[i];
            self.add(to, value);
        }
    }

    fn hook(&mut self, on: Var, hook: Hook) {
        self.cost.work += 1;
        self.graph.hook(on, hook);
        for i in 0..self.graph.given(on) {
            let value = self.graph.values(on)[i];
            self.replays.push_back((hook, value));
        }
    }

    fn site(&mut self, site: Site) -> u32 {
        self.program.site(site)
    }

    fn target(&mut self, site: u32, target: Target) {
        self.targets.push((site, target));
        // The same is found again through other receivers.
        if self.targets.len() > self.distinct_targets * 2 + LEAST_FACTS {
            self.targets.sort_unstable();
            self.targets.dedup();
            self.distinct_targets = self.targets.len();
        }
    }

    /// Calls the values of `callee` as an implicit call.
    fn call_implicit(&mut self, callee: Var, args: Box<[crate::program::Arg]>, result: Var, at: u32, how: How) -> u32 {
        let site = self.site(Site {
            callee,
            args,
            result,
            at,
            how,
        });
        self.hook(callee, Hook::Call { site });
        site
    }
}
