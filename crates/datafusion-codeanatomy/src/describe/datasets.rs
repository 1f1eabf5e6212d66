//! `datasets()`: one row per dataset, in the order of the documentation.

use std::sync::Arc;

use codeanatomy_model::{CATALOGUE, Contract};
use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringViewArray};
use datafusion::catalog::Session;
use datafusion::common::Result;

use crate::planner::Arguments;

pub(super) fn rows(_arguments: &Arguments<'_>, _session: &dyn Session) -> Result<RecordBatch> {
    let text = |f: fn(&Contract) -> String| {
        Arc::new(StringViewArray::from_iter_values(CATALOGUE.iter().map(|c| f(c)))) as ArrayRef
    };
    let optional = |f: fn(&Contract) -> Option<String>| {
        Arc::new(CATALOGUE.iter().map(|c| f(c)).collect::<StringViewArray>()) as ArrayRef
    };
    let columns = Int64Array::from_iter_values(CATALOGUE.iter().map(|c| c.columns.len() as i64));
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("name", text(|c| c.name.to_string()), false),
        ("family", text(|c| c.family.name().to_string()), false),
        ("column_count", Arc::new(columns) as ArrayRef, false),
        ("key", text(|c| c.key.join(", ")), false),
        ("order", text(|c| c.order.join(", ")), false),
        ("id", optional(id), true),
        ("node", optional(|c| c.node.map(str::to_string)), true),
        ("description", text(Contract::description), false),
    ])?)
}

fn id(contract: &Contract) -> Option<String> {
    let id = contract.id?;
    Some(format!(
        "{} = stable_id('{}', {})",
        id.column,
        id.prefix,
        id.parts.join(", ")
    ))
}
