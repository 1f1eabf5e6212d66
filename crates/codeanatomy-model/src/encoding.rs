//! How the columns of a dataset are stored in a few bytes.

use crate::{Column, ColumnType, Contract};

/// How the cells of a column become few bytes in a columnar file that is compressed after it: names of Parquet's encodings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Differences of neighbours, for integers that mostly grow.
    DeltaBinaryPacked,
    /// Differences of neighbours in whole bytes, which a compressor shortens, for integers that go up and down with the place in
    /// a text or a tree: the same step is the same bytes wherever it is taken.
    DeltaBytes,
    /// The first bytes of all cells, then the second bytes, and so on, for integers that do not grow: their small bytes
    /// repeat, and the others are zero.
    ByteStreamSplit,
    /// Each text once, and numbers for the cells, for texts from a small vocabulary or that come many times.
    Dictionary,
    /// The cells as they are. A compressor sees that texts come again where numbers packed into bits would hide it.
    Plain,
}

impl Encoding {
    /// Its name in Parquet's specification, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::DeltaBinaryPacked | Self::DeltaBytes => "delta_binary_packed",
            Self::ByteStreamSplit => "byte_stream_split",
            Self::Dictionary => "rle_dictionary",
            Self::Plain => "plain",
        }
    }
}

/// Places, in the order of the rows or nearly so.
const PLACES: [&str; 5] = ["parent_id", "bstart", "bend", "line", "end_line"];

/// Texts that stand for themselves: hardly any comes so often that a number for it is shorter.
const VARIED: [&str; 12] = [
    "annotation",
    "argrepr",
    "cleaned",
    "content_hash",
    "default_text",
    "documentation",
    "git_blob",
    "name",
    "signature",
    "summary",
    "text",
    "value",
];

impl Contract {
    /// The encoding that takes few bytes for a column where rows stand in the canonical order and what is encoded is
    /// compressed, as measured on the standard library of CPython.
    pub fn encoding(&self, column: &Column) -> Encoding {
        let is_order = self.order.contains(&column.name);
        match column.ty {
            ColumnType::Int if is_order => Encoding::DeltaBinaryPacked,
            ColumnType::Int if PLACES.contains(&column.name) => Encoding::DeltaBytes,
            ColumnType::Int => Encoding::ByteStreamSplit,
            ColumnType::Bool => Encoding::Plain,
            ColumnType::Text if self.id.is_some_and(|id| id.column == column.name) => Encoding::Plain,
            ColumnType::Text if VARIED.contains(&column.name) => Encoding::Plain,
            ColumnType::Text => Encoding::Dictionary,
        }
    }
}
