//! From one document, or the external symbols, to the rows of every dataset that was asked for.

use std::io;

use scip::types::{Metadata, SymbolInformation};

use super::document::{Document, Messages, Wanted};
use super::found::Found;
use super::range::{Locator, Place, Range};
use super::text::{Encoding, Sources, Text};
use super::{diagnostics, documents, occurrences, symbols};
use crate::extractor::Tables;
use crate::file::LineIndex;

/// The columns that need the text.
const LOCATED: [(&str, &[&str]); 2] = [
    ("scip_documents", &["text_source", "text_reason", "located_count"]),
    (
        "scip_occurrences",
        &[
            "bstart",
            "bend",
            "reason",
            "enclosing_bstart",
            "enclosing_bend",
            "enclosing_reason",
        ],
    ),
];

/// What has to be read of documents.
pub(super) fn wanted(tables: &Tables) -> Wanted {
    let diagnostics = tables.wants_any(&["scip_diagnostics"]);
    let text = diagnostics || LOCATED.iter().any(|(dataset, columns)| tables.wants(dataset, columns));
    let located = tables.wants("scip_documents", &["located_count", "is_complete"]);
    Wanted {
        occurrences: diagnostics || located || tables.wants_any(&["scip_occurrences"]),
        symbols: wants_external(tables) || tables.wants("scip_documents", &["is_complete"]),
        text,
    }
}

/// Whether external symbols have to be read.
pub(super) fn wants_external(tables: &Tables) -> bool {
    tables.wants_any(&["scip_symbols", "scip_relationships", "scip_diagnostics"])
}

/// What is known of a document before it is read.
#[derive(Debug)]
pub(super) struct Described<'a> {
    /// Whether it is one, and not what stands beside them.
    pub(super) is_document: bool,
    pub(super) path: &'a str,
    pub(super) index_path: &'a str,
    pub(super) ordinal: u32,
    pub(super) relative_path: Option<&'a str>,
    pub(super) metadata: Option<&'a Metadata>,
    pub(super) encoding: Encoding,
    pub(super) read_error: Option<io::ErrorKind>,
}

/// Where an occurrence is, and what encloses it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places {
    pub(super) own: Place,
    pub(super) around: Place,
}

impl Described<'_> {
    /// Adds the rows of a document.
    pub(super) fn extract(&self, document: &mut Document, wanted: Wanted, sources: &Sources<'_>, tables: &mut Tables) {
        let path = self.relative_path.filter(|path| !path.is_empty()).map(|_| self.path);
        let text = wanted.text.then(|| Text::find(document, path, sources));
        let places = self.places(document, text.as_ref());
        if let Some(table) = tables.get("scip_documents") {
            documents::write(self, document, text.as_ref(), &places, table);
        }
        if let Some(table) = tables.get("scip_occurrences") {
            occurrences::write(self, &document.occurrences.read, &places, table);
        }
        symbols::write_both(self, &document.symbols.read, false, tables);
        if let Some(table) = tables.get("scip_diagnostics") {
            let found = Found::of_document(self, document, text.as_ref(), &places);
            diagnostics::write(self, &found, &document.occurrences.read, &places, table);
        }
    }

    fn places(&self, document: &Document, text: Option<&Text>) -> Vec<Places> {
        let text = text.and_then(|text| text.text.as_deref().ok());
        let lines = text.map(LineIndex::new);
        let locator = match (self.encoding.unit, text.zip(lines.as_ref())) {
            (None, _) => Err("no_encoding"),
            (Some(_), None) => Err("no_text"),
            (Some(unit), Some((text, lines))) => Ok(Locator::new(text, lines, unit)),
        };
        let locator = locator.as_ref().map_err(|reason| *reason);
        let place = |(_, occurrence): &(u32, scip::types::Occurrence)| Places {
            own: Place::new(Range::of(occurrence), locator),
            around: Place::new(Range::around(occurrence), locator),
        };
        document.occurrences.read.iter().map(place).collect()
    }
}

/// The external symbols, some at a time.
#[derive(Debug, Default)]
pub(super) struct External {
    /// The number of the next.
    pub(super) next: u32,
    broken: u32,
    refused: symbols::Refused,
}

impl External {
    /// Adds the rows of some; with the last of them come the problems of the index.
    pub(super) fn extract(
        &mut self,
        described: &Described<'_>,
        messages: &Messages<SymbolInformation>,
        problems: Option<&Vec<String>>,
        tables: &mut Tables,
    ) {
        symbols::write_both(described, &messages.read, true, tables);
        let Some(table) = tables.get("scip_diagnostics") else {
            return;
        };
        self.broken += messages.broken;
        self.refused.add(&messages.read);
        if let Some(problems) = problems {
            let found = Found::of_index(problems, self.broken, messages.count, &self.refused);
            diagnostics::write(described, &found, &[], &[], table);
        }
    }
}
