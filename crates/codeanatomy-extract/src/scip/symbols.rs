//! Rows of `scip_symbols`.

use std::borrow::Cow;

use codeanatomy_model::dataset::ScipSymbolRow;
use scip::types::SymbolInformation;

use super::documents::some;
use super::occurrences::value_name;
use super::part::Described;
use super::relationships;
use super::symbol::{Symbol, is_local};
use super::symbol_ids::SymbolIds;
use crate::extractor::Tables;
use crate::table::Table;

/// The columns that need the symbol taken apart.
const PARSED: [&str; 11] = [
    "scheme",
    "manager",
    "package",
    "version",
    "descriptors",
    "descriptor_count",
    "qualified_name",
    "name",
    "suffix",
    "disambiguator",
    "parent_symbol",
];

/// Symbols that are not written by the grammar.
#[derive(Debug, Default)]
pub(super) struct Refused {
    pub(super) count: u32,
    /// The first of them.
    pub(super) first: Option<String>,
}

impl Refused {
    pub(super) fn add(&mut self, symbols: &[(u32, SymbolInformation)]) {
        for (_, information) in symbols {
            if Symbol::parse(&information.symbol).is_none() {
                self.count += 1;
                self.first.get_or_insert_with(|| information.symbol.clone());
            }
        }
    }
}

/// Adds the rows of symbols and those of their relationships.
pub(super) fn write_both(
    described: &Described<'_>,
    symbols: &[(u32, SymbolInformation)],
    is_external: bool,
    tables: &mut Tables,
) {
    if let Some(table) = tables.get("scip_symbols") {
        write(described, symbols, is_external, table);
    }
    if let Some(table) = tables.get("scip_relationships") {
        relationships::write(described, symbols, table);
    }
}

fn write(described: &Described<'_>, symbols: &[(u32, SymbolInformation)], is_external: bool, table: &mut Table) {
    let wants_id = table.wants("scip_symbol_id");
    let wants_parsed = PARSED.iter().any(|column| table.wants(column));
    let mut ids = SymbolIds::new(described);
    for (seq, information) in symbols {
        let parsed = if wants_parsed {
            Symbol::parse(&information.symbol)
        } else {
            None
        };
        let parsed = parsed.as_ref();
        let part = |i: usize| parsed.and_then(|symbol| symbol.package[i].as_deref());
        let documentation = match information.documentation.as_slice() {
            [] => None,
            [text] => some(text).map(Cow::Borrowed),
            texts => Some(Cow::Owned(texts.join("\n\n"))),
        };
        let signature = information.signature_documentation.as_ref();
        table.push(&ScipSymbolRow {
            path: described.path,
            index_path: described.index_path,
            document_ordinal: i64::from(described.ordinal),
            seq: i64::from(*seq),
            symbol: &information.symbol,
            scip_symbol_id: if wants_id { ids.id(&information.symbol) } else { "" },
            is_external,
            is_local: is_local(&information.symbol),
            scheme: parsed.map(|symbol| &*symbol.scheme),
            manager: part(0),
            package: part(1),
            version: part(2),
            descriptors: parsed.map(|symbol| symbol.descriptors),
            descriptor_count: parsed.map(|symbol| i64::from(symbol.descriptor_count)),
            qualified_name: parsed.and_then(|symbol| symbol.qualified_name.as_deref()),
            name: parsed.map(|symbol| &*symbol.last.name),
            suffix: parsed.map(|symbol| symbol.last.suffix),
            disambiguator: parsed.and_then(|symbol| symbol.last.disambiguator),
            parent_symbol: parsed.and_then(|symbol| symbol.parent),
            kind: value_name(information.kind).as_deref(),
            display_name: some(&information.display_name),
            documentation: documentation.as_deref(),
            signature: signature.and_then(|signature| some(&signature.text)),
            signature_language: signature.and_then(|signature| some(&signature.language)),
            enclosing_symbol: some(&information.enclosing_symbol),
        });
    }
}
