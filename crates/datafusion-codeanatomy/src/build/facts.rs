//! What rules look up across files.

use std::ops::Range;
use std::sync::Arc;

use codeanatomy_extract::file::Entry;
use codeanatomy_extract::{Extractor, Request};
use codeanatomy_model::Language;
use codeanatomy_model::dataset::{DefinitionRow, FileRow, ImportRow, ResolvedCallRow, ResolvedReferenceRow};
use codeanatomy_model::{Contract, Row};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::concat_batches;
use datafusion::common::{DataFusionError, Result, internal_err};
use futures::{StreamExt, TryStreamExt, stream};

use super::needs::Needs;
use super::{Progress, cut};
use crate::dataset::{CallAnalysis, Resolved, Rows};
use crate::source::{Files, Source, on_blocking_thread};

/// The datasets of the first pass, and the columns that it reads itself.
const DATASETS: [(&Contract, &[&str]); 3] = [
    (FileRow::CONTRACT, &["content_hash", "status"]),
    (DefinitionRow::CONTRACT, &[]),
    (ImportRow::CONTRACT, &[]),
];

/// The size of what is read at once, in bytes of source; what the analysis of calls reads of it is kept until its turn.
const READ_BYTES: u64 = 1 << 18;

/// All files, definitions, imports, resolved calls and references of the source.
#[derive(Debug)]
pub(super) struct Facts {
    rows: Vec<Rows>,
    calls: Arc<Resolved>,
    references: Arc<Resolved>,
}

/// What is known of a whole source in one dataset.
#[derive(Debug, Clone)]
pub(super) enum Whole {
    Rows(Rows),
    Resolved(Arc<Resolved>),
}

impl Facts {
    /// Reads all files.
    pub(super) async fn extract(
        source: &Source,
        files: &Files,
        needs: &Needs,
        threads: usize,
        progress: &dyn Progress,
    ) -> Result<Self> {
        let asked = DATASETS.map(|(contract, own)| (contract, needs.columns(contract, own)));
        let asked: Arc<[_]> = asked.into();
        let mut passes = stream::iter(cut(&files.entries, READ_BYTES))
            .map(|part| {
                let (source, files, asked) = (source.clone(), files.clone(), Arc::clone(&asked));
                async move {
                    let bytes: u64 = files.entries[part.clone()].iter().map(|f| f.size).sum();
                    let rows = on_blocking_thread(move || extract_files(&source, &files, part, &asked)).await?;
                    Ok::<_, DataFusionError>((bytes, rows))
                }
            })
            .buffered(threads);
        let mut rows: Vec<Vec<RecordBatch>> = asked.iter().map(|_| vec![]).collect();
        let mut calls = CallAnalysis::new();
        while let Some((bytes, part)) = passes.try_next().await? {
            progress.advance(bytes);
            for (all, some) in rows.iter_mut().zip(&part.facts) {
                all.push(some.clone());
            }
            calls = on_blocking_thread(move || {
                part.add_calls(&mut calls)?;
                Ok(calls)
            })
            .await?;
        }
        let (calls, references) = on_blocking_thread(move || Ok(calls.solve(&|| true))).await?;
        let whole = |((contract, _), rows): (&(&'static Contract, _), Vec<RecordBatch>)| {
            let schema = rows.first().map_or_else(|| contract.schema(), RecordBatch::schema);
            Rows::try_new(contract, compact(&concat_batches(&schema, &rows)?)?)
        };
        Ok(Self {
            rows: asked.iter().zip(rows).map(whole).collect::<Result<_>>()?,
            calls: Arc::new(calls),
            references: Arc::new(references),
        })
    }

    /// The datasets that are known of the whole source.
    pub(super) fn contracts() -> impl Iterator<Item = &'static Contract> {
        let contracts = DATASETS.into_iter().map(|(contract, _)| contract);
        contracts.chain([ResolvedCallRow::CONTRACT, ResolvedReferenceRow::CONTRACT])
    }

    /// What is known of one of them.
    pub(super) fn dataset(&self, contract: &Contract) -> Option<Whole> {
        match DATASETS.iter().position(|(c, _)| c.name == contract.name) {
            Some(i) => self.rows.get(i).cloned().map(Whole::Rows),
            None if contract.name == ResolvedCallRow::CONTRACT.name => Some(Whole::Resolved(Arc::clone(&self.calls))),
            None if contract.name == ResolvedReferenceRow::CONTRACT.name => {
                Some(Whole::Resolved(Arc::clone(&self.references)))
            }
            None => None,
        }
    }

    /// The rows of `files`.
    pub(super) fn files(&self) -> &Rows {
        &self.rows[0]
    }

