//! What a row may break, and the rows that say so.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringViewArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::Result;

use crate::relation::Severity;

/// A row that breaks a contract.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ContractError {
    pub(super) path: Option<String>,
    pub(super) table: &'static str,
    pub(super) id: String,
    pub(super) broken: Broken,
    pub(super) severity: Severity,
    /// The rule that proposed the row, of an edge.
    pub(super) rule: Option<String>,
    /// More than the message that all such rows have.
    pub(super) detail: Option<String>,
}

/// What a row breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Broken {
    code: &'static str,
    column: &'static str,
    message: &'static str,
    /// Whether a rule promises it, and says itself how bad it is. The rest is wrong wherever it happens.
    pub(super) is_of_rule: bool,
}

const fn always(code: &'static str, column: &'static str, message: &'static str) -> Broken {
    let is_of_rule = false;
    Broken {
        code,
        column,
        message,
        is_of_rule,
    }
}

const fn of_rule(code: &'static str, column: &'static str, message: &'static str) -> Broken {
    let is_of_rule = true;
    Broken {
        code,
        column,
        message,
        is_of_rule,
    }
}

pub(super) const SECOND_NODE: Broken = always("node_not_unique", "node_id", "another node has the same id");
pub(super) const SECOND_EDGE: Broken = always("edge_not_unique", "edge_id", "the edge is there twice");
pub(super) const SECOND_SRC: Broken = of_rule(
    "src_not_unique",
    "src",
    "another edge of a unique relation has this src",
);
pub(super) const SECOND_DST: Broken = of_rule(
    "dst_not_unique",
    "dst",
    "another edge of a unique relation has this dst",
);
pub(super) const DANGLING_SRC: Broken = always("src_dangling", "src", "the edge's src is no node");
pub(super) const DANGLING_DST: Broken = always("dst_dangling", "dst", "the edge's dst is no node");
pub(super) const SRC_KIND: Broken = of_rule("src_kind", "src", "the edge may not begin at such a node");
pub(super) const DST_KIND: Broken = of_rule("dst_kind", "dst", "the edge may not lead to such a node");
pub(super) const SCORE: Broken = always("score_out_of_range", "score", "the score is negative");
pub(super) const SPAN: Broken = always(
    "span_not_sane",
    "bstart",
    "the span is reversed, negative or half missing",
);

/// The columns of `contract_errors`: which row it is, what it breaks, and how bad that is; an error makes a strict build fail.
const COLUMNS: [(&str, bool); 8] = [
    ("path", true),
    ("table", false),
    ("id", false),
    ("code", false),
    ("column", false),
    ("rule", true),
    ("severity", false),
    ("message", false),
];

/// The schema of `contract_errors`.
pub(super) fn schema() -> SchemaRef {
    let fields = COLUMNS.map(|(name, nullable)| Field::new(name, DataType::Utf8View, nullable));
    Arc::new(Schema::new(fields.to_vec()))
}

/// The rows of `contract_errors`.
pub(super) fn rows(errors: &[ContractError]) -> Result<RecordBatch> {
    let texts =
        |f: fn(&ContractError) -> Option<&str>| Arc::new(errors.iter().map(f).collect::<StringViewArray>()) as ArrayRef;
    let message = |e: &ContractError| match &e.detail {
        Some(detail) => format!("{}: {detail}", e.broken.message),
        None => e.broken.message.to_string(),
    };
    let columns = vec![
        texts(|e| e.path.as_deref()),
        texts(|e| Some(e.table)),
        texts(|e| Some(&e.id)),
        texts(|e| Some(e.broken.code)),
        texts(|e| Some(e.broken.column)),
        texts(|e| e.rule.as_deref()),
        texts(|e| Some(e.severity.name())),
        Arc::new(StringViewArray::from_iter_values(errors.iter().map(message))),
    ];
    Ok(RecordBatch::try_new(schema(), columns)?)
}
