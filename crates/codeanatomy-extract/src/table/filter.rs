//! Which rows are wanted at all.

use std::collections::BTreeSet;

use codeanatomy_model::{CellWriter, ColumnType, Contract, Row};

/// The columns that rows can be chosen by: what stands in them is known before the other cells are made.
const CHOOSING: [&str; 2] = ["kind", "name"];

/// The datasets that make all their cells column by column, and so have nothing to save.
const COLUMNAR: [&str; 10] = [
    "assignments",
    "base_classes",
    "bindings",
    "call_arguments",
    "decorators",
    "def_use",
    "parameters",
    "references",
    "symbols",
    "type_annotations",
];

/// Only rows whose `kind` or `name` is one of some texts are wanted. Others may come too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFilter {
    column: &'static str,
    /// Its position in the contract.
    index: usize,
    values: BTreeSet<String>,
}

impl RowFilter {
    /// The filter, if it saves work: if rows of the dataset are chosen by that column before they are made.
    pub fn new(contract: &'static Contract, column: &str, values: impl IntoIterator<Item = String>) -> Option<Self> {
        let index = contract.index_of(column)?;
        let described = &contract.columns[index];
        let saves =
            CHOOSING.contains(&column) && described.ty == ColumnType::Text && !COLUMNAR.contains(&contract.name);
        saves.then(|| Self {
            column: described.name,
            index,
            values: values.into_iter().collect(),
        })
    }

    /// The column.
    pub fn column(&self) -> &'static str {
        self.column
    }

    /// The texts, in the order of their bytes.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(String::as_str)
    }

    pub(super) fn admits(&self, value: Option<&str>) -> bool {
        value.is_some_and(|value| self.values.contains(value))
    }

    pub(super) fn admits_row<R: Row>(&self, row: &R) -> bool {
        let mut probe = Probe {
            filter: self,
            admits: false,
        };
        row.write(&mut probe);
        probe.admits
    }
}

/// Looks at one cell of a row.
struct Probe<'f> {
    filter: &'f RowFilter,
    admits: bool,
}

impl CellWriter for Probe<'_> {
    #[inline]
    fn text(&mut self, column: usize, value: Option<&str>) {
        if column == self.filter.index {
            self.admits = self.filter.admits(value);
        }
    }

    #[inline]
    fn int(&mut self, _: usize, _: Option<i64>) {}

    #[inline]
    fn bool(&mut self, _: usize, _: Option<bool>) {}
}
