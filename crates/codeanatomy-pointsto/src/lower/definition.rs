//! Functions, lambdas and classes.

use codeanatomy_model::id::stable_id;

use super::Lowering;
use crate::names::Sym;
use crate::program::{
    Arg, Caller, Class, Fallback, Function, Hook, How, MethodKind, NONE, Param, ParamKind, Place, Role, Site, Var,
};
use crate::tree::Kind;
use crate::value::Value;

/// The longest name of code that other code is named inside of.
const MAX_DOTTED: usize = 1000;

/// The name of what is inside of code with a longer one.
const DEEPER: &str = "…";

impl Lowering<'_, '_> {
    pub(super) fn function(&mut self, node: usize) {
        let Some(definition) = self.bindings.definition(node) else {
            return;
        };
        let name = self.tree.name(node);
        let id = self.program.names.intern(definition.id);
        let class = self.class_around(node);
        let method = match class {
            Some(_) => self.method_kind(node, name),
            None => MethodKind::None,
        };
        let number = self.new_function(node, id, name, class, method, definition.scope);
        if self.contains_yield(node) {
            let (yields, sent) = (self.program.var(), self.program.var());
            self.program.functions[number as usize].yields = Some(yields);
            self.program.functions[number as usize].sent = Some(sent);
        }
        let (annotation, result) = (
            self.tree.child(node, "returns"),
            self.program.functions[number as usize].result,
        );
        if let Some(annotation) = annotation {
            self.annotated(annotation, result);
            self.ask_annotation(node, annotation, Some(id));
        }
        self.overloaded(node, annotation, result);
        if class.is_some() {
            let at = self.place(node);
            self.program.methods.push((number, at));
        }
        self.bind_definition(node, id, Value::Function(number));
    }

    pub(super) fn lambda(&mut self, node: usize) {
        let outer = self.callers[node] as usize;
        self.program.callers[outer].lambdas += 1;
        let name = format!("<lambda{}>", self.program.callers[outer].lambdas);
        let scope = self.bindings.lambda(node);
        let id = self.program.names.intern(scope.unwrap_or_default());
        let number = self.new_function(node, id, &name, None, MethodKind::None, scope);
        self.program.functions[number as usize].is_lambda = true;
        let var = self.var(node);
        self.program.seed(var, Value::Function(number));
        let result = self.program.functions[number as usize].result;
        if let Some(body) = self.tree.child(node, "body") {
            self.returned(body, number, result);
        }
    }

    pub(super) fn class(&mut self, node: usize) {
        let Some(definition) = self.bindings.definition(node) else {
            return;
        };
        let id = self.program.names.intern(definition.id);
        let dotted = self.dotted_inside(node, self.tree.name(node));
        let attributes = self
            .bindings
            .of_scope(definition.scope.unwrap_or_default(), self.program);
        let scope = self.program.names.intern(definition.scope.unwrap_or_default());
        let number = self.program.classes.len() as u32;
        let mut bases = 0;
        let nodes: Vec<usize> = self.tree.list(node, "bases").collect();
        for base in nodes {
            // The class of `Generic[T]` is `Generic`.
            let of = match self.tree.kind(base) {
                Kind::Subscript => self.tree.child(base, "value").unwrap_or(base),
                _ => base,
            };
            let var = self.var(of);
            self.ask(Role::Base, node, base, var, NONE, Some(id));
            self.program.hook(
                var,
                Hook::Base {
                    class: number,
                    index: bases,
                },
            );
            bases += 1;
        }
        let at = self.place(node);
        self.program.classes.push(Class {
            id,
            dotted,
            scope,
            attributes,
            bases,
            at,
        });
        let keyword = self
            .tree
            .list(node, "keywords")
            .find(|k| self.tree.name(*k) == "metaclass");
        if let Some(of) = keyword.and_then(|k| self.child_var(k, "value")) {
            self.program.hook(of, Hook::Meta { class: number });
            self.program.has_metas = true;
        }
        self.program.callers.push(Caller {
            id,
            dotted,
            lambdas: 0,
            class: Some(number),
            function: None,
            receiver: None,
            is_class: true,
        });
        self.bodies[node] = self.program.callers.len() as u32 - 1;
        self.subclass(node, number);
        self.bind_definition(node, id, Value::Class(number));
    }

    /// A class statement calls the `__init_subclass__` that the class inherits, with its keywords.
    fn subclass(&mut self, node: usize, class: u32) {
        let bases = self.program.classes[class as usize].bases;
        if bases == 0 {
            return;
        }
        let (of, callee, result) = (self.program.var(), self.program.var(), self.program.var());
        let at = self.place(node);
        self.program.seed(of, Value::Class(class));
        self.program.hook(of, Hook::Subclass { to: callee, at });
        let keywords: Vec<usize> = self.tree.list(node, "keywords").collect();
        let mut args = vec![];
        for keyword in keywords {
            let name = self.tree.name(keyword);
            if name != "metaclass"
                && !name.is_empty()
                && let Some(var) = self.child_var(keyword, "value")
            {
                args.push(Arg::Keyword(self.program.names.intern(name), var));
            }
        }
        self.implicit(node, callee, args, result, How::Class);
    }