    /// A hash over the paths and contents of all files.
    pub(super) fn source_hash(&self) -> Result<String> {
        let mut hasher = blake3::Hasher::new();
        for name in ["path", "content_hash"] {
            let Some(column) = self
                .files()
                .batch()
                .column_by_name(name)
                .and_then(|c| c.as_string_view_opt())
            else {
                return internal_err!("files have no column {name}");
            };
            for value in column {
                let value = value.unwrap_or_default().as_bytes();
                hasher.update(&(value.len() as u64).to_le_bytes()).update(value);
            }
        }
        Ok(hasher.finalize().to_hex().to_string())
    }

    /// What a user should know: how many files were not read whole, by status.
    pub(super) fn warnings(&self) -> Result<Vec<String>> {
        let column = |name: &str| {
            self.files()
                .batch()
                .column_by_name(name)
                .and_then(|c| c.as_string_view_opt())
        };
        let (Some(path), Some(status)) = (column("path"), column("status")) else {
            return internal_err!("files have no path or status");
        };
        let mut by_status = std::collections::BTreeMap::<&str, (usize, &str)>::new();
        for i in (0..path.len()).filter(|i| status.value(*i) != "ok") {
            by_status.entry(status.value(i)).or_insert((0, path.value(i))).0 += 1;
        }
        let say = |(status, (count, first)): (&str, (usize, &str))| match count {
            1 => format!("1 file is {}: {first}", status.replace('_', " ")),
            _ => format!("{count} files are {}, the first is {first}", status.replace('_', " ")),
        };
        Ok(by_status.into_iter().map(say).collect())
    }
}

/// What the first pass takes of a run of files.
struct PartFacts {
    /// The rows of each of [`DATASETS`].
    facts: Vec<RecordBatch>,
    /// What the analysis of calls reads.
    of_calls: Vec<Rows>,
    python: Vec<Entry>,
}

impl PartFacts {
    fn add_calls(&self, calls: &mut CallAnalysis) -> Result<()> {
        for file in &self.python {
            let of_file = |rows: &Rows| rows.between(&file.path, &file.path);
            calls.add(file, &self.of_calls.iter().map(of_file).collect::<Vec<_>>())?;
        }
        Ok(())
    }
}

fn extract_files(
    source: &Source,
    files: &Files,
    part: Range<usize>,
    asked: &[(&'static Contract, Vec<usize>)],
) -> Result<PartFacts> {
    let request = CallAnalysis::request(Request::new(source.limits()), asked)?;
    let mut extractor = Extractor::new(&request)?;
    let mut reader = files.reader();
    let entries = &files.entries[part];
    for (i, entry) in entries.iter().enumerate() {
        reader.expect(entries[i..].iter());
        extractor.add(entry, reader.read(entry));
    }
    let of_calls = CallAnalysis::rows(&mut extractor)?;
    let facts = asked.iter().map(
        |(contract, _)| match of_calls.iter().find(|(c, _)| c.name == contract.name) {
            Some((_, rows)) => Ok(rows.clone()),
            None => take(&mut extractor, contract),
        },
    );
    let facts = facts.collect::<Result<_>>()?;
    let of_calls = of_calls
        .into_iter()
        .map(|(contract, rows)| Rows::try_new(contract, rows));
    let is_python = |entry: &&Entry| entry.language == Language::Python;
    Ok(PartFacts {
        facts,
        of_calls: of_calls.collect::<Result<_>>()?,
        python: entries.iter().filter(is_python).cloned().collect(),
    })
}

/// The rows with their texts in few buffers: every slice of a batch takes all of them along.
fn compact(rows: &RecordBatch) -> Result<RecordBatch> {
    let compact = |column: &ArrayRef| match column.as_string_view_opt() {
        Some(texts) => Arc::new(texts.gc()),
        None => Arc::clone(column),
    };
    let columns = rows.columns().iter().map(compact).collect();
    Ok(RecordBatch::try_new(rows.schema(), columns)?)
}

fn take(extractor: &mut Extractor, contract: &Contract) -> Result<RecordBatch> {
    match extractor.table(contract.name) {
        Some(table) => Ok(table.take()?),
        None => internal_err!("the extractor has no table {}", contract.name),
    }
}

/// The rows of `datasets` for a run of files, with the columns that are needed and those that stand beside them.
pub(super) fn extract(
    source: &Source,
    files: &Files,
    part: Range<usize>,
    needs: &Needs,
    datasets: &[(&'static Contract, &'static [&'static str])],
) -> Result<Vec<RecordBatch>> {
    let request = needs.request(Request::new(source.limits()), datasets.iter().copied());
    let mut extractor = Extractor::new(&request)?;
    let mut reader = files.reader();
    let entries = &files.entries[part];
    for (i, entry) in entries.iter().enumerate() {
        reader.expect(entries[i..].iter());
        extractor.add(entry, reader.read(entry));
    }
    datasets
        .iter()
        .map(|(contract, _)| take(&mut extractor, contract))
        .collect()
}
