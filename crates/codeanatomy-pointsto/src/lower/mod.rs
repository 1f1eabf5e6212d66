//! From the rows of a file to variables, copies and hooks.
//!
//! Nodes come in preorder, so a definition is seen before what is in it, and nothing recurses: every expression has a
//! variable that holds its value, every target one that gets it.

mod ask;
mod bindings;
mod definition;
mod expression;
mod import;
mod last;
mod name;
mod noise;
mod replaced;
mod statement;

use arrow_schema::ArrowError;
use rustc_hash::FxHashMap;

use crate::input::{FileRows, batch, ints, texts};
use crate::names::Sym;
use crate::program::{Arg, Caller, Hook, How, NONE, Place, Program, Site, Var};
use crate::tree::{Kind, Tree};
use bindings::Bindings;
use last::Last;
use name::Uses;
use replaced::Replaced;

/// Adds a file to the program.
pub(crate) fn lower(file: &FileRows<'_>, program: &mut Program) -> Result<(), ArrowError> {
    let ast = batch(file, "ast_nodes")?;
    if ast.num_rows() == 0 {
        return Ok(());
    }
    let tree = Tree {
        kinds: Tree::kinds_of(texts(ast, "kind")?),
        parents: ints(ast, "parent_id")?,
        sizes: ints(ast, "subtree_size")?,
        fields: texts(ast, "field")?,
        indexes: ints(ast, "field_index")?,
        names: texts(ast, "name")?,
        values: texts(ast, "value")?,
        contexts: texts(ast, "ctx")?,
        bstarts: ints(ast, "bstart")?,
        bends: ints(ast, "bend")?,
    };
    let dotted = match file.module {
        Some(module) => module.to_string(),
        None => file
            .path
            .trim_end_matches(".pyi")
            .trim_end_matches(".py")
            .replace('/', "."),
    };
    let module = program.module(&dotted);
    let bindings = Bindings::new(file, program)?;
    let id = program.names.intern(file.file_id);
    let dotted = program.names.intern(&dotted);
    program.callers.push(Caller {
        id,
        dotted,
        lambdas: 0,
        class: None,
        function: None,
        receiver: None,
        is_class: false,
    });
    let caller = program.callers.len() as u32 - 1;
    program.paths.push(file.path.to_string());
    // A stub beside its source comes behind it (`.py` < `.pyi`), and the source counts.
    if !program.modules[module as usize].has_file {
        let names = bindings.of_module(program);
        program.modules[module as usize].has_file = true;
        program.modules[module as usize].names = names;
        let scope = program.names.intern(bindings.module_scope());
        program.modules[module as usize].scope = scope;
    }
    let mut lowering = Lowering {
        file: program.paths.len() as u32 - 1,
        module,
        is_package: file.path.ends_with("__init__.py") || file.path.ends_with("__init__.pyi"),
        vars: vec![NONE; tree.len()],
        callers: vec![caller; tree.len()],
        bodies: vec![NONE; tree.len()],
        uses: Uses::new(file)?,
        places: vec![NONE; tree.len()],
        last: Last::default(),
        replaced: Replaced::default(),
        overloads: FxHashMap::default(),
        tree,
        bindings,
        program,
    };
    lowering.find_shared();
    lowering.find_replaced();
    for node in 0..lowering.tree.len() {
        lowering.node(node);
    }
    Ok(())
}

/// The work on one file.
struct Lowering<'a, 'p> {
    program: &'p mut Program,
    tree: Tree<'a>,
    file: u32,
    module: u32,
    is_package: bool,
    bindings: Bindings<'a>,
    uses: Uses<'a>,
    /// The variable of a node, once it has one.
    vars: Vec<Var>,
    places: Vec<u32>,
    /// The code that a node is evaluated in.
    callers: Vec<u32>,
    /// The code in the body of a definition.
    bodies: Vec<u32>,
    last: Last,
    replaced: Replaced,
    /// By the function that replaces them: the annotations of the results of `@overload`s.
    overloads: FxHashMap<usize, Vec<usize>>,
}

impl Lowering<'_, '_> {
    fn node(&mut self, node: usize) {
        let caller = self.callers[node];
        let children: Vec<usize> = self.tree.children(node).collect();
        for child in &children {
            self.callers[*child] = caller;
        }
        self.node_itself(node);
        if self.bodies[node] != NONE {
            for child in children {
                if self.tree.field(child) == "body" {
                    self.callers[child] = self.bodies[node];
                }
            }
        }
    }

    fn node_itself(&mut self, node: usize) {
        self.step(node, self.tree.kind(node));
        match self.tree.kind(node) {
            Kind::FunctionDef | Kind::AsyncFunctionDef => self.function(node),
            Kind::Lambda => self.lambda(node),
            Kind::ClassDef => self.class(node),
            Kind::alias => self.import(node),
            Kind::Name => self.name(node),
            kind if self.statement(node, kind) => {}
            kind => self.expression(node, kind),
        }
    }

    /// The variable of a node.
    fn var(&mut self, node: usize) -> Var {
        if self.vars[node] == NONE {
            self.vars[node] = self.program.var();
        }
        self.vars[node]
    }

    /// The variable of the child in a field.
    fn child_var(&mut self, node: usize, field: &str) -> Option<Var> {
        let child = self.tree.child(node, field)?;
        Some(self.var(child))
    }

    /// Where a node is evaluated.
    fn place(&mut self, node: usize) -> u32 {
        if self.places[node] == NONE {
            let mut from = node;
            while self.tree.bstarts.is_null_at(from) {
                match self.tree.parent(from) {
                    Some(parent) => from = parent,
                    None => break,
                }
            }
            self.program.places.push(Place {
                file: self.file,
                node: node as u32,
                bstart: self.tree.bstarts.at(from),
                bend: self.tree.bends.at(from),
                caller: self.callers[node],
            });
            self.places[node] = self.program.places.len() as u32 - 1;
        }
        self.places[node]
    }

    fn caller(&self, node: usize) -> &Caller {
        &self.program.callers[self.callers[node] as usize]
    }

    /// The name of an attribute as the compiler mangles it.
    fn attribute(&mut self, node: usize) -> Sym {
        let name = self.tree.name(node);
        if name.starts_with("__")
            && !name.ends_with("__")
            && let Some(class) = self.caller(node).class
        {
            let dotted = self.program.names.text(self.program.classes[class as usize].dotted);
            let class = dotted.rsplit('.').next().unwrap_or_default().trim_start_matches('_');
            let mangled = format!("_{class}{name}");
            return self.program.names.intern(&mangled);
        }
        self.program.names.intern(name)
    }

    /// A call that no call expression makes.
    fn implicit(&mut self, node: usize, callee: Var, args: Vec<Arg>, result: Var, how: How) -> u32 {
        let at = self.place(node);
        let site = self.program.site(Site {
            callee,
            args: args.into(),
            result,
            at,
            how,
        });
        let hook = if how == How::Raise {
            Hook::Raise { site }
        } else {
            Hook::Call { site }
        };
        self.program.hook(callee, hook);
        site
    }
}

/// Cells of integers that may be null.
trait Cells {
    fn is_null_at(&self, row: usize) -> bool;
    fn at(&self, row: usize) -> u32;
}

impl Cells for arrow_array::Int64Array {
    fn is_null_at(&self, row: usize) -> bool {
        arrow_array::Array::is_null(self, row)
    }

    fn at(&self, row: usize) -> u32 {
        if self.is_null_at(row) {
            0
        } else {
            self.value(row) as u32
        }
    }
}
