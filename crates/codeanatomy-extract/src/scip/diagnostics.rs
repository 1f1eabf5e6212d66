//! Rows of `scip_diagnostics`.

use codeanatomy_model::ColumnUnit;
use codeanatomy_model::dataset::ScipDiagnosticRow;
use scip::types::{Diagnostic, Occurrence};

use super::documents::some;
use super::found::Found;
use super::occurrences::value_name;
use super::part::{Described, Places};
use crate::table::Table;

/// Adds what we found and then what the indexer reported.
pub(super) fn write(
    described: &Described<'_>,
    found: &[Found],
    occurrences: &[(u32, Occurrence)],
    places: &[Places],
    table: &mut Table,
) {
    let mut rows = Rows {
        described,
        next: 0,
        table,
    };
    for found in found {
        let occurrence = found.occurrence.map(|i| (occurrences[i].0, places[i]));
        rows.ours(found, occurrence);
    }
    for ((seq, occurrence), places) in occurrences.iter().zip(places) {
        for diagnostic in &occurrence.diagnostics {
            rows.theirs(diagnostic, *seq, *places);
        }
    }
}

struct Rows<'a, 't> {
    described: &'a Described<'a>,
    next: i64,
    table: &'t mut Table,
}

impl<'a> Rows<'a, '_> {
    fn ours(&mut self, found: &Found, occurrence: Option<(u32, Places)>) {
        let row = self.row(occurrence);
        self.table.push(&ScipDiagnosticRow {
            source: found.source,
            severity: Some(found.severity),
            message: &found.message,
            ..row
        });
    }

    fn theirs(&mut self, diagnostic: &Diagnostic, seq: u32, places: Places) {
        let severity = value_name(diagnostic.severity);
        let tags: Vec<String> = diagnostic.tags.iter().filter_map(|tag| value_name(*tag)).collect();
        let tags = tags.join(", ");
        let row = self.row(Some((seq, places)));
        self.table.push(&ScipDiagnosticRow {
            source: "tool",
            tool_source: some(&diagnostic.source),
            severity: severity.as_deref(),
            code: some(&diagnostic.code),
            message: &diagnostic.message,
            tags: some(&tags),
            ..row
        });
    }

    /// What all rows have.
    fn row(&mut self, occurrence: Option<(u32, Places)>) -> ScipDiagnosticRow<'a> {
        let described = self.described;
        let own = occurrence.map(|(_, places)| places.own);
        let span = own.and_then(|place| place.span.ok());
        let seq = self.next;
        self.next += 1;
        ScipDiagnosticRow {
            path: described.path,
            index_path: described.index_path,
            document_ordinal: i64::from(described.ordinal),
            seq,
            source: "",
            tool_source: None,
            severity: None,
            code: None,
            message: "",
            tags: None,
            occurrence_seq: occurrence.map(|(seq, _)| i64::from(seq)),
            encoding: described.encoding.unit.map(ColumnUnit::name),
            encoding_source: described.is_document.then_some(described.encoding.source),
            line: own.and_then(|place| place.range).map(|range| i64::from(range.line) + 1),
            bstart: span.map(|(start, _)| i64::from(start)),
            bend: span.map(|(_, end)| i64::from(end)),
        }
    }
}
