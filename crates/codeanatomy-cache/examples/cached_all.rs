//! As `extract_all` of `codeanatomy-extract`, with a cache: `cached_all SOURCE CACHE [DATASET,…]` gives every dataset of the Python files of a source, those of
//! tree-sitter only if they are named, in one pass, on one thread. A file that the cache has is read and hashed, not parsed. Prints the number
//! of rows of each dataset, what the cache did, and the CPU time of listing, reading, looking up and extracting.
#![allow(clippy::print_stdout, clippy::print_stderr)] // What it prints is what it is for.

use std::error::Error;
use std::path::Path;

use codeanatomy_cache::{Cache, CachedRows, ContentHash};
use codeanatomy_extract::file::{Globs, walk};
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
            rows: 0,
        });
    }
    let mut extractor = Extractor::new(&request)?;
    let files = walk(Path::new(source), &Globs::default(), Languages::PYTHON)?;
    for entry in &files.entries {
        let bytes = files.read(entry)?;
        let content = ContentHash::of(&bytes);
        let mut missing = vec![];
        for dataset in &mut datasets {
            let key = dataset.cached.key(entry, &content, None);
            if !dataset.cached.find(&key)? {
                missing.push((dataset, key));
            }
        }
        if !missing.is_empty() {
            extractor.add(entry, Ok(bytes));
            for contract in CATALOGUE {
                let Some(table) = extractor.table(contract.name) else {
                    continue;
                };
                let rows = table.take()?;
                if let Some((dataset, key)) = missing.iter_mut().find(|(d, _)| d.contract.name == contract.name) {
                    dataset.cached.add(Some(*key), &rows)?;
                }
            }
        }
        for dataset in &mut datasets {
            if dataset.cached.len() >= BATCH_ROWS {
                dataset.rows += rows(&mut dataset.cached)?;
            }
        }
    }
    let (mut found, mut read, mut written) = (0, 0, 0);
    for dataset in &mut datasets {
        dataset.rows += rows(&mut dataset.cached)?;
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

fn rows(cached: &mut CachedRows) -> Result<usize, Box<dyn Error>> {
    Ok(cached.take()?.iter().map(|batch| batch.num_rows()).sum())
}

/// The CPU time that this thread has used, in user mode and in the kernel.
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: u64 = stat.split_whitespace().next().ok_or("no time")?.parse()?;
    Ok(nanoseconds as f64 / 1e9)
}
