//! The variables of a solver, with what leads from them.
//!
//! Most variables have few values and few ways on, and there are about as many as there are nodes of source, so a variable
//! is three numbers: of its values, and of the first of its copies and hooks, which are chained.

use crate::program::{Hook, NONE, Program, Var};
use crate::value::Vid;

/// How many values are kept without an allocation.
const INLINE: usize = 4;

/// The values of a variable; those before `done` have been given on.
#[derive(Debug, Default)]
pub(super) struct Set {
    first: [Vid; INLINE],
    more: Option<Box<Vec<Vid>>>,
    length: u16,
    pub(super) done: u16,
    pub(super) constants: u8,
    pub(super) externals: u8,
    pub(super) is_queued: bool,
}

impl Set {
    pub(super) fn values(&self) -> &[Vid] {
        match &self.more {
            Some(more) => more,
            None => &self.first[..usize::from(self.length)],
        }
    }

    pub(super) fn push(&mut self, value: Vid) {
        match (&mut self.more, self.first.get_mut(usize::from(self.length))) {
            (Some(more), _) => more.push(value),
            (None, Some(free)) => *free = value,
            (None, None) => {
                let mut more = self.first.to_vec();
                more.push(value);
                self.more = Some(Box::new(more));
            }
        }
        self.length += 1;
    }
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

/// Variables, copies and hooks.
#[derive(Debug)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    sets: Vec<Set>,
    /// The next copy from the same variable, and where this one goes.
    copies: Vec<(u32, Var)>,
    /// The next hook of the same variable, and this one.
    hooks: Vec<(u32, Hook)>,
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
            nodes,
            copies,
            hooks,
            sets: vec![],
        }
    }

    /// About how much it holds.
    pub(super) fn size(&self) -> (usize, usize, usize) {
        (self.nodes.len(), self.copies.len(), self.hooks.len())
    }

    pub(super) fn var(&mut self) -> Var {
        self.nodes.push(NEW);
        self.nodes.len() as Var - 1
    }

    pub(super) fn set(&self, var: Var) -> Option<&Set> {
        self.sets.get(self.nodes.get(var as usize)?.set as usize)
    }

    pub(super) fn set_mut(&mut self, var: Var) -> &mut Set {
        let number = &mut self.nodes[var as usize].set;
        if *number == NONE {
            *number = self.sets.len() as u32;
            self.sets.push(Set::default());
        }
        &mut self.sets[*number as usize]
    }

    /// The values of a variable.
    pub(super) fn values(&self, var: Var) -> &[Vid] {
        self.set(var).map_or(&[], Set::values)
    }

    /// The values that have been given on.
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
