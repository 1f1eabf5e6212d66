//! Runs the steps of a script on all machines, and says where answers differ that must not.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::answer::{Answer, Rows};
use super::machine::Machine;
use super::script::{Step, run};

/// Queries of which plain has other answers than those seen: the last value without an order, a covariance and a correlation that slide, of
/// which little or nothing is left after a subtraction, any two of three rows, the first and last of rows that tie but come sorted by a window, items in
/// the order of a hash table, and numbers of ties of which there are many.
const UNDECIDED: [&str; 9] = [
    "group_by.slt:3780",
    "window.slt:4639",
    "window.slt:6718",
    "ties:150",
    "corners:162",
    "drawn:236",
    "drawn:258",
    "drawn:322",
    "drawn:341",
];

/// Queries that fail for a row that plain does not get to, or do not end: which rows a `LIMIT` without an order keeps is known when all are there.
const OF_ALL_ROWS: [&str; 2] = ["math.slt:533", "table_functions.slt:601"];

const FIXED_SIZE: &str = "of lists of fixed size, functions and casts take the first rows' items for those of every batch that is cut from one";

/// Queries whose answers are not compared, since the engine is wrong about them in any mode.
pub(super) const OF_ENGINE: [(&str, &str); 14] = [
    (
        "array/array_concat.slt:401",
        "array_concat of a batch of nulls is null, and beside other rows a list with a null",
    ),
    (
        "unnest.slt:264",
        "unnest of lists of fixed size gives the first row's items for every batch that is cut from one",
    ),
    (
        "scalar.slt:2498",
        "an order by acosh(sin(v)) fails in the engine's sanity check where the table has several partitions",
    ),
    ("aggregate.slt:1856", FIXED_SIZE),
    ("aggregate.slt:1862", FIXED_SIZE),
    ("aggregate.slt:1872", FIXED_SIZE),
    ("array/array_append.slt:188", FIXED_SIZE),
    ("array/array_distinct.slt:95", FIXED_SIZE),
    ("array/array_distinct.slt:103", FIXED_SIZE),
    ("array/array_length.slt:243", FIXED_SIZE),
    ("array/array_prepend.slt:192", FIXED_SIZE),
    ("array/array_transform.slt:302", FIXED_SIZE),
    ("array/array_transform.slt:315", FIXED_SIZE),
    (
        "arrow_typeof.slt:405",
        "a sort in batches of one row loses lists of no items",
    ),
];

/// What was seen in all files.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) queries: usize,
    pub(super) refused: usize,
    pub(super) undetermined: usize,
    /// Queries of our own scripts that have no answer in any mode, and so compare nothing.
    pub(super) unanswered: Vec<String>,
    /// Queries that were stopped, and on how many machines.
    pub(super) too_long: Vec<String>,
}

/// How the tables of a script lie on a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lie {
    InMemory,
    InFiles,
}

/// Where steps run.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) machines: Vec<Machine>,
    /// How many of them run in canonical mode.
    pub(super) count: usize,
    /// How many of these run in the other modes.
    pub(super) compared: usize,
}

