//! Rows of `definitions`.

use codeanatomy_model::dataset::DefinitionRow;

use super::Tagged;
use super::nesting::Definition;
use crate::fold::fold;
use crate::table::Table;

/// The longest signature, in bytes of the text: what has no body may be long, and hold others.
const MAX_SIGNATURE: u32 = 1024;

/// The fields and kinds of the language that say more about a definition.
struct Parts {
    body: Option<u16>,
    /// What holds a function that is assigned.
    values: [Option<u16>; 2],
}

/// Adds the rows.
pub(super) fn rows(tagged: &Tagged<'_>, table: &mut Table) {
    let parts = Parts {
        body: tagged.field("body"),
        values: [tagged.field("value"), tagged.field("right")],
    };
    let mut order: Vec<&Definition> = tagged.nesting.definitions.iter().collect();
    order.sort_unstable_by_key(|d| d.row);
    let mut signature = String::new();
    let (wants_signature, wants_async) = (table.wants("signature"), table.wants("is_async"));
    for definition in order {
        let (Some(node), Some(name)) = (tagged.nodes.get(definition.node), tagged.nodes.get(definition.name)) else {
            continue;
        };
        let body = parts.body(tagged, definition.node);
        signature.clear();
        if wants_signature {
            write_signature(tagged, definition.node, body.map_or(node.bend, |b| b.0), &mut signature);
        }
        table.push(&DefinitionRow {
            path: &tagged.source.entry.path,
            language: tagged.source.entry.language.name(),
            node_id: i64::from(definition.row),
            def_id: &definition.id,
            kind: definition.kind,
            name: tagged.text(definition.name),
            qualified_name: &definition.qualified_name,
            ordinal: i64::from(definition.ordinal),
            container_id: tagged.id(definition.container),
            scope_id: None,
            binding_id: None,
            body_scope_id: None,
            is_async: wants_async && parts.is_async(tagged, definition.node),
            decorator_count: None,
            bstart: i64::from(node.bstart),
            bend: i64::from(node.bend),
            decorated_bstart: i64::from(node.bstart),
            name_bstart: i64::from(name.bstart),
            name_bend: i64::from(name.bend),
            body_bstart: body.map(|b| i64::from(b.0)),
            body_bend: body.map(|b| i64::from(b.1)),
            docstring_bstart: None,
            docstring_bend: None,
            signature: &signature,
            line: tagged.source.lines.line(node.bstart).0,
        });
    }
}

impl Parts {
    /// The node itself and the function that it holds as a value, if it holds one.
    fn holders<'t>(&'t self, tagged: &'t Tagged<'_>, node: u32) -> impl Iterator<Item = u32> + 't {
        let values = self
            .values
            .iter()
            .filter_map(move |field| tagged.nodes.child_in(node, *field));
        std::iter::once(node).chain(values.map(|(id, _)| id))
    }

    fn body(&self, tagged: &Tagged<'_>, node: u32) -> Option<(u32, u32)> {
        self.holders(tagged, node)
            .find_map(|holder| tagged.nodes.child_in(holder, self.body))
            .map(|(_, body)| (body.bstart, body.bend))
    }

    fn is_async(&self, tagged: &Tagged<'_>, node: u32) -> bool {
        let has_async = |of| tagged.nodes.children(of).any(|(id, _)| tagged.kind(id) == "async");
        self.holders(tagged, node).any(|holder| {
            let mut modifiers = tagged.nodes.children(holder);
            has_async(holder) || modifiers.any(|(id, _)| tagged.kind(id) == "function_modifiers" && has_async(id))
        })
    }
}

/// Writes the text from a node to an offset, comments left out and white space folded.
fn write_signature(tagged: &Tagged<'_>, node: u32, end: u32, into: &mut String) {
    let text = tagged.source.text;
    let Some(first) = tagged.nodes.get(node) else { return };
    let mut limit = end.min(first.bstart + MAX_SIGNATURE) as usize;
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    let mut start = first.bstart as usize;
    let inside = &tagged.nodes.all[node as usize..tagged.nodes.end(node) as usize];
    for comment in inside.iter().take_while(|n| (n.bstart as usize) < limit) {
        let is_comment = comment.flags.is_extra && tagged.grammar.kind(comment.kind).contains("comment");
        if is_comment && comment.bstart as usize >= start {
            fold(text.get(start..comment.bstart as usize).unwrap_or_default(), into);
            start = comment.bend as usize;
        }
    }
    fold(text.get(start..limit).unwrap_or_default(), into);
    if limit < end as usize {
        into.push('…');
    }
}
