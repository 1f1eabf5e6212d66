//! Rows of `ts_nodes`.

use arrow_buffer::{BooleanBuffer, NullBuffer};

use super::grammar::Grammar;
use super::nodes::{NONE, Node, Nodes};
use crate::file::Source;
use crate::table::Table;

/// The columns that need the rows and columns of nodes.
pub(super) const PLACED: [&str; 4] = ["row", "col_utf8", "end_row", "end_col_utf8"];

/// Adds the rows of a file's nodes, column by column.
pub(super) fn write(source: &Source<'_>, grammar: &Grammar, nodes: &Nodes, table: &mut Table) {
    let kind = |id: u32| grammar.kinds.value(usize::from(nodes.all[id as usize].kind));
    let chosen = table.chosen(nodes.all.len(), |_, id| Some(kind(id)));
    let only;
    let Nodes { all, places } = match &chosen {
        Some(ids) => {
            only = nodes.only(ids);
            &only
        }
        None => nodes,
    };
    let count = all.len();
    let text = |node: &Node| source.text.get(node.bstart as usize..node.bend as usize);
    table.append(count, |name, column| match name {
        "path" => column.repeated_text(&source.entry.path, count),
        "language" => column.repeated_text(source.entry.language.name(), count),
        "node_id" => match &chosen {
            Some(ids) => column.ints(ids.iter().copied()),
            None => column.ints(0..count as u32),
        },
        "parent_id" => {
            let nulls = NullBuffer::new(BooleanBuffer::collect_bool(count, |i| all[i].parent != NONE));
            let present = |parent| if parent == NONE { 0 } else { parent };
            column.optional_ints(all.iter().map(|n| present(n.parent)), &nulls);
        }
        "depth" => column.ints(all.iter().map(|n| n.depth)),
        "subtree_size" => column.ints(all.iter().map(|n| n.size)),
        "field" => column.picks(&grammar.fields, all.iter().map(|n| (n.field != 0).then_some(n.field))),
        "kind" => column.picks(&grammar.kinds, all.iter().map(|n| Some(n.kind))),
        "is_named" => column.bools(count, |i| all[i].flags.is_named),
        "is_extra" => column.bools(count, |i| all[i].flags.is_extra),
        "is_missing" => column.bools(count, |i| all[i].flags.is_missing),
        "is_error" => column.bools(count, |i| all[i].flags.is_error),
        "bstart" => column.ints(all.iter().map(|n| n.bstart)),
        "bend" => column.ints(all.iter().map(|n| n.bend)),
        "row" => column.ints(places.iter().map(|p| p.row)),
        "col_utf8" => column.ints(places.iter().map(|p| p.col)),
        "end_row" => column.ints(places.iter().map(|p| p.end_row)),
        "end_col_utf8" => column.ints(places.iter().map(|p| p.end_col)),
        "text" => column.texts(all.iter().map(|n| if n.size == 1 { text(n) } else { None })),
        _ => {}
    });
}
