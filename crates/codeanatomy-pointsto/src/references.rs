//! What expressions refer to that say more than a value: bases, decorators, annotations, exceptions, attributes, and methods,
//! which stand for those that they override.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use codeanatomy_model::id::stable_id;
use rustc_hash::FxHashSet;

use crate::names::Sym;
use crate::program::{Asked, Hook, NONE, Place, Program, Role, Var};
use crate::result::Unresolved;
use crate::rows::{Entry, Rows, Show, ranks};
use crate::solve::{Member, Solver};
use crate::value::{Value, Vid};

/// An expression and one thing that it refers to; or, without one, an expression of which nothing is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceRow<'a> {
    /// The file.
    pub path: &'a str,
    /// The row of `ast_nodes`.
    pub node_id: i64,
    /// The number among the rows of that in the same role, from 0.
    pub seq: i64,
    /// Offset of that.
    pub bstart: i64,
    /// Offset after it.
    pub bend: i64,
    /// What the expression is there for.
    pub role: &'static str,
    /// What it is said of.
    pub owner_id: &'a str,
    /// What it refers to, in the source.
    pub target_id: Option<Cow<'a, str>>,
    /// The dotted name of that.
    pub target: Option<Cow<'a, str>>,
    /// What that is.
    pub target_kind: Option<&'static str>,
    /// How many things it may refer to.
    pub targets: i64,
    /// Why nothing is known.
    pub reason: Option<Unresolved>,
}

/// What is referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Referent {
    Function(u32),
    Class(u32),
    /// A name that a module binds, and no definition.
    Variable(u32, Sym),
    /// A name that the body of a class binds, and no definition.
    ClassVariable(u32, Sym),
    /// An attribute that is set on instances of a class, or on the class.
    Attribute(u32, Sym),
    External(Sym),
    Builtin(Sym),
}

/// A reference, before its texts are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Referred {
    place: Place,
    role: Role,
    /// None for the code that the place is in.
    owner: Option<Sym>,
    referent: Result<Referent, Unresolved>,
    count: u32,
}

/// What the expressions of a source refer to.
pub type References = Rows<Referred>;

/// What is found of a solved program.
pub(crate) fn found(solver: &mut Solver) -> Vec<Referred> {
    let mut entries = vec![];
    let asked = std::mem::take(&mut solver.program.asked);
    for one in &asked {
        of_values(solver, one, &mut entries);
    }
    let methods = std::mem::take(&mut solver.program.methods);
    for (function, at) in methods {
        overridden(solver, function, at, &mut entries);
    }
    of_attributes(solver, &mut entries);
    entries
}

/// The rows of what was found; `program` has their texts.
pub(crate) fn in_order(mut entries: Vec<Referred>, program: Arc<Program>) -> References {
    let rank_of = ranks(&program);
    entries.sort_unstable_by(|a, b| {
        let key = |e: &Referred| (rank_of.get(e.place.file as usize).copied(), e.place.node, e.role);
        key(a).cmp(&key(b)).then_with(|| compare(&program, a, b))
    });
    entries.dedup_by(|a, b| a.place == b.place && a.role == b.role && a.referent == b.referent);
    Rows::new(program, entries)
}

impl Entry for Referred {
    type Row<'a> = ReferenceRow<'a>;
}

impl Show for Referred {
    fn place(&self) -> Place {
        self.place
    }

    fn is_with(&self, other: &Self) -> bool {
        let key = |e: &Self| (e.place.file, e.place.node, e.role);
        key(self) == key(other)
    }

    fn row<'a>(&self, program: &'a Program, seq: usize) -> ReferenceRow<'a> {
        let owner = self
            .owner
            .unwrap_or_else(|| program.callers[self.place.caller as usize].id);
        let (target_kind, target_id, target) = match self.referent.ok().map(|r| show(program, r)) {
            Some((kind, id, target)) => (Some(kind), id, Some(target)),
            None => (None, None, None),
        };
        ReferenceRow {
            path: &program.paths[self.place.file as usize],
            node_id: i64::from(self.place.node),
            seq: seq as i64,
            bstart: i64::from(self.place.bstart),
            bend: i64::from(self.place.bend),
            role: self.role.name(),
            owner_id: program.names.text(owner),
            target_id,
            target,
            target_kind,
            targets: i64::from(self.count),
            reason: self.referent.err(),
        }
    }
}

