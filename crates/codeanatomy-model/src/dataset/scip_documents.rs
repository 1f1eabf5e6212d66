//! The contract of `scip_documents`.

use crate::contract::dataset;

dataset! {
    /// Every document of a SCIP index.
    ScipDocumentRow = "scip_documents", Scip;
    inputs SCIP;
    key [path, index_path, document_ordinal]; order [path, index_path, document_ordinal];
    {
        /// The file that the document describes, as in `files`; the index itself if the document names none.
        path: Text,
        /// The index, relative to the source.
        index_path: Text,
        /// The number among the documents of the index with the same path, from 0.
        document_ordinal: Int,
        /// The path as the index has it, relative to its project root. Null if the document names none.
        relative_path: OptText,
        /// The language, as the protocol names it: `CPP`. Null if the index does not say.
        language: OptText,
        /// What columns count: `utf8`, `utf16` or `utf32`. Null if that is not known.
        encoding: OptText,
        /// Where `encoding` comes from: `declared`, `assumed` (by the option `position_encoding`, where the document
        /// declares none), or `unknown`: then no occurrence has a byte span.
        encoding_source: Text,
        /// The text that byte spans are into: `index` (the document has it) or `source` (the file). Null without one.
        text_source: OptText,
        /// Why there is no text: `not_found`, `unreadable`, `undecodable`, `too_large`, `bad_path` (the path is not one
        /// below the root). Null if there is one.
        text_reason: OptText,
        /// Whether the document could be read whole. If not, `scip_diagnostics` says what is missing.
        is_complete: Bool,
        /// The number of its occurrences.
        occurrence_count: Int,
        /// The number of them that have a byte span.
        located_count: Int,
        /// The number of its symbols.
        symbol_count: Int,
        /// The name of the indexer.
        tool_name: OptText,
        /// The version of the indexer.
        tool_version: OptText,
        /// The arguments of the indexer, one per line.
        tool_arguments: OptText,
        /// The folder that was indexed, as a URI, where the index was made.
        project_root: OptText,
    }
}
