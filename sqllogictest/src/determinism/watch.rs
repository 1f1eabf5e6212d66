//! Ends a run that would not end: a query that does not give way cannot be stopped from within, and what the engine's windows and joins of
//! small batches hold is in no memory pool.

use std::collections::BTreeMap;
use std::process::exit;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread::{park_timeout, spawn};
use std::time::{Duration, Instant};

use super::script::PATIENCE;

/// What the process may take, in kB: ten times what it does.
const ROOM: usize = 10 << 20;

/// What runs, and since when.
static RUNNING: LazyLock<Mutex<BTreeMap<Instant, String>>> = LazyLock::new(Mutex::default);

/// Looks every second, until the process ends.
pub(super) fn start() {
    spawn(|| {
        loop {
            park_timeout(Duration::from_secs(1));
            let running = running();
            let Some((since, first)) = running.first_key_value() else {
                continue;
            };
            if since.elapsed() > 2 * PATIENCE {
                eprintln!("does not end and does not give way: {first}");
                exit(3);
            }
            if let Some(resident) = resident().filter(|resident| *resident > ROOM) {
                let all: Vec<_> = running.values().map(String::as_str).collect();
                eprintln!("the process takes {resident} kB while it runs\n{}", all.join("\n"));
                exit(3);
            }
        }
    });
}

fn running() -> MutexGuard<'static, BTreeMap<Instant, String>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// In kB, where the system says it.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Watches a query until it is dropped.
pub(super) struct Watched(Instant);

impl Watched {
    pub(super) fn new(what: String) -> Self {
        let mut running = running();
        let mut now = Instant::now();
        while running.contains_key(&now) {
            now += Duration::from_nanos(1);
        }
        running.insert(now, what);
        Self(now)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        running().remove(&self.0);
    }
}
