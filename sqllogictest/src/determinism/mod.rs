//! One answer on every machine: queries of the engine's own suite, of TPC-H, with many ties, and drawn, with `codeanatomy.determinism`.
//!
//! Every file runs on several [machines](machine::MACHINES), which differ in partitions, batches, memory, stealing of work, and
//! in the order and the cut of their tables. Tables of our own scripts lie once in memory, once in files. It runs three times:
//!
//! - `canonical`: all machines must give the same bytes.
//! - `set`: all must give the same rows; of queries with values that `set` leaves open, as the items of `string_agg` and sums of floating-point
//!   numbers, as many rows.
//! - `off`, by the engine's own operators: the number of answers is printed. Where there is one, on every machine there is and however
//!   tables are sorted, it must be that of the others, but for the last digits of floating-point numbers.
//!
//! Bytes are those of Arrow IPC, with the names and types of columns, without what is not seen, as values under nulls and the buffers that
//! views share; of maps and unions those of their text.
//!
//! A short run takes [`SHORT`] and three machines. `CODEANATOMY_DETERMINISM=all` takes all files and machines. `CODEANATOMY_TPC` names
//! folders, with `:` between, that hold a Parquet file per table and the queries in `queries/`: `tests/tpc.py` makes those of TPC-H and TPC-DS. These lie in
//! files.
//!
//! It ends: a query gets a minute, and if one neither ends nor gives way, or the process takes more memory than
//! any query needs, the run stops with its name. What is not run is printed with the reason.

mod answer;
mod compare;
mod drawn;
mod machine;
mod script;
mod watch;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Arguments, Failed, Trial};

use crate::engine_suite::{Repository, locate};
use crate::run::shown;
use crate::suite::suite_files;
use compare::{Field, Lie, OF_ENGINE, Seen, compare};
use machine::MACHINES;
use script::{Step, steps_of, steps_of_folder, steps_of_text};

/// The files of a short run: those with the most choices to be made.
const SHORT: [&str; 11] = [
    "aggregate_any_value.slt",
    "aggregates_topk.slt",
    "distinct_on.slt",
    "group_by.slt",
    "limit.slt",
    "order.slt",
    "qualify.slt",
    "subquery.slt",
    "topk.slt",
    "union.slt",
    "window.slt",
];

/// Of a thread: plans of deep queries are walked by recursion.
const STACK: usize = 32 << 20;

/// The tables of TPC-H, small, with values that repeat.
const TPCH: &str = include_str!("tpch.sql");

/// Tables with many ties, of values that are hard to compare, and queries of which plain has many answers.
const TIES: &str = include_str!("ties.sql");

/// Queries over the same tables where an order passes through views, files, branches, recursion and sub-queries, or there is none.
const CORNERS: &str = include_str!("corners.sql");

/// How many queries are drawn for a short run, and for a long one.
const DRAWN: [usize; 2] = [60, 400];

/// Files that are not run, and why.
const LEFT_OUT: [(&str, &str); 7] = [
    (
        "cte.slt",
        "a recursion without end, which a limit stops only where nothing has to be sorted",
    ),
    (
        "imdb.slt",
        "the engine alone takes more than 20 GB for joins of fourteen tables in batches of one row",
    ),
    ("encrypted_parquet.slt", "the engine is built without encryption"),
    ("explain_analyze.slt", "its queries ask for times and counts of a run"),
    (
        "information_schema.slt",
        "its queries ask for the settings of the machine",
    ),
    (
        "parquet_metadata_functions.slt",
        "its queries ask for the caches of the machine",
    ),
    ("set_variable.slt", "it sets what the machine has set"),
];

