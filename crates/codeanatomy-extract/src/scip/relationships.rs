//! Rows of `scip_relationships`.

use codeanatomy_model::dataset::ScipRelationshipRow;
use scip::types::SymbolInformation;

use super::part::Described;
use super::symbol_ids::SymbolIds;
use crate::table::Table;

/// Adds the rows of the symbols of a document, or of external ones.
pub(super) fn write(described: &Described<'_>, symbols: &[(u32, SymbolInformation)], table: &mut Table) {
    let mut ids = SymbolIds::new(described);
    let mut related_ids = SymbolIds::new(described);
    for (symbol_seq, information) in symbols {
        if information.relationships.is_empty() {
            continue;
        }
        let id = ids.id(&information.symbol);
        for (seq, relationship) in information.relationships.iter().enumerate() {
            table.push(&ScipRelationshipRow {
                path: described.path,
                index_path: described.index_path,
                document_ordinal: i64::from(described.ordinal),
                symbol_seq: i64::from(*symbol_seq),
                seq: seq as i64,
                symbol: &information.symbol,
                scip_symbol_id: id,
                related_symbol: &relationship.symbol,
                related_scip_symbol_id: related_ids.id(&relationship.symbol),
                is_reference: relationship.is_reference,
                is_implementation: relationship.is_implementation,
                is_type_definition: relationship.is_type_definition,
                is_definition: relationship.is_definition,
            });
        }
    }
}
