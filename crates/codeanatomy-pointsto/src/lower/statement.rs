//! Statements, and the targets in them.

use super::Lowering;
use crate::program::{Arg, Fallback, Hook, How, NONE, Passed, Role, Var};
use crate::tree::Kind;
use crate::value::Value;

impl Lowering<'_, '_> {
    /// What a statement does; whether the node is one.
    pub(super) fn statement(&mut self, node: usize, kind: Kind) -> bool {
        match kind {
            Kind::Assign => {
                if let Some(value) = self.child_var(node, "value") {
                    let targets: Vec<usize> = self.tree.list(node, "targets").collect();
                    for target in targets {
                        let to = self.var(target);
                        self.program.copy(value, to);
                    }
                }
            }
            Kind::AnnAssign => {
                let Some(to) = self.child_var(node, "target") else {
                    return true;
                };
                if let Some(value) = self.child_var(node, "value") {
                    self.program.copy(value, to);
                }
                if let Some(annotation) = self.tree.child(node, "annotation") {
                    self.annotated(annotation, to);
                    let owner = self
                        .tree
                        .child(node, "target")
                        .and_then(|t| self.bindings.id_of_name(t));
                    let owner = owner.map(|id| self.program.names.intern(id));
                    self.ask_annotation(node, annotation, owner);
                }
            }
            Kind::AugAssign => self.augmented(node),
            Kind::For | Kind::AsyncFor | Kind::comprehension => {
                if let (Some(over), Some(to)) = (self.child_var(node, "iter"), self.child_var(node, "target")) {
                    let iter = self.tree.child(node, "iter").unwrap_or(node);
                    let at = self.place(iter);
                    self.program.hook(over, Hook::Iterate { to, at });
                }
            }
            Kind::withitem => {
                if let Some(of) = self.tree.child(node, "context_expr") {
                    let on = self.var(of);
                    let to = match self.child_var(node, "optional_vars") {
                        Some(to) => to,
                        None => self.program.var(),
                    };
                    let at = self.place(of);
                    self.program.hook(on, Hook::Enter { to, at });
                }
            }
            Kind::Return => {
                let function = self.caller(node).function;
                if let (Some(value), Some(number)) = (self.tree.child(node, "value"), function) {
                    let result = self.program.functions[number as usize].result;
                    self.returned(value, number, result);
                }
            }
            Kind::Raise => {
                if let Some(callee) = self.child_var(node, "exc") {
                    let exc = self.tree.child(node, "exc").unwrap_or(node);
                    let class = match self.tree.kind(exc) {
                        Kind::Call => self.child_var(exc, "func").unwrap_or(NONE),
                        _ => NONE,
                    };
                    self.ask(Role::Raise, node, exc, callee, class, None);
                    if matches!(self.tree.kind(exc), Kind::Name | Kind::Attribute) {
                        let result = self.program.var();
                        self.implicit(exc, callee, vec![], result, How::Raise);
                    }
                }
            }
            Kind::ExceptHandler => {
                let to = self.var(node);
                self.bind(node, to);
                if let Some(of) = self.tree.child(node, "type") {
                    let types: Vec<usize> = match self.tree.kind(of) {
                        Kind::Tuple => self.tree.children(of).collect(),
                        _ => vec![of],
                    };
                    // Of a name for several classes, the instances tell them.
                    let also = if types.len() == 1 { to } else { NONE };
                    for class in types {
                        let of = self.var(class);
                        self.ask(Role::Catch, node, class, of, also, None);
                        self.program.hook(of, Hook::InstanceOf { to });
                    }
                }
            }
            Kind::Match => {
                if let Some(subject) = self.child_var(node, "subject") {
                    let cases: Vec<usize> = self.tree.list(node, "cases").collect();
                    for case in cases {
                        if let Some(pattern) = self.child_var(case, "pattern") {
                            self.program.copy(subject, pattern);
                        }
                    }
                }
            }
            Kind::MatchAs | Kind::MatchStar | Kind::MatchMapping => {
                let to = self.var(node);
                self.bind(node, to);
                if let Some(inner) = self.tree.child(node, "pattern") {
                    let inside = self.var(inner);
                    if self.tree.kind(inner) == Kind::MatchClass {
                        self.program.copy(inside, to);
                    } else {
                        self.program.copy(to, inside);
                    }
                }
            }
            Kind::MatchClass => {
                if let Some(of) = self.child_var(node, "cls") {
                    let to = self.var(node);
                    self.program.hook(of, Hook::InstanceOf { to });
                }
            }
            Kind::MatchOr => {
                let from = self.var(node);
                let patterns: Vec<usize> = self.tree.children(node).collect();
                for pattern in patterns {
                    let to = self.var(pattern);
                    self.program.copy(from, to);
                }
            }
            _ => return false,
        }
        true
    }

