//! From the files of a source to the rows of `resolved_calls`.

use codeanatomy_extract::file::Entry;
use codeanatomy_extract::{Extractor, Request, Table};
use codeanatomy_model::dataset::ResolvedCallRow;
use codeanatomy_model::id::stable_id;
use codeanatomy_model::{Contract, Language, Row, find};
use codeanatomy_pointsto::{Analysis, FileRows, INPUTS};
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

    /// The datasets that it reads, in the order in which it wants their rows.
    pub(crate) fn inputs() -> Result<Vec<&'static Contract>> {
        Ok(inputs()?.into_iter().map(|(contract, _)| contract).collect())
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

    /// The calls of all files.
    pub(crate) fn solve(self, is_wanted: &dyn Fn() -> bool) -> Result<RecordBatch> {
        resolved(self.analysis, is_wanted)
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

/// The rows of a source.
pub(super) fn of_files(
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
    let rows = analysis.solve(is_wanted)?;
    reservation.try_resize(rows.get_array_memory_size())?;
    Ok(rows)
}

/// The rows of a finished analysis.
fn resolved(analysis: Analysis, is_wanted: &dyn Fn() -> bool) -> Result<RecordBatch> {
    let mut table = Table::new(ResolvedCallRow::CONTRACT, None)?;
    let mut last: Option<(String, i64)> = None;
    let mut seq = 0;
    for row in analysis.solve(is_wanted) {
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
