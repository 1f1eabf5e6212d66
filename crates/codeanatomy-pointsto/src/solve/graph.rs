//! The variables of a solver, with what leads from them.
//!
//! Most variables have few values and few ways on, and there are about as many as there are nodes of source, so a variable
//! is three numbers: of its values, and of the first of its copies and hooks, which are chained.

use crate::program::{Hook, NONE, Program, Var};
use crate::value::{Value, Vid};

/// How many values are kept without an allocation.
const INLINE: usize = 2;

/// The values of a variable; those before `done` have been given on.
#[derive(Debug)]
struct Set {
    first: [Vid; INLINE],
    /// All of them, if they are more.
    more: u32,
    length: u8,
    done: u8,
    constants: u8,
    externals: u8,
}

/// How many of what is counted a variable has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) values: u8,
    pub(super) constants: u8,
    pub(super) externals: u8,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    set: u32,
    copy: u32,
    hook: u32,
}

const NEW: Node = Node {
    set: NONE,
    copy: NONE,
    hook: NONE,
};

const EMPTY: Set = Set {
    first: [0; INLINE],
    more: NONE,
    length: 0,
    done: 0,
    constants: 0,
    externals: 0,
};

/// Variables, copies and hooks.
#[derive(Debug)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    sets: Vec<Set>,
    more: Vec<Vec<Vid>>,
    /// The next copy from the same variable, and where this one goes.
    copies: Vec<(u32, Var)>,
    /// The next hook of the same variable, and this one.
    hooks: Vec<(u32, Hook)>,
    /// How many variables and hooks the program has of itself.
    of_program: (usize, usize),
}

impl Graph {
    /// The variables of a program, and what it says of them.
    pub(super) fn new(program: &mut Program) -> Self {
        let mut nodes = vec![NEW; program.vars as usize];
        let mut copies = std::mem::take(&mut program.copies);
        for (i, (from, _)) in copies.iter_mut().enumerate().rev() {
            let first = &mut nodes[*from as usize].copy;
            *from = std::mem::replace(first, i as u32);
        }
        let mut hooks = std::mem::take(&mut program.hooks);
        for (i, (on, _)) in hooks.iter_mut().enumerate().rev() {
            let first = &mut nodes[*on as usize].hook;
            *on = std::mem::replace(first, i as u32);
        }
        Self {
            of_program: (nodes.len(), hooks.len()),
            nodes,
            copies,
            hooks,
            sets: vec![],
            more: vec![],
        }
    }

    /// The hooks that the program has of itself and that `is_wanted`, with the variables that they are of.
    pub(super) fn of_source(&self, is_wanted: impl Fn(&Hook) -> bool) -> Vec<(Var, Hook)> {
        let mut found = vec![];
        let (variables, hooks) = self.of_program;
        for var in 0..variables as Var {
            let (_, mut next) = self.ways(var);
            while let Some((behind, hook)) = self.hook_at(next) {
                if (next as usize) < hooks && is_wanted(&hook) {
                    found.push((var, hook));
                }
                next = behind;
            }
        }
        found
    }

    /// Whether the values of a variable are called.
    pub(super) fn has_call(&self, var: Var) -> bool {
        let (_, mut next) = self.ways(var);
        while let Some((behind, hook)) = self.hook_at(next) {
            if matches!(hook, Hook::Call { .. }) {
                return true;
            }
            next = behind;
        }
        false
    }

    /// About how much it holds.
    pub(super) fn size(&self) -> (usize, usize, usize) {
        (self.nodes.len(), self.copies.len(), self.hooks.len())
    }

    pub(super) fn var(&mut self) -> Var {
        self.nodes.push(NEW);
        self.nodes.len() as Var - 1
    }

    fn set(&self, var: Var) -> Option<&Set> {
        self.sets.get(self.nodes.get(var as usize)?.set as usize)
    }

    /// The values of a variable.
    pub(super) fn values(&self, var: Var) -> &[Vid] {
        let Some(set) = self.set(var) else {
            return &[];
        };
        match self.more.get(set.more as usize) {
            Some(more) => more,
            None => &set.first[..usize::from(set.length)],
        }
    }

    /// How many values a variable has.
    pub(super) fn count(&self, var: Var) -> Count {
        let count = |s: &Set| Count {
            values: s.length,
            constants: s.constants,
            externals: s.externals,
        };
        self.set(var).map_or(
            Count {
                values: 0,
                constants: 0,
                externals: 0,
            },
            count,
        )
    }

    /// Adds a value that a variable has not. Whether it had none that waits to be given on.
    pub(super) fn push(&mut self, var: Var, vid: Vid, value: Value) -> bool {
        let number = &mut self.nodes[var as usize].set;
        if *number == NONE {
            *number = self.sets.len() as u32;
            self.sets.push(EMPTY);
        }
        let set = &mut self.sets[*number as usize];
        match (
            self.more.get_mut(set.more as usize),
            set.first.get_mut(usize::from(set.length)),
        ) {
            (Some(more), _) => more.push(vid),
            (None, Some(free)) => *free = vid,
            (None, None) => {
                set.more = self.more.len() as u32;
                let mut more = set.first.to_vec();
                more.push(vid);
                self.more.push(more);
            }
        }
        let was_done = set.done == set.length;
        set.length += 1;
        set.constants += u8::from(matches!(value, Value::Const(_)));
        set.externals += u8::from(matches!(value, Value::External(_)));
        was_done
    }

    /// The next value to be given on, which then has been.
    pub(super) fn next(&mut self, var: Var) -> Option<Vid> {
        let value = self.values(var).get(self.given(var)).copied()?;
        let number = self.nodes[var as usize].set;
        self.sets[number as usize].done += 1;
        Some(value)
    }

    /// The number of values that have been given on.
    pub(super) fn given(&self, var: Var) -> usize {
        self.set(var).map_or(0, |s| usize::from(s.done))
    }

    /// Adds a copy.
    pub(super) fn copy(&mut self, from: Var, to: Var) {
        let first = &mut self.nodes[from as usize].copy;
        self.copies.push((*first, to));
        *first = self.copies.len() as u32 - 1;
    }

    /// Adds a hook.
    pub(super) fn hook(&mut self, on: Var, hook: Hook) {
        let first = &mut self.nodes[on as usize].hook;
        self.hooks.push((*first, hook));
        *first = self.hooks.len() as u32 - 1;
    }

    /// The first copy and the first hook of a variable.
    pub(super) fn ways(&self, var: Var) -> (u32, u32) {
        let node = self.nodes[var as usize];
        (node.copy, node.hook)
    }

    /// A copy, and the next.
    pub(super) fn copy_at(&self, number: u32) -> Option<(u32, Var)> {
        self.copies.get(number as usize).copied()
    }

    /// A hook, and the next.
    pub(super) fn hook_at(&self, number: u32) -> Option<(u32, Hook)> {
        self.hooks.get(number as usize).copied()
    }
}
