//! SQL from the command line, from files or from a REPL.

use std::io::IsTerminal;
use std::path::{Path, PathBuf, absolute};
use std::sync::Arc;

use datafusion_cli::object_storage::instrumented::InstrumentedObjectStoreRegistry;
use datafusion_cli::object_storage::is_stdin_location;
use datafusion_cli::print_format::PrintFormat;
use datafusion_cli::print_options::{MaxRows, PrintOptions};
use datafusion_cli::{DATAFUSION_CLI_VERSION, exec};
use datafusion_codeanatomy::with_signature;

use crate::args::QueryArgs;
use crate::failure::Failure;
use crate::statements::Statements;
use crate::{script, session};

/// Runs what the command line asks for.
pub(crate) async fn run(mut args: QueryArgs) -> Result<(), Failure> {
    let repl = args.command.is_empty() && args.file.is_empty();
    let sql_from_stdin = repl || args.file.iter().any(|file| is_stdin_location(&file.to_string_lossy()));
    let rc = match args.rc.take() {
        Some(files) => files,
        None => dirs::home_dir()
            .map(|home| home.join(".datafusionrc"))
            .filter(|rc| rc.exists())
            .into_iter()
            .collect(),
    };
    let scripts = args.file.iter().map(|file| read(file)).collect::<Result<Vec<_>, _>>()?;
    let rc = rc.iter().map(|file| existing(file)).collect::<Result<Vec<_>, _>>()?;
    enter_data_path(&mut args)?;

    let registry = Arc::new(InstrumentedObjectStoreRegistry::new().with_profile_mode(args.object_store_profiling));
    let mut print = PrintOptions {
        format: args.format,
        quiet: args.quiet,
        maxrows: most_rows(args.format, args.maxrows),
        color: args.color,
        instrumented_registry: Arc::clone(&registry),
    };
    let ctx = session::open(&args, &registry, sql_from_stdin).await?;
    let statements = Statements::new(ctx, registry);
    if repl {
        return run_repl(&statements, rc, &mut print).await;
    }
    for (file, text) in args.file.iter().zip(&scripts) {
        script::run(&statements, &file.to_string_lossy(), text, &print).await?;
    }
    for command in args.command {
        let done = exec::exec_from_commands(&statements, vec![command.clone()], &print).await;
        done.map_err(|error| with_signature(error, &command, &statements.ctx.state()))?;
    }
    Ok(())
}

/// The engine stops at the most rows in every format, after the batch that has one more: what programs read must be whole.
const fn most_rows(format: PrintFormat, shown: MaxRows) -> MaxRows {
    match format {
        PrintFormat::Table | PrintFormat::Automatic => shown,
        PrintFormat::Csv | PrintFormat::Tsv | PrintFormat::Json | PrintFormat::NdJson => MaxRows::Unlimited,
    }
}

async fn run_repl(ctx: &Statements, rc: Vec<String>, print: &mut PrintOptions) -> Result<(), Failure> {
    let interactive = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if interactive && !print.quiet {
        println!(
            "CodeAnatomy v{} on DataFusion CLI v{DATAFUSION_CLI_VERSION}",
            env!("CARGO_PKG_VERSION")
        );
        println!("Statements end with ; and \\? lists the commands.");
    }
    exec::exec_from_files(ctx, rc, print).await?;
    exec::exec_from_repl(ctx, print)
        .await
        .map_err(|error| Failure::from(error.to_string()))
}

/// Files are read before anything runs, so that a wrong name stops the whole run.
fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| cannot_read("file", file, &error))
}

fn existing(file: &Path) -> Result<String, Failure> {
    std::fs::File::open(file).map_err(|error| cannot_read("file", file, &error))?;
    let path = absolute(file).map_err(|error| cannot_read("file", file, &error))?;
    path.into_os_string()
        .into_string()
        .map_err(|_| Failure::from(format!("file name '{}' is not text", file.display())))
}

/// Makes the data path the current folder; what else the command line names stays where the user is.
fn enter_data_path(args: &mut QueryArgs) -> Result<(), Failure> {
    let Some(path) = &args.data_path else { return Ok(()) };
    for place in [&mut args.source, &mut args.graph].into_iter().flatten() {
        if Path::new(place.as_str()).exists() {
            let full: PathBuf = absolute(place.as_str())?;
            *place = full.to_string_lossy().into_owned();
        }
    }
    if let Some(folder) = &mut args.cache {
        *folder = absolute(folder.as_str())?.to_string_lossy().into_owned();
    }
    std::env::set_current_dir(path).map_err(|error| cannot_read("data folder", path, &error))
}

fn cannot_read(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::from(format!("cannot read {what} '{}': {error}", path.display()))
}