/// Kind, id and dotted name.
fn show(program: &Program, referent: Referent) -> (&'static str, Option<Cow<'_, str>>, Cow<'_, str>) {
    let text = |sym: Sym| program.names.text(sym);
    let dotted = |owner: Sym, name: Sym| Cow::Owned(format!("{}.{}", text(owner), text(name)));
    let binding = |scope: Sym, name: Sym| Some(stable_id("bind", &[text(scope).into(), text(name).into()]).into());
    match referent {
        Referent::Function(number) => {
            let function = &program.functions[number as usize];
            ("function", Some(text(function.id).into()), text(function.dotted).into())
        }
        Referent::Class(number) => {
            let class = &program.classes[number as usize];
            ("class", Some(text(class.id).into()), text(class.dotted).into())
        }
        Referent::Variable(module, name) => {
            let module = &program.modules[module as usize];
            ("variable", binding(module.scope, name), dotted(module.name, name))
        }
        Referent::ClassVariable(class, name) => {
            let class = &program.classes[class as usize];
            ("class_variable", binding(class.scope, name), dotted(class.dotted, name))
        }
        Referent::Attribute(class, name) => {
            let class = &program.classes[class as usize];
            let id = stable_id("attribute", &[text(class.id).into(), text(name).into()]);
            ("attribute", Some(id.into()), dotted(class.dotted, name))
        }
        Referent::External(name) => ("external", None, text(name).into()),
        Referent::Builtin(name) => ("builtin", None, format!("<builtin>.{}", text(name)).into()),
    }
}

fn compare(program: &Program, a: &Referred, b: &Referred) -> Ordering {
    match (a.referent, b.referent) {
        (Ok(a), Ok(b)) if a != b => show(program, a).cmp(&show(program, b)),
        (a, b) => a.is_ok().cmp(&b.is_ok()),
    }
}

/// Adds what an expression refers to, or why that is not known.
fn add(entries: &mut Vec<Referred>, place: Place, role: Role, owner: Option<Sym>, mut found: Vec<Referent>) {
    found.sort_unstable();
    found.dedup();
    let count = found.len() as u32;
    entries.extend(found.into_iter().map(|referent| Referred {
        place,
        role,
        owner,
        referent: Ok(referent),
        count,
    }));
}

/// What the values of an expression stand for.
fn of_values(solver: &Solver, asked: &Asked, entries: &mut Vec<Referred>) {
    let place = solver.program.places[asked.at as usize];
    let mut found = vec![];
    let mut is_method = false;
    for var in [asked.of, asked.also].into_iter().filter(|v| *v != NONE) {
        for vid in solver.values_of(var) {
            let value = solver.values.get(*vid);
            is_method |= matches!(value, Value::Method(..));
            let referent = match value {
                Value::External(_) if solver.is_anything_outside(var) => None,
                Value::External(name) => Some(Referent::External(name)),
                Value::Builtin(name)
                    if asked.role == Role::Decorator || !solver.program.names.text(name).contains('.') =>
                {
                    Some(Referent::Builtin(name))
                }
                Value::Class(class) => Some(Referent::Class(class)),
                // Of what is called, the method tells nothing.
                Value::Instance(class) if var == asked.of || asked.role == Role::Catch => Some(Referent::Class(class)),
                Value::Function(function) | Value::Bound(function, _) if asked.role == Role::Decorator => {
                    Some(Referent::Function(function))
                }
                _ => None,
            };
            found.extend(referent);
        }
    }
    if found.is_empty() {
        let reason = match is_method {
            _ if solver.is_limited => Unresolved::AnalysisLimit,
            true => Unresolved::BuiltinMethod,
            false => Unresolved::UnknownValue,
        };
        return entries.push(Referred {
            place,
            role: asked.role,
            owner: asked.owner,
            referent: Err(reason),
            count: 0,
        });
    }
    add(entries, place, asked.role, asked.owner, found);
}

/// The methods that a method overrides: those of the next class in the order of its own that has one.
fn overridden(solver: &mut Solver, function: u32, at: u32, entries: &mut Vec<Referred>) {
    let method = &solver.program.functions[function as usize];
    let id = method.id;
    let Some(class) = method.class else {
        return;
    };
    let dotted = solver.program.names.text(method.dotted);
    let name = dotted.rsplit('.').next().unwrap_or_default();
    let Some(name) = solver.program.names.find(name) else {
        return;
    };
    if let Some(Member::InBody(base)) = solver.member(class, name, Some(class), &FxHashSet::default())
        && let Some(var) = solver.program.classes[base as usize].attributes.get(&name)
    {
        let found: Vec<Referent> = definitions(solver, *var, solver.program.classes[base as usize].dotted, name);
        let found = found
            .into_iter()
            .filter(|r| matches!(r, Referent::Function(_)))
            .collect();
        let place = solver.program.places[at as usize];
        add(entries, place, Role::Override, Some(id), found);
    }
}

