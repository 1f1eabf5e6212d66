//! Rows of `calls`.

use std::borrow::Cow;

use ruff_python_ast::Expr;
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::Named;
use super::facts::{Call, CallRole};
use super::ids::{IdList, ScopedIds};
use super::references::chain_text;
use super::text::fold_receiver;
use crate::table::Table;

/// What is called, as texts.
struct Callee<'a> {
    shape: &'static str,
    /// The dotted text of a chain of names.
    dotted: Option<Cow<'a, str>>,
    /// The last part.
    name: Option<&'a str>,
    /// What stands before the last part where the callee is no chain of names.
    receiver: Option<Cow<'a, str>>,
}

impl<'a> Callee<'a> {
    fn new(source: &'a str, callee: &'a Expr, wants_receiver: bool) -> Self {
        let shape = match callee {
            Expr::Name(name) if name.id.is_empty() => "missing",
            Expr::Name(name) => {
                return Self {
                    shape: "name",
                    dotted: Some(Cow::Borrowed(name.id.as_str())),
                    name: Some(name.id.as_str()),
                    receiver: None,
                };
            }
            Expr::Attribute(chain) => {
                let dotted = chain_text(source, chain);
                let receiver = (wants_receiver && dotted.is_none()).then(|| {
                    let text = &source[TextRange::new(chain.start(), chain.attr.start())];
                    let text = text.trim_end_matches(|c: char| c.is_ascii_whitespace() || c == '\\');
                    fold_receiver(text.strip_suffix('.').unwrap_or(text))
                });
                return Self {
                    shape: "attribute",
                    dotted,
                    name: Some(chain.attr.as_str()),
                    receiver,
                };
            }
            Expr::Call(_) => "call",
            Expr::Subscript(_) => "subscript",
            Expr::Lambda(_) => "lambda",
            _ => "other",
        };
        Self {
            shape,
            dotted: None,
            name: None,
            receiver: None,
        }
    }

    /// The text that the id is made of.
    fn text(&self) -> &str {
        self.dotted.as_deref().unwrap_or(self.shape)
    }

    fn receiver(&self) -> Option<&str> {
        match &self.dotted {
            Some(dotted) => dotted.strip_suffix(self.name?)?.strip_suffix('.'),
            None => self.receiver.as_deref(),
        }
    }

    fn root_name(&self) -> Option<&str> {
        let dotted = self.dotted.as_deref()?;
        Some(dotted.split_once('.').map_or(dotted, |(root, _)| root))
    }
}

/// The calls of a file with their texts.
pub(super) struct CallTexts<'a> {
    callees: Vec<Callee<'a>>,
    ordinals: Vec<u32>,
}

impl<'a> CallTexts<'a> {
    pub(super) fn new(named: &'a Named<'_>, wants_receiver: bool, wants_ordinals: bool) -> Self {
        let text = named.source.text;
        let calls = &named.facts.calls;
        let callees: Vec<Callee<'a>> = calls
            .iter()
            .map(|call| Callee::new(text, &call.node.func, wants_receiver))
            .collect();
        let ordinals = if wants_ordinals {
            ordinals(calls, &callees)
        } else {
            Vec::new()
        };
        Self { callees, ordinals }
    }

    /// The ids, which need ordinals.
    pub(super) fn ids(&self, named: &Named<'_>) -> IdList {
        let calls = &named.facts.calls;
        let mut ids = IdList::with_capacity("call", calls.len());
        let mut writer = ScopedIds::new("call", &named.ids.scopes);
        for ((call, callee), ordinal) in calls.iter().zip(&self.callees).zip(&self.ordinals) {
            let parts = [callee.text().into(), i64::from(*ordinal).into()];
            ids.push_text(writer.id(call.scope, &parts));
        }
        ids
    }
}

/// Writes the rows, column by column.
pub(super) fn rows(named: &Named<'_>, texts: &CallTexts<'_>, ids: &IdList, table: &mut Table) {
    let calls = &named.facts.calls;
    let CallTexts { callees, ordinals } = texts;
    let count = calls.len();
    let scopes = || calls.iter().map(|c| c.scope);
    table.append(count, |name, column| match name {
        "path" => column.repeated_text(named.path(), count),
        "language" => column.repeated_text(named.source.entry.language.name(), count),
        "node_id" => column.ints(calls.iter().map(|c| c.node_id)),
        "call_id" => column.texts((0..count).map(|i| Some(ids.get(i)))),
        "callee_shape" => column.word_runs(callees.iter().map(|c| c.shape)),
        "callee" => column.texts(callees.iter().map(|c| c.dotted.as_deref())),
        "callee_name" => column.texts(callees.iter().map(|c| c.name)),
        "receiver" => column.texts(callees.iter().map(Callee::receiver)),
        "root_name" => column.texts(callees.iter().map(Callee::root_name)),
        "symbol_id" => column.texts(calls.iter().map(|c| c.root.and_then(|root| named.symbol_id(root)))),
        "ordinal" => column.ints(ordinals.iter().copied()),
        "scope_id" => named.write_scope_ids(scopes(), column),
        "container_id" => named.write_container_ids(scopes(), column),
        "class_id" => {
            let classes = scopes().map(|s| named.scopes.scope(s).class);
            column.numbered_texts(classes, |d| named.ids.definitions.get(d as usize));
        }
        "self_name" => column.texts(scopes().map(|s| {
            let receiver = named.scopes.scope(s).receiver;
            receiver.map(|name| named.scopes.names.text(name))
        })),
        "positional_count" => column.ints(calls.iter().map(|c| c.node.arguments.args.len() as u32)),
        "keyword_count" => column.ints(calls.iter().map(|c| c.node.arguments.keywords.len() as u32)),
        "has_star" => column.bools(count, |i| {
            calls[i].node.arguments.args.iter().any(Expr::is_starred_expr)
        }),
        "has_double_star" => column.bools(count, |i| {
            calls[i].node.arguments.keywords.iter().any(|k| k.arg.is_none())
        }),
        "is_awaited" => column.bools(count, |i| calls[i].role == CallRole::Awaited),
        "is_decorator" => column.bools(count, |i| calls[i].role == CallRole::Decorator),
        "bstart" => column.ints(calls.iter().map(|c| c.node.start().to_u32())),
        "bend" => column.ints(calls.iter().map(|c| c.node.end().to_u32())),
        "callee_bstart" => column.ints(calls.iter().map(|c| c.node.func.start().to_u32())),
        "callee_bend" => column.ints(calls.iter().map(|c| c.node.func.end().to_u32())),
        "line" => named.write_lines(calls.iter().map(|c| c.node.start()), column),
        _ => {}
    });
}

/// The number of each call among those of its scope with the same callee.
fn ordinals(calls: &[Call<'_>], callees: &[Callee<'_>]) -> Vec<u32> {
    let mut counts = FxHashMap::with_capacity_and_hasher(calls.len(), FxBuildHasher);
    let ordinal = |(call, callee): (&Call<'_>, _)| {
        let next: &mut u32 = counts.entry((call.scope, Callee::text(callee))).or_default();
        *next += 1;
        *next - 1
    };
    calls.iter().zip(callees).map(ordinal).collect()
}
