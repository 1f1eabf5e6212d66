//! What the query of a user finds: rows of `ts_captures`.

use codeanatomy_model::dataset::TsCaptureRow;
use tree_sitter::{Query, QueryCursor, QueryCursorOptions, StreamingIterator, Tree};

use super::grammar::Grammar;
use super::nodes::Captured;
use super::parse::{Budget, Stopped};
use crate::file::Source;
use crate::table::Table;

/// The longest text of a node that is given, in bytes.
const MAX_TEXT: usize = 4096;

/// A captured node.
#[derive(Debug)]
pub(super) struct Capture {
    match_id: u32,
    capture_index: u32,
    pattern_index: u32,
    /// The number of its name.
    name: u32,
    /// The node as tree-sitter numbers it.
    node: usize,
    kind: u16,
    bstart: u32,
    bend: u32,
}

/// Runs a query on a tree.
pub(super) fn find(query: &Query, grammar: &Grammar, tree: &Tree, text: &str) -> Result<Vec<Capture>, Stopped> {
    let mut budget = Budget::of_query(tree, text.len());
    let mut spend = |_: &tree_sitter::QueryCursorState| budget.spend();
    let options = QueryCursorOptions::new().progress_callback(&mut spend);
    let mut cursor = QueryCursor::new();
    let mut found = Vec::new();
    let mut matches = cursor.matches_with_options(query, tree.root_node(), text.as_bytes(), options);
    let mut match_id = 0;
    while let Some(hit) = matches.next() {
        for (index, capture) in hit.captures().iter().enumerate() {
            found.push(Capture {
                match_id,
                capture_index: index as u32,
                pattern_index: hit.pattern_index as u32,
                name: capture.index,
                node: capture.node.id(),
                kind: grammar.kind_index(capture.node.kind_id()),
                bstart: capture.node.start_byte() as u32,
                bend: capture.node.end_byte() as u32,
            });
        }
        match_id += 1;
    }
    drop(matches);
    if budget.is_spent() || cursor.did_exceed_match_limit() {
        return Err(Stopped(
            "the query takes more effort than a file of this length may: make its patterns more specific".to_owned(),
        ));
    }
    Ok(found)
}

/// Says which nodes are captured, so that they get their numbers.
pub(super) fn collect(found: &[Capture], captured: &mut Captured) {
    captured.extend(found.iter().map(|c| (c.node, 0)));
}

/// Adds the rows.
pub(super) fn write(
    source: &Source<'_>,
    grammar: &Grammar,
    query: &Query,
    found: &[Capture],
    captured: &Captured,
    table: &mut Table,
) {
    let names = query.capture_names();
    let mut lines = source.lines.cursor();
    for capture in found {
        let span = capture.bstart as usize..capture.bend as usize;
        table.push(&TsCaptureRow {
            path: &source.entry.path,
            match_id: i64::from(capture.match_id),
            capture_index: i64::from(capture.capture_index),
            language: source.entry.language.name(),
            pattern_index: i64::from(capture.pattern_index),
            capture: names.get(capture.name as usize).copied().unwrap_or_default(),
            node_id: captured.get(&capture.node).map_or(0, |id| i64::from(*id)),
            kind: grammar.kind(capture.kind),
            bstart: i64::from(capture.bstart),
            bend: i64::from(capture.bend),
            line: lines.line(capture.bstart).0,
            text: source.text.get(span).filter(|text| text.len() <= MAX_TEXT),
        });
    }
}
