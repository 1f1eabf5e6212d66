//! Rows of runs of files.

use std::ops::Range;
use std::sync::Arc;

use codeanatomy_cache::Cache;
use codeanatomy_extract::{Extractor, Request};
use codeanatomy_model::Contract;
use datafusion::arrow::array::RecordBatch;
use datafusion::common::{Result, internal_err};

use super::cached::CachedExtraction;
use crate::source::{Files, Source};

/// Gives the rows of files in some datasets.
pub(super) struct Extraction {
    source: Source,
    wanted: Vec<(&'static Contract, Vec<usize>)>,
    cached: Option<CachedExtraction>,
}

impl Extraction {
    /// Of the columns of some datasets; out of a cache if there is one, which keeps all columns.
    pub(super) fn new(
        source: &Source,
        cache: Option<&Arc<Cache>>,
        wanted: Vec<(&'static Contract, Vec<usize>)>,
    ) -> Self {
        let contracts = || wanted.iter().map(|(contract, _)| *contract).collect();
        Self {
            source: source.clone(),
            cached: cache.map(|cache| CachedExtraction::new(cache, source.limits(), contracts())),
            wanted,
        }
    }

    /// The rows of a run of files, one batch for each dataset.
    pub(super) fn rows(&self, files: &Files, part: Range<usize>) -> Result<Vec<RecordBatch>> {
        if let Some(cached) = &self.cached {
            let rows = cached.rows(files, part)?.into_iter().zip(&self.wanted);
            return rows.map(|(rows, (_, columns))| Ok(rows.project(columns)?)).collect();
        }
        let request = Request::new(self.source.limits());
        let add = |request: Request, (contract, columns): &(&'static Contract, Vec<usize>)| {
            request.with(contract, Some(columns.clone()))
        };
        let mut extractor = Extractor::new(&self.wanted.iter().fold(request, add))?;
        let mut reader = files.reader();
        let entries = &files.entries[part];
        for (i, entry) in entries.iter().enumerate() {
            reader.expect(entries[i..].iter());
            extractor.add(entry, reader.read(entry));
        }
        let take = |(contract, _): &(&'static Contract, Vec<usize>)| match extractor.table(contract.name) {
            Some(table) => Ok(table.take()?),
            None => internal_err!("the extractor has no table {}", contract.name),
        };
        self.wanted.iter().map(take).collect()
    }
}