    /// The name that a node binds that is no `Name`.
    fn bind(&mut self, node: usize, var: Var) {
        if let Some(binding) = self.bindings.of_target(node) {
            self.program.copy(var, binding);
        }
    }

    /// `return value`, or the body of a lambda. A parameter that is given back as it is is not mixed with that of other calls.
    pub(super) fn returned(&mut self, value: usize, function: u32, result: Var) {
        let definitions = match self.tree.kind(value) {
            Kind::Name => self.uses.all(value).unwrap_or_default(),
            _ => vec![],
        };
        if definitions.is_empty() {
            if self.tree.kind(value) == Kind::Call && self.program.functions[function as usize].yields.is_none() {
                self.passed(value, function);
            }
            let from = self.var(value);
            return self.program.copy(from, result);
        }
        for definition in definitions {
            let var = self.var(definition);
            let of = &mut self.program.functions[function as usize];
            if !of.params.iter().any(|p| p.var == var && p.container == u32::MAX) {
                self.program.copy(var, result);
            } else if !of.returns.contains(&var) {
                of.returns.push(var);
            }
        }
    }

    /// The parameters of a function that it gives to a call whose result it gives back.
    fn passed(&mut self, call: usize, function: u32) {
        let args: Vec<usize> = self.tree.children(call).collect();
        let mut params = vec![];
        for arg in args {
            let value = match (self.tree.field(arg), self.tree.kind(arg)) {
                ("args", Kind::Name) => arg,
                ("keywords", _) => match self.tree.child(arg, "value") {
                    Some(value) if self.tree.kind(value) == Kind::Name => value,
                    _ => continue,
                },
                _ => continue,
            };
            if let Some(definition) = self.uses.only(value) {
                let param = self.vars[definition];
                let of = &self.program.functions[function as usize];
                // The receiver of a method is given by what the method is of.
                let mut given = of.params.iter().skip(usize::from(of.class.is_some()));
                if given.any(|p| p.var == param && p.container == u32::MAX) {
                    params.push((self.var(value), param));
                }
            }
        }
        if !params.is_empty() {
            let result = self.var(call);
            self.program.passed.insert(result, Passed { function, params });
        }
    }

    fn augmented(&mut self, node: usize) {
        let (Some(target), Some(value)) = (self.tree.child(node, "target"), self.tree.child(node, "value")) else {
            return;
        };
        let (to, operand) = (self.var(target), self.var(value));
        let old = match self.tree.kind(target) {
            Kind::Name => {
                let old = self.program.var();
                self.read(target, old);
                old
            }
            Kind::Attribute => {
                let old = self.program.var();
                if let Some(on) = self.child_var(target, "value") {
                    let (name, at) = (self.attribute(target), self.place(target));
                    self.program.hook(on, Hook::Load { name, to: old, at });
                }
                old
            }
            _ => return,
        };
        self.program.hook(old, Hook::Containers { to });
        if self.tree.value(node) == "Add" {
            self.program.hook(operand, Hook::Containers { to });
        }
        self.program.seed(to, Value::Any);
        let names = operators(self.tree.value(node));
        let at = self.place(node);
        for name in [names.map(|n| n.replacen("__", "__i", 1)), names.map(str::to_string)]
            .into_iter()
            .flatten()
        {
            let name = self.program.names.intern(&name);
            self.program.hook(old, Hook::Operator { name, operand, to, at });
        }
    }

