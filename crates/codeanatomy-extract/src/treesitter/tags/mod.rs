//! Definitions, references and calls of languages that have no parser but tree-sitter's, from the `tags` queries that are
//! published with their grammars.
//!
//! A query may find a name several times. As in tree-sitter's own reading of these queries, the pattern that stands first
//! decides.

mod calls;
mod definitions;
mod nesting;
mod references;

use rustc_hash::FxHashMap;
use tree_sitter::{Language, Query, QueryCursor, QueryCursorOptions, StreamingIterator, Tree};

use super::grammar::Grammar;
use super::nodes::{Captured, Nodes};
use super::parse::{Budget, Stopped};
use crate::extractor::Tables;
use crate::file::Source;
use nesting::Nesting;

/// The datasets that this module fills.
pub(super) const DATASETS: [&str; 3] = ["definitions", "references", "calls"];

/// What a capture says of its match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It is the name.
    Name,
    /// It is a definition of that kind.
    Definition(&'static str),
    /// It is a reference of that kind.
    Reference(&'static str),
    /// It lends its name to the definitions inside.
    Scope,
}

/// The query of a grammar, with what its captures say.
#[derive(Debug)]
pub(super) struct TagsQuery {
    query: Query,
    roles: Vec<Option<Role>>,
}

impl TagsQuery {
    /// Reads a query; none if it is empty. Those that are built in are right, which a test says.
    pub(super) fn new(language: &Language, text: &str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let mut query = Query::new(language, text).ok()?;
        // What stands before a definition is not used: without it, long runs of comments cost nothing.
        query.disable_capture("doc");
        let roles = query.capture_names().iter().map(|name| role(name)).collect();
        Some(Self { query, roles })
    }
}

fn role(capture: &str) -> Option<Role> {
    const DEFINITIONS: [&str; 8] = [
        "class",
        "constant",
        "function",
        "interface",
        "macro",
        "method",
        "module",
        "type",
    ];
    const REFERENCES: [&str; 4] = ["call", "class", "implementation", "type"];
    let known = |kinds: &[&'static str], kind| kinds.iter().find(|k| **k == kind).copied();
    match capture.split_once('.') {
        None if capture == "name" => Some(Role::Name),
        None if capture == "scope" => Some(Role::Scope),
        Some(("definition", kind)) => known(&DEFINITIONS, kind).map(Role::Definition),
        Some(("reference", kind)) => known(&REFERENCES, kind).map(Role::Reference),
        _ => None,
    }
}

/// A match of the query, nodes as tree-sitter numbers them.
#[derive(Debug)]
pub(super) struct Hit {
    pattern: u32,
    role: Role,
    node: usize,
    name: usize,
    name_span: (u32, u32),
}

/// A definition, reference or scope, nodes by their numbers in preorder.
#[derive(Debug, Clone, Copy)]
struct Tag {
    role: Role,
    node: u32,
    name: u32,
}

/// Runs the query of a grammar on a tree.
pub(super) fn find(tags: &TagsQuery, tree: &Tree, text: &str) -> Result<Vec<Hit>, Stopped> {
    let mut budget = Budget::of_query(tree, text.len());
    let mut spend = |_: &tree_sitter::QueryCursorState| budget.spend();
    let options = QueryCursorOptions::new().progress_callback(&mut spend);
    let mut cursor = QueryCursor::new();
    let mut hits: Vec<Hit> = Vec::new();
    // The position among the hits by the span of the name.
    let mut known: FxHashMap<(u32, u32), usize> = FxHashMap::default();
    let root = tree.root_node();
    let mut matches = cursor.matches_with_options(&tags.query, root, text.as_bytes(), options);
    while let Some(found) = matches.next() {
        let (mut name, mut tagged) = (None, None);
        for capture in found.captures() {
            match tags.roles.get(capture.index as usize).copied().flatten() {
                Some(Role::Name) => name = Some(capture.node),
                Some(role) => tagged = Some((role, capture.node)),
                None => {}
            }
        }
        let (Some(name), Some((role, node))) = (name, tagged) else {
            continue;
        };
        let hit = Hit {
            pattern: found.pattern_index as u32,
            role,
            node: node.id(),
            name: name.id(),
            name_span: (name.start_byte() as u32, name.end_byte() as u32),
        };
        if role == Role::Scope {
            hits.push(hit);
            continue;
        }
        match known.get(&hit.name_span) {
            Some(&at) if hits[at].pattern > hit.pattern => hits[at] = hit,
            Some(_) => {}
            None => {
                known.insert(hit.name_span, hits.len());
                hits.push(hit);
            }
        }
    }
    drop(matches);
    if budget.is_spent() || cursor.did_exceed_match_limit() {
        return Err(Stopped(
            "finding names takes more effort than a text of this length may: none are listed".to_owned(),
        ));
    }
    Ok(hits)
}

/// Says which nodes are captured, so that they get their numbers.
pub(super) fn collect(hits: &[Hit], captured: &mut Captured) {
    captured.extend(hits.iter().flat_map(|hit| [(hit.node, 0), (hit.name, 0)]));
}

/// A file's tags in their tree.
struct Tagged<'a> {
    source: &'a Source<'a>,
    grammar: &'a Grammar,
    nodes: &'a Nodes,
    nesting: Nesting,
}

/// Adds the rows of a file to those of [`DATASETS`] that were asked for.
pub(super) fn write(
    source: &Source<'_>,
    grammar: &Grammar,
    nodes: &Nodes,
    hits: &[Hit],
    captured: &Captured,
    tables: &mut Tables,
) {
    let number = |node| captured.get(&node).copied().unwrap_or_default();
    let tag = |hit: &Hit| Tag {
        role: hit.role,
        node: number(hit.node),
        name: number(hit.name),
    };
    let tags: Vec<Tag> = hits.iter().map(tag).collect();
    let tagged = Tagged {
        source,
        grammar,
        nodes,
        nesting: Nesting::new(source, grammar, nodes, &tags),
    };
    if let Some(table) = tables.get("definitions") {
        definitions::rows(&tagged, table);
    }
    if let Some(table) = tables.get("references") {
        references::rows(&tagged, table);
    }
    if let Some(table) = tables.get("calls") {
        calls::rows(&tagged, table);
    }
}

impl Tagged<'_> {
    /// The text of a node.
    fn text(&self, node: u32) -> &str {
        text_of(self.source.text, self.nodes, node)
    }

    /// The number of a field.
    fn field(&self, name: &str) -> Option<u16> {
        self.grammar
            .language
            .field_id_for_name(name)
            .map(std::num::NonZero::get)
    }

    /// The kind of a node.
    fn kind(&self, node: u32) -> &str {
        self.nodes.get(node).map_or("", |n| self.grammar.kind(n.kind))
    }

    /// The id of the container that stands for a scope: the definition, or the file.
    fn container_or_file(&self, container: Option<u32>) -> &str {
        container.map_or(&self.nesting.file_id, |d| &self.nesting.definitions[d as usize].id)
    }

    /// The id of a definition by its position.
    fn id(&self, container: Option<u32>) -> Option<&str> {
        container.map(|d| self.nesting.definitions[d as usize].id.as_str())
    }
}

fn text_of<'t>(text: &'t str, nodes: &Nodes, node: u32) -> &'t str {
    let span = nodes.get(node).map_or(0..0, |n| n.bstart as usize..n.bend as usize);
    text.get(span).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queries_of_all_grammars_are_right_and_speak_of_known_kinds() {
        for language in codeanatomy_model::Language::ALL {
            let Some(grammar) = Grammar::of(language) else { continue };
            let is_python = language == codeanatomy_model::Language::Python;
            assert_eq!(grammar.tags().is_none(), is_python, "{}", language.name());
            let Some(tags) = grammar.tags() else { continue };
            for (i, capture) in tags.query.capture_names().iter().enumerate() {
                let is_known = tags.roles[i].is_some();
                assert!(
                    is_known || ["doc", "local.scope"].contains(capture),
                    "{} {capture}",
                    language.name()
                );
            }
        }
    }
}
