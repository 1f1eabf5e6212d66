//! Expressions.

use super::Lowering;
use super::statement::operators;
use crate::program::{Fallback, Hook, How, Var};
use crate::tree::Kind;
use crate::value::Value;

impl Lowering<'_, '_> {
    pub(super) fn expression(&mut self, node: usize, kind: Kind) {
        if !self.tree.is_load(node) {
            return self.store(node, kind);
        }
        match kind {
            Kind::Constant => self.constant(node),
            Kind::Attribute => {
                if let Some(on) = self.child_var(node, "value") {
                    let (to, name, at) = (self.var(node), self.attribute(node), self.place(node));
                    self.program.hook(on, Hook::Load { name, to, at });
                }
            }
            Kind::Subscript => self.subscript(node),
            Kind::Call => {
                if let Some(callee) = self.child_var(node, "func") {
                    let (args, result) = (self.arguments(node), self.var(node));
                    self.cast(node, callee, result);
                    self.implicit(node, callee, args, result, How::Call);
                }
            }
            Kind::List | Kind::Tuple | Kind::Set => self.display(node),
            Kind::Dict => self.dict(node),
            Kind::ListComp | Kind::SetComp | Kind::GeneratorExp | Kind::DictComp => self.comprehension(node, kind),
            Kind::IfExp => {
                for field in ["body", "orelse"] {
                    self.pass(node, field);
                }
            }
            Kind::BoolOp => {
                let to = self.var(node);
                let values: Vec<usize> = self.tree.list(node, "values").collect();
                for value in values {
                    let from = self.var(value);
                    self.program.copy(from, to);
                }
            }
            Kind::NamedExpr => {
                if let (Some(value), Some(target)) = (self.child_var(node, "value"), self.child_var(node, "target")) {
                    let to = self.var(node);
                    self.program.copy(value, to);
                    self.program.copy(value, target);
                }
            }
            Kind::Await => self.pass(node, "value"),
            Kind::Yield => {
                if let (Some(value), Some(yields)) = (self.child_var(node, "value"), self.yields(node)) {
                    self.program.copy(value, yields);
                }
                let function = self.caller(node).function;
                if let Some(sent) = function.and_then(|f| self.program.functions[f as usize].sent) {
                    let to = self.var(node);
                    self.program.copy(sent, to);
                }
            }
            Kind::YieldFrom => {
                if let (Some(value), Some(to)) = (self.child_var(node, "value"), self.yields(node)) {
                    let at = self.place(node);
                    self.program.hook(value, Hook::Iterate { to, at });
                }
                let function = self.caller(node).function;
                let sent = function.and_then(|f| self.program.functions[f as usize].sent);
                if let (Some(value), Some(sent)) = (self.child_var(node, "value"), sent) {
                    let to = self.var(node);
                    self.program.hook(value, Hook::Delegate { to, sent });
                }
            }
            Kind::BinOp => {
                let (Some(left), Some(right)) = (self.child_var(node, "left"), self.child_var(node, "right")) else {
                    return;
                };
                let to = self.var(node);
                if self.tree.value(node) == "Add" {
                    self.program.hook(left, Hook::Containers { to });
                    self.program.hook(right, Hook::Containers { to });
                }
                if let Some(name) = operators(self.tree.value(node)) {
                    self.operator(node, left, name, Some(right), to);
                    let reflected = self.program.names.intern(&name.replacen("__", "__r", 1));
                    let (name, at) = (self.program.names.intern(name), self.place(node));
                    self.program.fallbacks.push(Fallback::Reflected {
                        left,
                        right,
                        name,
                        reflected,
                        to,
                        at,
                    });
                }
            }
            Kind::UnaryOp => {
                if let (Some(operand), Some(name)) = (self.child_var(node, "operand"), operators(self.tree.value(node)))
                {
                    let to = self.var(node);
                    self.operator(node, operand, name, None, to);
                    let number = self
                        .tree
                        .child(node, "operand")
                        .and_then(|n| key_text(self.tree.value(n)));
                    if let ("USub", Some(number)) = (self.tree.value(node), number) {
                        let sym = self.program.names.intern(&format!("-{number}"));
                        self.program.seed(to, Value::Const(sym));
                    }
                }
            }
            Kind::Compare => self.compare(node),
            _ => {}
        }
    }

    /// `cast(type, value)` of `typing`, if it is that.
    fn cast(&mut self, node: usize, callee: Var, to: Var) {
        let name = self.tree.child(node, "func").map_or("", |f| self.tree.name(f));
        let of = self.tree.list(node, "args").next().filter(|_| name == "cast");
        let classes = of.map(|of| self.classes_of(of)).unwrap_or_default();
        let casts = classes.into_iter().map(|of| Fallback::Cast { callee, of, to });
        self.program.fallbacks.extend(casts);
    }

    /// The value of a child is that of the node.
    fn pass(&mut self, node: usize, field: &str) {
        if let Some(from) = self.child_var(node, field) {
            let to = self.var(node);
            self.program.copy(from, to);
        }
    }

    fn yields(&self, node: usize) -> Option<Var> {
        let function = self.caller(node).function?;
        self.program.functions[function as usize].yields
    }

