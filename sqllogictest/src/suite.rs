//! The suites of this workspace as trials: one per file and configuration.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;

use crate::complete::complete_file;
use crate::configuration::{Configuration, MATRIX, PINNED};
use crate::run::{run_file, shown};

/// Runs the trials that the filters leave.
pub(crate) fn run(home: &Path, complete: bool, arguments: &Arguments) -> Result<ExitCode, String> {
    let suites = home.join("suites");
    let files = suite_files(&suites)?;
    if files.is_empty() {
        return Err(format!("no .slt file under {}", suites.display()));
    }
    let runtime = Arc::new(Runtime::new().map_err(|error| format!("cannot start the runtime: {error}"))?);
    if complete && !arguments.list {
        for file in files.iter().filter(|file| wanted(&shown(&suites, file), arguments)) {
            println!("writing {}", shown(&suites, file));
            let done = runtime.block_on(complete_file(home, file));
            done.map_err(|error| format!("cannot complete {}: {error}", shown(&suites, file)))?;
        }
    }
    let mut trials = Vec::new();
    for file in &files {
        let name = shown(&suites, file);
        for configuration in configurations(&name) {
            trials.push(trial(home, file, &name, *configuration, Arc::clone(&runtime)));
        }
    }
    Ok(libtest_mimic::run(arguments, trials).exit_code())
}

fn trial(home: &Path, file: &Path, name: &str, configuration: Configuration, runtime: Arc<Runtime>) -> Trial {
    let (home, file) = (home.to_owned(), file.to_owned());
    Trial::test(format!("{name}::{configuration}"), move || {
        runtime
            .block_on(run_file(&home, &file, configuration))
            .map_err(Failed::from)
    })
}

/// Plans and metrics depend on the configuration, rows do not.
fn configurations(name: &str) -> &'static [Configuration] {
    if name.starts_with("plans/") { &[PINNED] } else { &MATRIX }
}

/// Whether the filters of the command line leave anything of this file.
pub(crate) fn wanted(name: &str, arguments: &Arguments) -> bool {
    let filter = arguments
        .filter
        .as_deref()
        .map(|filter| filter.split_once("::").map_or(filter, |(file, _)| file));
    filter.is_none_or(|filter| name.contains(filter)) && !arguments.skip.iter().any(|skip| name.contains(skip.as_str()))
}

/// All `.slt` files under a folder, in the order of their paths. Files to be included have another extension.
pub(crate) fn suite_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let all = datafusion_sqllogictest::read_dir_recursive(folder).map_err(|error| error.strip_backtrace())?;
    let mut files: Vec<PathBuf> = all
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "slt"))
        .collect();
    files.sort();
    Ok(files)
}
