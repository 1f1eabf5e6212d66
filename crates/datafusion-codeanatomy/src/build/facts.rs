//! What rules look up across files.

use std::sync::Arc;

use codeanatomy_cache::Cache;
use codeanatomy_extract::file::Entry;
use codeanatomy_model::Language;
use codeanatomy_model::dataset::{
    DefinitionRow, FileRow, ImportRow, ResolvedCallRow, ResolvedReferenceRow, ScipOccurrenceRow,
};
use codeanatomy_model::{Contract, Row};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::concat_batches;
use datafusion::common::{DataFusionError, Result, internal_err};
use futures::{StreamExt, TryStreamExt, stream};

use super::extraction::Extraction;
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
    /// What SCIP indexes say, if there is one.
    index: Option<Rows>,
    /// Whether one of its places is in a file of the source.
    index_fits: bool,
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
        cache: Option<&Arc<Cache>>,
        progress: &dyn Progress,
    ) -> Result<Self> {
        let asked = DATASETS.map(|(contract, own)| (contract, needs.columns(contract, own)));
        let wanted = CallAnalysis::wanted(&asked)?;
        let extraction = Arc::new(Extraction::new(source, cache, wanted.clone()));
        let mut passes = stream::iter(cut(&files.entries, READ_BYTES))
            .map(|part| {
                let (files, extraction) = (files.clone(), Arc::clone(&extraction));
                async move {
                    let entries = &files.entries[part.clone()];
                    let bytes: u64 = entries.iter().map(|f| f.size).sum();
                    let python = entries
                        .iter()
                        .filter(|e| e.language == Language::Python)
                        .cloned()
                        .collect();
                    let rows = on_blocking_thread(move || extraction.rows(&files, part)).await?;
                    let rows = PartFacts { rows, python };
                    Ok::<_, DataFusionError>((bytes, rows))
                }
            })
            .buffered(threads);
        let mut rows: Vec<Vec<RecordBatch>> = asked.iter().map(|_| vec![]).collect();
        let mut calls = CallAnalysis::new();
        while let Some((bytes, part)) = passes.try_next().await? {
            progress.advance(bytes);
            for ((contract, _), all) in asked.iter().zip(&mut rows) {
                let found = wanted
                    .iter()
                    .zip(&part.rows)
                    .find(|((c, _), _)| c.name == contract.name);
                all.extend(found.map(|(_, rows)| rows.clone()));
            }
            let wanted = wanted.clone();
            calls = on_blocking_thread(move || {
                part.add_calls(&mut calls, &wanted)?;
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
            index: None,
            index_fits: true,
        })
    }

    /// Adds what SCIP indexes say.
    pub(super) fn add_index(&mut self, occurrences: Rows) -> Result<()> {
        let Some(bstart) = occurrences.batch().column_by_name("bstart") else {
            return internal_err!("occurrences have no column bstart");
        };
        self.index_fits = bstart.null_count() < bstart.len();
        self.index = Some(occurrences);
        Ok(())
    }

    /// The datasets that are known of the whole source.
    pub(super) fn contracts() -> impl Iterator<Item = &'static Contract> {
        let contracts = DATASETS.into_iter().map(|(contract, _)| contract);
        contracts.chain([
            ResolvedCallRow::CONTRACT,
            ResolvedReferenceRow::CONTRACT,
            ScipOccurrenceRow::CONTRACT,
        ])
    }

    /// Whether there is a SCIP index.
    pub(super) fn has_index(&self) -> bool {
        self.index.is_some()
    }

    /// What is known of one of them.
    pub(super) fn dataset(&self, contract: &Contract) -> Option<Whole> {
        match DATASETS.iter().position(|(c, _)| c.name == contract.name) {
            Some(i) => self.rows.get(i).cloned().map(Whole::Rows),
            None if contract.name == ResolvedCallRow::CONTRACT.name => Some(Whole::Resolved(Arc::clone(&self.calls))),
            None if contract.name == ResolvedReferenceRow::CONTRACT.name => {
                Some(Whole::Resolved(Arc::clone(&self.references)))
            }
            None if contract.name == ScipOccurrenceRow::CONTRACT.name => self.index.clone().map(Whole::Rows),
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
        let mut warnings: Vec<String> = by_status.into_iter().map(say).collect();
        if !self.index_fits {
            let why = "no place of the SCIP index is in a file of the source: it is of another folder, or scip_diagnostics says why";
            warnings.push(why.to_string());
        }
        Ok(warnings)
    }
}

/// What the first pass takes of a run of files.
struct PartFacts {
    /// The rows of each dataset of the pass.
    rows: Vec<RecordBatch>,
    python: Vec<Entry>,
}

impl PartFacts {
    /// Adds its files to the analysis of calls, which reads the first `wanted` datasets.
    fn add_calls(self, calls: &mut CallAnalysis, wanted: &[(&'static Contract, Vec<usize>)]) -> Result<()> {
        let read = wanted.iter().zip(self.rows).take(CallAnalysis::INPUTS);
        let rows = read.map(|((contract, _), rows)| Rows::try_new(contract, rows));
        let rows = rows.collect::<Result<Vec<_>>>()?;
        for file in &self.python {
            let of_file = |rows: &Rows| rows.between(&file.path, &file.path);
            calls.add(file, &rows.iter().map(of_file).collect::<Vec<_>>())?;
        }
        Ok(())
    }
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
