//! What rules look up across files.

use std::ops::Range;
use std::sync::Arc;

use codeanatomy_cache::Cache;
use codeanatomy_extract::file::Entry;
use codeanatomy_extract::{Extractor, Request};
use codeanatomy_model::Language;
use codeanatomy_model::dataset::{DefinitionRow, FileRow, ImportRow, ResolvedCallRow};
use codeanatomy_model::{Contract, Row};
use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::compute::concat_batches;
use datafusion::common::{DataFusionError, Result, internal_err};
use futures::{StreamExt, TryStreamExt, stream};

use super::Progress;
use super::cached::CachedExtraction;
use crate::dataset::{CallAnalysis, Rows};
use crate::source::{Files, Source, on_blocking_thread};

/// The datasets of the first pass.
const CONTRACTS: [&Contract; 3] = [FileRow::CONTRACT, DefinitionRow::CONTRACT, ImportRow::CONTRACT];

/// What is known when it is done: those, and what comes of all files together.
const ALL: [&Contract; 4] = [
    FileRow::CONTRACT,
    DefinitionRow::CONTRACT,
    ImportRow::CONTRACT,
    ResolvedCallRow::CONTRACT,
];

/// All files, definitions, imports and resolved calls of the source.
#[derive(Debug)]
pub(super) struct Facts {
    rows: Vec<Rows>,
}

impl Facts {
    /// Reads all parts.
    pub(super) async fn extract(
        source: &Source,
        files: &Files,
        parts: &[Range<usize>],
        threads: usize,
        cache: Option<&Arc<Cache>>,
        progress: &dyn Progress,
    ) -> Result<Self> {
        let cached = match cache {
            Some(cache) => Some(Arc::new(CachedExtraction::new(cache, source.limits(), wanted()?))),
            None => None,
        };
        let mut passes = stream::iter(parts.iter().cloned())
            .map(|part| {
                let (source, files, cached) = (source.clone(), files.clone(), cached.clone());
                async move {
                    let bytes: u64 = files.entries[part.clone()].iter().map(|f| f.size).sum();
                    let read = move || match cached {
                        Some(cached) => extract_cached(&cached, &files, part),
                        None => extract_files(&source, &files, part),
                    };
                    let rows = on_blocking_thread(read).await?;
                    Ok::<_, DataFusionError>((bytes, rows))
                }
            })
            .buffered(threads);
        let mut rows: Vec<Vec<RecordBatch>> = CONTRACTS.iter().map(|_| vec![]).collect();
        let mut calls = CallAnalysis::new();
        while let Some((bytes, part)) = passes.try_next().await? {
            progress.advance(bytes);
            for (all, some) in rows.iter_mut().zip(part.facts) {
                all.extend(some);
            }
            calls = on_blocking_thread(move || {
                for (entry, rows) in &part.of_calls {
                    calls.add(entry, rows)?;
                }
                Ok(calls)
            })
            .await?;
        }
        let calls = on_blocking_thread(move || calls.solve(&|| true)).await?;
        let whole = |(contract, rows): (&&Contract, Vec<RecordBatch>)| {
            Rows::try_new(contract, concat_batches(&contract.schema(), &rows)?)
        };
        let mut rows: Vec<Rows> = CONTRACTS.iter().zip(rows).map(whole).collect::<Result<_>>()?;
        rows.push(Rows::try_new(ResolvedCallRow::CONTRACT, calls)?);
        Ok(Self { rows })
    }

    /// The rows of each dataset.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&'static Contract, &Rows)> {
        ALL.into_iter().zip(&self.rows)
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
    /// For each of [`CONTRACTS`], the rows of one file after the other.
    facts: Vec<Vec<RecordBatch>>,
    /// What the analysis of calls reads of each file.
    of_calls: Vec<(Entry, Vec<RecordBatch>)>,
}

fn extract_files(source: &Source, files: &Files, part: Range<usize>) -> Result<PartFacts> {
    let request = CallAnalysis::request(Request::new(source.limits()), &CONTRACTS)?;
    let mut extractor = Extractor::new(&request)?;
    let mut reader = files.reader();
    let entries = &files.entries[part];
    let mut taken = PartFacts {
        facts: CONTRACTS.iter().map(|_| vec![]).collect(),
        of_calls: vec![],
    };
    for (i, entry) in entries.iter().enumerate() {
        reader.expect(entries[i..].iter());
        extractor.add(entry, reader.read(entry));
        let rows = CallAnalysis::rows(&mut extractor)?;
        for (contract, all) in CONTRACTS.iter().zip(&mut taken.facts) {
            match CallAnalysis::dataset(&rows, contract) {
                Some(rows) => all.push(rows.clone()),
                None => match extractor.table(contract.name) {
                    Some(table) => all.push(table.take()?),
                    None => return internal_err!("the extractor has no table {}", contract.name),
                },
            }
        }
        if entry.language == Language::Python {
            taken.of_calls.push((entry.clone(), rows));
        }
    }
    Ok(taken)
}

/// What the first pass takes of files if whole rows come out of a cache: what the analysis of calls reads, and then the rest of
/// [`CONTRACTS`].
fn wanted() -> Result<Vec<&'static Contract>> {
    let mut wanted = CallAnalysis::inputs()?;
    let others = CONTRACTS
        .into_iter()
        .filter(|c| wanted.iter().all(|w| w.name != c.name));
    wanted.extend(others.collect::<Vec<_>>());
    Ok(wanted)
}

fn extract_cached(cached: &CachedExtraction, files: &Files, part: Range<usize>) -> Result<PartFacts> {
    let wanted = wanted()?;
    let inputs = CallAnalysis::inputs()?.len();
    let mut taken = PartFacts {
        facts: CONTRACTS.iter().map(|_| vec![]).collect(),
        of_calls: vec![],
    };
    cached.each(files, part, |entry, mut rows| {
        for (contract, all) in CONTRACTS.iter().zip(&mut taken.facts) {
            let found = wanted.iter().zip(&rows).find(|(w, _)| w.name == contract.name);
            all.extend(found.map(|(_, rows)| rows.clone()));
        }
        if entry.language == Language::Python {
            rows.truncate(inputs);
            taken.of_calls.push((entry.clone(), rows));
        }
        Ok(())
    })?;
    Ok(taken)
}

/// The rows of `contracts` for a run of files, one batch each.
pub(super) fn extract(
    source: &Source,
    files: &Files,
    part: Range<usize>,
    contracts: &[&'static Contract],
) -> Result<Vec<RecordBatch>> {
    let request = contracts
        .iter()
        .fold(Request::new(source.limits()), |r, c| r.with(c, None));
    let mut extractor = Extractor::new(&request)?;
    let mut reader = files.reader();
    let entries = &files.entries[part];
    for (i, entry) in entries.iter().enumerate() {
        reader.expect(entries[i..].iter());
        extractor.add(entry, reader.read(entry));
    }
    let take = |contract: &&Contract| match extractor.table(contract.name) {
        Some(table) => Ok(table.take()?),
        None => internal_err!("the extractor has no table {}", contract.name),
    };
    contracts.iter().map(take).collect()
}
