//! Rows of `scip_documents`.

use codeanatomy_model::ColumnUnit;
use codeanatomy_model::dataset::ScipDocumentRow;

use super::document::Document;
use super::part::{Described, Places};
use super::text::Text;
use crate::table::Table;

/// A text, if there is any.
pub(super) fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// Adds the row of a document.
pub(super) fn write(
    described: &Described<'_>,
    document: &Document,
    text: Option<&Text>,
    places: &[Places],
    table: &mut Table,
) {
    let tool = described.metadata.and_then(|metadata| metadata.tool_info.as_ref());
    let arguments = tool.map(|tool| tool.arguments.join("\n")).unwrap_or_default();
    table.push(&ScipDocumentRow {
        path: described.path,
        index_path: described.index_path,
        document_ordinal: i64::from(described.ordinal),
        relative_path: described.relative_path,
        language: some(&document.language),
        encoding: described.encoding.unit.map(ColumnUnit::name),
        encoding_source: described.encoding.source,
        text_source: text.filter(|text| text.text.is_ok()).map(|text| text.source),
        text_reason: text.and_then(|text| text.text.as_ref().err()).map(|none| none.reason),
        is_complete: described.read_error.is_none() && document.is_complete(),
        occurrence_count: i64::from(document.occurrences.count),
        located_count: places.iter().filter(|places| places.own.span.is_ok()).count() as i64,
        symbol_count: i64::from(document.symbols.count),
        tool_name: tool.and_then(|tool| some(&tool.name)),
        tool_version: tool.and_then(|tool| some(&tool.version)),
        tool_arguments: some(&arguments),
        project_root: described.metadata.and_then(|metadata| some(&metadata.project_root)),
    });
}
