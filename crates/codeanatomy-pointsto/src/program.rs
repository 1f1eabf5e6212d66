//! What lowering makes and the solver runs.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::names::{Names, Sym};
use crate::value::Value;

/// The number of a variable: a set of values.
pub(crate) type Var = u32;

/// No variable.
pub(crate) const NONE: u32 = u32::MAX;

/// What happens to every value of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Hook {
    /// Its attribute is read.
    Load { name: Sym, to: Var, at: u32 },
    /// Its attribute is set.
    Store { name: Sym, from: Var, at: u32 },
    /// It is subscripted.
    Index { key: Var, to: Var, at: u32 },
    /// It is subscripted; if it is a container, the item is what was stored last.
    IndexLast { key: Var, to: Var, at: u32, last: Var },
    /// On a key: a container is subscripted by it.
    IndexBy { container: u32, to: Var },
    /// Its item is set.
    StoreIndex { key: Var, from: Var, at: u32 },
    /// On a key: an item of a container is set.
    StoreBy { container: u32, from: Var },
    /// It is sliced: a container at this place, from the first to before the last.
    Slice {
        container: u32,
        to: Var,
        from: i32,
        end: i32,
    },
    /// It is iterated over.
    Iterate { to: Var, at: u32 },
    /// It is an iterator whose next value is wanted.
    Next { to: Var, at: u32 },
    /// It is taken apart: the item at a position; behind a star, from the end.
    Unpack { index: i32, to: Var, at: u32 },
    /// It is taken apart: the rest, as a container, from a position on.
    Rest {
        container: u32,
        to: Var,
        from: i32,
        behind: i32,
    },
    /// It is called.
    Call { site: u32 },
    /// A class that is raised is called.
    Raise { site: u32 },
    /// It is the value of an attribute of a class, read through a receiver.
    Bind { receiver: u32, to: Var, at: u32 },
    /// It is a constructor: `__init__` of a class that is called.
    Init { site: u32, class: u32 },
    /// It is `__new__` of a class that is called.
    New { site: u32, class: u32 },
    /// An instance of it.
    InstanceOf { to: Var },
    /// It is a base of a class.
    Base { class: u32, index: u32 },
    /// It is entered by `with`.
    Enter { to: Var, at: u32 },
    /// Containers alone go on, as through `+`.
    Containers { to: Var },
    /// An operator's method is called, with an operand unless that is none.
    Operator { name: Sym, operand: Var, to: Var, at: u32 },
    /// On a key: an attribute of that name is read from the values of a variable.
    LoadBy { of: Var, to: Var, at: u32 },
    /// On a key: an attribute of that name is set on the values of a variable.
    SetBy { of: Var, from: Var, at: u32 },
    /// The items of a container go into another.
    CopyInto { container: u32 },
    /// Its keyword arguments: a mapping that is unpacked into the parameters of a function.
    Keywords { function: u32 },
    /// Its class.
    TypeOf { to: Var },
    /// It becomes a static method, class method or property.
    Wrap { kind: MethodKind, to: Var },
    /// It is the value of an attribute of a class, and the attribute is set on an instance.
    BindStore { receiver: u32, from: Var, at: u32 },
    /// It is the receiver of a method of a class, which `super()` looks above.
    SuperOf { class: u32, to: Var },
    /// It is a builtin type that makes items of a container: `list` in `defaultdict(list)`.
    Factory { to: Var },
    /// It is called by a function that it is given to.
    Argument { site: u32 },
    /// A class statement made it: what it inherits as `__init_subclass__`.
    Subclass { to: Var, at: u32 },
    /// It is the metaclass of a class.
    Meta { class: u32 },
    /// It is an attribute of a class that a class statement made: `__set_name__` of it is called.
    SetName { owner: Var, at: u32 },
    /// It is the value of an attribute of a metaclass, read through a class.
    BindMeta { receiver: u32, to: Var, at: u32 },
    /// It is what a metaclass makes classes with, or calls in place of one.
    MetaCall { site: u32, receiver: u32 },
    /// It is a module of a star import, of which a name is wanted.
    LoadStar { name: Sym, to: Var, at: u32 },
    /// It is what a decorator gives for a function.
    Decorated { own: u32, to: Var },
    /// It is what a decorator gives for a class: that class, if it gives it.
    SameClass { own: u32, to: Var },
    /// `yield from` it: what it returns, and where what is sent comes from.
    Delegate { to: Var, sent: Var },
    /// It becomes a generic function.
    Generic { to: Var },
    /// It is given to `register` of a generic function: an implementation, or the class that one is for.
    Register { function: u32, to: Var },
}

