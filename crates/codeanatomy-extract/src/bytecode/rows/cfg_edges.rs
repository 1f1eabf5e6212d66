//! Rows of `cfg_edges`.

use codeanatomy_model::dataset::CfgEdgeRow;

use super::{File, Graph};
use crate::table::Table;

/// Writes the rows.
pub(super) fn rows(file: &File<'_, '_>, graph: &Graph, table: &mut Table) {
    for &(unit, number, edge) in &graph.edges {
        table.push(&CfgEdgeRow {
            path: file.path,
            unit_index: i64::from(unit),
            unit_id: file.names.id(unit),
            edge_index: i64::from(number),
            src_block: i64::from(edge.src),
            dst_block: i64::from(edge.dst),
            kind: edge.kind.word(),
            instruction_index: edge.instruction.map(i64::from),
            exception_entry: edge.exception.map(i64::from),
        });
    }
}
