//! Nodes to rows of `ast_nodes`.

use arrow_buffer::{BooleanBuffer, NullBuffer};

use super::vocabulary::{Context, Field, Kind, comparison};
use super::walk::{NONE, Node, Nodes, Value};
use crate::file::{LineCursor, Source};
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
    let wants = |columns: [&str; 2]| columns.iter().any(|column| table.wants(column));
    let mut starts = wants(["line", "col_utf8"]).then(|| Positions::new(source));
    let mut ends = wants(["end_line", "end_col_utf8"]).then(|| Positions::new(source));
    let (mut names, mut values) = (&nodes.names[..], &nodes.values[..]);
    for part in table.parts(nodes.all.len()) {
        let (first, end) = (part.start as u32, part.end as u32);
        let (names, values) = (before(&mut names, end), before(&mut values, end));
        let all = &nodes.all[part.clone()];
        let (start_lines, start_columns) = starts.as_mut().map(|s| s.of(all, |n| n.bstart)).unwrap_or_default();
        let (end_lines, end_columns) = ends.as_mut().map(|s| s.of(all, |n| n.bend)).unwrap_or_default();
        let count = all.len();
        let nulls = |has: &dyn Fn(&Node) -> bool| NullBuffer::new(BooleanBuffer::collect_bool(count, |i| has(&all[i])));
        let placed = nulls(&|n| n.bstart != NONE);
        table.append(count, |name, column| match name {
            "path" => column.repeated_text(&source.entry.path, count),
            "node_id" => match &chosen {
                Some(ids) => column.ints(ids[part.clone()].iter().copied()),
                None => column.ints(first..end),
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
            "name" => column.sparse_texts(count, names.iter().map(|(id, name)| (*id - first, *name))),
            "value" => write_values(source, first, all, values, column),
            "ctx" => column.words(Context::WORDS, all.iter().map(|n| n.ctx.map_or(NO_WORD, |c| c as u8))),
            "bstart" => column.optional_ints(all.iter().map(|n| present(n.bstart)), &placed),
            "bend" => column.optional_ints(all.iter().map(|n| present(n.bend)), &placed),
            "line" => column.optional_ints(start_lines.iter().copied(), &placed),
            "col_utf8" => column.optional_ints(start_columns.iter().copied(), &placed),
            "end_line" => column.optional_ints(end_lines.iter().copied(), &placed),
            "end_col_utf8" => column.optional_ints(end_columns.iter().copied(), &placed),
            _ => {}
        });
    }
}

/// Takes the cells of rows before `end` off the front.
fn before<'c, T>(cells: &mut &'c [(u32, T)], end: u32) -> &'c [(u32, T)] {
    let (taken, rest) = cells.split_at(cells.partition_point(|(id, _)| *id < end));
    *cells = rest;
    taken
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

fn write_values(source: &Source<'_>, first: u32, all: &[Node], values: &[(u32, Value<'_>)], column: &mut Column) {
    // Texts that stand nowhere as they are wanted.
    let made: Vec<String> = values.iter().filter_map(|(_, value)| made(*value)).collect();
    let mut next = made.iter();
    let cells = values.iter().filter_map(|(id, value)| {
        let node = &all[(*id - first) as usize];
        let text = match *value {
            Value::Text(text) => text,
            Value::Source => source.text.get(node.bstart as usize..node.bend as usize)?,
            Value::Comparisons(&[op]) => comparison(op),
            Value::Level(_) | Value::Comparisons(_) => next.next()?,
        };
        Some((*id - first, text))
    });
    column.sparse_texts(all.len(), cells);
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

/// Lines and columns as CPython counts them.
struct Positions<'s> {
    cursor: LineCursor<'s>,
    /// The bytes of a byte order mark, which takes no column.
    mark: u32,
}

impl<'s> Positions<'s> {
    fn new(source: &'s Source<'_>) -> Self {
        let mark = '\u{feff}';
        Self {
            cursor: source.lines.cursor(),
            mark: if source.text.starts_with(mark) {
                mark.len_utf8() as u32
            } else {
                0
            },
        }
    }

    /// The lines and columns of an offset of each of the next nodes; 0 where a node has no position.
    fn of(&mut self, nodes: &[Node], offset: impl Fn(&Node) -> u32) -> (Vec<u32>, Vec<u32>) {
        let position = |node: &Node| {
            let offset = offset(node);
            if offset == NONE {
                return (0, 0);
            }
            let (line, start) = self.cursor.line(offset);
            let mark = if line == 1 { self.mark } else { 0 };
            (line as u32, (offset - start).saturating_sub(mark))
        };
        nodes.iter().map(position).unzip()
    }
}
