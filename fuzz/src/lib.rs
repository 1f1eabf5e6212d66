//! What must hold for the rows of any input. Each function panics where it does not.

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, RecordBatch};
use codeanatomy_model::Contract;

/// A cell of a key.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cell<'a> {
    Null,
    Int(i64),
    Text(&'a str),
}

/// Checks one dataset of a file with this text: its spans, its order, and that a row's parent is before it.
pub fn check(contract: &Contract, batch: &RecordBatch, text: &str) {
    check_order(contract, batch);
    check_spans(contract, batch, text);
    match contract.name {
        "ast_nodes" => check_numbers(contract, batch, "parent_id", "node_id"),
        "tokens" => check_disjoint(batch),
        "scopes" => check_ids(contract, batch, "parent_id", "scope_id"),
        "definitions" => check_ids(contract, batch, "container_id", "def_id"),
        _ => {}
    }
}

/// Rows ascend in the declared order, so no two of them are equal there.
fn check_order(contract: &Contract, batch: &RecordBatch) {
    let row = |i| contract.order.iter().map(|c| cell(batch, c, i)).collect::<Vec<_>>();
    for i in 1..batch.num_rows() {
        assert!(row(i - 1) < row(i), "{}: {:?} is before {:?}", contract.name, row(i - 1), row(i));
    }
}

/// Every pair of columns `…bstart` and `…bend` is a span of the text, on boundaries of characters; so is every `…bstart`
/// alone.
fn check_spans(contract: &Contract, batch: &RecordBatch, text: &str) {
    for column in contract.columns.iter().filter(|c| c.name.ends_with("bstart")) {
        let start = ints(batch, column.name);
        let other = format!("{}bend", column.name.strip_suffix("bstart").unwrap_or_default());
        let end = match contract.index_of(&other) {
            Some(_) => ints(batch, &other),
            None => start.clone(),
        };
        for (i, span) in start.into_iter().zip(end).enumerate() {
            match span {
                (Some(start), Some(end)) => {
                    let span = usize::try_from(start).unwrap()..usize::try_from(end).unwrap();
                    let place = format!("{}.{} {span:?} in row {i}", contract.name, column.name);
                    assert!(text.get(span).is_some(), "{place} of {} bytes", text.len());
                }
                (start, end) => assert_eq!(start, end, "{}.{} in row {i}", contract.name, column.name),
            }
        }
    }
}

/// No token begins before the end of the one before it.
fn check_disjoint(batch: &RecordBatch) {
    let (starts, ends) = (ints(batch, "bstart"), ints(batch, "bend"));
    for (i, (end, start)) in ends.iter().zip(starts.iter().skip(1)).enumerate() {
        assert!(end <= start, "token {i} ends at {end:?}, the next begins at {start:?}");
    }
}

/// A parent's number is less than that of its child; only the first row has none.
fn check_numbers(contract: &Contract, batch: &RecordBatch, parent: &str, id: &str) {
    for (i, (parent, id)) in ints(batch, parent).into_iter().zip(ints(batch, id)).enumerate() {
        assert!(parent < id && parent.is_some() == (i > 0), "{}: parent {parent:?} of {id:?}", contract.name);
    }
}

/// A parent is the id of an earlier row.
fn check_ids(contract: &Contract, batch: &RecordBatch, parent: &str, id: &str) {
    let column = |name| batch.column_by_name(name).unwrap().as_string_view();
    let mut seen = std::collections::HashSet::new();
    for (parent, id) in column(parent).iter().zip(column(id).iter()) {
        assert!(parent.is_none_or(|p| seen.contains(p)), "{}: parent {parent:?} of {id:?}", contract.name);
        assert!(seen.insert(id.unwrap()), "{}: {id:?} is there twice", contract.name);
    }
}

fn ints(batch: &RecordBatch, column: &str) -> Vec<Option<i64>> {
    let array = batch.column_by_name(column).unwrap();
    array.as_primitive::<Int64Type>().iter().collect()
}

fn cell<'a>(batch: &'a RecordBatch, column: &str, row: usize) -> Cell<'a> {
    let array = batch.column_by_name(column).unwrap();
    if array.is_null(row) {
        return Cell::Null;
    }
    match array.as_primitive_opt::<Int64Type>() {
        Some(ints) => Cell::Int(ints.value(row)),
        None => Cell::Text(array.as_string_view().value(row)),
    }
}
