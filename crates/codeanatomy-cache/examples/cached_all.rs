//! As `extract_all` of `codeanatomy-extract`, with a cache: `cached_all SOURCE CACHE [DATASET,…]` gives every dataset of the Python files of a source, those of
//! tree-sitter only if they are named, on one thread. A file that the cache has is not parsed, and not read either if the disk says of it what
//! it said before. Prints the number of rows of each dataset, what the cache did, and the CPU time of listing, reading, looking up and extracting.
#![allow(clippy::print_stdout, clippy::print_stderr)] // What it prints is what it is for.

use std::collections::BTreeSet;
use std::error::Error;
use std::io;
use std::path::Path;

use codeanatomy_cache::{Cache, CachedRows, ContentHash, FileHash, KnownFiles, Moment};
use codeanatomy_extract::file::{Entry, Globs, Listing, walk};
use codeanatomy_extract::{Extractor, Options, Request};
use codeanatomy_model::{CATALOGUE, Contract, Family, Languages};

// That of the product.
#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The rows that are collected before they are taken, as a scan does.
const BATCH_ROWS: usize = 8192;

struct Dataset {
    contract: &'static Contract,
    cached: CachedRows,
    /// The files that are not in the cache.
    missing: Vec<usize>,
    rows: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [source, folder, ..] = arguments.as_slice() else {
        return Err("usage: cached_all SOURCE CACHE [DATASET,…]".into());
    };
    let chosen: Option<Vec<&str>> = arguments.get(2).map(|list| list.split(',').collect());
    let start = cpu_seconds()?;
    let cache = Cache::open(Path::new(folder), 4 << 30)?;
    let options = Options::default();
    let mut datasets = vec![];
    let mut request = Request::new(options);
    for contract in CATALOGUE {
        let is_chosen = match &chosen {
            Some(names) => names.contains(&contract.name),
            None => !matches!(contract.family, Family::TreeSitter | Family::CallGraph),
        };
        if contract.name == "file_scope" || !is_chosen || !contract.inputs.contains(codeanatomy_model::Language::Python)
        {
            continue;
        }
        let columns = contract.columns.iter().enumerate();
        let projection = columns.filter(|(_, c)| (contract.name, c.name) != ("files", "text"));
        let projection: Vec<usize> = projection.map(|(i, _)| i).collect();
        let cached = CachedRows::new(&cache, contract, &projection, options, None)?;
        request = request.with(contract, Some(projection));
        datasets.push(Dataset {
            contract,
            cached,
            missing: vec![],
            rows: 0,
        });
    }
    let mut extractor = Extractor::new(&request)?;
    let files = walk(Path::new(source), &Globs::default(), Languages::PYTHON)?;
    let known = cache.known_files(files.root());
    let mut moment = None;
    let mut hash = |entry| {
        Ok(FileHash::new(
            entry,
            &content(&files, entry, &known, &mut moment)?,
            None,
        ))
    };
    let hashes = files.entries.iter().map(&mut hash);
    let hashes = hashes.collect::<std::io::Result<Vec<_>>>()?;
    known.save()?;
    // One dataset after the other, as scans do.
    for dataset in &mut datasets {
        for (i, hash) in hashes.iter().enumerate() {
            if !dataset.cached.find(&dataset.cached.key(hash))? {
                dataset.missing.push(i);
            }
            dataset.take(BATCH_ROWS)?;
        }
    }
    // What is not there is extracted for all of them at once.
    let missing: BTreeSet<usize> = datasets.iter().flat_map(|d| d.missing.iter().copied()).collect();
    for i in missing {
        let entry = &files.entries[i];
        let bytes = files.read(entry)?;
        // It may have changed since.
        let hash = FileHash::new(entry, &ContentHash::of(&bytes), None);
        extractor.add(entry, Ok(bytes));
        for dataset in &mut datasets {
            let Some(table) = extractor.table(dataset.contract.name) else {
                continue;
            };
            let rows = table.take()?;
            if dataset.missing.binary_search(&i).is_ok() {
                let key = dataset.cached.key(&hash);
                dataset.cached.add(Some(key), &rows)?;
                dataset.take(BATCH_ROWS)?;
            }
        }
    }
    let (mut found, mut read, mut written) = (0, 0, 0);
    for dataset in &mut datasets {
        dataset.take(0)?;
        if let Some(error) = dataset.cached.finish() {
            return Err(error.into());
        }
        let counts = dataset.cached.counts();
        found += counts.found;
        read += counts.bytes_read;
        written += counts.bytes_written;
    }
    let seconds = cpu_seconds()? - start;
    for dataset in &datasets {
        let counts = dataset.cached.counts();
        println!(
            "{}\t{}\t{}",
            dataset.contract.name,
            dataset.rows,
            counts.bytes_read + counts.bytes_written
        );
    }
    let parses = extractor.parses();
    println!(
        "files_parsed\t{}\nentries_found\t{found}\ncache_bytes_read\t{read}\ncache_bytes_written\t{written}",
        parses.made
    );
    println!("cpu_seconds\t{seconds:.3}");
    Ok(())
}

impl Dataset {
    /// Takes the rows if there are so many.
    fn take(&mut self, rows: usize) -> Result<(), Box<dyn Error>> {
        if self.cached.len() >= rows {
            self.rows += self.cached.take()?.iter().map(|batch| batch.num_rows()).sum::<usize>();
        }
        Ok(())
    }
}

/// The hash of a file that is read only if it is not known to be as it was.
fn content(files: &Listing, entry: &Entry, known: &KnownFiles, moment: &mut Option<Moment>) -> io::Result<ContentHash> {
    let stat = files.stat(entry);
    if let Some(content) = stat.and_then(|stat| known.content(&entry.path, &stat)) {
        return Ok(content);
    }
    if moment.is_none() {
        *moment = known.moment();
    }
    let (bytes, stat) = files.read_with_stat(entry)?;
    let content = ContentHash::of(&bytes);
    if let (Some(stat), Some(moment)) = (stat, *moment) {
        known.note(&entry.path, stat, content, moment);
    }
    Ok(content)
}

/// The CPU time that this thread has used, in user mode and in the kernel.
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: u64 = stat.split_whitespace().next().ok_or("no time")?.parse()?;
    Ok(nanoseconds as f64 / 1e9)
}
