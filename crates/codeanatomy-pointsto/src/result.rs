//! What the analysis gives.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

use rustc_hash::FxHashSet;

use crate::names::Sym;
use crate::program::{How, Place, Program};
use crate::solve::{Solver, Target};
use crate::value::Value;

/// A call and one thing that it may call; or, without a callee, a call expression of which nothing is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRow<'a> {
    /// The file.
    pub path: &'a str,
    /// The row of `ast_nodes`: of the call, or of what makes an implicit call.
    pub node_id: i64,
    /// The number among the rows of that, from 0.
    pub seq: i64,
    /// Offset of that.
    pub bstart: i64,
    /// Offset after it.
    pub bend: i64,
    /// How the call is made: `call`, `decorator`, `argument` (called by a function that it is given to), `raise`, `property`,
    /// `iteration`, `with`, `operator`.
    pub form: &'static str,
    /// What calls: a definition, the scope of a lambda, or a file.
    pub caller_id: &'a str,
    /// The dotted name of what calls.
    pub caller: &'a str,
    /// What is called: a definition, or the scope of a lambda. None outside of the source.
    pub callee_id: Option<&'a str>,
    /// The dotted name of what is called.
    pub callee: Option<Cow<'a, str>>,
    /// `function`, `lambda`, `class`, `constructor` (`__init__` or `__new__` of a class that is called), `external`, `builtin`.
    pub callee_kind: Option<&'static str>,
    /// How many things it may call; a class and its constructor are one.
    pub callees: i64,
    /// Why nothing is known.
    pub reason: Option<Unresolved>,
}

/// Why nothing is known of what a call calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unresolved {
    /// Its callee has no value that is known.
    UnknownValue,
    /// Its callee is a method of a builtin type.
    BuiltinMethod,
    /// Its values are not called.
    NotCallable,
    /// The analysis ended before it knew, at the bound of its work.
    AnalysisLimit,
}

impl Unresolved {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::UnknownValue => "unknown_value",
            Self::BuiltinMethod => "builtin_method",
            Self::NotCallable => "not_callable",
            Self::AnalysisLimit => "analysis_limit",
        }
    }
}

fn form(how: How) -> &'static str {
    match how {
        How::Call => "call",
        How::Decorator => "decorator",
        How::Argument => "argument",
        How::Raise => "raise",
        How::Property => "property",
        How::Iteration => "iteration",
        How::With => "with",
        How::Operator => "operator",
    }
}

/// A call and what is called, before their texts are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    place: Place,
    form: &'static str,
    called: Result<Target, Unresolved>,
    callees: u32,
}

/// The calls of a source: small beside their rows, whose texts are made when they are asked for.
#[derive(Debug)]
pub struct Calls {
    /// What has the texts, and nothing else.
    program: Program,
    entries: Vec<Entry>,
    /// The rows of each file that has some, in the order of the rows.
    files: Vec<(u32, Range<usize>)>,
}

impl Calls {
    pub(crate) fn new(mut solver: Solver) -> Self {
        let mut entries = found(&mut solver);
        unresolved(&solver, &mut entries);
        let program = solver.into_texts();
        let mut ranks: Vec<usize> = (0..program.paths.len()).collect();
        ranks.sort_by_key(|file| &program.paths[*file]);
        let mut rank_of = vec![0; ranks.len()];
        for (rank, file) in ranks.into_iter().enumerate() {
            rank_of[file] = rank;
        }
        entries.sort_unstable_by(|a, b| {
            let key = |e: &Entry| (rank_of[e.place.file as usize], e.place.node, e.form);
            key(a).cmp(&key(b)).then_with(|| called(&program, a, b))
        });
        entries.shrink_to_fit();
        let mut files = vec![];
        for same in entries.chunk_by(|a, b| a.place.file == b.place.file) {
            let start = files.last().map_or(0, |(_, rows): &(u32, Range<usize>)| rows.end);
            files.push((same[0].place.file, start..start + same.len()));
        }
        Self {
            program,
            entries,
            files,
        }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        self.program.names.size() + self.entries.capacity() * size_of::<Entry>()
    }

    /// Which rows the files from `first` to `last` have.
    pub fn between(&self, first: &str, last: &str) -> Range<usize> {
        let path = |file: u32| self.program.paths[file as usize].as_str();
        let from = self.files.partition_point(|(file, _)| path(*file) < first);
        let to = self.files.partition_point(|(file, _)| path(*file) <= last);
        match self.files.get(from..to) {
            Some([(_, rows)]) => rows.clone(),
            Some([(_, first), .., (_, last)]) => first.start..last.end,
            _ => 0..0,
        }
    }

