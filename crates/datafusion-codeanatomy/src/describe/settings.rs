//! `settings()`: one row per setting of ours, in the order in which they are declared.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringViewArray};
use datafusion::catalog::Session;
use datafusion::common::Result;

use crate::planner::Arguments;
use crate::settings::{Described, Settings};

pub(super) fn rows(_arguments: &Arguments<'_>, session: &dyn Session) -> Result<RecordBatch> {
    let settings = Settings::of(session.config_options()).described();
    let text =
        |f: fn(&Described) -> &str| Arc::new(StringViewArray::from_iter_values(settings.iter().map(f))) as ArrayRef;
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("name", text(|s| &s.name), false),
        ("value", text(|s| &s.value), false),
        ("default", text(|s| &s.default), false),
        ("takes", text(|s| s.takes), false),
        ("description", text(|s| s.doc), false),
    ])?)
}
