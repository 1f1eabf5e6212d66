//! The contract of `scip_occurrences`.

use crate::contract::dataset;

dataset! {
    /// Every place where a SCIP index sees a symbol. Lines count from 1, columns from 0 in the unit `encoding`.
    ScipOccurrenceRow = "scip_occurrences", Scip;
    inputs SCIP;
    key [path, index_path, document_ordinal, seq]; order [path, index_path, document_ordinal, seq];
    {
        /// The file; see `scip_documents`.
        path: Text,
        /// The index.
        index_path: Text,
        /// The document; see `scip_documents`.
        document_ordinal: Int,
        /// The number in the document, from 0. Numbers of occurrences that cannot be read are left out.
        seq: Int,
        /// The symbol, as the index writes it. Null if the place has none.
        symbol: OptText,
        /// The id of the symbol, as in `scip_symbols`.
        scip_symbol_id: OptText,
        /// Whether the symbol is known in this document only. False without a symbol.
        is_local: Bool,
        /// The roles as the bit set of the protocol.
        symbol_roles: Int,
        /// Whether the symbol is defined here.
        is_definition: Bool,
        /// Whether it is imported here.
        is_import: Bool,
        /// Whether it is written here.
        is_write: Bool,
        /// Whether it is read here.
        is_read: Bool,
        /// Whether the code is generated.
        is_generated: Bool,
        /// Whether the code is a test.
        is_test: Bool,
        /// Whether it is a signature for something defined elsewhere.
        is_forward_definition: Bool,
        /// The syntax, as the protocol names it: `IdentifierFunction`. Null if the index does not say.
        syntax_kind: OptText,
        /// Documentation for this place, in place of that of the symbol.
        override_documentation: OptText,
        /// The unit of the columns; see `scip_documents`.
        encoding: OptText,
        /// Where the unit comes from: `declared`, `assumed` or `unknown`.
        encoding_source: Text,
        /// The line of the first character. Null if there is no range, or a broken one.
        line: OptInt,
        /// The column of the first character.
        start_char: OptInt,
        /// The line of the end.
        end_line: OptInt,
        /// The column after the last character.
        end_char: OptInt,
        /// Offset of the first byte. Null if it cannot be known.
        bstart: OptInt,
        /// Offset after the last byte.
        bend: OptInt,
        /// Why there is no byte span: `no_range`, `bad_range` (not three or four numbers, or a negative one), `reversed`
        /// (it ends before it begins), `no_encoding`, `no_text`, `outside_text` (there is no such line), `outside_line`
        /// (the line is shorter), `inside_character`. Null if there is one.
        reason: OptText,
        /// The line of the first character of what encloses the place (a whole definition, an expression).
        enclosing_line: OptInt,
        /// The column of its first character.
        enclosing_start_char: OptInt,
        /// The line of its end.
        enclosing_end_line: OptInt,
        /// The column after its last character.
        enclosing_end_char: OptInt,
        /// Offset of its first byte.
        enclosing_bstart: OptInt,
        /// Offset after its last byte.
        enclosing_bend: OptInt,
        /// Why it has no byte span, as `reason`. Null if it has one, and if the index says nothing of it.
        enclosing_reason: OptText,
    }
}
