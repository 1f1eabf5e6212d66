//! What is assigned to.

use ruff_python_ast::{AtomicNodeIndex, Expr, Identifier};

use super::{Lookup, node_id};
use crate::python::scope::ScopeId;

/// What assigns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AssignmentKind {
    Assign,
    Augmented,
    Annotated,
    Walrus,
    For,
    Comprehension,
    With,
    Except,
    Match,
    TypeAlias,
}

impl AssignmentKind {
    /// Its name in `assignments.kind`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Augmented => "augmented",
            Self::Annotated => "annotated",
            Self::Walrus => "walrus",
            Self::For => "for",
            Self::Comprehension => "comprehension",
            Self::With => "with",
            Self::Except => "except",
            Self::Match => "match",
            Self::TypeAlias => "type_alias",
        }
    }
}

/// Where values come from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin<'a> {
    pub(crate) kind: AssignmentKind,
    /// The node of what assigns.
    pub(crate) construct: u32,
    /// The expression that the value comes from.
    pub(crate) source: Option<&'a Expr>,
    /// The position in a chain.
    pub(crate) index: u32,
}

impl<'a> Origin<'a> {
    /// The node that assigns, with the first of its targets.
    pub(crate) fn new(kind: AssignmentKind, construct: &AtomicNodeIndex, source: Option<&'a Expr>) -> Self {
        Self {
            kind,
            construct: node_id(construct),
            source,
            index: 0,
        }
    }
}

/// A target.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target<'a> {
    Expression(&'a Expr),
    /// A name that has no node of its own.
    Name(&'a Identifier),
}

/// A target with the value that it is given.
#[derive(Debug)]
pub(crate) struct Assignment<'a> {
    pub(crate) node_id: u32,
    pub(crate) target: Target<'a>,
    pub(crate) origin: Origin<'a>,
    pub(crate) scope: ScopeId,
    /// The symbol of the name that the target begins with, subscripts left out.
    pub(crate) root: Option<Lookup>,
    /// Its number among the paths, or [`NO_PATH`].
    pub(crate) path: u32,
    /// The expression whose value it is.
    pub(crate) value: Option<&'a Expr>,
}

/// Stands for the path to the whole.
pub(crate) const NO_PATH: u32 = u32::MAX;

/// The steps of a path that are told apart, so that the paths of a file are not quadratic in its size.
const MAX_STEPS: u32 = 32;

/// A step into a value that is taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Element(i32),
    Star,
    Ellipsis,
}

/// The ways into values that are taken apart, as a tree.
#[derive(Debug, Default)]
pub(crate) struct Paths(Vec<(u32, u32, Step)>);

impl Paths {
    /// The path to an element of what is at `path`; `-1` is the last.
    pub(crate) fn element(&mut self, path: u32, index: i32) -> u32 {
        self.add(path, Step::Element(index))
    }

    /// The path to what a star takes of what is at `path`.
    pub(crate) fn star(&mut self, path: u32) -> u32 {
        self.add(path, Step::Star)
    }

    fn add(&mut self, path: u32, step: Step) -> u32 {
        let depth = match self.0.get(path as usize) {
            Some((_, _, Step::Ellipsis)) => return path,
            Some((_, depth, _)) => depth + 1,
            None => 0,
        };
        let step = if depth < MAX_STEPS { step } else { Step::Ellipsis };
        self.0.push((path, depth, step));
        self.0.len() as u32 - 1
    }

    /// Writes the path.
    pub(crate) fn write(&self, path: u32, into: &mut String) {
        let mut steps = [Step::Ellipsis; MAX_STEPS as usize + 1];
        let mut count = 0;
        let mut at = path;
        while let (Some((parent, _, step)), Some(slot)) = (self.0.get(at as usize), steps.get_mut(count)) {
            *slot = *step;
            count += 1;
            at = *parent;
        }
        into.clear();
        for step in steps[..count].iter().rev() {
            if !into.is_empty() {
                into.push('.');
            }
            match step {
                Step::Element(index) => into.push_str(&index.to_string()),
                Step::Star => into.push('*'),
                Step::Ellipsis => into.push('…'),
            }
        }
    }
}
