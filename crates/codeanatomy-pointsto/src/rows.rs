//! Rows of a solved program.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::program::{Place, Program};

/// What a row is made of.
pub trait Entry: fmt::Debug {
    /// The row, with its texts.
    type Row<'a>;
}

/// What the rows of a solved program need.
pub(crate) trait Show: Entry {
    /// Where it stands.
    fn place(&self) -> Place;

    /// Whether two entries that follow each other are counted together.
    fn is_with(&self, other: &Self) -> bool;

    /// The row; `seq` is its number among those that it is counted with.
    fn row<'a>(&self, program: &'a Program, seq: usize) -> Self::Row<'a>;
}

/// Rows in order. They are small; their texts are made when they are asked for.
#[derive(Debug)]
pub struct Rows<E> {
    /// What has the texts.
    program: Arc<Program>,
    entries: Vec<E>,
    /// The rows of each file that has some.
    files: Vec<(u32, Range<usize>)>,
}

#[expect(private_bounds, reason = "what a row is made of is no one else's")]
impl<E: Show> Rows<E> {
    /// Entries in the order of the paths of their files.
    pub(crate) fn new(program: Arc<Program>, mut entries: Vec<E>) -> Self {
        entries.shrink_to_fit();
        let mut files: Vec<(u32, Range<usize>)> = vec![];
        for same in entries.chunk_by(|a, b| a.place().file == b.place().file) {
            let start = files.last().map_or(0, |(_, rows)| rows.end);
            files.push((same[0].place().file, start..start + same.len()));
        }
        Self {
            program,
            entries,
            files,
        }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// About how many bytes they take.
    pub fn size(&self) -> usize {
        self.program.names.size() + self.entries.capacity() * size_of::<E>()
    }

    /// Which rows the files from `first` to `last` have.
    pub fn between(&self, first: &str, last: &str) -> Range<usize> {
        let path = |file: u32| self.program.paths[file as usize].as_str();
        let from = self.files.partition_point(|(file, _)| path(*file) < first);
        let to = self.files.partition_point(|(file, _)| path(*file) <= last);
        match self.files.get(from..to) {
            Some([(_, rows)]) => rows.clone(),
            Some([(_, first), .., (_, last)]) => first.start..last.end,
            _ => 0..0,
        }
    }

    /// All rows.
    pub fn iter(&self) -> impl Iterator<Item = E::Row<'_>> {
        self.rows(0..self.len())
    }

    /// Rows by their numbers; numbers of no row are left out.
    pub fn rows(&self, range: Range<usize>) -> impl Iterator<Item = E::Row<'_>> {
        let range = range.start.min(self.len())..range.end.min(self.len());
        let is_with = |i: usize, j: usize| match (self.entries.get(i), self.entries.get(j)) {
            (Some(a), Some(b)) => a.is_with(b),
            _ => false,
        };
        let start = range.start;
        let mut seq = (0..start).rev().take_while(|i| is_with(*i, start)).count();
        range.map(move |i| {
            let row = self.entries[i].row(&self.program, seq);
            seq = if is_with(i, i + 1) { seq + 1 } else { 0 };
            row
        })
    }
}

/// The rank of each file by its path.
pub(crate) fn ranks(program: &Program) -> Vec<usize> {
    let mut files: Vec<usize> = (0..program.paths.len()).collect();
    files.sort_by_key(|file| &program.paths[*file]);
    let mut rank_of = vec![0; files.len()];
    for (rank, file) in files.into_iter().enumerate() {
        rank_of[file] = rank;
    }
    rank_of
}
