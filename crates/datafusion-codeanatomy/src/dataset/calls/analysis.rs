//! From the files of a source to the rows of `resolved_calls` and `resolved_references`.

use codeanatomy_extract::file::Entry;
use codeanatomy_extract::{Extractor, Request, Table};
use codeanatomy_model::dataset::{ResolvedCallRow, ResolvedReferenceRow};
use codeanatomy_model::id::stable_id;
use codeanatomy_model::{Contract, Language, Row, find};
use codeanatomy_pointsto::{Analysis, CallRow, FileRows, INPUTS, ReferenceRow};
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
    pub(crate) fn new() -> Self {
        Self {
            analysis: Analysis::new(builtin_names()),
        }
    }

    /// Asks for what it reads of a file; of `whole`, for all columns.
    pub(crate) fn request(mut request: Request, whole: &[&'static Contract]) -> Result<Request> {
        for (contract, columns) in inputs()? {
            let is_whole = whole.iter().any(|c| c.name == contract.name);
            request = request.with(contract, (!is_whole).then_some(columns));
        }
        let others = whole.iter().filter(|c| !INPUTS.iter().any(|i| i.dataset == c.name));
        Ok(others.fold(request, |request, contract: &&'static Contract| {
            request.with(contract, None)
        }))
    }

    /// Takes the rows of a file out of the tables of an extractor.
    pub(crate) fn rows(extractor: &mut Extractor) -> Result<Vec<RecordBatch>> {
        let take = |(contract, _): (&Contract, Vec<usize>)| match extractor.table(contract.name) {
            Some(table) => Ok(table.take()?),
            None => internal_err!("the extractor has no table {}", contract.name),
        };
        inputs()?.into_iter().map(take).collect()
    }

    /// Those of a dataset, if they are among what [`CallAnalysis::rows`] gives.
    pub(crate) fn dataset<'r>(rows: &'r [RecordBatch], contract: &Contract) -> Option<&'r RecordBatch> {
        let i = INPUTS.iter().position(|i| i.dataset == contract.name)?;
        rows.get(i)
    }

    /// Adds a file.
    pub(crate) fn add(&mut self, entry: &Entry, rows: &[RecordBatch]) -> Result<()> {
        let file = FileRows {
            path: &entry.path,
            file_id: &stable_id("file", &[entry.path.as_str().into()]),
            module: entry.module.as_deref(),
            rows,
        };
        Ok(self.analysis.add(&file)?)
    }

    /// The calls of all files, and what other expressions refer to.
    pub(crate) fn solve(self, is_wanted: &dyn Fn() -> bool) -> Result<(RecordBatch, RecordBatch)> {
        let (calls, references) = self.analysis.solve_with_references(is_wanted);
        Ok((resolved(calls)?, referred(references)?))
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
) -> Result<RecordBatch> {
    let mut extractor = Extractor::new(&CallAnalysis::request(Request::new(source.limits()), &[])?)?;
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
        let rows = CallAnalysis::rows(&mut extractor)?;
        analysis.add(entry, &rows)?;
    }
    let rows = match contract.name == ResolvedCallRow::CONTRACT.name {
        true => resolved(analysis.analysis.solve(is_wanted))?,
        false => analysis.solve(is_wanted)?.1,
    };
    reservation.try_resize(rows.get_array_memory_size())?;
    Ok(rows)
}

/// The rows of `resolved_calls`.
fn resolved(calls: impl Iterator<Item = CallRow>) -> Result<RecordBatch> {
    let mut table = Table::new(ResolvedCallRow::CONTRACT, None)?;
    let mut last: Option<(String, i64)> = None;
    let mut seq = 0;
    for row in calls {
        seq = match &last {
            Some((path, node)) if *path == row.path && *node == row.node_id => seq + 1,
            _ => 0,
        };
        table.push(&ResolvedCallRow {
            path: &row.path,
            node_id: row.node_id,
            seq,
            form: row.form,
            caller_id: &row.caller_id,
            caller: &row.caller,
            callee_id: row.callee_id.as_deref(),
            callee: row.callee.as_deref(),
            callee_kind: row.callee_kind,
            callee_count: row.callees,
            reason: row.reason.map(codeanatomy_pointsto::Unresolved::name),
            bstart: row.bstart,
            bend: row.bend,
        });
        last = Some((row.path, row.node_id));
    }
    Ok(table.take()?)
}

/// The rows of `resolved_references`.
fn referred(references: impl Iterator<Item = ReferenceRow>) -> Result<RecordBatch> {
    let mut table = Table::new(ResolvedReferenceRow::CONTRACT, None)?;
    let mut last: Option<(String, i64, &str)> = None;
    let mut seq = 0;
    for row in references {
        seq = match &last {
            Some((path, node, role)) if *path == row.path && *node == row.node_id && *role == row.role => seq + 1,
            _ => 0,
        };
        table.push(&ResolvedReferenceRow {
            path: &row.path,
            node_id: row.node_id,
            role: row.role,
            seq,
            owner_id: &row.owner_id,
            target_kind: row.target_kind,
            target_id: row.target_id.as_deref(),
            target: row.target.as_deref(),
            target_count: row.targets,
            reason: row.reason.map(codeanatomy_pointsto::Unresolved::name),
            bstart: row.bstart,
            bend: row.bend,
        });
        last = Some((row.path, row.node_id, row.role));
    }
    Ok(table.take()?)
}
