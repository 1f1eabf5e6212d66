//! An index, document by document.

use std::io::{self, Read, Seek, SeekFrom};

use super::contents::{Contents, Extent, scan};
use super::document::{Document, Messages};
use super::part::{self, Described, External};
use super::text::Encoding;
use super::{Options, Sources};
use crate::extractor::Tables;

/// The external symbols that are read at a time.
const EXTERNAL_AT_A_TIME: usize = 4096;

/// An open index.
#[derive(Debug)]
pub struct Index<R> {
    reader: R,
    path: String,
    options: Options,
    contents: Contents,
    /// What is still to be read, the next last.
    parts: Vec<Part>,
    external: External,
    buffer: Vec<u8>,
}

/// A document, or what the index says beside its documents.
#[derive(Debug)]
struct Part {
    path: String,
    ordinal: u32,
    /// By number in the index; none for what is beside.
    document: Option<usize>,
}

impl<R: Read + Seek> Index<R> {
    /// Opens the index that is at `path` below the source: finds its documents, and reads nothing else of them. A broken
    /// index is open too, and says so in `scip_diagnostics`; that it cannot be read at all is an error.
    pub fn open(path: &str, mut reader: R, options: Options) -> io::Result<Self> {
        let size = reader.seek(SeekFrom::End(0))?;
        reader.rewind()?;
        let contents = scan(&mut reader, size);
        let parts = parts(path, &contents, &options.root);
        Ok(Self {
            reader,
            path: path.to_owned(),
            options,
            contents,
            parts,
            external: External::default(),
            buffer: Vec::new(),
        })
    }

    /// The paths of what is still to be read, as in the rows, ascending. The path of the index itself is among them.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().rev().map(|part| part.path.as_str())
    }

    /// Leaves out what has a path that is not to be kept.
    pub fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.parts.retain(|part| keep(&part.path));
    }

    /// Adds the rows of the next document. False if there was none left.
    pub(crate) fn extract_next(&mut self, sources: &Sources<'_>, tables: &mut Tables) -> bool {
        let Some(part) = self.parts.pop() else {
            return false;
        };
        match part.document {
            Some(number) => self.extract_document(&part, number, sources, tables),
            None => {
                if self.extract_external(&part, tables) {
                    self.parts.push(part);
                }
            }
        }
        true
    }

    fn extract_document(&mut self, part: &Part, number: usize, sources: &Sources<'_>, tables: &mut Tables) {
        let wanted = part::wanted(tables);
        let (relative_path, extent) = &self.contents.documents[number];
        let read_error = load(&mut self.reader, *extent, &mut self.buffer).err();
        let mut document = Document::new(&self.buffer, wanted);
        document.is_whole &= extent.is_whole() && read_error.is_none();
        // What is missing may be the declaration.
        let assumed = self.options.position_encoding.filter(|_| document.is_whole);
        let described = Described {
            is_document: part.document.is_some(),
            path: &part.path,
            index_path: &self.path,
            ordinal: part.ordinal,
            relative_path: relative_path.as_deref(),
            metadata: self.contents.metadata.as_ref(),
            encoding: Encoding::new(document.encoding, assumed),
            read_error: read_error.map(|error| error.kind()),
        };
        described.extract(&mut document, wanted, sources, tables);
    }

    /// Adds the rows of some external symbols, and those of what is wrong with the index at the end. True if there are
    /// more.
    fn extract_external(&mut self, part: &Part, tables: &mut Tables) -> bool {
        let described = Described {
            is_document: part.document.is_some(),
            path: &part.path,
            index_path: &self.path,
            ordinal: part.ordinal,
            relative_path: None,
            metadata: None,
            encoding: Encoding::new(0, None),
            read_error: None,
        };
        let all: &[Extent] = if part::wants_external(tables) {
            &self.contents.external
        } else {
            &[]
        };
        let mut symbols = Messages::starting_at(self.external.next);
        let rest = all.get(self.external.next as usize..).unwrap_or_default();
        for extent in rest.iter().take(EXTERNAL_AT_A_TIME) {
            let is_read = load(&mut self.reader, *extent, &mut self.buffer).is_ok() && extent.is_whole();
            symbols.add(if is_read { Some(self.buffer.as_slice()) } else { None }, true);
        }
        self.external.next = symbols.count;
        let is_last = rest.len() <= EXTERNAL_AT_A_TIME;
        self.external
            .extract(&described, &symbols, is_last.then_some(&self.contents.problems), tables);
        !is_last
    }
}

/// What is read, in the order of paths, the last first.
fn parts(index_path: &str, contents: &Contents, root: &str) -> Vec<Part> {
    let root = root.trim_matches('/');
    let full = |path: &str| match root {
        "" => path.to_owned(),
        root => format!("{root}/{path}"),
    };
    let documents = contents.documents.iter().enumerate().map(|(number, (path, _))| Part {
        path: path
            .as_deref()
            .filter(|path| !path.is_empty())
            .map_or(index_path.to_owned(), full),
        ordinal: 0,
        document: Some(number),
    });
    let beside = Part {
        path: index_path.to_owned(),
        ordinal: 0,
        document: None,
    };
    let mut parts: Vec<Part> = documents.chain([beside]).collect();
    // Stable: documents of the same path stay in the order of the index.
    parts.sort_by(|a, b| a.path.cmp(&b.path));
    for i in 1..parts.len() {
        if parts[i].path == parts[i - 1].path {
            parts[i].ordinal = parts[i - 1].ordinal + 1;
        }
    }
    parts.reverse();
    parts
}

/// Reads a message into `buffer`.
fn load(reader: &mut (impl Read + Seek), extent: Extent, buffer: &mut Vec<u8>) -> io::Result<()> {
    buffer.clear();
    reader.seek(SeekFrom::Start(extent.start))?;
    let read = reader.take(extent.length).read_to_end(buffer)?;
    if read as u64 == extent.length {
        Ok(())
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}
