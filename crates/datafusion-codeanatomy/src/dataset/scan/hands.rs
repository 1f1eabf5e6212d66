//! How many readers of a scan have nothing to do.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The partitions of a scan that are done: so many readers may help. Rows do not depend on it.
#[derive(Debug, Default)]
pub(super) struct Hands(Mutex<Work>);

#[derive(Debug, Default)]
struct Work {
    done: BTreeSet<usize>,
    helpers: usize,
}

/// The right to help, until it is dropped.
#[derive(Debug)]
pub(super) struct Hand(Arc<Hands>);

impl Hands {
    /// A partition is about to be read, perhaps again.
    pub(super) fn begin(&self, partition: usize) {
        self.lock().done.remove(&partition);
    }

    /// All rows of a partition were sent.
    pub(super) fn end(&self, partition: usize) {
        self.lock().done.insert(partition);
    }

    /// The right to help, as long as there are fewer helpers than partitions that are done.
    pub(super) fn take(self: &Arc<Self>) -> Option<Hand> {
        let mut work = self.lock();
        let is_free = work.helpers < work.done.len();
        is_free.then(|| {
            work.helpers += 1;
            Hand(Arc::clone(self))
        })
    }

    fn lock(&self) -> MutexGuard<'_, Work> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        self.0.lock().helpers -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_help_as_partitions_are_done_and_begin_no_more() {
        let hands = Arc::new(Hands::default());
        (0..3).for_each(|partition| hands.begin(partition));
        assert!(hands.take().is_none());
        hands.end(0);
        let first = hands.take().expect("one is done");
        assert!(hands.take().is_none());
        drop(first);
        assert!(hands.take().is_some());
        hands.begin(0);
        assert!(hands.take().is_none(), "it is read again");
    }
}
