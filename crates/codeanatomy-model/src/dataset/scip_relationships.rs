//! The contract of `scip_relationships`.

use crate::contract::dataset;

dataset! {
    /// Every relationship of a symbol to another that a SCIP index states.
    ScipRelationshipRow = "scip_relationships", Scip;
    inputs SCIP;
    key [path, index_path, document_ordinal, symbol_seq, seq];
    order [path, index_path, document_ordinal, symbol_seq, seq];
    {
        /// The file, as in `scip_symbols`.
        path: Text,
        /// The index.
        index_path: Text,
        /// The document, as in `scip_symbols`.
        document_ordinal: Int,
        /// The row of `scip_symbols`.
        symbol_seq: Int,
        /// The number among the relationships of the symbol, from 0.
        seq: Int,
        /// The symbol, as the index writes it.
        symbol: Text,
        /// Its id, as in `scip_symbols`.
        scip_symbol_id: Text,
        /// The symbol that it is related to.
        related_symbol: Text,
        /// The id of that symbol.
        related_scip_symbol_id: Text,
        /// Whether who looks for references of `related_symbol` wants those of `symbol` too.
        is_reference: Bool,
        /// Whether `symbol` implements `related_symbol`.
        is_implementation: Bool,
        /// Whether `related_symbol` is the type of `symbol`.
        is_type_definition: Bool,
        /// Whether `related_symbol` is where `symbol` is defined.
        is_definition: Bool,
    }
}