    /// All rows.
    pub fn iter(&self) -> impl Iterator<Item = CallRow<'_>> {
        self.rows(0..self.len())
    }

    /// Rows by their numbers; numbers of no row are left out.
    pub fn rows(&self, range: Range<usize>) -> impl Iterator<Item = CallRow<'_>> {
        let range = range.start.min(self.len())..range.end.min(self.len());
        let same = |i: usize, j: usize| {
            let place = |i: usize| self.entries.get(i).map(|e| (e.place.file, e.place.node));
            place(i) == place(j)
        };
        let mut seq = (0..range.start).rev().take_while(|i| same(*i, range.start)).count();
        range.map(move |i| {
            let row = self.row(i, seq);
            seq = if same(i, i + 1) { seq + 1 } else { 0 };
            row
        })
    }

    fn row(&self, number: usize, seq: usize) -> CallRow<'_> {
        let Entry {
            place,
            form,
            called,
            callees,
        } = self.entries[number];
        let program = &self.program;
        let text = |sym: Sym| program.names.text(sym);
        let caller = &program.callers[place.caller as usize];
        let callee = called.ok().map(|target| callee(program, target));
        let dotted = |c: Callee| match c.prefix {
            "" => Cow::Borrowed(text(c.dotted)),
            prefix => Cow::Owned(format!("{prefix}{}", text(c.dotted))),
        };
        CallRow {
            path: &program.paths[place.file as usize],
            node_id: i64::from(place.node),
            seq: seq as i64,
            bstart: i64::from(place.bstart),
            bend: i64::from(place.bend),
            form,
            caller_id: text(caller.id),
            caller: text(caller.dotted),
            callee_id: callee.and_then(|c| c.id).map(text),
            callee: callee.map(dotted),
            callee_kind: callee.map(|c| c.kind),
            callees: i64::from(callees),
            reason: called.err(),
        }
    }
}

/// What is called, in the order of a caller, and how many things a place calls that way.
fn found(solver: &mut Solver) -> Vec<Entry> {
    let targets = solver.take_targets();
    let (solver, program) = (&*solver, &solver.program);
    let mut entries: Vec<Entry> = targets
        .into_iter()
        .map(|(site, target)| (&program.sites[site as usize], target))
        .filter(|(site, target)| !matches!(target, Target::External(_)) || !solver.is_anything_outside(site.callee))
        .map(|(site, target)| Entry {
            place: program.places[site.at as usize],
            form: form(site.how),
            called: Ok(target),
            callees: 0,
        })
        .collect();
    let place = |e: &Entry| (e.place.file, e.place.node, e.form);
    entries.sort_unstable_by_key(|e| (place(e), e.called.ok()));
    entries.dedup();
    for same in entries.chunk_by_mut(|a, b| place(a) == place(b)) {
        // A class and its constructor are one thing that is called.
        let is_counted = |e: &&Entry| !matches!(e.called, Ok(Target::Class(_)));
        let count = same.iter().filter(is_counted).count().max(1);
        same.iter_mut().for_each(|e| e.callees = count as u32);
    }
    entries
}

/// Adds the call expressions of which nothing is known.
fn unresolved(solver: &Solver, entries: &mut Vec<Entry>) {
    let program = &solver.program;
    let known = entries.len();
    let mut seen = FxHashSet::default();
    for site in program.sites.iter().filter(|s| s.how == How::Call) {
        let place = program.places[site.at as usize];
        let key = (place.file, place.node, "call");
        let is_known = entries[..known]
            .binary_search_by_key(&key, |e| (e.place.file, e.place.node, e.form))
            .is_ok();
        // Sites that solving made for the same place come behind that of the call that is there.
        if is_known || !seen.insert((place.file, place.node)) {
            continue;
        }
        let values = solver.values_of(site.callee);
        let is_method = |v: &u32| matches!(solver.values.get(*v), Value::Method(..));
        let reason = match values {
            _ if solver.is_limited => Unresolved::AnalysisLimit,
            [] => Unresolved::UnknownValue,
            _ if values.iter().any(is_method) => Unresolved::BuiltinMethod,
            _ if solver.is_anything_outside(site.callee) => Unresolved::UnknownValue,
            _ if values.iter().all(|v| solver.values.get(*v) == Value::Any) => Unresolved::UnknownValue,
            _ => Unresolved::NotCallable,
        };
        entries.push(Entry {
            place,
            form: "call",
            called: Err(reason),
            callees: 0,
        });
    }
}

/// The texts of what is called.
#[derive(Debug, Clone, Copy)]
struct Callee {
    id: Option<Sym>,
    prefix: &'static str,
    dotted: Sym,
    kind: &'static str,
}

fn callee(program: &Program, target: Target) -> Callee {
    let (id, prefix, dotted, kind) = match target {
        Target::Function(function) | Target::Constructor(function) => {
            let f = &program.functions[function as usize];
            let kind = match target {
                Target::Constructor(_) => "constructor",
                _ if f.is_lambda => "lambda",
                _ => "function",
            };
            (Some(f.id), "", f.dotted, kind)
        }
        Target::Class(class) => {
            let class = &program.classes[class as usize];
            (Some(class.id), "", class.dotted, "class")
        }
        Target::External(dotted) => (None, "", dotted, "external"),
        Target::Builtin(name) => (None, "<builtin>.", name, "builtin"),
    };
    Callee {
        id,
        prefix,
        dotted,
        kind,
    }
}

/// The order of what two calls of a place call: of its kind, and its texts.
fn called(program: &Program, a: &Entry, b: &Entry) -> Ordering {
    let (Ok(a), Ok(b)) = (a.called, b.called) else {
        return a.called.is_ok().cmp(&b.called.is_ok());
    };
    let (a, b) = (callee(program, a), callee(program, b));
    // What has the same kind has the same prefix.
    let text = |sym: Sym| program.names.text(sym);
    let ids = (a.id.map(text), b.id.map(text));
    a.kind
        .cmp(b.kind)
        .then_with(|| text(a.dotted).cmp(text(b.dotted)))
        .then_with(|| ids.0.cmp(&ids.1))
}
