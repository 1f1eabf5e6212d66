//! Readers that are done help those that are not.
//!
//! The files of a partition are cut into windows, which are read one after the other and whose rows come in that order. Equal bytes are
//! not equal work: once the reader of another partition of the scan is done, one more reader takes windows that are left, and keeps
//! their rows until it is their turn. So a partition has the same rows in the same order whoever reads its files.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use codeanatomy_extract::file::Entry;
use datafusion::arrow::array::RecordBatch;
use datafusion::common::{DataFusionError, internal_datafusion_err};
use datafusion::execution::memory_pool::MemoryReservation;

/// The most files of a window: so many are pruned in one go, and may be on their way from an object store.
const FILES: usize = 32;

/// The most bytes of a window of more than one file, where files are on a disk: so little is kept before its turn.
const BYTES: u64 = 128 << 10;

/// How many windows are in work at most: that whose turn it is, and those behind it.
const WIDTH: usize = 4;

/// The windows of a partition, each of which is read by one reader.
#[derive(Debug)]
pub(super) struct Windows {
    ranges: Vec<Range<usize>>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The first window that nobody has taken.
    next: usize,
    /// The window whose turn it is.
    turn: usize,
    /// What was read before its turn.
    made: BTreeMap<usize, Made>,
    /// Helpers that are at work.
    helpers: usize,
    /// Helpers that were called, at work or not yet.
    called: usize,
    /// There is no memory for rows before their turn.
    is_tight: bool,
    /// No more is wanted of helpers.
    is_over: bool,
}

/// What became of a window that was read before its turn.
#[derive(Debug)]
pub(super) enum Made {
    /// Its rows, which are charged.
    Rows(Vec<RecordBatch>, MemoryReservation),
    /// None: it is to be read when it is its turn.
    Unread,
    /// It cannot be read.
    Failed(DataFusionError),
}

/// What the reader of the partition does next.
#[derive(Debug)]
pub(super) enum Step {
    /// Reads a window and sends its rows, but for those that do not fill a batch.
    Read(Range<usize>),
    /// Reads a window whose turn it is not yet.
    ReadAhead(Ahead),
    /// Sends rows of a window.
    Send(Made),
}

/// A window that is read before its turn.
#[derive(Debug)]
pub(super) struct Ahead {
    windows: Arc<Windows>,
    window: usize,
    made: Option<Made>,
}

impl Windows {
    /// Those of these files, which are on a disk or come from elsewhere.
    pub(super) fn new(files: &[Entry], are_on_disk: bool) -> Arc<Self> {
        let most = if are_on_disk { BYTES } else { u64::MAX };
        let mut ranges: Vec<Range<usize>> = Vec::new();
        let mut bytes = 0;
        for (at, file) in files.iter().enumerate() {
            bytes = file.size.saturating_add(bytes);
            match ranges.last_mut() {
                Some(last) if last.len() < FILES && bytes <= most => last.end = at + 1,
                _ => {
                    bytes = file.size;
                    ranges.push(at..at + 1);
                }
            }
        }
        Arc::new(Self {
            ranges,
            state: Mutex::default(),
            changed: Condvar::new(),
        })
    }

    /// Whether one more helper is called, since there is something to help with.
    pub(super) fn call(&self) -> bool {
        let mut state = self.lock();
        let is_needed = state.next < self.ranges.len() && !state.is_tight && state.called + 1 < WIDTH;
        state.called += usize::from(is_needed);
        is_needed
    }

