//! `dataset_columns()`: one row per column of a dataset, in order.

use std::sync::Arc;

use codeanatomy_model::{CATALOGUE, Column, Contract};
use datafusion::arrow::array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringViewArray};
use datafusion::catalog::Session;
use datafusion::common::Result;

use crate::planner::Arguments;

pub(super) fn rows(_arguments: &Arguments<'_>, _session: &dyn Session) -> Result<RecordBatch> {
    let columns: Vec<(&Contract, usize, &Column)> = CATALOGUE
        .iter()
        .flat_map(|c| c.columns.iter().enumerate().map(move |(i, column)| (*c, i, column)))
        .collect();
    let text = |f: fn(&Contract, &Column) -> String| {
        Arc::new(StringViewArray::from_iter_values(
            columns.iter().map(|(d, _, c)| f(d, c)),
        )) as ArrayRef
    };
    let flag = |f: fn(&Contract, &Column) -> bool| {
        Arc::new(columns.iter().map(|(d, _, c)| Some(f(d, c))).collect::<BooleanArray>()) as ArrayRef
    };
    let position = Int64Array::from_iter_values(columns.iter().map(|(_, i, _)| *i as i64 + 1));
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("dataset", text(|d, _| d.name.to_string()), false),
        ("position", Arc::new(position) as ArrayRef, false),
        ("name", text(|_, c| c.name.to_string()), false),
        ("type", text(|_, c| c.ty.sql_name().to_string()), false),
        ("is_nullable", flag(|_, c| c.nullable), false),
        ("is_key", flag(|d, c| d.key.contains(&c.name)), false),
        ("description", text(|_, c| c.description()), false),
    ])?)
}
