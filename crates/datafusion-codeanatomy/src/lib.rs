//! Ask questions of source code in SQL.
//!
//! [`register_all`] gives a DataFusion session the datasets of source code as table functions, their catalogue, and
//! named arguments for table functions:
//!
//! ```
//! # use datafusion::prelude::*;
//! # #[tokio::main] async fn main() -> datafusion::error::Result<()> {
//! # let folder = tempfile::tempdir()?; let path = folder.path().display();
//! # std::fs::write(folder.path().join("greet.py"), "def hello(name):\n    print('hello', name)\n")?;
//! let ctx = SessionContext::new();
//! datafusion_codeanatomy::register_all(&ctx)?;
//! let sql = format!("SELECT callee, line FROM calls(source => '{path}') WHERE callee = 'print'");
//! ctx.sql(&sql).await?.show().await?;
//! # Ok(()) }
//! ```
//!
//! [`attach_source`] makes the datasets of one source, and the relations between them, tables of a session;
//! [`build`](build::build) writes them as a code property graph, and [`attach_graph`] reads one.
//!
//! Data flows through the modules in this order: [`source`] (where files are), [`dataset`] (files as tables), [`relation`] (rules that propose
//! how rows relate), [`winner`] (one proposal per group), [`graph`] (nodes, edges, properties), [`store`] (immutable
//! versions). Questions of day-to-day work are table functions over what was attached.

mod analysis;
mod attach;
pub mod build;
pub mod dataset;
mod describe;
pub mod graph;
pub mod interval;
mod keys;
mod optimizer;
mod ordering;
mod planner;
mod question;
mod register;
pub mod relation;
mod settings;
pub mod source;
pub mod store;
pub mod winner;

pub use attach::{attach_graph, attach_graph_at, attach_source, attach_source_with_rules};
pub use dataset::scanned_files;
pub use planner::{Arguments, NamedTableFunction, Parameter, register_table_functions, wait, with_signature};
pub use register::register_all;
pub use settings::Settings;
pub use source::{Source, SourceOptions};
pub use winner::{Winners, WinnersExt};
