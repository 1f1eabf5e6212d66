//! Rows of `references`.

use std::borrow::Cow;

use ruff_python_ast::{Expr, ExprAttribute};
use rustc_hash::FxHashMap;

use super::Named;
use super::facts::{Context, Lookup, Reference};
use super::ids::ScopedIds;
use crate::table::{Column, Table};

/// The text of an attribute chain that begins with a name; none if it begins with something else. It is a piece of the
/// source where nothing stands between the parts.
pub(super) fn chain_text<'a>(source: &'a str, chain: &'a ExprAttribute) -> Option<Cow<'a, str>> {
    let written = &source[chain.range];
    let mut rest = Some(written);
    let mut value = chain;
    let root = loop {
        rest = rest
            .and_then(|rest| rest.strip_suffix(value.attr.as_str()))
            .and_then(|rest| rest.strip_suffix('.'));
        match &*value.value {
            Expr::Attribute(inner) => value = inner,
            Expr::Name(name) => break name.id.as_str(),
            _ => return None,
        }
    };
    Some(if rest == Some(root) {
        Cow::Borrowed(written)
    } else {
        Cow::Owned(joined(chain, root))
    })
}

#[cold]
fn joined(chain: &ExprAttribute, root: &str) -> String {
    let mut parts = vec![chain.attr.as_str()];
    let mut value = &*chain.value;
    while let Expr::Attribute(inner) = value {
        parts.push(inner.attr.as_str());
        value = &inner.value;
    }
    parts.push(root);
    parts.reverse();
    parts.join(".")
}

/// Counts the references of each scope by name and context.
struct Ordinals {
    by_symbol: Vec<[u32; 3]>,
    /// Names that are not the name of their symbol, since it is mangled or not in the table.
    others: FxHashMap<u64, [u32; 3]>,
}

impl Ordinals {
    fn next(&mut self, named: &Named<'_>, reference: &Reference<'_>) -> u32 {
        let symbol = match reference.lookup {
            Lookup::Symbol(symbol) => Some(symbol),
            Lookup::Unevaluated(_) => named.scopes.find(reference.scope, reference.name),
        };
        let counts = match symbol.filter(|s| named.scopes.symbol(*s).name == reference.name) {
            Some(symbol) => &mut self.by_symbol[symbol.index()],
            None => self.others.entry(reference.scope.key(reference.name)).or_default(),
        };
        let count = match reference.context {
            Context::Load => &mut counts[0],
            Context::Store => &mut counts[1],
            Context::Del => &mut counts[2],
        };
        *count += 1;
        *count - 1
    }
}

/// Writes the rows, column by column.
pub(super) fn rows(named: &Named<'_>, table: &mut Table) {
    let references = &named.facts.references;
    let text = named.source.text;
    let ordinals = if table.wants("ref_id") || table.wants("ordinal") {
        ordinals(named)
    } else {
        Vec::new()
    };
    table.append(references.len(), |name, column| match name {
        "path" => column.repeated_text(named.path(), references.len()),
        "language" => column.repeated_text(named.source.entry.language.name(), references.len()),
        "node_id" => column.ints(references.iter().map(|r| r.node_id)),
        "ref_id" => write_ids(named, &ordinals, column),
        "name" => column.texts(references.iter().map(|r| Some(named.scopes.names.text(r.name)))),
        "context" => column.word_runs(references.iter().map(|r| r.context.name())),
        "ordinal" => column.ints(ordinals.iter().copied()),
        "dotted" => {
            for reference in references {
                let chain = reference.chain.and_then(|chain| chain_text(text, chain));
                let name = named.scopes.names.text(reference.name);
                column.text(Some(chain.as_deref().unwrap_or(name)));
            }
        }
        "scope_id" => named.write_scope_ids(references.iter().map(|r| r.scope), column),
        "container_id" => named.write_container_ids(references.iter().map(|r| r.scope), column),
        "symbol_id" => column.texts(references.iter().map(|r| named.symbol_id(r.lookup))),
        "bstart" => column.ints(references.iter().map(|r| r.range.start().to_u32())),
        "bend" => column.ints(references.iter().map(|r| r.range.end().to_u32())),
        "line" => named.write_lines(references.iter().map(|r| r.range.start()), column),
        _ => {}
    });
}

/// The ordinal of each reference.
fn ordinals(named: &Named<'_>) -> Vec<u32> {
    let mut ordinals = Ordinals {
        by_symbol: vec![[0; 3]; named.scopes.symbols.len()],
        others: FxHashMap::default(),
    };
    named.facts.references.iter().map(|r| ordinals.next(named, r)).collect()
}

fn write_ids(named: &Named<'_>, ordinals: &[u32], column: &mut Column) {
    let mut writer = ScopedIds::new("ref", &named.ids.scopes);
    for (reference, ordinal) in named.facts.references.iter().zip(ordinals) {
        let parts = [
            named.scopes.names.text(reference.name).into(),
            reference.context.name().into(),
            i64::from(*ordinal).into(),
        ];
        column.text(Some(writer.id(reference.scope, &parts)));
    }
}
