//! Graphs on disk.
//!
//! ```text
//! DIR/CURRENT                     the name of the current version, replaced atomically
//! DIR/versions/NAME/              an immutable version; NAME comes from its content
//!     cpg_nodes.parquet  cpg_edges.parquet  cpg_losers.parquet  cpg_props.parquet  contract_errors.parquet
//!     manifest.json               what it was built from and holds; the same bytes for the same input
//! DIR/runs/TIME-NAME.json         the run record: when, from where, how long
//! DIR/lock                        held by the build that writes
//! ```
//!
//! A version is written beside the others under a name that no reader looks at, flushed, renamed into place, and only
//! then named in `CURRENT`. A build that is killed leaves the version that was current. The version before the current
//! one is kept for readers that have it open.

mod check;
mod delta;
mod delta_column;
mod export;
mod file;
mod manifest;
mod reader;
mod writer;

pub(crate) use check::{Checks, UniqueBy};
pub use export::export_dataset;
pub(crate) use manifest::FORMAT;
pub use manifest::{FileRecord, Manifest, RuleRecord, TableRecord};
pub use reader::Store;
pub(crate) use writer::{TableWriter, VersionWriter};