/// How a call is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum How {
    Call,
    Decorator,
    Argument,
    Raise,
    Property,
    Iteration,
    With,
    Operator,
    Class,
}

/// Where something is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: u32,
    pub(crate) node: u32,
    pub(crate) bstart: u32,
    pub(crate) bend: u32,
    pub(crate) caller: u32,
}

/// What an expression is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    Annotation,
    Base,
    Catch,
    Decorator,
    Override,
    Raise,
    Read,
    Write,
}

impl Role {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Annotation => "annotation",
            Self::Base => "base",
            Self::Catch => "catch",
            Self::Decorator => "decorator",
            Self::Override => "override",
            Self::Raise => "raise",
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// An expression of which it is asked what it refers to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) role: Role,
    pub(crate) of: Var,
    /// Another variable that tells it, or none.
    pub(crate) also: Var,
    pub(crate) at: u32,
    /// What it is said of; none for the code that it is in.
    pub(crate) owner: Option<Sym>,
}

/// A call that a function gives back.
#[derive(Debug)]
pub(crate) struct Passed {
    pub(crate) function: u32,
    /// Arguments that are parameters of the function as they are: their variables, and those of the parameters.
    pub(crate) params: Vec<(Var, Var)>,
}

/// One argument.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Arg {
    Positional(Var),
    Star(Var),
    Keyword(Sym, Var),
    DoubleStar(Var),
}

/// Where something is called.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) callee: Var,
    pub(crate) args: Box<[Arg]>,
    pub(crate) result: Var,
    pub(crate) at: u32,
    pub(crate) how: How,
}

/// Code that calls: a module, class body, function or lambda.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) id: Sym,
    pub(crate) dotted: Sym,
    pub(crate) lambdas: u32,
    /// The class that it is a method of, or in whose method it is.
    pub(crate) class: Option<u32>,
    /// The function whose code it is.
    pub(crate) function: Option<u32>,
    /// The first parameter of the method that it is or is in.
    pub(crate) receiver: Option<Var>,
    /// Whether it is the body of a class.
    pub(crate) is_class: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParamKind {
    PosOnly,
    Positional,
    VarArg,
    KwOnly,
    KwArg,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Param {
    pub(crate) kind: ParamKind,
    pub(crate) name: Sym,
    pub(crate) var: Var,
    pub(crate) default: Var,
    /// The container of `*args` and `**kwargs`.
    pub(crate) container: u32,
}

/// How a function is a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum MethodKind {
    None,
    Instance,
    Class,
    Static,
}

#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) id: Sym,
    pub(crate) dotted: Sym,
    pub(crate) params: Vec<Param>,
    pub(crate) result: Var,
    pub(crate) yields: Option<Var>,
    /// What `send` gives to a generator.
    pub(crate) sent: Option<Var>,
    /// Parameters that it gives back as they are.
    pub(crate) returns: Vec<Var>,
    pub(crate) class: Option<u32>,
    pub(crate) method: MethodKind,
    pub(crate) is_lambda: bool,
}

#[derive(Debug)]
pub(crate) struct Class {
    pub(crate) id: Sym,
    pub(crate) dotted: Sym,
    /// The scope of its body.
    pub(crate) scope: Sym,
    pub(crate) attributes: FxHashMap<Sym, Var>,
    pub(crate) bases: u32,
    /// The class statement.
    pub(crate) at: u32,
}

#[derive(Debug, Default)]
pub(crate) struct Module {
    pub(crate) name: Sym,
    /// The scope of its file.
    pub(crate) scope: Sym,
    /// Whether a file has that name, or it is a folder alone.
    pub(crate) has_file: bool,
    pub(crate) names: FxHashMap<Sym, Var>,
    /// The modules of its star imports.
    pub(crate) stars: Vec<Var>,
    pub(crate) external_stars: Vec<Sym>,
}

/// An import, to be resolved when all modules are known.
#[derive(Debug)]
pub(crate) struct Import {
    /// The module as an absolute name.
    pub(crate) module: Sym,
    /// The name before the importing file's own, if its folder is no package.
    pub(crate) beside: Option<Sym>,
    pub(crate) what: Imported,
    /// The name that it binds, or none.
    pub(crate) binding: Var,
}

#[derive(Debug)]
pub(crate) enum Imported {
    /// The module, into a variable; `import a.b` binds the first part.
    Module(Var),
    First(Var),
    /// A name of it.
    Name(Sym, Var, u32),
    /// All names of it, for a module.
    Star(u32),
}

