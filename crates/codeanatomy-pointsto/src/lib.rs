//! Which functions a call may call, by a points-to analysis of a whole source.
//!
//! [`Analysis::add`] takes the rows of one file after the other, as the datasets have them, and lowers them to a
//! `Program`: variables, copies between them, and hooks, which are what happens to a variable's values
//! (an attribute is loaded from them, they are called, …). [`Analysis::solve`] finds the least sets of values that satisfy
//! all of it, and gives the calls that follow.
//!
//! It is subset-based (Andersen 1994), without contexts but for functions that give a parameter back, with one abstract
//! object per class and per display, and sensitive to the flow of local variables through `def_use`. Values of a variable
//! are at most `MAX_VALUES`, and what solving makes is made once for a place, so the cost is near linear;
//! should it not be, the analysis ends at a bound in proportion to the source.

mod input;
mod lower;
mod names;
mod program;
mod references;
mod result;
mod rows;
mod solve;
mod tree;
mod value;

pub use input::{FileRows, INPUTS, Input};
pub use references::{ReferenceRow, References};
pub use result::{CallRow, Calls, Unresolved};
pub use rows::Rows;
pub use solve::Cost;

use arrow_schema::ArrowError;

/// The analysis of a source.
#[derive(Debug, Default)]
pub struct Analysis {
    program: program::Program,
    limit: Option<usize>,
}

impl Analysis {
    /// An analysis that knows the names of builtins.
    pub fn new<'n>(builtins: impl IntoIterator<Item = &'n str>) -> Self {
        let mut program = program::Program::default();
        for name in builtins {
            let name = program.names.intern(name);
            program.builtins.insert(name);
        }
        Self { program, limit: None }
    }

    /// Ends after `steps` values were given to something, and not after a number in proportion to the source.
    #[must_use]
    pub fn with_limit(mut self, steps: usize) -> Self {
        self.limit = Some(steps);
        self
    }

    /// Adds a file that is a module. All files are added before [`Analysis::solve`], in the order of their paths.
    pub fn add(&mut self, file: &FileRows<'_>) -> Result<(), ArrowError> {
        lower::lower(file, &mut self.program)
    }

    /// The calls of all files, in the order of the files, of the nodes in them, and of the names of what is called.
    ///
    /// It ends early, with what it knows by then, when `is_wanted` says no, and when its work or what it made is out of
    /// proportion to the source: then calls of which nothing is known have [`Unresolved::AnalysisLimit`].
    pub fn solve(self, is_wanted: &dyn Fn() -> bool) -> Calls {
        self.solve_counted(is_wanted).0
    }

    /// As [`Analysis::solve`], with what it cost.
    pub fn solve_counted(self, is_wanted: &dyn Fn() -> bool) -> (Calls, Cost) {
        let mut solver = solve::Solver::new(self.program, self.limit);
        solver.run(is_wanted);
        let cost = solver.cost();
        (result::calls(solver).0, cost)
    }

    /// As [`Analysis::solve`], and what bases, decorators, annotations, exceptions, attributes and methods refer to, in the
    /// order of the files, of the nodes in them, of the roles, and of the names.
    pub fn solve_with_references(self, is_wanted: &dyn Fn() -> bool) -> (Calls, References) {
        let mut solver = solve::Solver::new(self.program, self.limit);
        solver.run(is_wanted);
        let found = references::found(&mut solver);
        let (calls, program) = result::calls(solver);
        (calls, references::in_order(found, program))
    }
}
