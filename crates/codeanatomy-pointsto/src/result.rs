//! What the analysis gives.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::names::Sym;
use crate::program::{How, Place, Program};
use crate::rows::{Entry, Rows, Show, ranks};
use crate::solve::{Solver, Target};
use crate::value::Value;

/// Of so many things outside that a call may call, what its receiver is comes from anywhere: a text, a file, a pattern. None is said to be called.
const MIXED_EXTERNALS: usize = 3;

/// Of so many things that a call may call and that are not all, those that came first say little. One is what the others have in common.
const VAGUE_CALLEES: u32 = 2;

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
    /// `iteration`, `with`, `operator`, `class` (by a class statement).
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
    /// Why nothing is known, or why there may be more: then the row has no callee, and is the last of its place.
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
    /// It may call more than what is there, which is one thing or nothing: its callee has more values than are kept, or comes
    /// from what has.
    TooManyValues,
    /// Its callee comes from several things outside of the source, as what goes through the hands of code that all share.
    MixedValues,
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
            Self::TooManyValues => "too_many_values",
            Self::MixedValues => "mixed_values",
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
        How::Class => "class",
    }
}

/// A call and what is called, before their texts are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Called {
    place: Place,
    form: &'static str,
    called: Result<Target, Unresolved>,
    callees: u32,
}

/// The calls of a source.
pub type Calls = Rows<Called>;

/// The calls of a solved program, and what has their texts.
pub(crate) fn calls(mut solver: Solver) -> (Calls, Arc<Program>) {
    let mut entries = found(&mut solver);
    unresolved(&solver, &mut entries);
    let program = Arc::new(solver.into_texts());
    let rank_of = ranks(&program);
    entries.sort_unstable_by(|a, b| {
        let key = |e: &Called| (rank_of[e.place.file as usize], e.place.node, e.form);
        key(a).cmp(&key(b)).then_with(|| called(&program, a, b))
    });
    (Rows::new(Arc::clone(&program), entries), program)
}

impl Entry for Called {
    type Row<'a> = CallRow<'a>;
}

impl Show for Called {
    fn place(&self) -> Place {
        self.place
    }

    fn is_with(&self, other: &Self) -> bool {
        (self.place.file, self.place.node) == (other.place.file, other.place.node)
    }

    fn row<'a>(&self, program: &'a Program, seq: usize) -> CallRow<'a> {
        let text = |sym: Sym| program.names.text(sym);
        let caller = &program.callers[self.place.caller as usize];
        let callee = self.called.ok().map(|target| callee(program, target));
        let dotted = |c: Callee| match c.prefix {
            "" => Cow::Borrowed(text(c.dotted)),
            prefix => Cow::Owned(format!("{prefix}{}", text(c.dotted))),
        };
        CallRow {
            path: &program.paths[self.place.file as usize],
            node_id: i64::from(self.place.node),
            seq: seq as i64,
            bstart: i64::from(self.place.bstart),
            bend: i64::from(self.place.bend),
            form: self.form,
            caller_id: text(caller.id),
            caller: text(caller.dotted),
            callee_id: callee.and_then(|c| c.id).map(text),
            callee: callee.map(dotted),
            callee_kind: callee.map(|c| c.kind),
            callees: i64::from(self.callees),
            reason: self.called.err(),
        }
    }
}

/// What is called, in the order of a caller, and how many things a place calls that way.
fn found(solver: &mut Solver) -> Vec<Called> {
    let targets = solver.take_targets();
    let (solver, program) = (&*solver, &solver.program);
    let mut entries: Vec<Called> = targets
        .into_iter()
        .map(|(site, target)| (&program.sites[site as usize], target))
        .filter(|(site, target)| !matches!(target, Target::External(_)) || !solver.is_anything_outside(site.callee))
        .map(|(site, target)| Called {
            place: program.places[site.at as usize],
            form: form(site.how),
            called: Ok(target),
            callees: 0,
        })
        .collect();
    let place = |e: &Called| (e.place.file, e.place.node, e.form);
    entries.sort_unstable_by_key(|e| (place(e), e.called.ok()));
    entries.dedup();
    for same in entries.chunk_by_mut(|a, b| place(a) == place(b)) {
        // A class and its constructor are one thing that is called.
        let is_counted = |e: &&Called| !matches!(e.called, Ok(Target::Class(_)));
        let count = same.iter().filter(is_counted).count().max(1);
        same.iter_mut().for_each(|e| e.callees = count as u32);
    }
    entries
}

/// Adds the call expressions of which nothing is known, and those that may call more than what is known. What came first to a callee
/// that had no room for all that it may be says nothing, nor does one of many things outside: such a call has no other row.
fn unresolved(solver: &Solver, entries: &mut Vec<Called>) {
    let program = &solver.program;
    let known = entries.len();
    let mut seen = FxHashSet::default();
    let mut vague = FxHashSet::default();
    for site in program.sites.iter().filter(|s| s.how == How::Call) {
        let place = program.places[site.at as usize];
        let key = (place.file, place.node, "call");
        let found = entries[..known].binary_search_by_key(&key, |e| (e.place.file, e.place.node, e.form));
        let is_known = found.is_ok();
        let is_mixed = found.is_ok_and(|i| solver.is_anything_outside(site.callee) || is_mixed(&entries[..known], i));
        // Sites that solving made for the same place come behind that of the call that is there.
        let is_whole = is_known && !is_mixed && !solver.has_more(site.callee);
        if is_whole || !seen.insert((place.file, place.node)) {
            continue;
        }
        if is_mixed || found.is_ok_and(|i| entries[i].callees >= VAGUE_CALLEES) {
            vague.insert((place.file, place.node));
        }
        let values = solver.values_of(site.callee);
        let is_method = |v: &u32| matches!(solver.values.get(*v), Value::Method(..));
        let reason = match values {
            _ if is_mixed => Unresolved::MixedValues,
            _ if is_known => Unresolved::TooManyValues,
            _ if solver.is_limited => Unresolved::AnalysisLimit,
            [] => Unresolved::UnknownValue,
            _ if values.iter().any(is_method) => Unresolved::BuiltinMethod,
            _ if solver.is_anything_outside(site.callee) => Unresolved::MixedValues,
            _ if solver.has_more(site.callee) => Unresolved::TooManyValues,
            _ if values.iter().all(|v| solver.values.get(*v) == Value::Any) => Unresolved::UnknownValue,
            _ => Unresolved::NotCallable,
        };
        entries.push(Called {
            place,
            form: "call",
            called: Err(reason),
            callees: 0,
        });
    }
    entries.retain(|e| e.called.is_err() || e.form != "call" || !vague.contains(&(e.place.file, e.place.node)));
}

/// Whether the call of an entry may call so many things outside that they say nothing.
fn is_mixed(entries: &[Called], entry: usize) -> bool {
    let of = &entries[entry];
    let is_same = |e: &&Called| e.place == of.place && e.form == of.form;
    let before = entries[..entry].iter().rev().take_while(is_same);
    let all = before.chain(entries[entry..].iter().take_while(is_same));
    let is_outside = |e: &&Called| matches!(e.called, Ok(Target::External(_)));
    all.filter(is_outside).count() >= MIXED_EXTERNALS
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
fn called(program: &Program, a: &Called, b: &Called) -> Ordering {
    let (Ok(a), Ok(b)) = (a.called, b.called) else {
        return b.called.is_ok().cmp(&a.called.is_ok());
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
