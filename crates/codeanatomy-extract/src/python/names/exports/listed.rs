//! What is in `__all__` in the end.

use std::borrow::Cow;

use ruff_python_ast::{Expr, ModModule};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxHashMap;

use super::{ALL, Export, Named, symbol_of};
use crate::python::names::value::{dotted, unstarred};

/// What is done with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Assign,
    Augmented,
    Extend,
    Append,
    Insert,
    Remove,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Augmented => "augmented",
            Self::Extend => "extend",
            Self::Append => "append",
            Self::Insert => "insert",
            Self::Remove => "remove",
        }
    }
}

/// A string in `__all__`, or an expression that gives some.
struct Entry<'a> {
    way: Way,
    range: TextRange,
    name: Option<&'a str>,
    dotted: Option<Cow<'a, str>>,
    is_there: bool,
}

/// `__all__`, followed through the statements of the module.
pub(in crate::python::names) struct Listed<'a> {
    text: &'a str,
    entries: Vec<Entry<'a>>,
    /// From here on entries are in the list that was assigned last.
    kept_from: usize,
    /// The positions of the entries of each name in that list.
    present: FxHashMap<&'a str, Vec<usize>>,
    /// The branches of the module, in order; none stands in another.
    branches: Vec<TextRange>,
    in_branch: bool,
    is_bound: bool,
    is_assigned: bool,
    /// Whether each name is in the list in the end.
    names: FxHashMap<&'a str, bool>,
    has_unknown: bool,
}

impl<'a> Listed<'a> {
    pub(in crate::python::names) fn of(named: &Named<'a>, module: &'a ModModule) -> Self {
        let mut listed = Self {
            text: named.source.text,
            entries: Vec::new(),
            kept_from: 0,
            present: FxHashMap::default(),
            branches: Vec::new(),
            in_branch: false,
            is_bound: symbol_of(named, ALL).is_some(),
            is_assigned: false,
            names: FxHashMap::default(),
            has_unknown: false,
        };
        listed.statements(&module.body);
        listed.settle();
        listed
    }

    /// The rows.
    pub(super) fn exports(&self) -> Vec<Export<'a>> {
        let export = |entry: &Entry<'a>| Export {
            range: entry.range,
            kind: "all",
            reason: entry.way.name(),
            name: entry.name,
            origin: entry.dotted.as_deref().map(str::to_owned),
            is_exported: match entry.name {
                None if entry.is_there => None,
                Some(name) if !entry.is_there => self.offers(name, false),
                _ => Some(entry.is_there),
            },
        };
        self.entries.iter().map(export).collect()
    }

    /// Whether `__all__` says that a name is offered, or if there is none, `otherwise`.
    pub(super) fn offers(&self, name: &str, otherwise: bool) -> Option<bool> {
        match self.names.get(name) {
            _ if !self.is_bound => Some(otherwise),
            Some(true) => Some(true),
            _ if self.has_unknown => None,
            _ => Some(false),
        }
    }

    /// What is in it in the end: names, the names in front of `.__all__` in what is added, and whether there is something
    /// else.
    pub(in crate::python::names) fn contents(&self) -> (Vec<Box<str>>, Vec<Box<str>>, bool) {
        let (mut names, mut others) = (Vec::new(), Vec::new());
        let mut is_open = self.is_bound && !self.is_assigned;
        for entry in self.entries.iter().filter(|e| e.is_there) {
            let other = entry.dotted.as_deref().and_then(|text| text.strip_suffix(".__all__"));
            match (entry.name, other) {
                (Some(name), _) => names.push(name.into()),
                (None, Some(other)) if !other.contains('.') => others.push(other.into()),
                _ => is_open = true,
            }
        }
        (names, others, is_open)
    }

    /// Whether `__all__` is bound, so that it decides.
    pub(in crate::python::names) fn decides(&self) -> bool {
        self.is_bound
    }

    /// Whether a name is mentioned.
    pub(super) fn mentions(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// Whether an offset is in a branch of the module.
    pub(in crate::python::names) fn is_conditional(&self, offset: TextSize) -> bool {
        let after = self.branches.partition_point(|b| b.start() <= offset);
        after > 0 && offset < self.branches[after - 1].end()
    }

    fn settle(&mut self) {
        for entry in &self.entries {
            match entry.name {
                Some(name) => *self.names.entry(name).or_default() |= entry.is_there,
                None => self.has_unknown |= entry.is_there,
            }
        }
        // Something else binds it, such as an import or a loop.
        self.has_unknown |= self.is_bound && !self.is_assigned;
    }

    /// Walks a branch of the module.
    pub(super) fn branch(&mut self, range: TextRange, walk: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.in_branch, true);
        if !outer {
            self.branches.push(range);
        }
        walk(self);
        self.in_branch = outer;
    }

    /// Says that `__all__` is a new list from here on, on this way through the branches.
    pub(super) fn begin(&mut self) {
        self.is_assigned = true;
        if !self.in_branch {
            // What was in it before is gone.
            self.entries[self.kept_from..]
                .iter_mut()
                .for_each(|e| e.is_there = false);
            self.kept_from = self.entries.len();
            self.present.clear();
        }
    }

    /// Takes a name out, if that is sure to happen.
    pub(super) fn take_out(&mut self, name: &'a str) {
        if !self.in_branch {
            for entry in self.present.remove(name).unwrap_or_default() {
                self.entries[entry].is_there = false;
            }
        }
    }

    /// Notes what is put in or taken out.
    pub(super) fn add(&mut self, value: &'a Expr, name: Option<&'a str>, way: Way) {
        let value = unstarred(value);
        if let (Some(name), true) = (name, way != Way::Remove) {
            self.present.entry(name).or_default().push(self.entries.len());
        }
        self.entries.push(Entry {
            way,
            range: value.range(),
            name,
            dotted: dotted(self.text, value),
            is_there: way != Way::Remove,
        });
    }
}
