//! Rows of SCIP indexes.

use std::io;

use codeanatomy_extract::file::Entry;
use codeanatomy_extract::scip;
use datafusion::common::{Result, exec_datafusion_err};
use tokio::sync::mpsc::Sender;

use super::Reader;
use super::send::Sent;
use crate::source::ReadSeek;

impl Reader {
    /// Reads indexes document by document, in the order of the paths of the documents.
    pub(super) fn run_indexes(
        &mut self,
        files: &[Entry],
        options: &scip::Options,
        sender: &Sender<Sent>,
    ) -> Result<()> {
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
        let next = |indexes: &[scip::Index<_>]| {
            let first = |(i, index): (usize, &scip::Index<_>)| Some((index.paths().next()?.to_string(), i));
            indexes.iter().enumerate().filter_map(first).min().map(|(_, i)| i)
        };
        while let Some(i) = next(&indexes) {
            let timer = self.metrics.baseline.elapsed_compute().timer();
            let files = &self.files;
            let source = |path: &str| -> io::Result<Vec<u8>> { Ok(files.borrow_mut().read_beside(path)?.0) };
            self.extractor.add_scip(&mut indexes[i], &source);
            timer.done();
            if self.rows()? >= self.batch_size.min(self.left) && !self.send(sender)? {
                return Ok(());
            }
        }
        self.send(sender)?;
        Ok(())
    }
}
