//! Writing: rows are checked, then committed, all or none.

mod change;
mod check;
mod commit;
mod merge;
mod predicates;
mod session;
mod sink;
mod source;

use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use deltalake::kernel::normalize_for_delta;

pub(crate) use change::{Change, ChangeExec};
pub(crate) use commit::{fingerprint, properties};
pub(crate) use merge::Merge;
pub(crate) use predicates::KeepPredicates;
pub(crate) use sink::DeltaSink;

/// The columns as Delta stores them: times in microseconds, plain texts.
pub(crate) fn storable(schema: &SchemaRef) -> SchemaRef {
    normalize_for_delta(&Arc::clone(schema))
}
