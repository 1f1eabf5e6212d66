//! Extracts every dataset of a source, those of tree-sitter only if they are named, in one pass, on one thread: `extract_all SOURCE [DATASET,…]`. Prints the number of
//! rows of each dataset and the CPU time of reading and extracting. The text of files is left out: that of lines has it.
#![allow(clippy::print_stdout, clippy::print_stderr)] // What it prints is what it is for.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use codeanatomy_extract::file::{Globs, walk};
use codeanatomy_extract::{Extractor, Options, Request};
use codeanatomy_model::{CATALOGUE, Family, Languages};

// That of the product.
#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The rows that a table holds before they are taken, as a scan does.
const BATCH_ROWS: usize = 8192;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let source = arguments.first().ok_or("usage: extract_all SOURCE [DATASET,…]")?;
    let chosen: Option<Vec<&str>> = arguments.get(1).map(|list| list.split(',').collect());
    let start = cpu_seconds()?;
    let mut request = Request::new(Options::default());
    let mut rows = BTreeMap::new();
    let mut languages = Languages::NONE;
    for contract in CATALOGUE {
        let is_chosen = match &chosen {
            Some(names) => names.contains(&contract.name),
            None => ![
                Family::TreeSitter,
                Family::Modules,
                Family::CallGraph,
                Family::CrossChecks,
            ]
            .contains(&contract.family),
        };
        if contract.name == "file_scope" || !is_chosen {
            continue;
        }
        let columns = contract.columns.iter().enumerate();
        let projection = columns.filter(|(_, c)| (contract.name, c.name) != ("files", "text"));
        request = request.with(contract, Some(projection.map(|(i, _)| i).collect()));
        languages = languages.union(contract.inputs);
        rows.insert(contract.name, 0);
    }
    let mut extractor = Extractor::new(&request.in_batches(BATCH_ROWS))?;
    let files = walk(Path::new(source), &Globs::default(), languages)?;
    let last = files.entries.len().saturating_sub(1);
    for (i, entry) in files.entries.iter().enumerate() {
        extractor.add(entry, files.read(entry));
        for (dataset, rows) in &mut rows {
            if let Some(table) = extractor.table(dataset)
                && (table.len() >= BATCH_ROWS || i == last)
            {
                *rows += table.len();
                table.take_batches()?;
            }
        }
    }
    let seconds = cpu_seconds()? - start;
    for (dataset, rows) in rows {
        println!("{dataset}\t{rows}");
    }
    let bytes: u64 = files.entries.iter().map(|entry| entry.size).sum();
    println!("bytes\t{bytes}\ncpu_seconds\t{seconds:.3}");
    Ok(())
}

/// The CPU time that this thread has used, in user mode and in the kernel.
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: u64 = stat.split_whitespace().next().ok_or("no time")?.parse()?;
    Ok(nanoseconds as f64 / 1e9)
}
