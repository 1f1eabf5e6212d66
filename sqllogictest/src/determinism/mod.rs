//! One answer on every machine: queries of the engine's own suite, of TPC-H, with many ties, and drawn, with `codeanatomy.determinism`.
//!
//! Every file runs on several [machines](machine::MACHINES), which differ in partitions, batches, memory, stealing of work, and
//! in the order and the cut of their tables. Tables of our own scripts lie once in memory, once in files. It runs three times:
//!
//! - `canonical`: all machines must give the same bytes.
//! - `set`: all must give the same rows; of queries with values that `set` leaves open, as the items of `string_agg` and sums of floating-point
//!   numbers, as many rows.
//! - `off`, by the engine's own operators: the number of answers is printed. Where there is one, on every machine there is, it must be
//!   that of the others, but for the last digits of floating-point numbers.
//!
//! Bytes are those of the engine's row format with the names and types of columns: what the same rows as Arrow IPC are made of, without
//! what is not seen, as values under nulls and the buffers that views share.
//!
//! A short run takes [`SHORT`] and three machines. `CODEANATOMY_DETERMINISM=all` takes all files and machines. `CODEANATOMY_TPC` names
//! folders, with `:` between, that hold a Parquet file per table and the queries in `queries/`: `tests/tpc.py` makes those of TPC-H and TPC-DS. These run on
//! the machines whose batches have more than one row.

mod answer;
mod drawn;
mod machine;
mod script;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;

use crate::engine_suite::{Repository, locate};
use crate::run::shown;
use crate::suite::suite_files;
use answer::{Answer, Rows};
use machine::{MACHINES, Machine};
use script::{Step, run, steps_of, steps_of_folder, steps_of_text};

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

/// The tables of TPC-H, small, with values that repeat.
const TPCH: &str = include_str!("tpch.sql");

/// Tables with many ties, of values that are hard to compare, and queries of which plain has many answers.
const TIES: &str = include_str!("ties.sql");

/// Queries over the same tables where an order passes through views, files, branches, recursion and sub-queries, or there is none.
const CORNERS: &str = include_str!("corners.sql");

/// How many queries are drawn for a short run, and for a long one.
const DRAWN: [usize; 2] = [60, 400];

/// Files whose queries ask for the clock, for chance, or for the machine, or do not end.
const LEFT_OUT: [&str; 6] = [
    // Recursion without end, which a limit stops only where nothing has to be sorted.
    "cte.slt",
    "encrypted_parquet.slt",
    "explain_analyze.slt",
    "information_schema.slt",
    "parquet_metadata_functions.slt",
    "set_variable.slt",
];

/// Queries of which plain has other answers than those seen: the last value without an order, a covariance that slides, of which
/// little is left after a subtraction, and any two of three rows.
const UNDECIDED: [&str; 4] = ["group_by.slt:3780", "window.slt:4639", "window.slt:6718", "ties:150"];

/// Queries of which the engine's functions have another value in another batch: `array_concat` of nulls alone is null, and a list with a
/// null beside other rows.
const BY_BATCH: [&str; 1] = ["array/array_concat.slt:401"];

/// What was seen in all files.
#[derive(Debug, Default)]
struct Seen {
    queries: usize,
    refused: usize,
    undetermined: usize,
    /// Queries of our own scripts that have no answer in any mode, and so compare nothing.
    unanswered: Vec<String>,
}

