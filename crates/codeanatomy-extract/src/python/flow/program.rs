//! The flow of one frame as a list of steps, in the order of evaluation: structured code with forward jumps.

/// A variable of the frame, by number.
pub(super) type Var = u32;
/// A place that control jumps forward to. Labels close in the reverse of the order in which they open.
pub(super) type Label = u32;

/// A step.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// The use, by its number in the frame, reads the variable.
    Use(Var, u32),
    /// The definition, by its number in the frame, binds the variable.
    Define(Var, u32),
    /// The variable is unbound from here on.
    Unbind(Var),
    /// A star import may bind every variable of the module.
    Star(u32),
    /// Opens a label.
    Open(Label),
    /// Opens a label where exceptions of the steps until [`Step::Leave`] go.
    Protect(Label),
    /// As [`Step::Protect`], for a handler, which is taken to be reached even if nothing seems to raise.
    Try(Label),
    /// Ends the innermost protected steps.
    Leave,
    /// Control goes to the label.
    Jump(Label),
    /// Control goes to the label or on.
    Fork(Label),
    /// As [`Step::Fork`], where a context manager may swallow an exception.
    Suppress(Label),
    /// Closes a label: control from its jumps meets control from above.
    Close(Label),
    /// The head of a loop, by the number of the loop.
    Head(u32),
    /// Control goes back to the head of the innermost loop.
    Back,
    /// An exception may be raised here.
    MayRaise,
    /// An exception is raised.
    Raise,
    /// Control ends.
    Stop,
}

/// What a loop binds: a range of [`Program::written`].
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Loop {
    pub(super) first: u32,
    pub(super) last: u32,
    /// Where it begins in the text.
    pub(super) start: u32,
    /// Whether it has a star import.
    pub(super) has_star: bool,
}

/// The steps of a frame.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
    pub(super) loops: Vec<Loop>,
    /// The variables that steps bind or unbind, in order.
    pub(super) written: Vec<Var>,
    pub(super) labels: u32,
    /// Whether a step suppresses exceptions.
    pub(super) has_suppression: bool,
    /// The loops around the next step.
    around: Vec<u32>,
    /// The number of protected regions around the next step.
    protected: u32,
    /// Whether something may have changed since the last step that may raise.
    is_fresh: bool,
    /// Whether what is being walked binds nothing that a handler sees.
    is_hidden: bool,
}

impl Program {
    /// Starts anew.
    pub(super) fn clear(&mut self) {
        self.steps.clear();
        self.loops.clear();
        self.written.clear();
        self.labels = 0;
        self.has_suppression = false;
        self.around.clear();
        self.protected = 0;
        self.is_fresh = false;
        self.is_hidden = false;
    }

    /// Adds a step that binds nothing and has no label of its own.
    #[inline]
    pub(super) fn push(&mut self, step: Step) {
        self.steps.push(step);
    }

    /// Binds a variable.
    #[inline]
    pub(super) fn define(&mut self, var: Var, definition: u32) {
        self.steps.push(Step::Define(var, definition));
        self.written.push(var);
        self.is_fresh = true;
    }

    /// Unbinds a variable.
    #[inline]
    pub(super) fn unbind(&mut self, var: Var) {
        self.steps.push(Step::Unbind(var));
        self.written.push(var);
        self.is_fresh = true;
    }

    /// The scope of the variable ends, so that nobody sees its value any more.
    #[inline]
    pub(super) fn forget(&mut self, var: Var) {
        self.steps.push(Step::Unbind(var));
    }

    /// A star import.
    pub(super) fn star(&mut self, definition: u32) {
        for number in &self.around {
            self.loops[*number as usize].has_star = true;
        }
        self.steps.push(Step::Star(definition));
        self.is_fresh = true;
    }

    /// Says that something may raise an exception here.
    #[inline]
    pub(super) fn may_raise(&mut self) {
        if self.is_fresh && !self.is_hidden {
            if self.protected > 0 {
                self.steps.push(Step::MayRaise);
            }
            self.is_fresh = false;
        }
    }

    /// Begins steps that bind nothing which a handler sees. Gives what [`Program::show`] needs.
    pub(super) fn hide(&mut self) -> bool {
        self.may_raise();
        std::mem::replace(&mut self.is_hidden, true)
    }

    /// Ends such steps.
    pub(super) fn show(&mut self, was_hidden: bool) {
        self.is_hidden = was_hidden;
        self.is_fresh = false;
    }

    /// Opens a label.
    #[inline]
    pub(super) fn open(&mut self) -> Label {
        let label = self.new_label();
        self.steps.push(Step::Open(label));
        label
    }

    /// Opens a label for exceptions and protects what comes; `is_try` if it is that of handlers.
    pub(super) fn protect(&mut self, is_try: bool) -> Label {
        let label = self.new_label();
        self.steps
            .push(if is_try { Step::Try(label) } else { Step::Protect(label) });
        self.protected += 1;
        self.is_fresh = true;
        label
    }

    /// Ends the innermost protected steps.
    pub(super) fn leave(&mut self) {
        self.steps.push(Step::Leave);
        self.protected -= 1;
        self.is_fresh = true;
    }

    /// Closes a label.
    #[inline]
    pub(super) fn close(&mut self, label: Label) {
        self.steps.push(Step::Close(label));
        self.is_fresh = true;
    }

    fn new_label(&mut self) -> Label {
        self.labels += 1;
        self.labels - 1
    }

    /// Control goes to the label, for an exception that was swallowed, or on.
    pub(super) fn suppress(&mut self, label: Label) {
        self.steps.push(Step::Suppress(label));
        self.has_suppression = true;
    }

    /// The head of a loop that begins at an offset.
    pub(super) fn head(&mut self, start: u32) {
        let number = self.loops.len() as u32;
        let first = self.written.len() as u32;
        self.loops.push(Loop {
            first,
            last: first,
            start,
            has_star: false,
        });
        self.around.push(number);
        self.steps.push(Step::Head(number));
    }

    /// Back to the head of the innermost loop.
    pub(super) fn back(&mut self) {
        if let Some(number) = self.around.pop() {
            self.loops[number as usize].last = self.written.len() as u32;
        }
        self.steps.push(Step::Back);
    }
}