/// Runs a trial per file.
pub(crate) fn run_all(home: &Path, arguments: &Arguments) -> Result<ExitCode, String> {
    let all = std::env::var("CODEANATOMY_DETERMINISM").is_ok_and(|value| value == "all");
    let suite = locate(None)?;
    let mut files: Vec<String> = suite_files(&suite)?.iter().map(|file| shown(&suite, file)).collect();
    files.retain(|file| !file.starts_with("tpch/") && !LEFT_OUT.iter().any(|(left_out, _)| file == left_out));
    if !all {
        files.retain(|file| SHORT.contains(&file.as_str()));
    }
    let count = if all { MACHINES.len() } else { 3 };
    let failed = |error: std::io::Error| format!("cannot prepare the suite: {error}");
    // Files name data relative to the working folder.
    let repository = Repository::new(&suite, &files).map_err(failed)?;
    std::env::set_current_dir(repository.working()).map_err(failed)?;
    // Panics are answers here.
    std::panic::set_hook(Box::new(|_| {}));
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.enable_all().thread_stack_size(STACK).build();
    let runtime = Arc::new(runtime.map_err(failed)?);
    let (seen, ours) = (Arc::new(Mutex::new(Seen::default())), Arc::new(Mutex::new(())));
    watch::start();
    let trial = |name: String, steps: Vec<Step>, scratch: Option<PathBuf>, lie: Lie| {
        let (runtime, seen, ours) = (Arc::clone(&runtime), Arc::clone(&seen), Arc::clone(&ours));
        let large = steps.iter().any(|step| step.brings);
        // A view keeps the data of its whole page, and where batches are put together so are the lists of what their views keep: in
        // batches of one row each operator multiplies them. With two windows over each other the engine needs half a minute and a GB for
        // 420 rows, in any mode, and 50 milliseconds without views.
        let views = !all || lie == Lie::InMemory && !large;
        let field = Field {
            machines: MACHINES.map(|machine| machine.with_views(views)).to_vec(),
            count,
            compared: if large { 3 } else { 6 },
        };
        Trial::test(format!("determinism/{name}"), move || {
            // Our scripts share a folder.
            let _alone = (!name.ends_with(".slt")).then(|| ours.lock().unwrap_or_else(PoisonError::into_inner));
            let work = || runtime.block_on(compare(&steps, &field, scratch.as_deref(), lie, &seen));
            let differences = std::thread::scope(|scope| {
                let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
                let ended = thread.map_err(|error| error.to_string())?.join();
                ended.map_err(|_| "the comparison panicked".to_string())?
            });
            let differences = differences.map_err(Failed::from)?;
            match differences.is_empty() {
                true => Ok(()),
                false => Err(Failed::from(differences.join("\n"))),
            }
        })
    };
    let mut trials: Vec<Trial> = files
        .iter()
        .map(|file| {
            let stem = Path::new(file).file_stem().unwrap_or_default();
            let scratch = repository.working().join("test_files/scratch").join(stem);
            trial(file.clone(), steps_of(&suite, file), Some(scratch), Lie::InMemory)
        })
        .collect();
    let mut tpch = steps_of_text("tpch/tables", TPCH);
    for number in 1..=22 {
        let queries = steps_of(&suite, &format!("tpch/answers/q{number}.slt.part"));
        tpch.extend(queries.into_iter().filter(|step| step.is_query));
    }
    let tables = TIES
        .split_inclusive(';')
        .take_while(|sql| !sql.trim_start().starts_with("CREATE VIEW"));
    let mut drawn = steps_of_text("tables", &tables.collect::<String>());
    let mut corners = drawn.clone();
    corners.extend(steps_of_text("corners", CORNERS));
    drawn.extend(drawn::queries(DRAWN[usize::from(all)]));
    let mut scripts = vec![
        ("tpch".to_string(), tpch),
        ("ties".to_string(), steps_of_text("ties", TIES)),
        ("corners".to_string(), corners),
        ("drawn".to_string(), drawn),
    ];
    for folder in std::env::var("CODEANATOMY_TPC")
        .unwrap_or_default()
        .split(':')
        .filter(|f| !f.is_empty())
    {
        let steps = steps_of_folder(Path::new(folder)).map_err(|error| format!("cannot read {folder}: {error}"))?;
        scripts.push((folder.trim_matches('/').replace('/', "_"), steps));
    }
    let scratch = repository.working().join("test_files/scratch/determinism");
    for (name, steps) in scripts {
        let files = format!("{name} of files");
        trials.push(trial(files, steps.clone(), Some(scratch.clone()), Lie::InFiles));
        if steps.iter().any(|step| step.brings) {
            continue;
        }
        trials.push(trial(name, steps, Some(scratch.clone()), Lie::InMemory));
    }
    let conclusion = libtest_mimic::run(arguments, trials);
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    println!(
        "{} queries compared on {} machines in canonical mode; {} have several answers in plain mode; {} are refused",
        seen.queries, count, seen.undetermined, seen.refused
    );
    for query in &seen.unanswered {
        println!("no answer in any mode: {query}");
    }
    for query in &seen.too_long {
        println!("stopped after {} s: {query}", script::PATIENCE.as_secs());
    }
    if all {
        for (name, reason) in LEFT_OUT.iter().chain(&script::TOO_SLOW).chain(&OF_ENGINE) {
            println!("left out: {name}: {reason}");
        }
        for (name, word, reason) in &script::TOO_LARGE {
            println!("left out: {name}: steps with {word}: {reason}");
        }
    }
    std::env::set_current_dir(home).map_err(failed)?;
    Ok(conclusion.exit_code())
}