/// Runs a trial per file.
pub(crate) fn run_all(home: &Path, arguments: &Arguments) -> Result<ExitCode, String> {
    let all = std::env::var("CODEANATOMY_DETERMINISM").is_ok_and(|value| value == "all");
    let suite = locate(None)?;
    let mut files: Vec<String> = suite_files(&suite)?.iter().map(|file| shown(&suite, file)).collect();
    files.retain(|file| !file.starts_with("tpch/") && !LEFT_OUT.contains(&file.as_str()));
    if !all {
        files.retain(|file| SHORT.contains(&file.as_str()));
    }
    let machines: Vec<Machine> = MACHINES[..if all { MACHINES.len() } else { 3 }].to_vec();
    let failed = |error: std::io::Error| format!("cannot prepare the suite: {error}");
    // Files name data relative to the working folder.
    let repository = Repository::new(&suite, &files).map_err(failed)?;
    std::env::set_current_dir(repository.working()).map_err(failed)?;
    // Panics are answers here.
    std::panic::set_hook(Box::new(|_| {}));
    let runtime = Arc::new(Runtime::new().map_err(failed)?);
    let seen = Arc::new(Mutex::new(Seen::default()));
    let trial = |name: String, steps: Vec<Step>, scratch: Option<PathBuf>, lie: Lie| {
        let (runtime, seen, mut machines) = (Arc::clone(&runtime), Arc::clone(&seen), machines.clone());
        if steps.iter().any(|step| step.brings) {
            // Of a hundred thousand rows in batches of one row each the engine makes hours.
            machines.retain(|machine| machine.batch_size > 1);
        }
        Trial::test(format!("determinism/{name}"), move || {
            let differences = runtime
                .block_on(compare(&steps, &machines, scratch.as_deref(), lie, &seen))
                .map_err(Failed::from)?;
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
    let mut ours = vec![
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
        ours.push((folder.trim_matches('/').replace('/', "_"), steps));
    }
    let scratch = repository.working().join("test_files/scratch/determinism");
    for (name, steps) in ours {
        let files = format!("{name} of files");
        trials.push(trial(files, steps.clone(), Some(scratch.clone()), Lie::InFiles));
        trials.push(trial(name, steps, Some(scratch.clone()), Lie::InMemory));
    }
    let mut arguments = arguments.clone();
    // Scratch folders are shared.
    arguments.test_threads = Some(1);
    let conclusion = libtest_mimic::run(&arguments, trials);
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    println!(
        "{} queries compared on {} machines in canonical mode; {} have several answers in plain mode; {} are refused",
        seen.queries,
        machines.len(),
        seen.undetermined,
        seen.refused
    );
    for query in &seen.unanswered {
        println!("no answer in any mode: {query}");
    }
    std::env::set_current_dir(home).map_err(failed)?;
    Ok(conclusion.exit_code())
}

/// How the tables of a script lie on a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lie {
    InMemory,
    InFiles,
}

/// Runs the steps everywhere, and says where answers differ that must not.
async fn compare(
    steps: &[Step],
    machines: &[Machine],
    scratch: Option<&Path>,
    lie: Lie,
    seen: &Mutex<Seen>,
) -> Result<Vec<String>, String> {
    let mut answers: Vec<Vec<Vec<Answer>>> = vec![];
    for determinism in ["canonical", "set", "off"] {
        let mut of_level = vec![];
        let machines = match determinism {
            "canonical" => machines,
            // To compare with.
            _ => &machines[..machines.len().min(6)],
        };
        for machine in machines {
            of_level.push(run_afresh(*machine, determinism, steps, scratch, lie).await?);
        }
        answers.push(of_level);
    }
    let [canonical, set, plain] = answers.as_slice() else {
        return Err("three levels ran".to_string());
    };
    let (mut differences, mut suspects) = (vec![], vec![]);
    {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        for (i, step) in steps.iter().enumerate() {
            let at =
                |level: &[Vec<Answer>]| -> Vec<Answer> { level.iter().map(|machine| machine[i].clone()).collect() };
            let (canonical, set, plain) = (at(canonical), at(set), at(plain));
            if !step.is_query {
                if errors(&plain).is_empty() && !errors(&canonical).iter().all(|error| is_refusal(error)) {
                    differences.push(difference(step, "fails in canonical mode alone", &canonical));
                }
                continue;
            }
            if BY_BATCH.contains(&step.location.as_str()) {
                continue;
            }
            let of_plain = distinct(&plain, |rows| rows.bytes);
            let (of_canonical, errors) = (distinct(&canonical, |rows| rows.bytes), errors(&canonical));
            if of_canonical.is_empty() {
                let works = !of_plain.is_empty();
                seen.refused += usize::from(works);
                if !works && !step.location.contains(".slt") {
                    let error = errors.first().copied().unwrap_or("no rows");
                    seen.unanswered.push(format!("{} {}: {error}", step.location, step.sql));
                }
                if works && !errors.iter().all(|error| is_refusal(error)) {
                    differences.push(difference(step, "fails in canonical mode alone", &canonical));
                }
                continue;
            }
            seen.queries += 1;
            seen.undetermined += usize::from(of_plain.len() > 1);
            if of_canonical.len() > 1 || !errors.is_empty() {
                differences.push(difference(step, "has several answers in canonical mode", &canonical));
            }
            // The order of items in a value is not a matter of the set, nor are values that it leaves open: then there are as many rows.
            let of_set = |rows: &Rows| match rows.rounded.filter(|_| !rows.left_open) {
                Some(_) => rows.bag,
                None => rows.count as u64,
            };
            if distinct(&set, of_set).len() > 1 {
                differences.push(difference(step, "has several sets of rows with 'set'", &set));
            }
            let (rounded, same) = (
                distinct(&plain, |rows| rows.rounded),
                distinct(&canonical, |rows| rows.rounded),
            );
            if rounded.len() == 1
                && !UNDECIDED.contains(&step.location.as_str())
                && plain.iter().all(|a| matches!(a, Answer::Rows(_)))
                && rounded != same
            {
                suspects.push((i, rounded, difference(step, "has another answer in plain mode", &plain)));
            }
        }
    }
    // Plain may have had one answer by luck: it has to have it on all machines.
    for machine in &MACHINES[machines.len().min(6)..] {
        if suspects.is_empty() {
            break;
        }
        let suspect = |i: usize| suspects.iter().any(|(suspect, _, _)| *suspect == i);
        let some = steps
            .iter()
            .enumerate()
            .filter(|(i, step)| !step.is_query || suspect(*i));
        let (places, some): (Vec<usize>, Vec<Step>) = some.map(|(i, step)| (i, step.clone())).unzip();
        let given = run_afresh(*machine, "off", &some, scratch, lie).await?;
        suspects.retain(|(i, one, _)| {
            let place = places.iter().position(|place| place == i);
            !matches!(place.map(|place| &given[place]), Some(Answer::Rows(rows)) if !one.contains(&rows.rounded))
        });
    }
    differences.extend(suspects.into_iter().map(|(_, _, difference)| difference));
    Ok(differences)
}

/// What every step gave in an empty folder.
async fn run_afresh(
    machine: Machine,
    determinism: &str,
    steps: &[Step],
    scratch: Option<&Path>,
    lie: Lie,
) -> Result<Vec<Answer>, String> {
    if let Some(scratch) = scratch {
        // It may not be there.
        drop(std::fs::remove_dir_all(scratch));
        std::fs::create_dir_all(scratch).map_err(|error| error.to_string())?;
    }
    let files = scratch.filter(|_| lie == Lie::InFiles);
    let given = run(machine, determinism, steps, files).await;
    given.map_err(|error| error.to_string())
}

fn distinct<T: Ord>(answers: &[Answer], of: impl Fn(&Rows) -> T) -> BTreeSet<T> {
    let rows = answers.iter().filter_map(|answer| match answer {
        Answer::Rows(rows) => Some(of(rows)),
        _ => None,
    });
    rows.collect()
}

fn errors(answers: &[Answer]) -> Vec<&str> {
    let errors = answers.iter().filter_map(|answer| match answer {
        Answer::Error(error) => Some(error.as_str()),
        _ => None,
    });
    errors.collect()
}

/// Errors of ours, which the page lists.
fn is_refusal(error: &str) -> bool {
    error.contains("complete_orders") || error.contains("is not determined")
}

fn difference(step: &Step, what: &str, answers: &[Answer]) -> String {
    let answers: Vec<_> = answers
        .iter()
        .map(|answer| match answer {
            Answer::Rows(rows) => format!("{} rows {:x}", rows.count, rows.bytes),
            other => format!("{other:?}"),
        })
        .collect();
    format!("{} {what}: {answers:?}\n  {}", step.location, step.sql)
}
