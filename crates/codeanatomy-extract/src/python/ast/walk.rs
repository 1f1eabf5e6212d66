//! Numbering the nodes as CPython's `ast` would, and collecting what a row needs of each.

use std::marker::PhantomData;

use ruff_python_ast::{AtomicNodeIndex, CmpOp, ModModule, NodeIndex};
use ruff_text_size::{Ranged, TextRange};

use super::vocabulary::{Context, Field, Kind};

/// Stands for a missing number.
pub(super) const NONE: u32 = u32::MAX;

/// A node on its way to a row. Offsets, ids and positions are [`NONE`] where the row has null.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) ctx: Option<Context>,
    pub(super) parent: u32,
    pub(super) depth: u32,
    pub(super) size: u32,
    pub(super) bstart: u32,
    pub(super) bend: u32,
    pub(super) field_index: u32,
    pub(super) kind: Kind,
    /// None for the module.
    pub(super) field: Option<Field>,
}

/// The nodes of a file by `node_id`, and the names and values of those that have one, in the same order.
#[derive(Debug, Default)]
pub(super) struct Nodes<'a> {
    pub(super) all: Vec<Node>,
    pub(super) names: Vec<(u32, &'a str)>,
    pub(super) values: Vec<(u32, Value<'a>)>,
}

impl Nodes<'_> {
    /// Those of `ids` alone, which ascend; names and values are numbered anew.
    pub(super) fn only(&self, ids: &[u32]) -> Self {
        fn kept<T: Copy>(cells: &[(u32, T)], ids: &[u32]) -> Vec<(u32, T)> {
            let mut cells = cells.iter().peekable();
            let mut cell = |(number, id): (usize, &u32)| {
                while cells.next_if(|(of, _)| of < id).is_some() {}
                cells
                    .next_if(|(of, _)| of == id)
                    .map(|(_, cell)| (number as u32, *cell))
            };
            ids.iter().enumerate().filter_map(&mut cell).collect()
        }
        Self {
            all: ids.iter().map(|id| self.all[*id as usize]).collect(),
            names: kept(&self.names, ids),
            values: kept(&self.values, ids),
        }
    }
}

/// What the column `value` says of a node.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    /// The text of the node's own span.
    Source,
    Text(&'a str),
    Level(u32),
    Comparisons(&'a [CmpOp]),
}

/// Where a node stands in its parent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    field: Option<Field>,
    index: u32,
}

impl Place {
    /// Of the module, which is in no field.
    const ROOT: Self = Self {
        field: None,
        index: NONE,
    };

    /// The only node of a field.
    #[inline]
    pub(super) fn only(field: Field) -> Self {
        Self {
            field: Some(field),
            index: NONE,
        }
    }

    /// The node at `index` of a list.
    #[inline]
    pub(super) fn at(field: Field, index: usize) -> Self {
        Self {
            field: Some(field),
            index: index as u32,
        }
    }
}

/// A node whose children are being walked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    pub(super) id: u32,
    parent: u32,
}

/// What a tree is walked for.
pub(super) trait Purpose {
    /// Nodes are collected, for rows.
    const ROWS: bool;
    /// Every node gets its number. If not, all are counted, but only those that the outline of a module asks for get theirs: most
    /// nodes are in expressions, and are not written to.
    const NUMBERS: bool;
}

/// For rows of all nodes, and their numbers.
#[derive(Debug)]
pub(super) struct ForRows;

/// For the numbers of all nodes.
#[derive(Debug)]
pub(super) struct ForNumbers;

/// For the numbers of definitions and imported names.
#[derive(Debug)]
pub(super) struct ForOutline;

impl Purpose for ForRows {
    const ROWS: bool = true;
    const NUMBERS: bool = true;
}

impl Purpose for ForNumbers {
    const ROWS: bool = false;
    const NUMBERS: bool = true;
}

impl Purpose for ForOutline {
    const ROWS: bool = false;
    const NUMBERS: bool = false;
}

/// The walk.
#[derive(Debug)]
pub(super) struct Walk<'a, P> {
    purpose: PhantomData<P>,
    pub(super) text: &'a str,
    pub(super) nodes: Nodes<'a>,
    next: u32,
    parent: u32,
    depth: u32,
    /// How many more levels the stack holds.
    room: usize,
    pub(super) overflowed: bool,
}

