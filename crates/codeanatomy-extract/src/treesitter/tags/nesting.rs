//! Which definition is inside of which, and what they are called for it.

use codeanatomy_model::id::stable_id;
use rustc_hash::FxHashMap;

use super::{Role, Tag, text_of};
use crate::file::Source;
use crate::treesitter::grammar::Grammar;
use crate::treesitter::nodes::{NONE, Nodes};

/// More than so many names around a definition are not repeated in its qualified name.
const MAX_NAMES: usize = 128;

/// A definition with its place among the others.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) kind: &'static str,
    /// The node of the whole.
    pub(super) node: u32,
    pub(super) name: u32,
    /// The node that its row is of: no two rows are of the same.
    pub(super) row: u32,
    pub(super) qualified_name: String,
    pub(super) ordinal: u32,
    /// The position of the definition around it.
    pub(super) container: Option<u32>,
    /// The position of the class whose method it is or is inside of.
    pub(super) class: Option<u32>,
    pub(super) id: String,
}

impl Definition {
    /// The class that a definition of `kind` right inside is a method of, or is inside of a method of; this one is at `at`.
    fn class_inside(&self, at: u32, kind: &str) -> Option<u32> {
        let is_class = matches!(self.kind, "class" | "interface");
        let is_method = matches!(kind, "method" | "function");
        if is_class && is_method { Some(at) } else { self.class }
    }
}

/// A reference with its place.
#[derive(Debug)]
pub(super) struct Reference {
    pub(super) kind: &'static str,
    pub(super) node: u32,
    pub(super) name: u32,
    /// The position of the definition around it.
    pub(super) container: Option<u32>,
}

/// The definitions and references of a file, in the order of their nodes.
#[derive(Debug)]
pub(super) struct Nesting {
    pub(super) file_id: String,
    pub(super) definitions: Vec<Definition>,
    pub(super) references: Vec<Reference>,
}

/// What is open where the sweep stands.
struct Open {
    node: u32,
    /// The number after its last node.
    end: u32,
    is_scope: bool,
    /// What it adds to the qualified names inside, with those around it.
    prefix: String,
    names: usize,
    /// The position of the definition that it is or is inside of.
    container: Option<u32>,
}

impl Nesting {
    /// Nests tags: one sweep over them in preorder.
    pub(super) fn new(source: &Source<'_>, grammar: &Grammar, nodes: &Nodes, tags: &[Tag]) -> Self {
        let path = source.entry.path.as_str();
        let whole = Whole::new(grammar);
        // By node, and what names its inside before what is inside.
        let mut order: Vec<(u32, u8, u32, Tag)> = Vec::with_capacity(tags.len());
        for tag in tags {
            match tag.role {
                Role::Name => {}
                Role::Scope => order.push((whole.of(nodes, tag.node), 0, tag.name, *tag)),
                Role::Definition(_) => order.push((whole.of(nodes, tag.node), 1, tag.name, *tag)),
                Role::Reference(_) => order.push((tag.name, 2, tag.name, *tag)),
            }
        }
        order.sort_unstable_by_key(|(node, rank, name, _)| (*node, *rank, *name));
        let mut this = Self {
            file_id: stable_id("file", &[path.into()]),
            definitions: Vec::new(),
            references: Vec::new(),
        };
        let mut open: Vec<Open> = Vec::new();
        let mut ordinals: FxHashMap<(String, &str), u32> = FxHashMap::default();
        for (node, _, name, tag) in order {
            while open.last().is_some_and(|o| o.end <= node) {
                open.pop();
            }
            if let Role::Reference(kind) = tag.role {
                this.references.push(Reference {
                    kind,
                    node: tag.node,
                    name,
                    container: open.last().and_then(|o| o.container),
                });
                continue;
            }
            // A second name of the same node stands beside the first.
            let beside = tag.role != Role::Scope && open.last().is_some_and(|o| o.node == node && !o.is_scope);
            let around = if beside {
                open.len().checked_sub(2)
            } else {
                open.len().checked_sub(1)
            };
            let around = around.and_then(|at| open.get(at));
            let qualified = qualify(around, text_of(source.text, nodes, name));
            let names = around.map_or(0, |o| o.names) + 1;
            let mut container = around.and_then(|o| o.container);
            if let Role::Definition(kind) = tag.role {
                let ordinal = ordinals.entry((qualified.clone(), kind)).or_default();
                let parts = [
                    path.into(),
                    qualified.as_str().into(),
                    kind.into(),
                    i64::from(*ordinal).into(),
                ];
                let class = container.and_then(|at| this.definitions[at as usize].class_inside(at, kind));
                this.definitions.push(Definition {
                    kind,
                    class,
                    node,
                    name,
                    row: if beside { name } else { node },
                    ordinal: *ordinal,
                    container,
                    id: stable_id("def", &parts),
                    qualified_name: qualified.clone(),
                });
                *ordinal += 1;
                container = Some(this.definitions.len() as u32 - 1);
            }
            if !beside {
                open.push(Open {
                    node,
                    end: nodes.end(node),
                    is_scope: tag.role == Role::Scope,
                    prefix: qualified,
                    names,
                    container,
                });
            }
        }
        this
    }
}

fn qualify(around: Option<&Open>, name: &str) -> String {
    match around {
        None => name.to_owned(),
        Some(open) if open.names >= MAX_NAMES => format!("….{name}"),
        Some(open) => format!("{}.{name}", open.prefix),
    }
}

/// Finds the node of a whole definition: the queries of C and C++ capture its declarator.
struct Whole {
    field: Option<u16>,
    kind: Option<u16>,
}

impl Whole {
    fn new(grammar: &Grammar) -> Self {
        let language = &grammar.language;
        let kind = language.id_for_node_kind("function_definition", true);
        Self {
            field: language.field_id_for_name("declarator").map(std::num::NonZero::get),
            kind: (kind != 0).then(|| grammar.kind_index(kind)),
        }
    }

    fn of(&self, nodes: &Nodes, node: u32) -> u32 {
        let mut at = node;
        while let Some(found) = nodes
            .get(at)
            .filter(|n| Some(n.field) == self.field && n.parent != NONE)
        {
            at = found.parent;
            if nodes.get(at).is_some_and(|n| Some(n.kind) == self.kind) {
                return at;
            }
        }
        node
    }
}
