//! What the analysis reads of a file.

use arrow_array::{Array, BooleanArray, Int64Array, RecordBatch, StringViewArray};
use arrow_schema::ArrowError;

/// A dataset that is read, and its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Input {
    /// The dataset.
    pub dataset: &'static str,
    /// The columns, of which `path` is the first.
    pub columns: &'static [&'static str],
}

const fn input(dataset: &'static str, columns: &'static [&'static str]) -> Input {
    Input { dataset, columns }
}

/// The datasets that are read, in the order of [`FileRows::rows`].
pub const INPUTS: [Input; 9] = [
    input(
        "ast_nodes",
        &[
            "path",
            "node_id",
            "parent_id",
            "subtree_size",
            "field",
            "field_index",
            "kind",
            "name",
            "value",
            "ctx",
            "bstart",
            "bend",
        ],
    ),
    input("references", &["path", "node_id", "symbol_id"]),
    input("symbols", &["path", "symbol_id", "binding_id"]),
    input("bindings", &["path", "scope_id", "name", "binding_id"]),
    input("scopes", &["path", "scope_id", "parent_id", "node_id", "kind"]),
    input(
        "definitions",
        &["path", "node_id", "def_id", "binding_id", "body_scope_id", "is_async"],
    ),
    input(
        "imports",
        &["path", "node_id", "binding_id", "target_module", "is_star"],
    ),
    input("assignments", &["path", "node_id", "target_shape", "binding_id"]),
    input(
        "def_use",
        &[
            "path",
            "use_node_id",
            "def_node_id",
            "def_kind",
            "reason",
            "is_bound_elsewhere",
            "is_complete",
        ],
    ),
];

/// The rows of one file.
#[derive(Debug)]
pub struct FileRows<'a> {
    /// Its path.
    pub path: &'a str,
    /// Its id.
    pub file_id: &'a str,
    /// Its dotted name, if it has one.
    pub module: Option<&'a str>,
    /// Its rows in each of [`INPUTS`], in the order of their keys.
    pub rows: &'a [RecordBatch],
}

/// A dataset of the file.
pub(crate) fn batch<'a>(file: &FileRows<'a>, dataset: &str) -> Result<&'a RecordBatch, ArrowError> {
    INPUTS
        .iter()
        .position(|i| i.dataset == dataset)
        .and_then(|i| file.rows.get(i))
        .ok_or_else(|| ArrowError::SchemaError(format!("the analysis has no rows of {dataset}")))
}

fn missing(name: &str) -> ArrowError {
    ArrowError::SchemaError(format!("the analysis has no column {name} of the right type"))
}

pub(crate) fn texts<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a StringViewArray, ArrowError> {
    let column = batch.column_by_name(name).and_then(|c| c.as_any().downcast_ref());
    column.ok_or_else(|| missing(name))
}

pub(crate) fn ints<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a Int64Array, ArrowError> {
    let column = batch.column_by_name(name).and_then(|c| c.as_any().downcast_ref());
    column.ok_or_else(|| missing(name))
}

pub(crate) fn bools<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a BooleanArray, ArrowError> {
    let column = batch.column_by_name(name).and_then(|c| c.as_any().downcast_ref());
    column.ok_or_else(|| missing(name))
}

/// The text of a cell, if it has one.
pub(crate) fn cell(column: &StringViewArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row))
}