impl<'a, P: Purpose> Walk<'a, P> {
    /// A walk over the tree of `text`, which stops where `room` levels of nesting do not suffice.
    pub(super) fn new(text: &'a str, room: usize) -> Self {
        let mut nodes = Nodes::default();
        if P::ROWS {
            // Dense code has a node per eleven bytes.
            let usual = text.len() / 10;
            nodes.all.reserve(usual);
            nodes.names.reserve(usual / 2);
            nodes.values.reserve(usual / 5);
        }
        Self {
            purpose: PhantomData,
            text,
            nodes,
            next: 0,
            parent: NONE,
            depth: 0,
            room,
            overflowed: false,
        }
    }

    /// Walks a whole tree.
    pub(super) fn module(&mut self, module: &'a ModModule) {
        let open = self.open(Kind::Module, Place::ROOT, None, Some(&module.node_index));
        self.body(&module.body, Field::Body);
        self.close(open);
    }

    /// Takes one level of the stack; false if there is none left. Every true is followed by [`Self::leave`].
    #[inline]
    pub(super) fn enter(&mut self) -> bool {
        if self.room == 0 {
            self.overflowed = true;
            return false;
        }
        self.room -= 1;
        true
    }

    /// Gives a level back.
    #[inline]
    pub(super) fn leave(&mut self) {
        self.room += 1;
    }

    /// Begins a node: the nodes until [`Self::close`] are its descendants.
    #[inline]
    pub(super) fn open(
        &mut self,
        kind: Kind,
        place: Place,
        range: Option<TextRange>,
        index: Option<&AtomicNodeIndex>,
    ) -> Open {
        let open = Open {
            id: self.next,
            parent: self.parent,
        };
        self.add(kind, place, range, index);
        if P::ROWS {
            self.parent = open.id;
            self.depth += 1;
        }
        open
    }

    /// Ends a node.
    #[inline]
    pub(super) fn close(&mut self, open: Open) {
        if P::ROWS {
            self.parent = open.parent;
            self.depth -= 1;
            self.nodes.all[open.id as usize].size = self.next - open.id;
        }
    }

    /// Adds a node without children.
    #[inline]
    pub(super) fn leaf(
        &mut self,
        kind: Kind,
        place: Place,
        node: &(impl Ranged + ruff_python_ast::HasNodeIndex),
    ) -> u32 {
        let id = self.next;
        self.add(kind, place, Some(node.range()), Some(node.node_index()));
        id
    }

    /// Adds a node without children that the parser's tree does not have.
    #[inline]
    pub(super) fn added_leaf(&mut self, kind: Kind, place: Place, range: TextRange) -> u32 {
        let id = self.next;
        self.add(kind, place, Some(range), None);
        id
    }

    #[inline]
    fn add(&mut self, kind: Kind, place: Place, range: Option<TextRange>, index: Option<&AtomicNodeIndex>) {
        if let Some(index) = index.filter(|_| P::NUMBERS || kind.is_of_outline()) {
            index.set(NodeIndex::from(self.next));
        }
        self.next += 1;
        if P::ROWS {
            let (bstart, bend) = range.map_or((NONE, NONE), |r| (r.start().to_u32(), r.end().to_u32()));
            self.nodes.all.push(Node {
                ctx: None,
                parent: self.parent,
                depth: self.depth,
                size: 1,
                bstart,
                bend,
                field_index: place.index,
                kind,
                field: place.field,
            });
        }
    }

    /// Changes what was said of a node.
    #[inline]
    pub(super) fn amend(&mut self, id: u32, change: impl FnOnce(&mut Node)) {
        if P::ROWS {
            change(&mut self.nodes.all[id as usize]);
        }
    }

    /// Names the node that was added last.
    #[inline]
    pub(super) fn name(&mut self, id: u32, name: &'a str) {
        debug_assert_eq!(id + 1, self.next, "names stand in the order of the nodes");
        if P::ROWS {
            self.nodes.names.push((id, name));
        }
    }

    /// Gives the node that was added last its value.
    #[inline]
    pub(super) fn value(&mut self, id: u32, value: Value<'a>) {
        debug_assert_eq!(id + 1, self.next, "values stand in the order of the nodes");
        if P::ROWS {
            self.nodes.values.push((id, value));
        }
    }
}
