//! Nodes to rows of `ast_nodes`.

use arrow_buffer::{BooleanBuffer, NullBuffer};

use super::vocabulary::{Context, Field, Kind, comparison};
use super::walk::{NONE, Node, Nodes, Value};
use crate::file::Source;
use crate::table::{Column, NO_WORD, Table};

/// Adds the rows of a file's nodes, column by column.
pub(super) fn write(source: &Source<'_>, nodes: &Nodes<'_>, table: &mut Table) {
    let chosen = chosen(nodes, table);
    let only;
    let nodes = match &chosen {
        Some(ids) => {
            only = nodes.only(ids);
            &only
        }
        None => nodes,
    };
    let Nodes { all, names, .. } = nodes;
    let starts = (table.wants("line") || table.wants("col_utf8")).then(|| Positions::new(source, all, |n| n.bstart));
    let ends =
        (table.wants("end_line") || table.wants("end_col_utf8")).then(|| Positions::new(source, all, |n| n.bend));
    let (starts, ends) = (starts.unwrap_or_default(), ends.unwrap_or_default());
    let count = all.len();
    let nulls = |has: &dyn Fn(&Node) -> bool| NullBuffer::new(BooleanBuffer::collect_bool(count, |i| has(&all[i])));
    let placed = nulls(&|n| n.bstart != NONE);
    table.append(count, |name, column| match name {
        "path" => column.repeated_text(&source.entry.path, count),
        "node_id" => match &chosen {
            Some(ids) => column.ints(ids.iter().copied()),
            None => column.ints(0..count as u32),
        },
        "parent_id" => column.optional_ints(all.iter().map(|n| present(n.parent)), &nulls(&|n| n.parent != NONE)),
        "depth" => column.ints(all.iter().map(|n| n.depth)),
        "subtree_size" => column.ints(all.iter().map(|n| n.size)),
        "field" => column.words(Field::WORDS, all.iter().map(|n| n.field.map_or(NO_WORD, |f| f as u8))),
        "field_index" => column.optional_ints(
            all.iter().map(|n| present(n.field_index)),
            &nulls(&|n| n.field_index != NONE),
        ),
        "kind" => column.words(Kind::WORDS, all.iter().map(|n| n.kind as u8)),
        "name" => column.sparse_texts(count, names.iter().copied()),
        "value" => write_values(source, nodes, column),
        "ctx" => column.words(Context::WORDS, all.iter().map(|n| n.ctx.map_or(NO_WORD, |c| c as u8))),
        "bstart" => column.optional_ints(all.iter().map(|n| present(n.bstart)), &placed),
        "bend" => column.optional_ints(all.iter().map(|n| present(n.bend)), &placed),
        "line" => column.optional_ints(starts.lines.iter().copied(), &placed),
        "col_utf8" => column.optional_ints(starts.columns.iter().copied(), &placed),
        "end_line" => column.optional_ints(ends.lines.iter().copied(), &placed),
        "end_col_utf8" => column.optional_ints(ends.columns.iter().copied(), &placed),
        _ => {}
    });
}

/// The nodes that are wanted, if not all are.
fn chosen(nodes: &Nodes<'_>, table: &mut Table) -> Option<Vec<u32>> {
    let mut names = nodes.names.iter().copied().peekable();
    table.chosen(nodes.all.len(), |column, id| match column {
        "kind" => Some(Kind::WORDS[nodes.all[id as usize].kind as usize]),
        _ => {
            while names.next_if(|(named, _)| *named < id).is_some() {}
            names.next_if(|(named, _)| *named == id).map(|(_, name)| name)
        }
    })
}

/// What stands in a cell, whether it is null or not.
#[inline]
fn present(value: u32) -> u32 {
    if value == NONE { 0 } else { value }
}

fn write_values(source: &Source<'_>, nodes: &Nodes<'_>, column: &mut Column) {
    // Texts that stand nowhere as they are wanted.
    let made: Vec<String> = nodes.values.iter().filter_map(|(_, value)| made(*value)).collect();
    let mut next = made.iter();
    let cells = nodes.values.iter().filter_map(|(id, value)| {
        let node = &nodes.all[*id as usize];
        let text = match *value {
            Value::Text(text) => text,
            Value::Source => source.text.get(node.bstart as usize..node.bend as usize)?,
            Value::Comparisons(&[op]) => comparison(op),
            Value::Level(_) | Value::Comparisons(_) => next.next()?,
        };
        Some((*id, text))
    });
    column.sparse_texts(nodes.all.len(), cells);
}

fn made(value: Value<'_>) -> Option<String> {
    match value {
        Value::Level(level) => Some(level.to_string()),
        Value::Comparisons(ops) if ops.len() != 1 => {
            let words: Vec<&str> = ops.iter().map(|op| comparison(*op)).collect();
            Some(words.join(","))
        }
        _ => None,
    }
}

/// Lines and columns as CPython counts them, by node; 0 where a node has no position.
#[derive(Debug, Default)]
struct Positions {
    lines: Vec<u32>,
    columns: Vec<u32>,
}

impl Positions {
    /// The positions of an offset of each node. A byte order mark takes no column.
    fn new(source: &Source<'_>, nodes: &[Node], offset: impl Fn(&Node) -> u32) -> Self {
        let mark = if source.text.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8() as u32
        } else {
            0
        };
        let mut cursor = source.lines.cursor();
        let position = |node: &Node| {
            let offset = offset(node);
            if offset == NONE {
                return (0, 0);
            }
            let (line, start) = cursor.line(offset);
            let mark = if line == 1 { mark } else { 0 };
            (line as u32, (offset - start).saturating_sub(mark))
        };
        let (lines, columns) = nodes.iter().map(position).unzip();
        Self { lines, columns }
    }
}