    /// Integers and short strings may be keys.
    fn constant(&mut self, node: usize) {
        if let Some(text) = key_text(self.tree.value(node)) {
            let var = self.var(node);
            let sym = self.program.names.intern(&text);
            self.program.seed(var, Value::Const(sym));
        }
    }

    fn subscript(&mut self, node: usize) {
        let (Some(on), Some(slice)) = (self.child_var(node, "value"), self.tree.child(node, "slice")) else {
            return;
        };
        let to = self.var(node);
        if self.tree.kind(slice) == Kind::Slice {
            let bound = |field: &str| self.tree.child(slice, field).map(|n| self.tree.value(n).parse::<i32>());
            let (from, end) = match (bound("lower"), bound("upper"), self.tree.child(slice, "step")) {
                (None, None, None) => (0, i32::MAX),
                (Some(Ok(from)), None, None) => (from, i32::MAX),
                (None, Some(Ok(end)), None) => (0, end),
                (Some(Ok(from)), Some(Ok(end)), None) => (from, end),
                _ => (-1, -1),
            };
            let container = self.program.container(false);
            return self.program.hook(
                on,
                Hook::Slice {
                    container,
                    to,
                    from,
                    end,
                },
            );
        }
        if let Some(key) = self.key(node) {
            let at = self.place(node);
            let hook = match self.last_stored(node) {
                Some(last) => Hook::IndexLast { key, to, at, last },
                None => Hook::Index { key, to, at },
            };
            self.program.hook(on, hook);
        }
    }

    fn display(&mut self, node: usize) {
        let var = self.var(node);
        let container = self.program.container(false);
        self.program.seed(var, Value::Container(container));
        let elements: Vec<usize> = self.tree.list(node, "elts").collect();
        let mut index = Some(0);
        for element in elements {
            if self.tree.kind(element) == Kind::Starred {
                index = None;
                if let Some(from) = self.child_var(element, "value") {
                    let (to, at) = (self.program.var(), self.place(element));
                    self.program.hook(from, Hook::Iterate { to, at });
                    self.put(container, None, to);
                }
                continue;
            }
            let from = self.var(element);
            self.put(container, index, from);
            index = index.map(|i: i64| i + 1);
        }
        self.program.containers[container as usize].length = index.map(|i| i as u32);
    }

    /// An item of a container, at a position or anywhere.
    fn put(&mut self, container: u32, index: Option<i64>, from: Var) {
        let key = self.program.var();
        let value = match index {
            Some(index) => Value::Const(self.program.names.intern(&index.to_string())),
            None => Value::Any,
        };
        self.program.seed(key, value);
        self.program.hook(key, Hook::StoreBy { container, from });
    }

    fn dict(&mut self, node: usize) {
        let var = self.var(node);
        let container = self.program.container(true);
        self.program.seed(var, Value::Container(container));
        let keys: Vec<(i64, usize)> = self.tree.list(node, "keys").map(|k| (self.tree.index(k), k)).collect();
        let values: Vec<(i64, usize)> = self
            .tree
            .list(node, "values")
            .map(|v| (self.tree.index(v), v))
            .collect();
        let mut keys = keys.into_iter().peekable();
        for (index, value) in values {
            let from = self.var(value);
            match keys.next_if(|(i, _)| *i == index) {
                Some((_, key)) => {
                    let key = self.var(key);
                    self.program.fallbacks.push(Fallback::Key(key));
                    self.program.hook(key, Hook::StoreBy { container, from });
                }
                None => self.program.hook(from, Hook::CopyInto { container }),
            }
        }
    }

    fn comprehension(&mut self, node: usize, kind: Kind) {
        let var = self.var(node);
        let container = self.program.container(kind == Kind::DictComp);
        self.program.seed(var, Value::Container(container));
        let from = match kind {
            Kind::DictComp => self.child_var(node, "value"),
            _ => self.child_var(node, "elt"),
        };
        if let Some(from) = from {
            self.put(container, None, from);
        }
    }

    fn compare(&mut self, node: usize) {
        let Some(left) = self.child_var(node, "left") else {
            return;
        };
        let right: Vec<usize> = self.tree.list(node, "comparators").collect();
        let classes: Vec<&str> = self.tree.value(node).split(',').map(str::trim).collect();
        let mut left = left;
        for (class, right) in classes.into_iter().zip(right) {
            let right = self.var(right);
            let to = self.program.var();
            if let Some(name) = operators(class) {
                match class {
                    "In" | "NotIn" => self.operator(node, right, name, Some(left), to),
                    _ => self.operator(node, left, name, Some(right), to),
                }
            }
            left = right;
        }
    }
}

/// The text of a constant as a key: of a string, what is in it, in quotes; of an integer, its digits.
pub(super) fn key_text(source: &str) -> Option<String> {
    let first = source.bytes().next()?;
    if source.len() > 64 {
        return None;
    }
    if first.is_ascii_digit() {
        return Some(source.to_string());
    }
    let quote = if first == b'"' || first == b'\'' {
        first as char
    } else {
        return None;
    };
    let inside = source.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inside.contains(['\\', quote])).then(|| format!("'{inside}'"))
}
