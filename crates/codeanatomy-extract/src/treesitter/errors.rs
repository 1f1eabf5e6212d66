//! What a grammar does not take: rows of `ts_errors`, and diagnostics of languages that have no other parser.

use codeanatomy_model::dataset::TsErrorRow;

use super::grammar::Grammar;
use super::nodes::{Node, Nodes};
use crate::file::{Diagnostic, Source};
use crate::table::Table;

/// The most characters of the text that a message repeats.
const SNIPPET: usize = 40;

/// The nodes that are errors or missing, with their numbers.
fn broken(nodes: &Nodes) -> impl Iterator<Item = (u32, &Node)> {
    let numbered = nodes.all.iter().enumerate().map(|(i, node)| (i as u32, node));
    numbered.filter(|(_, node)| node.flags.is_error || node.flags.is_missing)
}

/// Adds the rows of a file's errors.
pub(super) fn write(source: &Source<'_>, grammar: &Grammar, nodes: &Nodes, table: &mut Table) {
    for (seq, (id, node)) in broken(nodes).enumerate() {
        let (line, start) = source.lines.line(node.bstart);
        table.push(&TsErrorRow {
            path: &source.entry.path,
            seq: seq as i64,
            language: source.entry.language.name(),
            kind: if node.flags.is_missing { "missing" } else { "error" },
            message: &message(source.text, grammar, node),
            node_id: Some(i64::from(id)),
            bstart: Some(i64::from(node.bstart)),
            bend: Some(i64::from(node.bend)),
            line: Some(line),
            col_utf8: Some(i64::from(node.bstart - start)),
        });
    }
}

/// Adds the row of a file without a tree.
pub(super) fn write_limit(source: &Source<'_>, message: &str, table: &mut Table) {
    table.push(&TsErrorRow {
        path: &source.entry.path,
        seq: 0,
        language: source.entry.language.name(),
        kind: "limit",
        message,
        node_id: None,
        bstart: None,
        bend: None,
        line: None,
        col_utf8: None,
    });
}

/// The errors as rows of `parse_errors`.
pub(super) fn diagnostics(source: &Source<'_>, grammar: &Grammar, nodes: &Nodes) -> Vec<Diagnostic> {
    let diagnostic = |(_, node): (u32, &Node)| Diagnostic {
        source: "syntax",
        message: message(source.text, grammar, node),
        span: Some((node.bstart, node.bend)),
    };
    broken(nodes).map(diagnostic).collect()
}

fn message(text: &str, grammar: &Grammar, node: &Node) -> String {
    if node.flags.is_missing {
        return format!("missing {:?}", grammar.kind(node.kind));
    }
    let written = text.get(node.bstart as usize..node.bend as usize).unwrap_or_default();
    let line = written.trim_start().split(['\n', '\r']).next().unwrap_or_default();
    match line.char_indices().nth(SNIPPET) {
        _ if line.is_empty() => "unexpected end".to_owned(),
        Some((end, _)) => format!("unexpected {:?}…", &line[..end]),
        None => format!("unexpected {line:?}"),
    }
}
