//! `function_parameters()`: one row per parameter of a function of ours, in order.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringViewArray};
use datafusion::catalog::Session;
use datafusion::common::Result;

use super::inventory::{Described, Entry, inventory};
use crate::planner::Arguments;

pub(super) fn rows(_arguments: &Arguments<'_>, session: &dyn Session) -> Result<RecordBatch> {
    let entries = inventory(session);
    let rows: Vec<(&Entry, i64, &Described)> = entries
        .iter()
        .flat_map(|e| (1..).zip(&e.parameters).map(move |(i, p)| (e, i, p)))
        .collect();
    let text = |f: fn(&Entry, &Described) -> String| {
        Arc::new(StringViewArray::from_iter_values(rows.iter().map(|(e, _, p)| f(e, p)))) as ArrayRef
    };
    let flag = |f: fn(&Described) -> bool| {
        Arc::new(rows.iter().map(|(_, _, p)| Some(f(p))).collect::<BooleanArray>()) as ArrayRef
    };
    let default: StringViewArray = rows.iter().map(|(_, _, p)| p.default.as_deref()).collect();
    let position = Int64Array::from_iter_values(rows.iter().map(|(_, i, _)| *i));
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("function", text(|e, _| e.name.to_string()), false),
        ("kind", text(|e, _| e.kind.to_string()), false),
        ("position", Arc::new(position) as ArrayRef, false),
        ("name", text(|_, p| p.name.to_string()), false),
        ("type", text(|_, p| p.takes.clone()), false),
        ("default", Arc::new(default) as ArrayRef, true),
        ("is_required", flag(|p| p.required), false),
        ("is_variadic", flag(|p| p.variadic), false),
        ("description", text(|_, p| p.description.to_string()), false),
    ])?)
}
