//! Trees by tree-sitter's grammars: of every language that is built in, Python too, and all that is known of languages that
//! have no parser of their own here. No other module names a type of tree-sitter.

mod captures;
mod errors;
mod grammar;
mod memory;
mod node_rows;
mod nodes;
mod parse;
mod query;
mod tags;

pub use query::{CaptureQuery, QueryError};

use codeanatomy_model::Language;
use tree_sitter::Tree;

use crate::extractor::Tables;
use crate::file::{Diagnostic, Outcome, Source};
use grammar::Grammar;
use nodes::{Captured, Nodes};
use parse::Stopped;

/// The datasets that need the tree of a file in any language.
const DATASETS: [&str; 3] = ["ts_nodes", "ts_errors", "ts_captures"];

/// What trees are asked besides their nodes.
#[derive(Debug, Default)]
pub(crate) struct TreeSitter {
    query: Option<CaptureQuery>,
}

/// Whether a table needs the tree of a file in this language.
pub(crate) fn needs_parse(language: Language, tables: &Tables) -> bool {
    tables.wants_any(&DATASETS) || (language != Language::Python && tables.wants_any(&tags::DATASETS))
}

/// Says in `ts_errors` why a file has no tree, if there is a grammar of its language.
pub(crate) fn write_limit(source: &Source<'_>, message: &str, tables: &mut Tables) {
    if Grammar::of(source.entry.language).is_some()
        && let Some(table) = tables.get("ts_errors")
    {
        errors::write_limit(source, message, table);
    }
}

impl TreeSitter {
    /// With the query of `ts_captures`, if there is one.
    pub(crate) fn new(query: Option<CaptureQuery>) -> Self {
        Self { query }
    }

    /// Whether there is a query for `ts_captures`.
    pub(crate) fn has_query(&self) -> bool {
        self.query.is_some()
    }

    /// Parses a file and adds its rows. None if there is no grammar of its language.
    pub(crate) fn extract(&self, source: &Source<'_>, tables: &mut Tables) -> Option<Outcome> {
        let grammar = Grammar::of(source.entry.language)?;
        let tree = match parse::parse(grammar, source.text) {
            Ok(tree) => tree,
            Err(Stopped(message)) => {
                write_limit(source, &message, tables);
                return Some(Outcome {
                    status: "stopped",
                    diagnostics: vec![Diagnostic::of_file("limit", message)],
                });
            }
        };
        Some(self.rows(source, grammar, &tree, tables))
    }

    fn rows(&self, source: &Source<'_>, grammar: &Grammar, tree: &Tree, tables: &mut Tables) -> Outcome {
        let language = source.entry.language;
        let mut diagnostics = Vec::new();
        // Queries come first: the walk numbers the nodes that they capture.
        let mut captured = Captured::default();
        let query = self.query.as_ref().and_then(|query| query.of(language));
        let mut captures = Vec::new();
        if let Some((query, table)) = query.zip(tables.get("ts_captures")) {
            match captures::find(query, grammar, tree, source.text) {
                Ok(found) => captures = found,
                // It is the query that is at fault.
                Err(Stopped(message)) => table.fail(format!("{}: {message}", source.entry.path)),
            }
            captures::collect(&captures, &mut captured);
        }
        let mut hits = Vec::new();
        if tables.wants_any(&tags::DATASETS)
            && let Some(tags) = grammar.tags()
        {
            match tags::find(tags, tree, source.text) {
                Ok(found) => hits = found,
                Err(Stopped(message)) => diagnostics.push(Diagnostic::of_file("limit", message)),
            }
            tags::collect(&hits, &mut captured);
        }
        let has_error = tree.root_node().has_error();
        let is_needed = has_error || !captured.is_empty() || tables.wants_any(&["ts_nodes"]);
        let wants_places = tables.wants("ts_nodes", &node_rows::PLACED);
        let nodes = if is_needed {
            Nodes::new(tree, grammar, wants_places, &mut captured)
        } else {
            Nodes::default()
        };
        if let Some(table) = tables.get("ts_nodes") {
            node_rows::write(source, grammar, &nodes, table);
        }
        if let Some(table) = tables.get("ts_errors") {
            errors::write(source, grammar, &nodes, table);
        }
        if let Some((query, table)) = query.zip(tables.get("ts_captures")) {
            captures::write(source, grammar, query, &captures, &captured, table);
        }
        if !hits.is_empty() {
            tags::write(source, grammar, &nodes, &hits, &captured, tables);
        }
        if language != Language::Python {
            diagnostics.extend(errors::diagnostics(source, grammar, &nodes));
        }
        let status = if diagnostics.is_empty() { "ok" } else { "recovered" };
        Outcome { status, diagnostics }
    }
}
