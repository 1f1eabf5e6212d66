//! Rows of `def_use`.

use arrow_buffer::{BooleanBuffer, NullBuffer};

use super::lower::Lower;
use super::site::{Definition, DefinitionKind, UseKind};
use super::solve::{Reach, Solver, Value};
use crate::python::names::Named;
use crate::python::scope::SymbolId;
use crate::table::{NO_WORD, Table};

/// Stands for a missing number.
const NONE: u32 = u32::MAX;

/// The most definitions that are listed per use: the first of these with which the scope keeps below the other limits, or
/// the last.
const LISTED: [usize; 3] = [256, 16, 4];
/// The most rows of a file as long as [`LISTED`] has a smaller number.
const MAX_ROWS: usize = 4_000_000;
/// The most members that the sets of a frame have together, under the same condition.
const MAX_MEMBERS: usize = 4_000_000;

/// Why there is no definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Unbound,
    Outside,
    Unreachable,
    TooDeep,
}

impl Reason {
    /// The words of `def_use.reason`, by number.
    const WORDS: &'static [&'static str] = &["unbound", "outside", "unreachable", "too_deep"];
}

/// What a row says, true or false.
#[derive(Debug, Clone, Copy, Default)]
struct Flags(u8);

impl Flags {
    const ONLY: u8 = 1;
    const UNBOUND: u8 = 2;
    const SUPPRESSION: u8 = 4;
    const DEFERRED: u8 = 8;
    const ELSEWHERE: u8 = 16;
    const COMPLETE: u8 = 32;

    fn with(self, flag: u8, holds: bool) -> Self {
        Self(if holds { self.0 | flag } else { self.0 })
    }
}

/// A row.
#[derive(Debug, Clone, Copy)]
struct Row {
    reference: u32,
    /// The position among the definitions of the file, or [`NONE`].
    definition: u32,
    binding: SymbolId,
    kind: UseKind,
    reason: Option<Reason>,
    flags: Flags,
}

/// The rows of a file.
#[derive(Debug, Default)]
pub(super) struct Rows {
    rows: Vec<Row>,
    definitions: Vec<Definition>,
    /// Scratch space: the value that each use of a frame sees.
    values: Vec<Option<Value>>,
    all: Reach,
    unsuppressed: Reach,
}

impl Rows {
    /// Adds the rows of a frame.
    pub(super) fn add(&mut self, lower: &Lower<'_, '_>, solver: &mut Solver) {
        let first = self.definitions.len() as u32;
        self.definitions.extend_from_slice(&lower.definitions);
        if lower.is_too_deep {
            for number in 0..lower.uses.len() {
                self.without_definition(lower, number, Reason::TooDeep);
            }
            return;
        }
        self.see(lower.uses.len(), solver);
        let limit = self.limit(solver);
        if lower.program.has_suppression {
            self.unsuppressed.start(&solver.values, limit, false);
        }
        for number in 0..lower.uses.len() {
            match self.values[number] {
                None => self.without_definition(lower, number, Reason::Unreachable),
                Some(value) => self.with_definitions(lower, solver, number, value, first),
            }
        }
    }

    /// Says which value each use sees. A use that was walked several times may see one of several.
    fn see(&mut self, uses: usize, solver: &mut Solver) {
        self.values.clear();
        self.values.resize(uses, None);
        solver.seen.sort_unstable();
        solver.seen.dedup();
        let mut group = Vec::new();
        for seen in solver.seen.chunk_by(|a, b| a.0 == b.0) {
            group.clear();
            group.extend(seen.iter().map(|(_, value)| *value));
            self.values[seen[0].0 as usize] = Some(solver.values.any(&group));
        }
    }

    /// The most definitions that are listed per use in a frame. The sets of all are ready then.
    fn limit(&mut self, solver: &Solver) -> usize {
        let room = MAX_ROWS.saturating_sub(self.rows.len());
        for limit in LISTED {
            self.all.start(&solver.values, limit, true);
            let mut rows = 0;
            for value in self.values.iter().flatten() {
                rows += self.all.members(&solver.values, *value).all.len();
                if rows > room || self.all.size() > MAX_MEMBERS {
                    break;
                }
            }
            if rows <= room && self.all.size() <= MAX_MEMBERS {
                return limit;
            }
        }
        LISTED[LISTED.len() - 1]
    }

    fn without_definition(&mut self, lower: &Lower<'_, '_>, number: usize, reason: Reason) {
        let used = lower.uses[number];
        let variable = lower.variables[used.var as usize];
        if variable.is_own || variable.is_defined {
            self.rows.push(Row {
                reference: used.reference,
                definition: NONE,
                binding: variable.binding,
                kind: used.kind,
                reason: Some(reason),
                flags: Flags::default()
                    .with(Flags::ELSEWHERE, variable.is_shared)
                    .with(Flags::COMPLETE, reason != Reason::TooDeep),
            });
        }
    }

