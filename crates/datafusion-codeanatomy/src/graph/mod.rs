//! The code property graph: nodes, edges and properties, as views over datasets and relations.
//!
//! | table | canonical order |
//! |---|---|
//! | `cpg_nodes` | path, bstart, bend, kind, node_id |
//! | `cpg_edges` (winners), `cpg_losers` | path, bstart, bend, kind, src, dst, rank |
//! | `cpg_props` | path, owner, key |
//!
//! Ascending, nulls last, text by its bytes. Nodes outside the source (modules that it imports, builtins) and attributes of
//! instances, which no single place makes, have no path and come last.

mod functions;
mod table;
mod views;

pub(crate) use functions::{create_functions, stored_functions};
pub use table::{GRAPH_TABLES, GraphTable};
pub(crate) use views::READ;
pub use views::{create_call_graph, create_contract_summary, create_graph};
