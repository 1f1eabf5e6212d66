//! What a record gave.

use serde::{Deserialize, Serialize};

/// One file as one side saw it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FileRun {
    /// Its path under the suite.
    pub(crate) file: String,
    /// Its statements and queries, in order.
    pub(crate) records: Vec<Observed>,
}

/// One record as one side saw it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Observed {
    /// `file:line`; the file is an included one where the record stands in one.
    pub(crate) location: String,
    /// As written.
    pub(crate) sql: String,
    /// What came.
    pub(crate) outcome: Outcome,
}

/// What came.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Outcome {
    /// Rows: a letter per column, and a text per row.
    Rows {
        /// Column types.
        types: String,
        /// In the order in which they came, or as the record says to sort them.
        rows: Vec<String>,
    },
    /// A statement that gives no rows.
    Done,
    /// An error or a panic.
    Error(String),
}

impl Outcome {
    /// An error. What function may be meant is left out: of names that are equally near the engine takes the first of a
    /// hash table, another one in every run.
    pub(crate) fn error(message: String) -> Self {
        match (
            message.contains("Invalid function"),
            message.split_once("Did you mean '"),
        ) {
            (true, Some((before, _))) => Self::Error(before.trim_end().to_owned()),
            _ => Self::Error(message),
        }
    }

    /// What stays when the values are left out.
    pub(crate) fn shape(&self) -> String {
        match self {
            Self::Rows { types, .. } => format!("rows of {types}"),
            Self::Done => "done".to_owned(),
            Self::Error(_) => "error".to_owned(),
        }
    }

    /// With the rows sorted.
    pub(crate) fn sorted(&self) -> Self {
        let mut sorted = self.clone();
        if let Self::Rows { rows, .. } = &mut sorted {
            rows.sort_unstable();
        }
        sorted
    }

    /// As lines, for a report.
    pub(crate) fn lines(&self) -> Vec<String> {
        match self {
            Self::Rows { types, rows } => std::iter::once(format!("rows of {types}: {}", rows.len()))
                .chain(rows.iter().cloned())
                .collect(),
            Self::Done => vec!["done, no rows".to_owned()],
            Self::Error(message) => message.lines().map(str::to_owned).collect(),
        }
    }
}
