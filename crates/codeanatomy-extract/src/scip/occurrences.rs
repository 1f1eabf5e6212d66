//! Rows of `scip_occurrences`.

use arrow_buffer::{BooleanBuffer, NullBuffer};
use codeanatomy_model::ColumnUnit;
use protobuf::{Enum, EnumOrUnknown};
use scip::types::{Occurrence, SymbolRole};

use super::documents::some;
use super::part::{Described, Places};
use super::range::Place;
use super::symbol::is_local;
use super::symbol_ids::SymbolIds;
use crate::table::{Column, Table};

/// The name of a value of the protocol: that of its list, or its number if it has none. None for `Unspecified…`.
pub(super) fn value_name<E: Enum + std::fmt::Debug>(value: EnumOrUnknown<E>) -> Option<String> {
    match value.enum_value() {
        _ if value.value() == 0 => None,
        Ok(known) => Some(format!("{known:?}")),
        Err(number) => Some(number.to_string()),
    }
}

/// Writes the rows, column by column.
pub(super) fn write(
    described: &Described<'_>,
    occurrences: &[(u32, Occurrence)],
    places: &[Places],
    table: &mut Table,
) {
    let count = occurrences.len();
    let each = || occurrences.iter().map(|(_, occurrence)| occurrence);
    let own = || places.iter().map(|places| places.own);
    let around = || places.iter().map(|places| places.around);
    table.append(count, |name, column| {
        let role = |column: &mut Column, role: SymbolRole| {
            column.bools(count, |i| occurrences[i].1.symbol_roles & role as i32 != 0);
        };
        match name {
            "path" => column.repeated_text(described.path, count),
            "index_path" => column.repeated_text(described.index_path, count),
            "document_ordinal" => column.ints((0..count).map(|_| described.ordinal)),
            "seq" => column.ints(occurrences.iter().map(|(seq, _)| *seq)),
            "symbol" => column.texts(each().map(|o| some(&o.symbol))),
            "scip_symbol_id" => {
                let mut ids = SymbolIds::new(described);
                for occurrence in each() {
                    column.text(some(&occurrence.symbol).map(|symbol| ids.id(symbol)));
                }
            }
            "is_local" => column.bools(count, |i| is_local(&occurrences[i].1.symbol)),
            "symbol_roles" => column.ints(each().map(|o| o.symbol_roles as u32)),
            "is_definition" => role(column, SymbolRole::Definition),
            "is_import" => role(column, SymbolRole::Import),
            "is_write" => role(column, SymbolRole::WriteAccess),
            "is_read" => role(column, SymbolRole::ReadAccess),
            "is_generated" => role(column, SymbolRole::Generated),
            "is_test" => role(column, SymbolRole::Test),
            "is_forward_definition" => role(column, SymbolRole::ForwardDefinition),
            "syntax_kind" => each().for_each(|o| column.text(value_name(o.syntax_kind).as_deref())),
            "override_documentation" => each().for_each(|o| column.text(some(&o.override_documentation.join("\n\n")))),
            "encoding" => write_encoding(described, count, column),
            "encoding_source" => column.repeated_text(described.encoding.source, count),
            "line" => optional(column, own(), |p| Some(p.range?.line.saturating_add(1))),
            "start_char" => optional(column, own(), |p| Some(p.range?.start_char)),
            "end_line" => optional(column, own(), |p| Some(p.range?.end_line.saturating_add(1))),
            "end_char" => optional(column, own(), |p| Some(p.range?.end_char)),
            "bstart" => optional(column, own(), |p| Some(p.span.ok()?.0)),
            "bend" => optional(column, own(), |p| Some(p.span.ok()?.1)),
            "reason" => column.texts(own().map(|p| p.span.err())),
            "enclosing_line" => optional(column, around(), |p| Some(p.range?.line.saturating_add(1))),
            "enclosing_start_char" => optional(column, around(), |p| Some(p.range?.start_char)),
            "enclosing_end_line" => optional(column, around(), |p| Some(p.range?.end_line.saturating_add(1))),
            "enclosing_end_char" => optional(column, around(), |p| Some(p.range?.end_char)),
            "enclosing_bstart" => optional(column, around(), |p| Some(p.span.ok()?.0)),
            "enclosing_bend" => optional(column, around(), |p| Some(p.span.ok()?.1)),
            // Most have none, and need none.
            "enclosing_reason" => column.texts(around().map(|p| p.span.err().filter(|reason| *reason != "no_range"))),
            _ => {}
        }
    });
}

fn write_encoding(described: &Described<'_>, count: usize, column: &mut Column) {
    match described.encoding.unit.map(ColumnUnit::name) {
        Some(encoding) => column.repeated_text(encoding, count),
        None => column.sparse_texts(count, std::iter::empty()),
    }
}

fn optional(column: &mut Column, places: impl Iterator<Item = Place>, cell: impl Fn(Place) -> Option<u32>) {
    let cells: Vec<Option<u32>> = places.map(cell).collect();
    let nulls = NullBuffer::new(BooleanBuffer::collect_bool(cells.len(), |i| cells[i].is_some()));
    column.optional_ints(cells.iter().map(|cell| cell.unwrap_or_default()), &nulls);
}