/// Runs the steps everywhere, and says where answers differ that must not.
pub(super) async fn compare(
    steps: &[Step],
    field: &Field,
    scratch: Option<&Path>,
    lie: Lie,
    seen: &Mutex<Seen>,
) -> Result<Vec<String>, String> {
    let mut answers: Vec<Vec<Vec<Answer>>> = vec![];
    let compared = field.compared.min(field.count);
    for determinism in ["canonical", "set", "off"] {
        let mut of_level = vec![];
        let machines = match determinism {
            "canonical" => &field.machines[..field.count],
            _ => &field.machines[..compared],
        };
        let mut stopped = BTreeSet::new();
        for machine in machines {
            let given = run_afresh(*machine, determinism, steps, scratch, lie, &stopped).await?;
            let given = without_what_lacks(steps, given);
            let too_long = given.iter().enumerate().filter(|(_, a)| matches!(a, Answer::TooLong));
            stopped.extend(too_long.map(|(i, _)| i));
            of_level.push(given);
        }
        answers.push(of_level);
    }
    let [canonical, set, plain] = answers.as_slice() else {
        return Err("three levels ran".to_string());
    };
    let (mut differences, mut suspects) = (vec![], vec![]);
    // Statements that canonical mode refused: the tables that they would have made are missing.
    let mut refused: Vec<&str> = vec![];
    {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        for (i, step) in steps.iter().enumerate() {
            let at =
                |level: &[Vec<Answer>]| -> Vec<Answer> { level.iter().map(|machine| machine[i].clone()).collect() };
            let (canonical, set, plain) = (at(canonical), at(set), at(plain));
            for (answers, mode) in [(&canonical, "canonical"), (&set, "set"), (&plain, "plain")] {
                let stopped = answers.iter().filter(|a| matches!(a, Answer::TooLong)).count();
                if stopped > 0 {
                    let step = format!("{} {}", step.location, step.sql);
                    seen.too_long
                        .push(format!("in {mode} mode on {stopped} machines: {step}"));
                }
            }
            if !step.is_query {
                let errors_of_canonical = errors(&canonical);
                let all_refused = errors_of_canonical.iter().all(|error| is_refusal(error, &refused));
                if errors(&plain).is_empty() && !all_refused {
                    differences.push(difference(step, "fails in canonical mode alone", &canonical));
                }
                if all_refused && !errors_of_canonical.is_empty() {
                    refused.push(&step.sql);
                }
                continue;
            }
            if OF_ENGINE.iter().any(|(of_engine, _)| step.location == *of_engine) {
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
                let of_all_rows = OF_ALL_ROWS.contains(&step.location.as_str());
                if works && !of_all_rows && !errors.iter().all(|error| is_refusal(error, &refused)) {
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
    // Plain may have had one answer by luck: it has to have it on all machines, and however its tables are sorted.
    let others = field.machines[compared..].iter().copied();
    for machine in others.chain(field.machines[0].arranged()) {
        if suspects.is_empty() {
            break;
        }
        let suspect = |i: usize| suspects.iter().any(|(suspect, _, _)| *suspect == i);
        let some = steps
            .iter()
            .enumerate()
            .filter(|(i, step)| !step.is_query || suspect(*i));
        let (places, some): (Vec<usize>, Vec<Step>) = some.map(|(i, step)| (i, step.clone())).unzip();
        let given = run_afresh(machine, "off", &some, scratch, lie, &BTreeSet::new()).await?;
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
    stopped: &BTreeSet<usize>,
) -> Result<Vec<Answer>, String> {
    if let Some(scratch) = scratch {
        // It may not be there.
        drop(std::fs::remove_dir_all(scratch));
        std::fs::create_dir_all(scratch).map_err(|error| error.to_string())?;
    }
    let files = scratch.filter(|_| lie == Lie::InFiles);
    let given = run(machine, determinism, steps, files, stopped).await;
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
        Answer::TooLong => Some("it was stopped"),
        _ => None,
    });
    errors.collect()
}

/// What a step could not make for want of memory, which it may say, is not there for those behind it: then they lack memory, too.
fn without_what_lacks(steps: &[Step], answers: Vec<Answer>) -> Vec<Answer> {
    let mut lacking: Vec<&str> = vec![];
    let answers = steps.iter().zip(answers).map(|(step, answer)| {
        let lacks = match &answer {
            Answer::NoMemory => true,
            Answer::Error(error) => is_of_missing(error, &lacking),
            _ => false,
        };
        if !lacks {
            return answer;
        }
        lacking.push(&step.sql);
        Answer::NoMemory
    });
    answers.collect()
}

/// Whether the engine misses a table or a file that one of these statements would have made.
fn is_of_missing(error: &str, statements: &[&str]) -> bool {
    let missing = || {
        if let Some((_, path)) = error.split_once("No files found at ") {
            return path.split(". ").next()?.trim_end_matches('/').rsplit('/').next();
        }
        let is_missing = error.contains("not found") || error.contains("doesn't exist");
        error.split('\'').nth(1).filter(|_| is_missing)?.rsplit('.').next()
    };
    missing().is_some_and(|name| statements.iter().any(|sql| sql.contains(name)))
}

/// Errors of ours, which the page lists, and what the engine says of what a refused statement would have made.
fn is_refusal(error: &str, refused: &[&str]) -> bool {
    let ours = ["complete_orders", "endless_sorts", "is not determined"];
    ours.iter().any(|word| error.contains(word)) || is_of_missing(error, refused)
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
