//! Extracts datasets of the `.pyc` files of a folder, on one thread: `extract_bytecode FOLDER [DATASET,…] [COLUMN,…]`.
//! Prints the number of rows of each dataset, the bytes read and the CPU time of reading and extracting.
#![allow(clippy::print_stdout, clippy::print_stderr)] // What it prints is what it is for.

#[path = "pyc_files/mod.rs"]
mod pyc_files;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use codeanatomy_extract::{Extractor, Options, Request};
use codeanatomy_model::{CATALOGUE, Family};

// That of the product.
#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The rows that a table holds before they are taken, as a scan does.
const BATCH_ROWS: usize = 8192;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = arguments
        .first()
        .ok_or("usage: extract_bytecode FOLDER [DATASET,…] [COLUMN,…]")?;
    let chosen: Option<Vec<&str>> = arguments.get(1).map(|list| list.split(',').collect());
    let columns: Option<Vec<&str>> = arguments.get(2).map(|list| list.split(',').collect());
    let start = cpu_seconds()?;
    let mut request = Request::new(Options::default());
    let mut rows = BTreeMap::new();
    for contract in CATALOGUE.iter().filter(|c| c.family == Family::Flow) {
        if chosen.as_ref().is_none_or(|names| names.contains(&contract.name)) {
            let projection = columns
                .as_ref()
                .map(|columns| columns.iter().filter_map(|c| contract.index_of(c)).collect());
            request = request.with(contract, projection);
            rows.insert(contract.name, 0);
        }
    }
    let mut extractor = Extractor::new(&request)?;
    let files = pyc_files::list(Path::new(folder))?;
    let last = files.len().saturating_sub(1);
    for (i, entry) in files.iter().enumerate() {
        pyc_files::add(&mut extractor, Path::new(folder), entry);
        for (dataset, rows) in &mut rows {
            if let Some(table) = extractor.table(dataset)
                && (table.len() >= BATCH_ROWS || i == last)
            {
                *rows += table.take()?.num_rows();
            }
        }
    }
    let seconds = cpu_seconds()? - start;
    for (dataset, rows) in rows {
        println!("{dataset}\t{rows}");
    }
    let bytes: u64 = files.iter().map(|entry| entry.size).sum();
    println!(
        "bytes\t{bytes}\ncpu_seconds\t{seconds:.3}\nmegabytes_per_second\t{:.1}",
        bytes as f64 / 1e6 / seconds
    );
    Ok(())
}

/// The CPU time that this thread has used, in user mode and in the kernel.
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: u64 = stat.split_whitespace().next().ok_or("no time")?.parse()?;
    Ok(nanoseconds as f64 / 1e9)
}