    fn with_definitions(&mut self, lower: &Lower<'_, '_>, solver: &Solver, number: usize, value: Value, first: u32) {
        let used = lower.uses[number];
        let variable = lower.variables[used.var as usize];
        if !variable.is_own && !variable.is_defined {
            return;
        }
        let members = self.all.members(&solver.values, value);
        let plain = if lower.program.has_suppression {
            self.unsuppressed.members(&solver.values, value)
        } else {
            members
        };
        let is_plain = |member: u32| plain.all.binary_search(&member).is_ok();
        let may_be_unbound = is_plain(0);
        let is_star = |member: u32| {
            let definition = member.checked_sub(1).map(|d| lower.definitions[d as usize]);
            definition.is_some_and(|d| d.kind == DefinitionKind::StarImport)
        };
        let is_only = plain.all.iter().filter(|member| !is_star(**member)).count() == 1;
        let outside = if variable.has_outside {
            Reason::Outside
        } else {
            Reason::Unbound
        };
        for &member in members.all {
            let definition = member.checked_sub(1);
            let generator = definition.map_or(0, |d| lower.definitions[d as usize].generator);
            let needs_suppression = !is_plain(member);
            self.rows.push(Row {
                reference: used.reference,
                definition: definition.map_or(NONE, |d| first + d),
                binding: variable.binding,
                kind: used.kind,
                reason: definition.is_none().then_some(outside),
                flags: Flags::default()
                    .with(Flags::ONLY, is_only && !needs_suppression && !is_star(member))
                    .with(Flags::UNBOUND, may_be_unbound)
                    .with(Flags::SUPPRESSION, needs_suppression)
                    .with(Flags::DEFERRED, generator != used.generator)
                    .with(Flags::ELSEWHERE, variable.is_shared)
                    .with(Flags::COMPLETE, members.is_complete),
            });
        }
    }

    /// Writes the rows, column by column.
    pub(super) fn write(mut self, named: &Named<'_>, table: &mut Table) {
        let definitions = &self.definitions;
        let node_id = |definition: u32| definitions.get(definition as usize).map(|d| d.node_id);
        self.rows
            .sort_unstable_by_key(|row| (row.reference, node_id(row.definition)));
        let rows = &self.rows;
        let count = rows.len();
        let reference = |row: &Row| &named.facts.references[row.reference as usize];
        let definition = |row: &Row| definitions.get(row.definition as usize);
        let nulls = NullBuffer::new(BooleanBuffer::collect_bool(count, |i| rows[i].definition != NONE));
        let flag = |flag: u8| move |i: usize| rows[i].flags.0 & flag != 0;
        table.append(count, |name, column| match name {
            "path" => column.repeated_text(named.path(), count),
            "use_node_id" => column.ints(rows.iter().map(|r| reference(r).node_id)),
            "source_index" => column.ints(source_indexes(rows).into_iter()),
            "name" => column.texts(rows.iter().map(|r| Some(named.scopes.names.text(reference(r).name)))),
            "use_kind" => column.words(UseKind::WORDS, rows.iter().map(|r| r.kind as u8)),
            "use_bstart" => column.ints(rows.iter().map(|r| reference(r).range.start().to_u32())),
            "use_bend" => column.ints(rows.iter().map(|r| reference(r).range.end().to_u32())),
            "def_node_id" => column.optional_ints(rows.iter().map(|r| definition(r).map_or(0, |d| d.node_id)), &nulls),
            "def_bstart" => column.optional_ints(rows.iter().map(|r| definition(r).map_or(0, |d| d.bstart)), &nulls),
            "def_bend" => column.optional_ints(rows.iter().map(|r| definition(r).map_or(0, |d| d.bend)), &nulls),
            "def_kind" => {
                let words = rows.iter().map(|r| definition(r).map_or(NO_WORD, |d| d.kind as u8));
                column.words(DefinitionKind::WORDS, words);
            }
            "reason" => {
                let words = rows.iter().map(|r| r.reason.map_or(NO_WORD, |reason| reason as u8));
                column.words(Reason::WORDS, words);
            }
            "is_only" => column.bools(count, flag(Flags::ONLY)),
            "may_be_unbound" => column.bools(count, flag(Flags::UNBOUND)),
            "needs_suppression" => column.bools(count, flag(Flags::SUPPRESSION)),
            "is_deferred" => column.bools(count, flag(Flags::DEFERRED)),
            "is_bound_elsewhere" => column.bools(count, flag(Flags::ELSEWHERE)),
            "is_complete" => column.bools(count, flag(Flags::COMPLETE)),
            "symbol_id" => column.texts(rows.iter().map(|r| named.symbol_id(reference(r).lookup))),
            "binding_id" => column.texts(rows.iter().map(|r| Some(named.ids.bindings.get(r.binding.index())))),
            "scope_id" => named.write_scope_ids(rows.iter().map(|r| reference(r).scope), column),
            "line" => named.write_lines(rows.iter().map(|r| reference(r).range.start()), column),
            _ => {}
        });
    }
}

/// The number of each row among those of its use.
fn source_indexes(rows: &[Row]) -> Vec<u32> {
    let mut indexes = Vec::with_capacity(rows.len());
    for rows in rows.chunk_by(|a, b| a.reference == b.reference) {
        indexes.extend(0..rows.len() as u32);
    }
    indexes
}
