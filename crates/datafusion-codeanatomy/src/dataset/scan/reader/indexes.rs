//! Rows of SCIP indexes.

use std::io;

use codeanatomy_extract::file::Entry;
use codeanatomy_extract::scip;
use datafusion::common::{Result, exec_datafusion_err};

use super::Reader;
use crate::source::ReadSeek;

/// Indexes whose documents are being read.
pub(super) type Indexes = Vec<scip::Index<Box<dyn ReadSeek>>>;

impl Reader {
    pub(super) fn open_indexes(&mut self, files: &[Entry], options: &scip::Options) -> Result<Indexes> {
        let mut indexes = vec![];
        for entry in files {
            let opened = match self.source.scip_index() {
                Some(path) => std::fs::File::open(path).map(|file| Box::new(file) as Box<dyn ReadSeek>),
                None => self.files.get_mut().open(entry),
            };
            let opened = opened.and_then(|reader| scip::Index::open(&entry.path, reader, options.clone()));
            let mut index = opened.map_err(|e| exec_datafusion_err!("cannot read the index '{}': {e}", entry.path))?;
            self.metrics.files_read.add(1);
            let paths: Vec<String> = index.paths().map(str::to_string).collect();
            let passed = self.filter.matches(paths.iter().map(String::as_str))?;
            let mut passed = paths
                .into_iter()
                .zip(passed)
                .filter(|(_, p)| *p)
                .map(|(p, _)| p)
                .collect::<Vec<_>>();
            passed.dedup();
            index.retain(|path| passed.binary_search_by(|p| p.as_str().cmp(path)).is_ok());
            indexes.push(index);
        }
        Ok(indexes)
    }

    /// Reads the next document, in the order of the paths of the documents, and makes batches of rows if there are enough. False if
    /// there is none, or no more is wanted.
    pub(super) fn read_document(&mut self, indexes: &mut Indexes) -> Result<bool> {
        let first = |(i, index): (usize, &scip::Index<_>)| Some((index.paths().next()?.to_string(), i));
        let Some((_, i)) = indexes.iter().enumerate().filter_map(first).min() else {
            self.make()?;
            return Ok(false);
        };
        let timer = self.metrics.baseline.elapsed_compute().timer();
        let files = &self.files;
        let source = |path: &str| -> io::Result<Vec<u8>> { Ok(files.borrow_mut().read_beside(path)?.0) };
        self.extractor.add_scip(&mut indexes[i], &source);
        timer.done();
        let is_full = self.rows()? >= self.batch_size.min(self.left);
        Ok(!is_full || self.make()?)
    }
}
