//! A list that grows without being copied.

/// Entries per block, as a power of two: the first block grows like a vector, the others have their size from the start.
const BITS: usize = 14;

/// A list in blocks.
#[derive(Debug)]
pub(super) struct Blocks<T> {
    blocks: Vec<Vec<T>>,
    len: usize,
}

impl<T: Copy> Blocks<T> {
    pub(super) fn new() -> Self {
        Self {
            blocks: Vec::new(),
            len: 0,
        }
    }

    /// Makes the list at least this long, with `value` for what is new.
    pub(super) fn grow(&mut self, len: usize, value: T) {
        while self.len < len {
            let (block, filled) = (self.len >> BITS, self.len & ((1 << BITS) - 1));
            if filled == 0 {
                let capacity = if block == 0 { 0 } else { 1 << BITS };
                self.blocks.push(Vec::with_capacity(capacity));
            }
            let more = (len - self.len).min((1 << BITS) - filled);
            self.blocks[block].resize(filled + more, value);
            self.len += more;
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(super) fn at(&self, index: usize) -> &T {
        &self.blocks[index >> BITS][index & ((1 << BITS) - 1)]
    }

    #[inline]
    pub(super) fn at_mut(&mut self, index: usize) -> &mut T {
        &mut self.blocks[index >> BITS][index & ((1 << BITS) - 1)]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.blocks.iter().flatten()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.blocks.iter_mut().flatten()
    }

    pub(super) fn memory(&self) -> usize {
        self.blocks.iter().map(|block| block.capacity() * size_of::<T>()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_stays_when_it_grows() {
        let mut blocks = Blocks::new();
        let mut len = 0;
        for more in [1, 5, 16_377, 1, 1, 40_000, 0, 3] {
            len += more;
            blocks.grow(len, usize::MAX);
            for index in len - more..len {
                assert_eq!(*blocks.at(index), usize::MAX);
                *blocks.at_mut(index) = index;
            }
        }
        assert!(blocks.iter().copied().eq(0..len));
        assert_eq!(blocks.len(), len);
    }
}
