//! Rows of `exception_table`.

use codeanatomy_model::dataset::ExceptionTableRow;

use super::File;
use crate::bytecode::flow::entries;
use crate::table::Table;

/// Writes the rows.
pub(super) fn rows(file: &File<'_, '_>, table: &mut Table) {
    for (i, unit) in file.units.iter().enumerate() {
        for (number, entry) in entries(unit.exception_table).enumerate() {
            table.push(&ExceptionTableRow {
                path: file.path,
                unit_index: i as i64,
                unit_id: file.names.id(i as u32),
                entry_index: number as i64,
                start_offset: entry.start,
                end_offset: entry.end,
                target_offset: entry.target,
                depth: entry.depth,
                lasti: entry.lasti,
            });
        }
    }
}
