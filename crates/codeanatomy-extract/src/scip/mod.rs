//! SCIP: what the index of a language's own tools says of definitions and references.
//!
//! An [`Index`] is opened in one pass that keeps only where its documents are; they are then read one at a time, in the
//! order of their paths, so that memory follows the largest document and not the index. Whatever is broken or cut off
//! costs its own rows and gives a row of `scip_diagnostics`.
//!
//! ```text
//! contents ─▶ index ─▶ document ─▶ text, range, symbol ─▶ documents, occurrences, symbols, relationships, diagnostics
//! ```

mod contents;
mod diagnostics;
mod document;
mod documents;
mod found;
mod index;
mod occurrences;
mod part;
mod range;
mod relationships;
mod symbol;
mod symbol_ids;
mod symbols;
mod text;
mod wire;

use codeanatomy_model::ColumnUnit;

pub use index::Index;
pub use text::Sources;

/// The datasets that an index gives.
pub const DATASETS: [&str; 5] = [
    "scip_documents",
    "scip_occurrences",
    "scip_symbols",
    "scip_relationships",
    "scip_diagnostics",
];

/// How an index is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The option `position_encoding`: what columns count in documents that do not declare it. If none is given, such
    /// documents have no byte spans.
    pub position_encoding: Option<ColumnUnit>,
    /// The option `root`: the folder below the source that the paths of the index are relative to, with `/` between its
    /// parts. Empty for the source itself.
    pub root: String,
}
