//! Writing: rows are checked, then committed, all or none.

mod broken;
mod change;
mod check;
mod commit;
mod contract_exec;
mod fingerprint;
mod merge;
mod note;
mod partitions;
mod query_origin;
mod session;
mod sink;
mod source;
mod target;
mod types;

pub(crate) use change::{Change, ChangeExec};
pub(crate) use commit::{Origin, properties};
pub(crate) use merge::Merge;
pub(crate) use note::NoteStatements;
pub(crate) use query_origin::{NoteOptimised, NoteQueries, QueryOrigins};
pub(crate) use sink::DeltaSink;
pub(crate) use types::{storable, widened};
