//! Delta Lake for CodeAnatomy: tables at a version or a time, their changes, history and files; writes that are checked
//! before they are committed; and graphs whose tables are Delta tables.
//!
//! [`register_all`] gives it to a session, with everything of `datafusion_codeanatomy`:
//!
//! ```
//! # use datafusion::prelude::*;
//! # #[tokio::main] async fn main() -> datafusion::error::Result<()> {
//! let ctx = SessionContext::new();
//! codeanatomy_delta::register_all(&ctx)?;
//! ctx.sql("SELECT 'one' AS name, 1 AS n").await?.into_view();
//! # Ok(()) }
//! ```
//!
//! The object stores are those of the session. Everything of delta-rs is used by its public parts.

mod copy;
mod error;
mod function;
mod graph;
mod location;
mod open;
mod register;
mod schema;
mod store;
mod table;
mod whole;
mod write;

pub use graph::{DeltaGraph, attach_graph};
pub use register::register_all;
pub use schema::attach_tables;
pub use store::{MakeStore, StoreOptions, make_store, no_option, refuse_container};
pub use table::DeltaTableProvider;
