//! `functions()`: one row per function of ours, of every kind.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringViewArray};
use datafusion::catalog::Session;
use datafusion::common::Result;

use super::inventory::{Entry, inventory};
use crate::planner::Arguments;

pub(super) fn rows(_arguments: &Arguments<'_>, session: &dyn Session) -> Result<RecordBatch> {
    let entries = inventory(session);
    let text = |f: fn(&Entry) -> &str| Arc::new(StringViewArray::from_iter_values(entries.iter().map(f))) as ArrayRef;
    let nulls: StringViewArray = entries.iter().map(|e| e.nulls).collect();
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("name", text(|e| &e.name), false),
        ("kind", text(|e| e.kind), false),
        ("section", text(|e| e.section), false),
        ("signature", text(|e| &e.signature), false),
        ("returns", text(|e| &e.returns), false),
        ("description", text(|e| &e.description), false),
        ("nulls", Arc::new(nulls) as ArrayRef, true),
        ("volatility", text(|e| e.volatility), false),
        ("example", text(|e| &e.example), false),
        ("since", text(|e| e.since), false),
    ])?)
}
