//! What the analysis of a folder costs, or how exact it is.
//!
//! `measure FOLDER…` prints, for each, the processor time and the largest memory of the process, and how much the analysis
//! made. `measure --pycg FOLDER` compares the calls of each `CATEGORY/CASE` below with its `callgraph.json`.
//! `measure --calls FOLDER` prints the call expressions: path, bytes, caller, callee, its kind, the number of them, and the reason.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

fn cpu() -> f64 {
    let text = read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |i: usize| fields.get(i).and_then(|f| f.parse::<f64>().ok()).unwrap_or_default();
    (ticks(11) + ticks(12)) / 100.0
}

fn memory(key: &str) -> u64 {
    let text = read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix(key)).unwrap_or_default();
    let kilobytes: u64 = line
        .split_whitespace()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or_default();
    kilobytes / 1024
}

fn measure(folder: &Path) {
    let begin = cpu();
    let analysis = support::analysis(folder);
    let lowered = cpu();
    let (before, peak) = (memory("VmRSS"), memory("VmHWM"));
    let (rows, cost) = analysis.solve_counted(&|| true);
    let (solved, solving) = (cpu(), memory("VmHWM"));
    let (mut count, mut unknown) = (0, 0);
    for row in rows.iter() {
        count += 1;
        unknown += usize::from(row.callee.is_none());
    }
    println!(
        "{}: {:.2} s to read, {:.2} s to solve, {:.2} s to give; {before} MB read (peak {peak}), solved peak {solving} MB, peak {} MB; {count} rows, {unknown} unresolved; {cost:?}",
        folder.display(),
        lowered - begin,
        solved - lowered,
        cpu() - solved,
        memory("VmHWM"),
    );
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = read_dir(of)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.is_dir())
        .collect();
    found.sort();
    found
}

fn pycg(root: &Path) {
    let (mut cases, mut exact, mut right, mut wrong, mut missing) = (0, 0, 0, 0, 0);
    for case in folders(root).iter().flat_map(|c| folders(c)) {
        let Ok(text) = read_to_string(case.join("callgraph.json")) else {
            continue;
        };
        let graph: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut want = BTreeSet::new();
        for (caller, callees) in graph.as_object().unwrap() {
            for callee in callees.as_array().unwrap() {
                want.insert((caller.clone(), callee.as_str().unwrap_or_default().to_string()));
            }
        }
        let rows = support::calls(&case);
        let got: BTreeSet<(String, String)> = rows
            .iter()
            .filter(|r| r.callee_kind != Some("class"))
            .filter_map(|r| Some((r.caller.to_string(), r.callee?.into_owned())))
            .collect();
        cases += 1;
        exact += usize::from(got == want);
        right += got.intersection(&want).count();
        wrong += got.difference(&want).count();
        missing += want.difference(&got).count();
        if got != want {
            println!(
                "{}: missing {:?}, wrong {:?}",
                case.display(),
                want.difference(&got).collect::<Vec<_>>(),
                got.difference(&want).collect::<Vec<_>>()
            );
        }
    }
    let share = |other: usize| right as f64 / ((right + other) as f64).max(1.0);
    println!(
        "{cases} cases, {exact} exact, precision {:.4}, recall {:.4}",
        share(wrong),
        share(missing)
    );
}

fn calls(folder: &Path) {
    for row in support::calls(folder).iter().filter(|r| r.form == "call") {
        let (callee, kind) = (row.callee.unwrap_or_default(), row.callee_kind.unwrap_or_default());
        let reason = row.reason.map_or("", |r| r.name());
        println!(
            "{}\t{}\t{}\t{}\t{callee}\t{kind}\t{}\t{reason}",
            row.path, row.bstart, row.bend, row.caller, row.callees
        );
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [flag, folder] if flag == "--pycg" => pycg(Path::new(folder)),
        [flag, folder] if flag == "--calls" => calls(Path::new(folder)),
        folders => folders.iter().for_each(|f| measure(Path::new(f))),
    }
}
