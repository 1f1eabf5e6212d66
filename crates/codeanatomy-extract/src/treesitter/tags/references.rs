//! Rows of `references`.

use codeanatomy_model::dataset::ReferenceRow;
use codeanatomy_model::id::stable_id;
use rustc_hash::FxHashMap;

use super::Tagged;
use crate::table::Table;

/// Adds the rows.
pub(super) fn rows(tagged: &Tagged<'_>, table: &mut Table) {
    let mut ordinals: FxHashMap<(Option<u32>, &str, &str), u32> = FxHashMap::default();
    let mut lines = tagged.source.lines.cursor();
    let wants_id = table.wants("ref_id");
    for reference in &tagged.nesting.references {
        let Some(node) = tagged.nodes.get(reference.name) else {
            continue;
        };
        let name = tagged.text(reference.name);
        let ordinal = ordinals.entry((reference.container, name, reference.kind)).or_default();
        let id = if wants_id {
            let parts = [
                tagged.container_or_file(reference.container).into(),
                name.into(),
                reference.kind.into(),
                i64::from(*ordinal).into(),
            ];
            stable_id("ref", &parts)
        } else {
            String::new()
        };
        table.push(&ReferenceRow {
            path: &tagged.source.entry.path,
            language: tagged.source.entry.language.name(),
            node_id: i64::from(reference.name),
            ref_id: &id,
            name,
            context: reference.kind,
            ordinal: i64::from(*ordinal),
            dotted: name,
            scope_id: None,
            container_id: tagged.id(reference.container),
            symbol_id: None,
            bstart: i64::from(node.bstart),
            bend: i64::from(node.bend),
            line: lines.line(node.bstart).0,
        });
        *ordinal += 1;
    }
}
