//! Graphs on disk or in an object store.
//!
//! ```text
//! CURRENT                         the log: which versions there are, and the last one is current; replaced in one step
//! versions/FOLDER/                an immutable version
//!     cpg_nodes.parquet  cpg_edges.parquet  cpg_losers.parquet  cpg_props.parquet  contract_errors.parquet
//!     manifest.json               what it was built from and holds; the same bytes for the same input
//! tables/NAME/                    tables with versions of their own, if they are stored so; the log names their versions
//! runs/TIME-FOLDER.json           the run record: when, from where, how long
//! lock, unfinished/               on a disk: held by the build that writes, and where it writes
//! ```
//!
//! A version is written under a name that no reader looks at, flushed, moved to its folder, and only then named in the log,
//! which is replaced in one step: by a rename on a disk, by a conditional put in an object store. A build that is killed
//! leaves the versions that were there. On a disk a lock keeps a second build away; in an object store the first of two
//! builds to replace the log wins, and the other fails. Versions stay until a vacuum forgets them.

mod check;
mod clustered;
mod delta;
mod delta_column;
mod durable;
mod export;
mod file;
mod format;
mod log;
mod manifest;
mod place;
mod reader;
mod stored_table;
mod table;
mod vacuum;
mod writer;

pub(crate) use check::{Checks, EdgeContract, UniqueBy};
pub use export::{ExportOptions, export_dataset};
pub use format::TableFormat;
pub use log::{LogEntry, Stored};
pub(crate) use manifest::FORMAT;
pub use manifest::{FileRecord, Manifest, RuleRecord, TableRecord};
pub use place::Place;
pub use reader::Store;
pub(crate) use stored_table::is_stored;
pub(crate) use table::TableWriter;
pub use vacuum::{Vacuumed, vacuum};
pub use writer::TABLES;
pub(crate) use writer::{Committed, VersionWriter, write_run};
