//! What differs between the plain runs and the registered one.

use std::collections::BTreeMap;

use super::allowed::Allowed;
use super::outcome::{FileRun, Observed, Outcome};

/// All plain runs: every file twice, files that differ more often.
#[derive(Debug)]
pub(crate) struct Sides {
    plain: BTreeMap<String, Vec<FileRun>>,
}

impl Sides {
    /// From whole runs.
    pub(crate) fn new(runs: Vec<Vec<FileRun>>) -> Self {
        let mut sides = Self { plain: BTreeMap::new() };
        runs.into_iter().for_each(|run| sides.add(run));
        sides
    }

    /// One more run, of some files.
    pub(crate) fn add(&mut self, run: Vec<FileRun>) {
        for file in run {
            self.plain.entry(file.file.clone()).or_default().push(file);
        }
    }
}

/// A record that differs and may not.
#[derive(Debug)]
pub(crate) struct Difference {
    /// The file under the suite.
    pub(crate) file: String,
    /// `file:line`.
    pub(crate) location: String,
    /// The record's SQL.
    pub(crate) sql: String,
    /// What the engine alone gave.
    pub(crate) plain: Outcome,
    /// What came with the product registered.
    pub(crate) registered: Outcome,
}

/// The result of the whole comparison.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// Files compared.
    pub(crate) files: usize,
    /// Records compared.
    pub(crate) records: usize,
    /// Of these, how many gave an error on both sides.
    pub(crate) errors: usize,
    /// Records that differ and may not.
    pub(crate) differing: Vec<Difference>,
    /// `file:line` of records that differ as the list allows.
    pub(crate) allowed: Vec<String>,
    /// `file:line` of records on which the plain runs disagree.
    pub(crate) unsettled: Vec<String>,
    /// Entries of the list that no record needed.
    pub(crate) unused: Vec<String>,
}

/// Compares the registered run to all plain ones.
pub(crate) fn compare(sides: &Sides, registered: &[FileRun], allowed: &Allowed) -> Result<Comparison, String> {
    let mut comparison = Comparison {
        files: registered.len(),
        ..Comparison::default()
    };
    let mut used = vec![false; allowed.len()];
    for run in registered {
        let plain = sides.plain.get(&run.file).map(Vec::as_slice).unwrap_or_default();
        if plain.is_empty() || plain.iter().any(|other| other.records.len() != run.records.len()) {
            return Err(format!("{}: the runs did not see the same records", run.file));
        }
        for (number, record) in run.records.iter().enumerate() {
            let outcomes: Vec<&Observed> = plain.iter().filter_map(|other| other.records.get(number)).collect();
            comparison.records += 1;
            comparison.errors += usize::from(matches!(record.outcome, Outcome::Error(_)));
            let settled = outcomes.windows(2).all(|pair| pair[0].outcome == pair[1].outcome);
            if !settled {
                comparison.unsettled.push(record.location.clone());
            }
            if agree(&outcomes, settled, &record.outcome) {
                continue;
            }
            if let Some(entry) = allowed.find(
                &run.file,
                record,
                outcomes.iter().any(|o| matches!(o.outcome, Outcome::Error(_))),
            ) {
                used[entry] = true;
                comparison.allowed.push(record.location.clone());
            } else if let Some(first) = outcomes.first() {
                comparison.differing.push(Difference {
                    file: run.file.clone(),
                    location: record.location.clone(),
                    sql: record.sql.clone(),
                    plain: first.outcome.clone(),
                    registered: record.outcome.clone(),
                });
            }
        }
    }
    let unused = used.iter().enumerate().filter(|(_, used)| !**used);
    comparison.unused = unused.map(|(number, _)| allowed.describe(number)).collect();
    Ok(comparison)
}

/// Settled records must be equal. Of the others the most is asked that the plain runs themselves keep: one of the outcomes
/// seen, the same rows in another order, or the same kind of answer.
fn agree(plain: &[&Observed], settled: bool, registered: &Outcome) -> bool {
    let seen = plain.iter().any(|observed| observed.outcome == *registered);
    if settled || seen {
        return seen;
    }
    let sorted: Vec<Outcome> = plain.iter().map(|observed| observed.outcome.sorted()).collect();
    if sorted.windows(2).all(|pair| pair[0] == pair[1]) {
        return sorted.first() == Some(&registered.sorted());
    }
    let shape = registered.shape();
    plain.iter().any(|observed| observed.outcome.shape() == shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(rows: &[&str]) -> Vec<FileRun> {
        let rows = rows.iter().map(|row| (*row).to_owned()).collect();
        let outcome = Outcome::Rows {
            types: "I".to_owned(),
            rows,
        };
        let record = Observed {
            location: "a.slt:1".to_owned(),
            sql: "EXPLAIN SELECT v FROM t".to_owned(),
            outcome,
        };
        vec![FileRun {
            file: "a.slt".to_owned(),
            records: vec![record],
        }]
    }

    fn compared(plain: &[&[&str]], registered: &[&str], list: &str) -> Comparison {
        let sides = Sides::new(plain.iter().map(|rows| run(rows)).collect());
        compare(&sides, &run(registered), &Allowed::parse(list).unwrap()).unwrap()
    }

    #[test]
    fn a_settled_record_must_be_equal_to_the_order_of_its_rows() {
        let plain: [&[&str]; 2] = [&["1", "2"], &["1", "2"]];
        assert!(compared(&plain, &["1", "2"], "").differing.is_empty());
        assert_eq!(compared(&plain, &["2", "1"], "").differing.len(), 1);
    }

    #[test]
    fn a_record_without_an_order_must_still_have_the_same_rows() {
        let plain: [&[&str]; 2] = [&["1", "2"], &["2", "1"]];
        assert!(compared(&plain, &["1", "2"], "").differing.is_empty());
        assert_eq!(compared(&plain, &["1", "3"], "").differing.len(), 1);
        assert_eq!(compared(&plain, &["1", "2"], "").unsettled, ["a.slt:1"]);
    }

    #[test]
    fn a_listed_difference_passes_and_a_listed_equality_is_reported() {
        let list = "file: a.slt\nsql: select v\nreason: because\n";
        let plain: [&[&str]; 2] = [&["1"], &["1"]];
        let differs = compared(&plain, &["2"], list);
        assert!(differs.differing.is_empty() && differs.unused.is_empty());
        assert_eq!(compared(&plain, &["1"], list).unused.len(), 1);
    }
}
