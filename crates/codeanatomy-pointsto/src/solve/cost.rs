//! What an analysis cost.

/// What an analysis cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// What lowering made: variables, copies, hooks and values that are written down.
    pub facts: usize,
    /// Variables in the end.
    pub variables: usize,
    /// Copies in the end.
    pub copies: usize,
    /// Hooks in the end.
    pub hooks: usize,
    /// Distinct values.
    pub values: usize,
    /// Values of all variables.
    pub entries: usize,
    /// Places that call.
    pub sites: usize,
    /// Containers.
    pub containers: usize,
    /// Look-ups in classes.
    pub look_ups: usize,
    /// Times that look-ups began again because a class got a base.
    pub rounds: usize,
    /// Values that were given to something.
    pub work: usize,
    /// Whether it ended at the bound of its work.
    pub is_limited: bool,
}
