//! From the files of a source to the rows of `resolved_calls` and `resolved_references`.

use std::ops::Range;

use codeanatomy_extract::file::Entry;
use codeanatomy_extract::{Extractor, Request, Table};
use codeanatomy_model::dataset::{ResolvedCallRow, ResolvedReferenceRow};
use codeanatomy_model::id::stable_id;
use codeanatomy_model::{Contract, Language, Row, find};
use codeanatomy_pointsto::{Analysis, Calls, FileRows, INPUTS, References, Unresolved};
use datafusion::arrow::array::RecordBatch;
use datafusion::common::{Result, exec_err, internal_err};
use datafusion::execution::memory_pool::MemoryReservation;

use crate::relation::builtin_names;
use crate::source::{Files, Source};

/// About how many bytes the analysis takes for one of source.
const BYTES_PER_BYTE: usize = 40;

/// The analysis of files that are added one by one.
pub(crate) struct CallAnalysis {
    analysis: Analysis,
}

impl CallAnalysis {
    /// The number of datasets that it reads.
    pub(crate) const INPUTS: usize = INPUTS.len();

    pub(crate) fn new() -> Self {
        Self {
            analysis: Analysis::new(builtin_names()),
        }
    }

    /// What is wanted of which datasets: first what it reads, in the order in which it takes their rows, then the rest of
    /// `others`; of a dataset that is in both, the columns of both.
    pub(crate) fn wanted(others: &[(&'static Contract, Vec<usize>)]) -> Result<Vec<(&'static Contract, Vec<usize>)>> {
        let mut all = inputs()?;
        for (contract, columns) in others {
            match all.iter_mut().find(|(c, _)| c.name == contract.name) {
                Some((_, of_it)) => {
                    let more = columns.iter().filter(|c| !of_it.contains(c)).copied();
                    let more: Vec<usize> = more.collect();
                    of_it.extend(more);
                }
                None => all.push((contract, columns.clone())),
            }
        }
        Ok(all)
    }

    /// Adds a file with the rows that it has of each dataset that it reads, in the order of [`CallAnalysis::wanted`].
    pub(crate) fn add(&mut self, entry: &Entry, rows: &[RecordBatch]) -> Result<()> {
        let file = FileRows {
            path: &entry.path,
            file_id: &stable_id("file", &[entry.path.as_str().into()]),
            module: entry.module.as_deref(),
            rows,
        };
        Ok(self.analysis.add(&file)?)
    }

    /// The calls of all files.
    fn solve_calls(self, is_wanted: &dyn Fn() -> bool) -> Resolved {
        Resolved::Calls(self.analysis.solve(is_wanted))
    }

    /// The calls of all files, and what other expressions refer to.
    pub(crate) fn solve(self, is_wanted: &dyn Fn() -> bool) -> (Resolved, Resolved) {
        let (calls, references) = self.analysis.solve_with_references(is_wanted);
        (Resolved::Calls(calls), Resolved::References(references))
    }
}

/// The rows of one of the two datasets, made when they are asked for.
#[derive(Debug)]
pub(crate) enum Resolved {
    Calls(Calls),
    References(References),
}

impl Resolved {
    /// The number of rows.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Calls(calls) => calls.len(),
            Self::References(references) => references.len(),
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Calls(calls) => calls.size(),
            Self::References(references) => references.size(),
        }
    }

    /// Which rows the files from `first` to `last` have.
    pub(crate) fn between(&self, first: &str, last: &str) -> Range<usize> {
        match self {
            Self::Calls(calls) => calls.between(first, last),
            Self::References(references) => references.between(first, last),
        }
    }

    /// The columns of `projection` of some rows.
    pub(crate) fn batch(&self, rows: Range<usize>, projection: Option<&[usize]>) -> Result<RecordBatch> {
        let mut table = match self {
            Self::Calls(_) => Table::new(ResolvedCallRow::CONTRACT, projection)?,
            Self::References(_) => Table::new(ResolvedReferenceRow::CONTRACT, projection)?,
        };
        match self {
            Self::Calls(calls) => calls.rows(rows).for_each(|row| {
                table.push(&ResolvedCallRow {
                    path: row.path,
                    node_id: row.node_id,
                    seq: row.seq,
                    form: row.form,
                    caller_id: row.caller_id,
                    caller: row.caller,
                    callee_id: row.callee_id,
                    callee: row.callee.as_deref(),
                    callee_kind: row.callee_kind,
                    callee_count: row.callees,
                    reason: row.reason.map(Unresolved::name),
                    bstart: row.bstart,
                    bend: row.bend,
                });
            }),
            Self::References(references) => references.rows(rows).for_each(|row| {
                table.push(&ResolvedReferenceRow {
                    path: row.path,
                    node_id: row.node_id,
                    role: row.role,
                    seq: row.seq,
                    owner_id: row.owner_id,
                    target_kind: row.target_kind,
                    target_id: row.target_id.as_deref(),
                    target: row.target.as_deref(),
                    target_count: row.targets,
                    reason: row.reason.map(Unresolved::name),
                    bstart: row.bstart,
                    bend: row.bend,
                });
            }),
        }
        Ok(table.take()?)
    }
}

fn inputs() -> Result<Vec<(&'static Contract, Vec<usize>)>> {
    let of = |input: &codeanatomy_pointsto::Input| match find(input.dataset) {
        Some(contract) => Ok((
            contract,
            input.columns.iter().filter_map(|c| contract.index_of(c)).collect(),
        )),
        None => internal_err!("there is no dataset {}", input.dataset),
    };
    INPUTS.iter().map(of).collect()
}

/// The rows of one of the two datasets.
pub(super) fn of_files(
    contract: &Contract,
    source: &Source,
    files: &Files,
    reservation: &MemoryReservation,
    is_wanted: &dyn Fn() -> bool,
) -> Result<Resolved> {
    let inputs = inputs()?;
    let request = Request::new(source.limits());
    let request = inputs
        .iter()
        .fold(request, |r, (c, columns)| r.with(c, Some(columns.clone())));
    let mut extractor = Extractor::new(&request)?;
    let mut analysis = CallAnalysis::new();
    let mut reader = files.reader();
    for (i, entry) in files.entries.iter().enumerate() {
        if !is_wanted() {
            return exec_err!("the calls are not wanted any more");
        }
        if entry.language != Language::Python {
            continue;
        }
        reservation.try_grow(BYTES_PER_BYTE * entry.size as usize)?;
        reader.expect(files.entries[i..].iter());
        extractor.add(entry, reader.read(entry));
        let take = |(contract, _): &(&Contract, Vec<usize>)| match extractor.table(contract.name) {
            Some(table) => Ok(table.take()?),
            None => internal_err!("the extractor has no table {}", contract.name),
        };
        let rows = inputs.iter().map(take).collect::<Result<Vec<_>>>()?;
        analysis.add(entry, &rows)?;
    }
    let rows = match contract.name == ResolvedCallRow::CONTRACT.name {
        true => analysis.solve_calls(is_wanted),
        false => analysis.solve(is_wanted).1,
    };
    reservation.try_resize(rows.size())?;
    Ok(rows)
}