    fn class_around(&self, node: usize) -> Option<u32> {
        let caller = self.caller(node);
        caller.class.filter(|_| caller.is_class)
    }

    fn dotted_inside(&mut self, node: usize, name: &str) -> u32 {
        let outer = self.caller(node).dotted;
        // The names of what is in each other would take the square of the depth.
        let name = match self.program.names.text(outer) {
            long if long.ends_with(DEEPER) => return outer,
            long if long.len() > MAX_DOTTED => DEEPER,
            _ => name,
        };
        let name = self.program.names.intern(name);
        self.program.names.dotted(outer, name)
    }

    /// What a method is called with, as its decorators say that are builtins.
    fn method_kind(&self, node: usize, name: &str) -> MethodKind {
        let mut kind = match name {
            "__new__" => MethodKind::Static,
            "__init_subclass__" | "__class_getitem__" => MethodKind::Class,
            _ => MethodKind::Instance,
        };
        for decorator in self.tree.list(node, "decorator_list") {
            match self.tree.name(decorator) {
                "staticmethod" => kind = MethodKind::Static,
                "classmethod" => kind = MethodKind::Class,
                _ => {}
            }
        }
        kind
    }

    fn new_function(
        &mut self,
        node: usize,
        id: u32,
        name: &str,
        class: Option<u32>,
        method: MethodKind,
        scope: Option<&str>,
    ) -> u32 {
        let dotted = self.dotted_inside(node, name);
        let number = self.program.functions.len() as u32;
        let params = self.parameters(node, id, number, scope.unwrap_or_default());
        let result = self.program.var();
        let is_method = matches!(method, MethodKind::Instance | MethodKind::Class);
        let first = params
            .first()
            .filter(|p| matches!(p.kind, ParamKind::PosOnly | ParamKind::Positional));
        let receiver = first.filter(|_| is_method || name == "__new__").map(|p| p.var);
        if receiver.is_some() {
            self.program.fallbacks.push(Fallback::Receiver { function: number });
        }
        let outer = self.caller(node);
        let (outer_class, outer_receiver) = (outer.class, outer.receiver);
        self.program.callers.push(Caller {
            id,
            dotted,
            lambdas: 0,
            class: class.or(outer_class),
            function: Some(number),
            receiver: receiver.or(outer_receiver),
            is_class: false,
        });
        self.bodies[node] = self.program.callers.len() as u32 - 1;
        self.program.functions.push(Function {
            id,
            dotted,
            params,
            result,
            yields: None,
            sent: None,
            returns: vec![],
            class,
            method,
            is_lambda: false,
        });
        number
    }

    fn parameters(&mut self, node: usize, id: Sym, function: u32, scope: &str) -> Vec<Param> {
        let Some(arguments) = self.tree.child(node, "args") else {
            return vec![];
        };
        let children: Vec<usize> = self.tree.children(arguments).collect();
        let mut params = vec![];
        let (mut defaults, mut keyword_defaults) = (vec![], vec![]);
        for child in children {
            let kind = match self.tree.field(child) {
                "posonlyargs" => ParamKind::PosOnly,
                "args" => ParamKind::Positional,
                "vararg" => ParamKind::VarArg,
                "kwonlyargs" => ParamKind::KwOnly,
                "kwarg" => ParamKind::KwArg,
                "defaults" => {
                    defaults.push(child);
                    continue;
                }
                _ => {
                    keyword_defaults.push((self.tree.index(child), child));
                    continue;
                }
            };
            let var = self.var(child);
            let container = match kind {
                ParamKind::VarArg | ParamKind::KwArg => {
                    let container = self.program.container(kind == ParamKind::KwArg);
                    self.program.seed(var, Value::Container(container));
                    container
                }
                _ => u32::MAX,
            };
            if let Some(binding) = self.bindings.in_scope(scope, self.tree.name(child)) {
                self.program.copy(var, binding);
            }
            if let Some(annotation) = self.tree.child(child, "annotation") {
                if container == u32::MAX {
                    self.annotated(annotation, var);
                }
                let name = self.tree.name(child);
                let owner = match self.bindings.in_scope(scope, name) {
                    Some(_) => {
                        let id = stable_id("bind", &[scope.into(), name.into()]);
                        self.program.names.intern(&id)
                    }
                    None => id,
                };
                self.ask_annotation(node, annotation, Some(owner));
            }
            let name = self.program.names.intern(self.tree.name(child));
            params.push(Param {
                kind,
                name,
                var,
                default: u32::MAX,
                container,
            });
        }
        let positional = params
            .iter()
            .filter(|p| matches!(p.kind, ParamKind::PosOnly | ParamKind::Positional))
            .count();
        let first = positional.saturating_sub(defaults.len());
        for (i, default) in defaults.into_iter().enumerate() {
            let from = self.var(default);
            self.default(function, &mut params, first + i, from);
        }
        let first = params.iter().position(|p| p.kind == ParamKind::KwOnly).unwrap_or(0);
        for (i, default) in keyword_defaults {
            let from = self.var(default);
            self.default(function, &mut params, first + i as usize, from);
        }
        params
    }

