//! The contract of `scip_diagnostics`.

use crate::contract::dataset;

dataset! {
    /// What an indexer reported of the code, and what kept an index from being read or placed whole.
    ScipDiagnosticRow = "scip_diagnostics", Scip;
    inputs SCIP;
    key [path, index_path, document_ordinal, seq]; order [path, index_path, document_ordinal, seq];
    {
        /// The file, see `scip_documents`; the index itself for what is wrong with it.
        path: Text,
        /// The index.
        index_path: Text,
        /// The document, as in `scip_symbols`.
        document_ordinal: Int,
        /// The number in the document, from 0; ours stand before those of the indexer.
        seq: Int,
        /// What found it: `tool` for what the indexer reported; ours are `index` (it is cut off, or no index), `document`
        /// (a part of it cannot be read), `path` (it is not one below the root), `encoding` (the unit of columns is not
        /// declared, or unknown), `text` (there is none), `range` (occurrences that cannot be placed in the text),
        /// `symbol` (symbols that are not written by the protocol's grammar).
        source: Text,
        /// What the indexer says found it: `typescript`.
        tool_source: OptText,
        /// `Error`, `Warning`, `Information` or `Hint`. Null if the indexer does not say.
        severity: OptText,
        /// The indexer's code for it.
        code: OptText,
        /// What is wrong.
        message: Text,
        /// `Unnecessary`, `Deprecated`, with a comma between.
        tags: OptText,
        /// The row of `scip_occurrences` that the indexer reported it for; for `range` the first that is concerned.
        occurrence_seq: OptInt,
        /// The unit of columns that the span comes from; see `scip_documents`.
        encoding: OptText,
        /// Where the unit comes from: `declared`, `assumed` or `unknown`. Null where no document is concerned.
        encoding_source: OptText,
        /// The line of the occurrence.
        line: OptInt,
        /// Offset of the first byte of the occurrence. Null if it has no byte span.
        bstart: OptInt,
        /// Offset after its last byte.
        bend: OptInt,
    }
}
