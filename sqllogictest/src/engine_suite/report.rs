//! The comparison for a reader.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::compare::{Comparison, Difference};
use super::outcome::Outcome;

/// Lines shown of each side of a difference.
const SHOWN: usize = 20;

/// What the whole run says at its end.
pub(crate) fn summary(comparison: &Comparison) -> String {
    let mut text = format!(
        "engine suite: {} records of {} files compared ({} of them errors on both sides): {} differ, {} differ as listed, \
         {} not settled by the engine itself\n",
        comparison.records,
        comparison.files,
        comparison.errors,
        comparison.differing.len(),
        comparison.allowed.len(),
        comparison.unsettled.len(),
    );
    for (title, locations) in [
        ("differ as listed", &comparison.allowed),
        ("not settled", &comparison.unsettled),
    ] {
        let mut lines: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (file, line) in locations.iter().filter_map(|location| location.rsplit_once(':')) {
            lines.entry(file).or_default().push(line);
        }
        for (file, lines) in lines {
            // Writing to a String does not fail.
            let _ = writeln!(text, "  {title}: {file}:{}", lines.join(","));
        }
    }
    text
}

/// Every difference of a file.
pub(crate) fn differences(differences: &[&Difference]) -> String {
    let mut text = String::new();
    for difference in differences {
        let _ = writeln!(text, "{}\n[SQL] {}", difference.location, difference.sql);
        for (mark, only) in only_on_one_side(&difference.plain, &difference.registered) {
            for line in only.iter().take(SHOWN) {
                let _ = writeln!(text, "{mark} {line}");
            }
            if only.len() > SHOWN {
                let _ = writeln!(text, "{mark} … {} more", only.len() - SHOWN);
            }
        }
        text.push('\n');
    }
    text
}

/// Lines that only one side has, marked `-plain` and `+registered`; all lines where only their order differs.
fn only_on_one_side(plain: &Outcome, registered: &Outcome) -> [(&'static str, Vec<String>); 2] {
    let (plain, registered) = (plain.lines(), registered.lines());
    let (left, right) = (without(&plain, &registered), without(&registered, &plain));
    let (left, right) = if left.is_empty() && right.is_empty() {
        (plain, registered)
    } else {
        (left, right)
    };
    [("-plain     ", left), ("+registered", right)]
}

fn without(lines: &[String], others: &[String]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for line in others {
        *counts.entry(line).or_default() += 1;
    }
    let mut left = Vec::new();
    for line in lines {
        match counts.get_mut(line.as_str()) {
            Some(count) if *count > 0 => *count -= 1,
            _ => left.push(line.clone()),
        }
    }
    left
}
