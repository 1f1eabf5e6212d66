//! A tree as a list of its nodes in preorder.

use rustc_hash::FxHashMap;
use tree_sitter::{Tree, TreeCursor};

use super::grammar::Grammar;

/// Stands for "none" among the numbers of nodes.
pub(super) const NONE: u32 = u32::MAX;

/// A node. Its number is its position.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) parent: u32,
    pub(super) depth: u32,
    /// The number of nodes in its subtree, itself included.
    pub(super) size: u32,
    pub(super) bstart: u32,
    pub(super) bend: u32,
    /// Its kind by the position in [`Grammar::kinds`].
    pub(super) kind: u16,
    /// The field that it is in by the position in [`Grammar::fields`]; 0 is none.
    pub(super) field: u16,
    pub(super) flags: Flags,
}

/// What is true of a node.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flags {
    pub(super) is_named: bool,
    pub(super) is_extra: bool,
    pub(super) is_missing: bool,
    pub(super) is_error: bool,
}

/// Rows and columns of the ends of a node.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    pub(super) row: u32,
    pub(super) col: u32,
    pub(super) end_row: u32,
    pub(super) end_col: u32,
}

/// The nodes that queries capture: their preorder numbers by tree-sitter's numbers.
pub(super) type Captured = FxHashMap<usize, u32>;

/// The nodes of a file.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    pub(super) all: Vec<Node>,
    /// Empty if it was not asked for.
    pub(super) places: Vec<Place>,
}

impl Nodes {
    /// Lists the nodes, with their places if `wants_places`, and numbers those that were captured. The tree may be deep:
    /// the walk has no recursion.
    pub(super) fn new(tree: &Tree, grammar: &Grammar, wants_places: bool, captured: &mut Captured) -> Self {
        let mut nodes = Self::default();
        let mut cursor = tree.walk();
        let mut open: Vec<u32> = Vec::new();
        loop {
            let id = nodes.all.len() as u32;
            let parent = open.last().copied().unwrap_or(NONE);
            nodes.push(&cursor, grammar, parent, open.len() as u32, wants_places, captured);
            if cursor.goto_first_child() {
                open.push(id);
                continue;
            }
            while !cursor.goto_next_sibling() {
                let Some(parent) = open.pop() else { return nodes };
                nodes.all[parent as usize].size = nodes.all.len() as u32 - parent;
                cursor.goto_parent();
            }
        }
    }

    fn push(
        &mut self,
        cursor: &TreeCursor<'_>,
        grammar: &Grammar,
        parent: u32,
        depth: u32,
        wants_places: bool,
        captured: &mut Captured,
    ) {
        let node = cursor.node();
        if !captured.is_empty()
            && let Some(number) = captured.get_mut(&node.id())
        {
            *number = self.all.len() as u32;
        }
        if wants_places {
            let (start, end) = (node.start_position(), node.end_position());
            self.places.push(Place {
                row: start.row as u32,
                col: start.column as u32,
                end_row: end.row as u32,
                end_col: end.column as u32,
            });
        }
        self.all.push(Node {
            parent,
            depth,
            size: 1,
            bstart: node.start_byte() as u32,
            bend: node.end_byte() as u32,
            kind: grammar.kind_index(node.kind_id()),
            field: cursor.field_id().map_or(0, std::num::NonZero::get),
            flags: Flags {
                is_named: node.is_named(),
                is_extra: node.is_extra(),
                is_missing: node.is_missing(),
                is_error: node.is_error(),
            },
        });
    }

    /// Those of `ids` alone.
    pub(super) fn only(&self, ids: &[u32]) -> Self {
        Self {
            all: ids.iter().map(|id| self.all[*id as usize]).collect(),
            places: match self.places.is_empty() {
                true => Vec::new(),
                false => ids.iter().map(|id| self.places[*id as usize]).collect(),
            },
        }
    }

    /// A node by its number.
    pub(super) fn get(&self, id: u32) -> Option<&Node> {
        self.all.get(id as usize)
    }

    /// The number after the last of a node's subtree.
    pub(super) fn end(&self, id: u32) -> u32 {
        self.get(id).map_or(id, |node| id + node.size)
    }

    /// The children of a node with their numbers.
    pub(super) fn children(&self, id: u32) -> impl Iterator<Item = (u32, &Node)> {
        let end = self.end(id);
        let mut next = id + 1;
        std::iter::from_fn(move || {
            let child = (next < end).then_some(next)?;
            let node = self.get(child)?;
            next = child + node.size;
            Some((child, node))
        })
    }

    /// The first child of a node that is in a field.
    pub(super) fn child_in(&self, id: u32, field: Option<u16>) -> Option<(u32, &Node)> {
        let field = field?;
        self.children(id).find(|(_, child)| child.field == field)
    }
}