    /// What the reader of the partition is to do, which is over when there is nothing. It waits for helpers where nothing else is left.
    pub(super) fn step(self: &Arc<Self>) -> Option<Step> {
        let mut state = self.lock();
        loop {
            let turn = state.turn;
            match state.made.remove(&turn) {
                Some(Made::Unread) => return Some(Step::Read(self.ranges[turn].clone())),
                Some(made) => return Some(Step::Send(made)),
                None if turn == self.ranges.len() => return None,
                None => {}
            }
            let may_take = state.next == turn || !state.is_tight;
            if let Some(window) = may_take.then(|| self.take(&mut state)).flatten() {
                return Some(match window == turn {
                    true => Step::Read(self.ranges[turn].clone()),
                    false => Step::ReadAhead(self.ahead(window)),
                });
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The window whose turn it was is done with.
    pub(super) fn sent(&self) {
        self.lock().turn += 1;
        self.changed.notify_all();
    }

    /// A window for a helper. If there is none that may be read so early, it is to go: who waits would keep a thread from others.
    pub(super) fn help(self: &Arc<Self>) -> Option<Ahead> {
        let mut state = self.lock();
        let goes_on = !state.is_over && !state.is_tight;
        let window = goes_on.then(|| self.take(&mut state)).flatten()?;
        Some(self.ahead(window))
    }

    /// Memory is short: what waits for its turn is given up, and there is no more help.
    pub(super) fn give_up(&self) {
        let mut state = self.lock();
        state.is_tight = true;
        for made in state.made.values_mut().filter(|made| matches!(made, Made::Rows(..))) {
            *made = Made::Unread;
        }
    }

    /// Whether no more is wanted of helpers.
    pub(super) fn is_over(&self) -> bool {
        self.lock().is_over
    }

    /// The helper that begins now, if one is needed.
    pub(super) fn enter(self: &Arc<Self>) -> Option<Helper> {
        let mut state = self.lock();
        if state.is_over {
            return None;
        }
        state.helpers += 1;
        Some(Helper(Arc::clone(self)))
    }

    /// Has all helpers stop as soon as they have read a file.
    pub(super) fn end(&self) {
        let mut state = self.lock();
        state.is_over = true;
        state.made.clear();
        self.changed.notify_all();
    }

    /// Waits until no helper is at work, when there is nothing left that they would begin.
    pub(super) fn wait_for_helpers(&self) {
        let mut state = self.lock();
        state.is_over = true;
        while state.helpers > 0 {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn take(&self, state: &mut State) -> Option<usize> {
        let window = state.next;
        let is_near = window < self.ranges.len() && window - state.turn < WIDTH;
        is_near.then(|| {
            state.next += 1;
            window
        })
    }

    fn ahead(self: &Arc<Self>, window: usize) -> Ahead {
        Ahead {
            windows: Arc::clone(self),
            window,
            made: None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ahead {
    /// The files.
    pub(super) fn files(&self) -> Range<usize> {
        self.windows.ranges[self.window].clone()
    }

    /// What became of it.
    pub(super) fn made(mut self, made: Made) {
        self.made = Some(made);
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        let lost = || Made::Failed(internal_datafusion_err!("who read files ahead has stopped"));
        let made = self.made.take().unwrap_or_else(lost);
        let mut state = self.windows.lock();
        state.is_tight |= matches!(made, Made::Unread);
        let made = match made {
            Made::Rows(..) if state.is_tight => Made::Unread,
            made => made,
        };
        if !state.is_over {
            state.made.insert(self.window, made);
        }
        self.windows.changed.notify_all();
    }
}

/// A helper, until it is dropped.
#[derive(Debug)]
pub(super) struct Helper(Arc<Windows>);

impl Drop for Helper {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.helpers -= 1;
        state.called -= 1;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use codeanatomy_model::Language;
    use datafusion::arrow::array::{Int64Array, RecordBatchOptions};
    use datafusion::arrow::datatypes::{DataType, Field, Schema};
    use datafusion::execution::memory_pool::{MemoryConsumer, MemoryPool, UnboundedMemoryPool};

    use super::*;

    fn files(sizes: impl IntoIterator<Item = u64>) -> Vec<Entry> {
        let file = |size| Entry {
            path: String::new(),
            language: Language::Python,
            size,
            module: None,
            is_package: false,
        };
        sizes.into_iter().map(file).collect()
    }

    /// Rows that say which files they are of.
    fn rows(files: Range<usize>) -> Made {
        let schema = Arc::new(Schema::new(vec![Field::new("file", DataType::Int64, false)]));
        let column = Int64Array::from_iter_values(files.map(|file| file as i64));
        let rows = RecordBatch::try_new_with_options(schema, vec![Arc::new(column)], &RecordBatchOptions::new());
        let pool: Arc<dyn MemoryPool> = Arc::new(UnboundedMemoryPool::default());
        Made::Rows(vec![rows.unwrap()], MemoryConsumer::new("rows").register(&pool))
    }

    fn read(rows: &[RecordBatch]) -> Vec<usize> {
        let column = |batch: &RecordBatch| batch.column(0).as_any().downcast_ref::<Int64Array>().cloned();
        let values = rows.iter().filter_map(column).flat_map(|c| c.values().to_vec());
        values.map(|file| file as usize).collect()
    }

    /// Works on windows with some helpers, of which every `tight`th window fails for want of memory, and gives the files as they are sent.
    fn sent(windows: &Arc<Windows>, helpers: usize, tight: usize) -> Vec<usize> {
        let mut sent = vec![];
        let made = |ahead: &Ahead| match ahead.window % tight {
            0 => Made::Unread,
            _ => rows(ahead.files()),
        };
        std::thread::scope(|scope| {
            for _ in 0..helpers {
                scope.spawn(|| {
                    while windows.call() {
                        let Some(_helper) = windows.enter() else { return };
                        while let Some(ahead) = windows.help() {
                            let made = made(&ahead);
                            ahead.made(made);
                        }
                    }
                });
            }
            while let Some(step) = windows.step() {
                match step {
                    Step::Read(files) => {
                        sent.extend(files);
                        windows.sent();
                    }
                    Step::ReadAhead(ahead) => {
                        let made = made(&ahead);
                        ahead.made(made);
                    }
                    Step::Send(Made::Rows(rows, _)) => {
                        sent.extend(read(&rows));
                        windows.sent();
                    }
                    Step::Send(made) => panic!("{made:?}"),
                }
            }
            windows.wait_for_helpers();
        });
        sent
    }

    #[test]
    fn windows_are_of_few_files_and_bytes_and_cover_all() {
        let sizes = [
            vec![],
            vec![0; 100],
            vec![BYTES; 3],
            vec![1, BYTES + 1, 1, 2, BYTES - 3, 1],
        ];
        for (sizes, count) in sizes.into_iter().zip([0, 4, 3, 4]) {
            let files = files(sizes);
            let windows = Windows::new(&files, true);
            assert_eq!(windows.ranges.len(), count);
            let all: Vec<usize> = windows.ranges.iter().cloned().flatten().collect();
            assert_eq!(all, Vec::from_iter(0..files.len()));
        }
    }

    #[test]
    fn rows_come_in_the_order_of_files_whoever_reads_them() {
        for helpers in 0..4 {
            for tight in [usize::MAX, 7, 1] {
                for round in 0..50 {
                    let windows = Windows::new(&files((0..200).map(|i| BYTES / 4 * (i * 7 % (round + 2)))), true);
                    assert_eq!(sent(&windows, helpers, tight), Vec::from_iter(0..200));
                    assert!(windows.enter().is_none(), "it is over");
                }
            }
        }
    }

    #[test]
    fn a_helper_that_panics_is_an_error_and_leaves_nobody_waiting() {
        let windows = Windows::new(&files([BYTES; 8]), true);
        assert!(windows.call());
        let helper = windows.enter();
        drop((windows.help(), helper));
        assert!(matches!(windows.step(), Some(Step::Send(Made::Failed(_)))));
    }

    #[test]
    fn little_is_read_before_its_turn_and_given_up_where_memory_is_short() {
        let windows = Windows::new(&files([BYTES; 8]), true);
        assert!(matches!(windows.step(), Some(Step::Read(files)) if files == (0..1)));
        assert_eq!([(); WIDTH].map(|()| windows.call()), [true, true, true, false]);
        let helpers = [(); WIDTH - 1].map(|()| windows.enter());
        let mut ahead = Vec::from_iter(std::iter::from_fn(|| windows.help()));
        assert_eq!(Vec::from_iter(ahead.iter().map(Ahead::files)), [1..2, 2..3, 3..4]);
        let last = ahead.pop().unwrap();
        ahead.into_iter().for_each(|ahead| ahead.made(rows(1..2)));
        windows.give_up();
        last.made(rows(3..4));
        drop(helpers);
        assert!(!windows.call());
        for window in 1..8 {
            windows.sent();
            assert!(matches!(windows.step(), Some(Step::Read(files)) if files == (window..window + 1)));
        }
        windows.sent();
        assert!(windows.step().is_none());
    }
}