/// The definitions of `owner.name` among the values of a variable.
fn definitions(solver: &Solver, var: Var, owner: Sym, name: Sym) -> Vec<Referent> {
    let program = &solver.program;
    let is_same = |dotted: Sym| {
        let (owner, name) = (program.names.text(owner), program.names.text(name));
        let text = program.names.text(dotted);
        text.strip_prefix(owner).and_then(|rest| rest.strip_prefix('.')) == Some(name)
    };
    let of = |vid: &Vid| match solver.unwrapped(*vid) {
        Value::Function(function) if is_same(program.functions[function as usize].dotted) => {
            Some(Referent::Function(function))
        }
        Value::Class(class) if is_same(program.classes[class as usize].dotted) => Some(Referent::Class(class)),
        _ => None,
    };
    solver.values_of(var).iter().filter_map(of).collect()
}

/// What attributes that are read and set belong to.
fn of_attributes(solver: &mut Solver, entries: &mut Vec<Referred>) {
    let accesses = solver.attribute_accesses();
    let set = instance_attributes(solver, &accesses);
    for (on, hook) in accesses {
        let (name, at, role) = match hook {
            Hook::Load { name, at, .. } => (name, at, Role::Read),
            Hook::Store { name, at, .. } => (name, at, Role::Write),
            _ => continue,
        };
        let mut found = vec![];
        for i in 0..solver.values_of(on).len() {
            let vid = solver.values_of(on)[i];
            let (class, after) = match solver.values.get(vid) {
                Value::Module(module) => {
                    if let Some((module, name)) = solver.global(module, name) {
                        let of = &solver.program.modules[module as usize];
                        let (dotted, var) = (of.name, of.names.get(&name).copied().unwrap_or(NONE));
                        match definitions(solver, var, dotted, name) {
                            none if none.is_empty() => found.push(Referent::Variable(module, name)),
                            some => found.extend(some),
                        }
                    }
                    continue;
                }
                Value::Class(class) | Value::Instance(class) => (class, None),
                Value::Super(above, receiver) => match solver.values.get(receiver) {
                    Value::Class(class) | Value::Instance(class) => (class, Some(above)),
                    _ => continue,
                },
                _ => continue,
            };
            match solver.member(class, name, after, &set) {
                Some(Member::InBody(base)) => {
                    let of = &solver.program.classes[base as usize];
                    let (dotted, var) = (of.dotted, of.attributes.get(&name).copied().unwrap_or(NONE));
                    match definitions(solver, var, dotted, name) {
                        none if none.is_empty() => found.push(Referent::ClassVariable(base, name)),
                        some => found.extend(some),
                    }
                }
                Some(Member::OfInstance(base)) => found.push(Referent::Attribute(base, name)),
                None => {}
            }
        }
        let place = solver.program.places[at as usize];
        add(entries, place, role, None, found);
    }
}

/// The attributes that are set and that no class body binds: each of the class whose code sets it, if it is set there on an
/// instance of that class, else of the class that it is set on.
fn instance_attributes(solver: &mut Solver, accesses: &[(Var, Hook)]) -> FxHashSet<(u32, Sym)> {
    let mut set = FxHashSet::default();
    let mut others = vec![];
    for (on, hook) in accesses {
        let Hook::Store { name, at, .. } = hook else {
            continue;
        };
        let caller = solver.program.places[*at as usize].caller;
        let around = solver.program.callers[caller as usize].class;
        for i in 0..solver.values_of(*on).len() {
            let vid = solver.values_of(*on)[i];
            let (Value::Class(class) | Value::Instance(class)) = solver.values.get(vid) else {
                continue;
            };
            match around.filter(|around| solver.is_below(class, *around)) {
                Some(around) => _ = set.insert((around, *name)),
                None => others.push((class, *name)),
            }
        }
    }
    others.sort_unstable();
    others.dedup();
    for (class, name) in others {
        if solver.member(class, name, None, &set).is_none() {
            set.insert((class, name));
        }
    }
    set
}
