//! From the steps of a frame to the value that each use sees.
//!
//! One pass keeps the current value of every variable and a log of what it replaced. Where control meets again, only
//! variables that changed since the label was opened are looked at: each jump adds the changes since the last jump to the same
//! label, and a closed label leaves one entry per variable in the log. The cost is that of the steps times the depth of
//! nesting, whatever the number of variables, jumps and exceptions.

mod label;
mod log;
mod reach;
mod value;

pub(super) use reach::Reach;
pub(super) use value::{Value, Values};

use super::program::{Program, Step, Var};
use label::OpenLabel;
use log::{Log, Marks};

/// The most star imports of a frame that are taken for definitions of every name; more of them say nothing.
const MAX_STARS: usize = 64;

/// What the solver must know of a variable.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traits {
    /// Where its scope begins in the text, if that is inside of another scope of the frame: a loop around enters the scope
    /// anew in every round.
    pub(super) scope_start: Option<u32>,
    /// A star import may bind it.
    pub(super) is_of_module: bool,
}

/// The state of the pass. It is kept from frame to frame for its memory.
#[derive(Debug, Default)]
pub(super) struct Solver {
    /// The values that uses saw, in the order of the steps.
    pub(super) seen: Vec<(u32, Value)>,
    pub(super) values: Values,
    is_live: bool,
    current: Vec<Value>,
    log: Log,
    marks: Marks,
    /// The labels that are open, and by number where each stands among them.
    labels: Vec<OpenLabel>,
    positions: Vec<usize>,
    /// No open label has seen more of the log.
    last_jump: usize,
    /// Where exceptions go, from the outside in, by position among `labels`.
    protected: Vec<usize>,
    /// The values at the heads of the loops around, and where each loop begins.
    heads: Vec<(Var, Value)>,
    loops: Vec<usize>,
    /// Scratch space.
    next: Vec<Value>,
    base: Vec<Value>,
    touched: Vec<Var>,
    group: Vec<Value>,
    stars: usize,
}

impl Solver {
    /// Runs the steps of a frame that has these variables and so many definitions.
    pub(super) fn run(&mut self, program: &Program, variables: &[Traits], definitions: u32) {
        self.values.clear(definitions);
        self.seen.clear();
        self.log.clear();
        self.labels.clear();
        self.positions.clear();
        self.positions.resize(program.labels as usize, 0);
        self.last_jump = 0;
        self.protected.clear();
        self.heads.clear();
        self.loops.clear();
        self.stars = 0;
        self.is_live = true;
        for list in [&mut self.current, &mut self.next, &mut self.base] {
            list.clear();
            list.resize(variables.len(), Value::NOTHING);
        }
        self.marks.reset(variables.len());
        for step in &program.steps {
            self.step(*step, program, variables);
        }
    }

    #[inline]
    fn step(&mut self, step: Step, program: &Program, variables: &[Traits]) {
        match step {
            Step::Use(var, number) => {
                if self.is_live {
                    self.seen.push((number, self.current[var as usize]));
                }
            }
            Step::Define(var, number) => self.assign(var, Value::definition(number)),
            Step::Unbind(var) => self.assign(var, Value::NOTHING),
            Step::Star(number) => self.star(Value::definition(number), variables),
            Step::Open(label) => self.open(label, false),
            Step::Protect(label) => {
                self.protected.push(self.labels.len());
                self.open(label, false);
            }
            Step::Try(label) => {
                self.protected.push(self.labels.len());
                self.open(label, self.is_live);
            }
            Step::Leave => {
                self.protected.pop();
            }
            Step::Jump(label) => {
                self.accumulate(self.positions[label as usize], false);
                self.is_live = false;
            }
            Step::Fork(label) => self.accumulate(self.positions[label as usize], false),
            Step::Suppress(label) => self.accumulate(self.positions[label as usize], true),
            Step::Close(label) => {
                debug_assert_eq!(self.positions[label as usize] + 1, self.labels.len());
                self.close();
            }
            Step::Head(number) => self.head(number, program, variables),
            Step::Back => self.back(),
            Step::MayRaise => self.raise(),
            Step::Raise => {
                self.raise();
                self.is_live = false;
            }
            Step::Stop => self.is_live = false,
        }
    }

    #[inline]
    fn set(&mut self, var: Var, value: Value) {
        let current = &mut self.current[var as usize];
        if *current != value {
            self.log.push(var, *current);
            *current = value;
        }
    }

    #[inline]
    fn assign(&mut self, var: Var, value: Value) {
        if self.is_live {
            self.set(var, value);
        }
    }

    /// Any variable of the module keeps its value or gets one.
    #[cold]
    fn star(&mut self, star: Value, variables: &[Traits]) {
        if self.stars == MAX_STARS || !self.is_live {
            return;
        }
        self.stars += 1;
        for (var, traits) in variables.iter().enumerate() {
            if traits.is_of_module {
                let mut values = [self.current[var], star];
                values.sort_unstable();
                let value = self.values.any(&values);
                self.set(var as Var, value);
            }
        }
    }

    /// Control may go to where exceptions go.
    fn raise(&mut self) {
        if let Some(label) = self.protected.last() {
            self.accumulate(*label, false);
        }
    }

    /// Every variable that the loop binds may hold here what it holds at the end of the loop.
    fn head(&mut self, number: u32, program: &Program, variables: &[Traits]) {
        self.loops.push(self.heads.len());
        if !self.is_live {
            return;
        }
        let Some(bound) = program.loops.get(number as usize) else {
            return;
        };
        self.marks.begin();
        for var in &program.written[bound.first as usize..bound.last as usize] {
            let is_born_inside = variables[*var as usize]
                .scope_start
                .is_some_and(|start| start > bound.start);
            if !is_born_inside {
                self.merge_at_head(*var);
            }
        }
        if bound.has_star {
            let of_module = |var: &Var| variables[*var as usize].is_of_module;
            (0..variables.len() as Var)
                .filter(of_module)
                .for_each(|var| self.merge_at_head(var));
        }
    }

    fn merge_at_head(&mut self, var: Var) {
        if self.marks.set(var) {
            let value = self.values.at_head(self.current[var as usize]);
            self.set(var, value);
            self.heads.push((var, value));
        }
    }

    fn back(&mut self) {
        let start = self.loops.pop().unwrap_or_default();
        for (var, at_head) in self.heads.drain(start..) {
            if self.is_live {
                self.values.come_back(at_head, self.current[var as usize]);
            }
        }
        self.is_live = false;
    }
}
