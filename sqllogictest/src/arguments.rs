//! The command line: our own options, and the rest as every Rust test binary takes it.

use std::path::PathBuf;

use crate::engine_suite::SideRequest;

/// What was asked for.
#[derive(Debug)]
pub(crate) struct Arguments {
    /// What to run.
    pub(crate) mode: Mode,
    /// Filters, threads and output, as libtest has them.
    pub(crate) trials: libtest_mimic::Arguments,
}

/// What to run.
#[derive(Debug)]
pub(crate) enum Mode {
    /// The suites of this workspace.
    Suites {
        /// Write the expected results first.
        complete: bool,
    },
    /// The engine's own suite, with and without the product.
    EngineSuite {
        /// Its `test_files` folder; none means the one beside the crate that this was built with.
        dir: Option<PathBuf>,
    },
    /// One answer on every machine.
    Determinism,
    /// One side of the engine's suite: the process that [`Mode::EngineSuite`] starts.
    EngineSide(SideRequest),
}

impl Arguments {
    /// Reads the command line, program name first; without an option of ours it means `default`.
    pub(crate) fn from_command_line(
        arguments: impl IntoIterator<Item = String>,
        default: Mode,
    ) -> Result<Self, String> {
        let mut arguments = arguments.into_iter().peekable();
        let mut rest: Vec<String> = arguments.next().into_iter().collect();
        let mut complete = false;
        let mut engine_suite = None;
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--complete" => complete = true,
                "--engine-suite" => engine_suite = Some(arguments.next_if(|next| is_folder(next)).map(PathBuf::from)),
                "--engine-side" => {
                    let request = SideRequest::from_arguments(&mut arguments)?;
                    return Ok(Self {
                        mode: Mode::EngineSide(request),
                        trials: libtest_mimic::Arguments::default(),
                    });
                }
                _ => match argument.strip_prefix("--engine-suite=") {
                    Some(dir) => engine_suite = Some(Some(PathBuf::from(dir))),
                    None => rest.push(argument),
                },
            }
        }
        let mode = match (engine_suite, complete) {
            (Some(_), true) => return Err("--complete and --engine-suite exclude each other".to_owned()),
            (Some(dir), false) => Mode::EngineSuite { dir },
            (None, true) => Mode::Suites { complete },
            (None, false) => default,
        };
        Ok(Self {
            mode,
            trials: libtest_mimic::Arguments::from_iter(rest),
        })
    }
}

/// A word after `--engine-suite` is its folder if it names one, else a filter of the trials.
fn is_folder(argument: &str) -> bool {
    !argument.starts_with('-') && std::path::Path::new(argument).is_dir()
}
