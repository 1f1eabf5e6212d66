//! `table_functions()`: one row per parameter of a table function of ours; one without parameters has one row.

use std::sync::Arc;

use codeanatomy_model::CATALOGUE;
use datafusion::arrow::array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringViewArray};
use datafusion::catalog::Session;
use datafusion::common::Result;

use crate::dataset::parameters;
use crate::planner::{Arguments, Parameter, functions_outside, relation_functions};
use crate::question::QUESTIONS;

pub(super) fn rows(_arguments: &Arguments<'_>, session: &dyn Session) -> Result<RecordBatch> {
    let datasets = CATALOGUE
        .iter()
        .flat_map(|c| (1..).zip(parameters(c)).map(|(i, p)| (c.name, Some((i, p)))));
    let of_relations =
        relation_functions().flat_map(|f| (1..).zip(f.parameters).map(move |(i, p)| (f.name, Some((i, p)))));
    let of_questions = QUESTIONS.iter().filter(|q| !q.parameters.is_empty());
    let of_questions = of_questions.flat_map(|q| (1..).zip(q.parameters).map(move |(i, p)| (q.name, Some((i, p)))));
    let without = QUESTIONS
        .iter()
        .filter(|q| q.parameters.is_empty())
        .map(|q| (q.name, None));
    let without = without.chain(
        super::listings()
            .filter(|l| l.parameters.is_empty())
            .map(|l| (l.name, None)),
    );
    let listings = super::listings().flat_map(|l| (1..).zip(l.parameters).map(move |(i, p)| (l.name, Some((i, p)))));
    let outside = functions_outside(session).into_iter();
    let outside = outside.flat_map(|f| (1..).zip(f.parameters()).map(move |(i, p)| (f.name(), Some((i, p)))));
    let rows: Vec<(&str, Option<(i64, &Parameter)>)> = datasets
        .chain(of_relations)
        .chain(of_questions)
        .chain(without)
        .chain(listings)
        .chain(outside)
        .collect();
    let parameter = |f: fn(&Parameter) -> &str| {
        Arc::new(
            rows.iter()
                .map(|(_, p)| p.map(|(_, p)| f(p)))
                .collect::<StringViewArray>(),
        ) as ArrayRef
    };
    let position: Int64Array = rows.iter().map(|(_, p)| p.map(|(i, _)| i)).collect();
    let required: BooleanArray = rows.iter().map(|(_, p)| p.map(|(_, p)| p.required)).collect();
    Ok(RecordBatch::try_from_iter_with_nullable([
        (
            "function",
            Arc::new(StringViewArray::from_iter_values(rows.iter().map(|(f, _)| f))) as ArrayRef,
            false,
        ),
        ("position", Arc::new(position) as ArrayRef, true),
        ("parameter", parameter(|p| p.name), true),
        ("is_required", Arc::new(required) as ArrayRef, true),
        ("description", parameter(|p| p.doc), true),
    ])?)
}
