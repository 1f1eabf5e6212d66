//! The tables of a graph.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};

/// One table of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GraphTable {
    /// Its SQL name and the stem of its file.
    pub name: &'static str,
    /// The canonical order: path, then integers, then texts.
    pub order: &'static [&'static str],
    columns: &'static [(&'static str, DataType, bool)],
}

const TEXT: DataType = DataType::Utf8View;
const INT: DataType = DataType::Int64;

const EDGE_COLUMNS: &[(&str, DataType, bool)] = &[
    ("edge_id", TEXT, false),
    ("kind", TEXT, false),
    ("src", TEXT, false),
    ("dst", TEXT, false),
    ("path", TEXT, true),
    ("bstart", INT, true),
    ("bend", INT, true),
    ("relation", TEXT, false),
    ("rule", TEXT, false),
    ("rule_priority", INT, false),
    ("origin", TEXT, false),
    ("resolution", TEXT, true),
    ("score", INT, true),
    ("confidence", DataType::Float64, true),
    ("group_id", TEXT, true),
    ("rank", INT, false),
    ("candidate_count", INT, false),
    ("tied", INT, false),
    ("runner_up_score", INT, true),
];

const EDGE_ORDER: &[&str] = &["path", "bstart", "bend", "kind", "src", "dst", "rank"];

/// The winners, and the shape of all candidates.
pub(super) const EDGES: GraphTable = GraphTable {
    name: "cpg_edges",
    order: EDGE_ORDER,
    columns: EDGE_COLUMNS,
};

/// The tables in the order in which they are written.
pub const GRAPH_TABLES: [GraphTable; 4] = [
    GraphTable {
        name: "cpg_nodes",
        order: &["path", "bstart", "bend", "kind", "node_id"],
        columns: &[
            ("node_id", TEXT, false),
            ("kind", TEXT, false),
            ("path", TEXT, true),
            ("bstart", INT, true),
            ("bend", INT, true),
            ("name", TEXT, true),
            ("qualified_name", TEXT, true),
        ],
    },
    EDGES,
    GraphTable {
        name: "cpg_losers",
        order: EDGE_ORDER,
        columns: EDGE_COLUMNS,
    },
    GraphTable {
        name: "cpg_props",
        order: &["path", "owner", "key"],
        columns: &[
            ("owner", TEXT, false),
            ("key", TEXT, false),
            ("path", TEXT, true),
            ("value_text", TEXT, true),
            ("value_int", INT, true),
            ("value_bool", DataType::Boolean, true),
        ],
    },
];

impl GraphTable {
    /// Its schema.
    pub fn schema(&self) -> SchemaRef {
        let field = |(name, ty, nullable): &(&str, DataType, bool)| Field::new(*name, ty.clone(), *nullable);
        Arc::new(Schema::new(self.columns.iter().map(field).collect::<Vec<_>>()))
    }

    /// A query that gives the columns of `from`, with their types and in order.
    pub(super) fn select(&self, from: &str) -> String {
        let column = |(name, ty, _): &(&str, DataType, bool)| format!("arrow_cast({name}, '{ty}') AS {name}");
        let columns = self.columns.iter().map(column).collect::<Vec<_>>().join(", ");
        format!("SELECT {columns} FROM ({from})")
    }
}