/// What counts where nothing else is known when everything else is.
#[derive(Debug)]
pub(crate) enum Fallback {
    /// The receiver of a method.
    Receiver { function: u32 },
    /// Instances of what an annotation says.
    Annotation { of: Var, to: Var },
    /// Instances of the class that a call is given as a type, if it is one of `typing.cast`.
    Cast { callee: Var, of: Var, to: Var },
    /// A key may be any.
    Key(Var),
    /// A parameter of a function that nothing calls has its default.
    Default { function: u32, from: Var, to: Var },
    /// The method of the right operand of an operator that the left one has no method for.
    Reflected {
        left: Var,
        right: Var,
        name: Sym,
        reflected: Sym,
        to: Var,
        at: u32,
    },
    /// What a decorator gives for a class, if it does not give the class.
    Replaced { own: u32, from: Var, to: Var },
    /// A name that neither its file nor the modules of its star imports bind.
    Free { module: u32, name: Sym, to: Var },
}

/// A container.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Container {
    /// Whether iteration gives its keys.
    pub(crate) keyed: bool,
    /// The number of items that it is made with, if that is written down.
    pub(crate) length: Option<u32>,
}

/// All files together.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) names: Names,
    pub(crate) vars: u32,
    pub(crate) copies: Vec<(Var, Var)>,
    pub(crate) seeds: Vec<(Var, Value)>,
    pub(crate) hooks: Vec<(Var, Hook)>,
    pub(crate) fallbacks: Vec<Fallback>,
    pub(crate) functions: Vec<Function>,
    pub(crate) classes: Vec<Class>,
    pub(crate) modules: Vec<Module>,
    pub(crate) module_numbers: FxHashMap<Sym, u32>,
    pub(crate) imports: Vec<Import>,
    /// Names that their file does not bind: module, name, variable, place.
    pub(crate) free: Vec<(u32, Sym, Var, u32)>,
    pub(crate) callers: Vec<Caller>,
    pub(crate) places: Vec<Place>,
    pub(crate) sites: Vec<Site>,
    pub(crate) asked: Vec<Asked>,
    /// Methods, and where they are defined.
    pub(crate) methods: Vec<(u32, u32)>,
    pub(crate) containers: Vec<Container>,
    /// Attributes that are set on something.
    pub(crate) stored: FxHashSet<Sym>,
    pub(crate) paths: Vec<String>,
    pub(crate) builtins: FxHashSet<Sym>,
    /// Classes and functions that have decorators and are in no function.
    pub(crate) decorated: FxHashSet<Value>,
    /// Whether a class statement names a metaclass.
    pub(crate) has_metas: bool,
    /// By the variable of a call that a function gives back: the function, and its arguments that are parameters of it.
    pub(crate) passed: FxHashMap<Var, Passed>,
}

impl Program {
    pub(crate) fn var(&mut self) -> Var {
        self.vars += 1;
        self.vars - 1
    }

    pub(crate) fn copy(&mut self, from: Var, to: Var) {
        self.copies.push((from, to));
    }

    pub(crate) fn hook(&mut self, on: Var, hook: Hook) {
        self.hooks.push((on, hook));
    }

    pub(crate) fn seed(&mut self, var: Var, value: Value) {
        self.seeds.push((var, value));
    }

    /// A container that nothing is in yet.
    pub(crate) fn container(&mut self, keyed: bool) -> u32 {
        self.containers.push(Container { keyed, length: None });
        self.containers.len() as u32 - 1
    }

    pub(crate) fn site(&mut self, site: Site) -> u32 {
        self.sites.push(site);
        self.sites.len() as u32 - 1
    }

    /// The module of a dotted name, made if need be, with the packages around it.
    pub(crate) fn module(&mut self, dotted: &str) -> u32 {
        if let Some(end) = dotted.rfind('.')
            && self
                .names
                .find(&dotted[..end])
                .is_none_or(|s| !self.module_numbers.contains_key(&s))
        {
            let ends: Vec<usize> = dotted[..end].match_indices('.').map(|(i, _)| i).chain([end]).collect();
            for end in ends {
                self.one_module(&dotted[..end]);
            }
        }
        self.one_module(dotted)
    }

    fn one_module(&mut self, dotted: &str) -> u32 {
        let name = self.names.intern(dotted);
        if let Some(number) = self.module_numbers.get(&name) {
            return *number;
        }
        self.modules.push(Module {
            name,
            ..Module::default()
        });
        let number = self.modules.len() as u32 - 1;
        self.module_numbers.insert(name, number);
        number
    }
}
