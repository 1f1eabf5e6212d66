//! Runs the sqllogictest suites of this workspace, and the engine's own suite with and without the product.
//!
//! `suites/` holds the specification as text. Each file runs once per [`Configuration`] of the matrix, in a session of its
//! own that goes through `register_all`, in a scratch folder of its own, and must give the same text each time. Files under
//! `suites/plans/` describe plans and metrics, which depend on the configuration, so they run in the pinned one only.
//!
//! ```text
//! cargo test --release -p codeanatomy-sqllogictest                     everything
//!   … --test slt -- FILTER                                             some of our suites
//!   … --test slt -- --complete [FILTER]                                write the expected results, then check them
//!   … --test engine_suite -- FILTER                                    some of the engine's own
//!   … --test determinism -- FILTER                                     one answer on every machine
//!   … --test slt -- --engine-suite [DIR] [FILTER]                      another folder of upstream files
//! ```
//!
//! SQL may name `${WORK_DIR}` (the scratch folder), `${SUITE_DIR}` (`suites/`) and `${FIXTURES}` (`fixtures/`); where these
//! folders show in a result or an error, the variable stands in the expected text.
#![allow(clippy::print_stdout, clippy::print_stderr)] // What it prints is what it is for.

mod arguments;
mod complete;
mod configuration;
mod connection;
mod determinism;
mod engine_suite;
mod places;
mod run;
mod suite;

use std::path::PathBuf;
use std::process::ExitCode;

pub use configuration::{Configuration, MATRIX, PINNED};
pub use run::{FileFailure, run_file};

use arguments::{Arguments, Mode};

/// The whole program of the `slt` test target: the suites of this workspace, unless `--engine-suite` asks for the other.
pub fn main() -> ExitCode {
    run_program(Mode::Suites { complete: false })
}

/// The whole program of the `engine_suite` test target: the suite that was published with the engine.
pub fn engine_suite_main() -> ExitCode {
    run_program(Mode::EngineSuite { dir: None })
}

/// The whole program of the `determinism` test target: queries that must have one answer on every machine.
pub fn determinism_main() -> ExitCode {
    run_program(Mode::Determinism)
}

fn run_program(default: Mode) -> ExitCode {
    match Arguments::from_command_line(std::env::args(), default).and_then(dispatch) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: Arguments) -> Result<ExitCode, String> {
    match arguments.mode {
        Mode::Suites { complete } => suite::run(&home(), complete, &arguments.trials),
        Mode::EngineSuite { dir } => engine_suite::run(&home(), dir, &arguments.trials),
        Mode::Determinism => determinism::run_all(&home(), &arguments.trials),
        Mode::EngineSide(request) => engine_suite::run_side(&request).map(|()| ExitCode::SUCCESS),
    }
}

/// The folder of this crate, which holds `suites/` and `fixtures/`.
pub fn home() -> PathBuf {
    // Cargo says it when the test runs; the value at build time serves a binary that is started by hand.
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from)
}
