//! What the analysis gives.

use rustc_hash::FxHashMap;

use crate::names::Sym;
use crate::program::How;
use crate::solve::{Solver, Target};
use crate::value::Value;

/// A call and one thing that it may call; or, without a callee, a call expression of which nothing is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRow {
    /// The file.
    pub path: String,
    /// The row of `ast_nodes`: of the call, or of what makes an implicit call.
    pub node_id: i64,
    /// Offset of that.
    pub bstart: i64,
    /// Offset after it.
    pub bend: i64,
    /// How the call is made: `call`, `decorator`, `argument` (called by a function that it is given to), `raise`, `property`,
    /// `iteration`, `with`, `operator`.
    pub form: &'static str,
    /// What calls: a definition, the scope of a lambda, or a file.
    pub caller_id: String,
    /// The dotted name of what calls.
    pub caller: String,
    /// What is called: a definition, or the scope of a lambda. None outside of the source.
    pub callee_id: Option<String>,
    /// The dotted name of what is called.
    pub callee: Option<String>,
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

/// A target of a site: file, node, form, and what is called.
type Found = (u32, u32, &'static str, u32, u32, u32, Target);

/// The rows of a solved program.
pub(crate) fn rows(solver: &Solver) -> Vec<CallRow> {
    let program = &solver.program;
    let mut found: Vec<Found> = vec![];
    for (site, target) in &solver.targets {
        let site = &program.sites[*site as usize];
        let place = program.places[site.at as usize];
        found.push((
            place.file,
            place.node,
            form(site.how),
            place.bstart,
            place.bend,
            place.caller,
            *target,
        ));
    }
    found.sort_unstable();
    found.dedup();
    let mut counts: FxHashMap<(u32, u32, &str), i64> = FxHashMap::default();
    // A class and its constructor are one thing that is called.
    for found in &found {
        let count = counts.entry((found.0, found.1, found.2)).or_default();
        *count += i64::from(!matches!(found.6, Target::Class(_)));
    }
    let mut rows: Vec<CallRow> = found
        .iter()
        .map(|(file, node, form, bstart, bend, caller, target)| {
            let (id, callee, kind) = callee(solver, *target);
            let caller = &program.callers[*caller as usize];
            CallRow {
                path: program.paths[*file as usize].clone(),
                node_id: i64::from(*node),
                bstart: i64::from(*bstart),
                bend: i64::from(*bend),
                form,
                caller_id: program.names.text(caller.id).to_string(),
                caller: program.names.text(caller.dotted).to_string(),
                callee_id: id.map(|id| program.names.text(id).to_string()),
                callee: Some(callee),
                callee_kind: Some(kind),
                callees: counts.get(&(*file, *node, *form)).copied().unwrap_or_default().max(1),
                reason: None,
            }
        })
        .collect();
    for site in &program.sites {
        let place = program.places[site.at as usize];
        if site.how != How::Call || counts.contains_key(&(place.file, place.node, "call")) {
            continue;
        }
        // Sites that solving made for the same place have the callee of a call that is there, too.
        counts.insert((place.file, place.node, "call"), 0);
        let values = solver.values_of(site.callee);
        let is_method = |v: &u32| matches!(solver.values.get(*v), Value::Method(..));
        let reason = match values {
            _ if solver.is_limited => Unresolved::AnalysisLimit,
            [] => Unresolved::UnknownValue,
            _ if values.iter().any(is_method) => Unresolved::BuiltinMethod,
            _ if values.iter().all(|v| solver.values.get(*v) == Value::Any) => Unresolved::UnknownValue,
            _ => Unresolved::NotCallable,
        };
        let caller = &program.callers[place.caller as usize];
        rows.push(CallRow {
            path: program.paths[place.file as usize].clone(),
            node_id: i64::from(place.node),
            bstart: i64::from(place.bstart),
            bend: i64::from(place.bend),
            form: "call",
            caller_id: program.names.text(caller.id).to_string(),
            caller: program.names.text(caller.dotted).to_string(),
            callee_id: None,
            callee: None,
            callee_kind: None,
            callees: 0,
            reason: Some(reason),
        });
    }
    rows.sort_by(|a, b| {
        let key = |r: &CallRow| (r.node_id, r.form, r.callee_kind);
        a.path
            .cmp(&b.path)
            .then(key(a).cmp(&key(b)))
            .then(a.callee.cmp(&b.callee))
            .then(a.callee_id.cmp(&b.callee_id))
    });
    rows
}

fn callee(solver: &Solver, target: Target) -> (Option<Sym>, String, &'static str) {
    let program = &solver.program;
    let text = |sym: Sym| program.names.text(sym).to_string();
    match target {
        Target::Function(function) | Target::Constructor(function) => {
            let f = &program.functions[function as usize];
            let kind = match target {
                Target::Constructor(_) => "constructor",
                _ if f.is_lambda => "lambda",
                _ => "function",
            };
            (Some(f.id), text(f.dotted), kind)
        }
        Target::Class(class) => {
            let class = &program.classes[class as usize];
            (Some(class.id), text(class.dotted), "class")
        }
        Target::External(dotted) => (None, text(dotted), "external"),
        Target::Builtin(name) => (None, format!("<builtin>.{}", program.names.text(name)), "builtin"),
    }
}
