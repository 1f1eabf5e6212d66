//! The progress of a build, on stderr.

use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use datafusion_codeanatomy::build::{Progress, Silent};
use indicatif::{HumanBytes, ProgressBar, ProgressFinish, ProgressStyle};

/// A bar on a terminal, a line per stage elsewhere, nothing if it is to be quiet.
pub(crate) fn on_stderr(quiet: bool) -> Box<dyn Progress> {
    if quiet {
        Box::new(Silent)
    } else if std::io::stderr().is_terminal() {
        Box::new(Bars(Mutex::new(ProgressBar::hidden())))
    } else {
        Box::new(Lines)
    }
}

struct Lines;

impl Progress for Lines {
    fn stage(&self, name: &str, total: u64) {
        let total = if total == 0 {
            String::new()
        } else {
            format!(" ({})", HumanBytes(total))
        };
        // A build does not fail because no one reads its progress.
        let _ = writeln!(std::io::stderr(), "{name}{total}");
    }
    fn advance(&self, _bytes: u64) {}
    fn finish(&self) {}
}

/// The bar of the current stage; earlier ones stay on the screen as they ended.
struct Bars(Mutex<ProgressBar>);

impl Bars {
    fn show(&self, bar: ProgressBar) {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        current.finish();
        *current = bar;
    }
}

impl Progress for Bars {
    fn stage(&self, name: &str, total: u64) {
        let bar = if total == 0 {
            ProgressBar::new_spinner()
        } else {
            ProgressBar::new(total)
        };
        let template = if total == 0 {
            "{prefix:>20} {spinner} {elapsed}"
        } else {
            "{prefix:>20} {bar:30} {bytes}/{total_bytes} {elapsed}"
        };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = bar
            .with_style(style)
            .with_prefix(name.to_owned())
            .with_finish(ProgressFinish::AndLeave);
        bar.enable_steady_tick(Duration::from_millis(100));
        self.show(bar);
    }

    fn advance(&self, bytes: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).inc(bytes);
    }

    fn finish(&self) {
        self.show(ProgressBar::hidden());
    }
}