    /// A target that a value is stored in: a tuple, list, attribute or subscript.
    pub(super) fn store(&mut self, node: usize, kind: Kind) {
        let var = self.var(node);
        match kind {
            Kind::Attribute => {
                if let Some(on) = self.child_var(node, "value") {
                    let name = self.attribute(node);
                    self.program.stored.insert(name);
                    let at = self.place(node);
                    self.program.hook(on, Hook::Store { name, from: var, at });
                }
            }
            Kind::Subscript => {
                if let (Some(on), Some(key)) = (self.child_var(node, "value"), self.key(node)) {
                    let at = self.place(node);
                    self.item_stored(node, var);
                    if self.tree.contexts.value(node) == "del" {
                        let to = self.program.var();
                        return self.operator(node, on, "__delitem__", Some(key), to);
                    }
                    self.program.hook(on, Hook::StoreIndex { key, from: var, at });
                }
            }
            Kind::Tuple | Kind::List => {
                let elements: Vec<usize> = self.tree.list(node, "elts").collect();
                let star = elements.iter().position(|e| self.tree.kind(*e) == Kind::Starred);
                let at = self.place(node);
                for (i, element) in elements.iter().enumerate() {
                    let to = self.var(*element);
                    let hook = match star {
                        Some(star) if i == star => {
                            let container = self.program.container(false);
                            let behind = (elements.len() - 1 - star) as i32;
                            Hook::Rest {
                                container,
                                to,
                                from: star as i32,
                                behind,
                            }
                        }
                        Some(star) if i > star => Hook::Unpack {
                            index: i as i32 - elements.len() as i32,
                            to,
                            at,
                        },
                        _ => Hook::Unpack {
                            index: i as i32,
                            to,
                            at,
                        },
                    };
                    self.program.hook(var, hook);
                }
            }
            Kind::Starred => {
                if let Some(to) = self.child_var(node, "value") {
                    self.program.copy(var, to);
                }
            }
            _ => {}
        }
    }

    /// The key of a subscript.
    pub(super) fn key(&mut self, node: usize) -> Option<Var> {
        let slice = self.tree.child(node, "slice")?;
        let key = self.var(slice);
        self.program.fallbacks.push(Fallback::Key(key));
        Some(key)
    }

    /// An operator of a value, by the method that it calls.
    pub(super) fn operator(&mut self, node: usize, on: Var, name: &str, operand: Option<Var>, to: Var) {
        let at = self.place(node);
        let name = self.program.names.intern(name);
        let operand = operand.unwrap_or(u32::MAX);
        self.program.hook(on, Hook::Operator { name, operand, to, at });
    }

    pub(super) fn arguments(&mut self, node: usize) -> Vec<Arg> {
        let children: Vec<usize> = self.tree.children(node).collect();
        let mut arguments = vec![];
        for child in children {
            match (self.tree.field(child), self.tree.kind(child)) {
                ("args", Kind::Starred) => {
                    if let Some(var) = self.child_var(child, "value") {
                        arguments.push(Arg::Star(var));
                    }
                }
                ("args", _) => arguments.push(Arg::Positional(self.var(child))),
                ("keywords", _) => {
                    let name = self.tree.name(child);
                    if let Some(var) = self.child_var(child, "value") {
                        arguments.push(match name {
                            "" => Arg::DoubleStar(var),
                            name => Arg::Keyword(self.program.names.intern(name), var),
                        });
                    }
                }
                _ => {}
            }
        }
        arguments
    }
}

/// The method of a binary operator, by the class of `ast`.
pub(super) fn operators(class: &str) -> Option<&'static str> {
    Some(match class {
        "Add" => "__add__",
        "Sub" => "__sub__",
        "Mult" => "__mul__",
        "MatMult" => "__matmul__",
        "Div" => "__truediv__",
        "FloorDiv" => "__floordiv__",
        "Mod" => "__mod__",
        "Pow" => "__pow__",
        "LShift" => "__lshift__",
        "RShift" => "__rshift__",
        "BitAnd" => "__and__",
        "BitOr" => "__or__",
        "BitXor" => "__xor__",
        "Eq" => "__eq__",
        "NotEq" => "__ne__",
        "Lt" => "__lt__",
        "LtE" => "__le__",
        "Gt" => "__gt__",
        "GtE" => "__ge__",
        "In" | "NotIn" => "__contains__",
        "USub" => "__neg__",
        "UAdd" => "__pos__",
        "Invert" => "__invert__",
        "Not" => "__bool__",
        _ => return None,
    })
}
