//! What a variable may hold, as a graph: definitions, and merges of other values.

/// A value: 0 is nothing, then come the definitions of the frame, then merges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in super::super) struct Value(pub(super) u32);

impl Value {
    /// No definition.
    pub(in super::super) const NOTHING: Self = Self(0);

    /// A definition, by its number in the frame.
    #[inline]
    pub(in super::super) fn definition(number: u32) -> Self {
        Self(number + 1)
    }
}

/// A merge.
#[derive(Debug, Clone, Copy)]
pub(super) enum Merge {
    /// One of these: a range of the operands.
    Any(u32, u32),
    /// The value, where an exception was swallowed on the way.
    Suppressed(Value),
}

/// The merges of a frame.
#[derive(Debug, Default)]
pub(in super::super) struct Values {
    definitions: u32,
    merges: Vec<Merge>,
    operands: Vec<Value>,
}

impl Values {
    /// Starts anew for a frame with so many definitions.
    pub(in super::super) fn clear(&mut self, definitions: u32) {
        self.definitions = definitions;
        self.merges.clear();
        self.operands.clear();
    }

    /// The number of merges.
    pub(super) fn merges(&self) -> usize {
        self.merges.len()
    }

    /// The position among the merges, unless the value is a definition or nothing.
    #[inline]
    pub(super) fn merge_index(&self, value: Value) -> Option<usize> {
        value.0.checked_sub(self.definitions + 1).map(|i| i as usize)
    }

    /// The merge at a position.
    #[inline]
    pub(super) fn merge(&self, index: usize) -> Merge {
        self.merges[index]
    }

    /// The operands in a range.
    #[inline]
    pub(super) fn operands(&self, first: u32, last: u32) -> &[Value] {
        &self.operands[first as usize..last as usize]
    }

    /// One of `values`, which are sorted and differ from each other.
    pub(in super::super) fn any(&mut self, values: &[Value]) -> Value {
        if let [only] = values {
            return *only;
        }
        let first = self.operands.len() as u32;
        self.operands.extend_from_slice(values);
        self.push(Merge::Any(first, self.operands.len() as u32))
    }

    /// The value at the head of a loop, before it is known what comes back.
    pub(super) fn at_head(&mut self, before: Value) -> Value {
        let first = self.operands.len() as u32;
        self.operands.extend([before, before]);
        self.push(Merge::Any(first, first + 2))
    }

    /// Says what comes back to the head of the loop.
    pub(super) fn come_back(&mut self, at_head: Value, value: Value) {
        let merge = self.merge_index(at_head).map(|i| self.merges[i]);
        if let Some(Merge::Any(_, last)) = merge {
            self.operands[last as usize - 1] = value;
        }
    }

    /// The value, behind a swallowed exception.
    pub(super) fn suppressed(&mut self, value: Value) -> Value {
        self.push(Merge::Suppressed(value))
    }

    fn push(&mut self, merge: Merge) -> Value {
        let value = Value(self.definitions + 1 + self.merges.len() as u32);
        self.merges.push(merge);
        value
    }
}