    fn default(&mut self, function: u32, params: &mut [Param], index: usize, from: Var) {
        if let Some(param) = params.get_mut(index) {
            param.default = from;
            self.program.fallbacks.push(Fallback::Default {
                function,
                from,
                to: param.var,
            });
        }
    }

    /// An instance of what an annotation says, where nothing else is known.
    pub(super) fn annotated(&mut self, annotation: usize, to: Var) {
        for of in self.classes_of(annotation) {
            self.program.fallbacks.push(Fallback::Annotation { of, to });
        }
    }

    /// The classes that an annotation names: of several all, and of `C[T]` `C`.
    pub(super) fn classes_of(&mut self, annotation: usize) -> Vec<Var> {
        let mut open = vec![annotation];
        let mut classes = vec![];
        while let Some(node) = open.pop() {
            match self.tree.kind(node) {
                Kind::Name | Kind::Attribute => classes.push(self.var(node)),
                Kind::BinOp => open.extend(self.tree.children(node)),
                Kind::Subscript => {
                    let base = self.tree.child(node, "value");
                    let slice = self.tree.child(node, "slice");
                    match base.map_or("", |b| self.tree.name(b)) {
                        "Optional" | "Union" | "ClassVar" | "Final" | "Required" | "NotRequired" | "ReadOnly" => {
                            open.extend(slice);
                        }
                        // What comes behind the type says something about it.
                        "Annotated" => open.extend(slice.and_then(|s| self.tree.list(s, "elts").next())),
                        _ => open.extend(base),
                    }
                }
                Kind::Tuple => open.extend(self.tree.list(node, "elts")),
                Kind::Constant => {
                    let parts = self.tree.value(node).trim_matches(['"', '\'']).split('|');
                    let names = parts.map(|part| part.split('[').next().unwrap_or_default().trim());
                    classes.extend(names.filter_map(|name| self.bindings.in_module(name)));
                }
                _ => {}
            }
        }
        classes
    }

    /// The value of a definition, through its decorators, into its name.
    fn bind_definition(&mut self, node: usize, id: Sym, value: Value) {
        let var = self.var(node);
        self.seen(node, var, self.bindings.of_target(node));
        let decorators: Vec<usize> = self.tree.list(node, "decorator_list").collect();
        let mut current = self.program.var();
        self.program.seed(current, value);
        if !decorators.is_empty() && self.caller(node).function.is_none() {
            self.program.decorated.insert(value);
        }
        for decorator in decorators.into_iter().rev() {
            let callee = self.var(decorator);
            self.ask_decorator(node, decorator, callee, id);
            let result = self.program.var();
            let place = Place {
                file: self.file,
                node: decorator as u32,
                bstart: self.tree.bstarts.value(decorator) as u32,
                bend: self.tree.bends.value(decorator) as u32,
                caller: self.callers[node],
            };
            self.program.places.push(place);
            let site = self.program.site(Site {
                callee,
                args: Box::new([Arg::Positional(current)]),
                result,
                at: self.program.places.len() as u32 - 1,
                how: How::Decorator,
            });
            self.program.hook(callee, Hook::Call { site });
            current = match value {
                Value::Class(own) => {
                    let to = self.program.var();
                    self.program.hook(result, Hook::SameClass { own, to });
                    let from = result;
                    self.program.fallbacks.push(Fallback::Replaced { own, from, to });
                    to
                }
                Value::Function(own) => {
                    let to = self.program.var();
                    self.program.hook(result, Hook::Decorated { own, to });
                    to
                }
                _ => result,
            };
        }
        self.program.copy(current, var);
    }

    /// Whether the code of a function has a `yield` of its own.
    fn contains_yield(&self, node: usize) -> bool {
        let end = node + self.tree.sizes.value(node) as usize;
        let mut next = node + 1;
        while next < end {
            match self.tree.kind(next) {
                Kind::Yield | Kind::YieldFrom => return true,
                Kind::FunctionDef | Kind::AsyncFunctionDef | Kind::Lambda | Kind::ClassDef => {
                    next += self.tree.sizes.value(next).max(1) as usize;
                }
                _ => next += 1,
            }
        }
        false
    }
}
