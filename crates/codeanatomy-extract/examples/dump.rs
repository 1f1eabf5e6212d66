//! Prints a dataset of a source as newline-delimited JSON: `dump SOURCE DATASET [COLUMN,…]`, or
//! `dump SOURCE ts_captures [COLUMN,…] QUERY`. Datasets of bytecode are those of all `.pyc` files of the folder. For the
//! datasets of a SCIP index, the source is `INDEX:FOLDER[:UNIT]` with what columns count where the index does not say:
//! `index.scip:.:utf16`.
#![allow(clippy::print_stdout, clippy::print_stderr)] // What it prints is what it is for.

#[path = "pyc_files/mod.rs"]
mod pyc_files;

use std::error::Error;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use codeanatomy_extract::file::{Globs, scope, walk};
use codeanatomy_extract::scip;
use codeanatomy_extract::{CaptureQuery, Extractor, Options, Request, Table};
use codeanatomy_model::{ColumnUnit, find};

/// The rows that are printed at a time, or more.
const BATCH_ROWS: usize = 8192;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [source, dataset, rest @ ..] = arguments.as_slice() else {
        return Err("usage: dump SOURCE DATASET [COLUMN,…], or dump SOURCE ts_captures [COLUMN,…] QUERY".into());
    };
    let (query, columns) = match rest.split_last() {
        Some((query, columns)) if dataset == "ts_captures" => (Some(CaptureQuery::new(query, None)?), columns),
        _ => (None, rest),
    };
    let contract = find(dataset).ok_or_else(|| format!("no dataset {dataset:?}"))?;
    let projection = columns
        .iter()
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| contract.index_of(name).ok_or_else(|| format!("no column {name:?}")))
        .collect::<Result<Vec<_>, _>>()?;
    let projection = (!projection.is_empty()).then_some(projection);
    let out = &mut io::BufWriter::new(io::stdout().lock());
    if scip::DATASETS.contains(&dataset.as_str()) {
        let mut extractor = Extractor::new(&Request::new(Options::default()).with(contract, projection))?;
        return dump_index(source, dataset, &mut extractor, out);
    }
    let source = Path::new(source);
    if dataset == "file_scope" {
        let mut table = Table::new(contract, projection.as_deref())?;
        scope(source, &Globs::default())?
            .iter()
            .for_each(|scoped| table.push(&scoped.row()));
        return Ok(print(&table.take()?, out)?);
    }
    let mut request = Request::new(Options::default()).with(contract, projection);
    if let Some(query) = query {
        request = request.with_query(query);
    }
    let mut extractor = Extractor::new(&request)?;
    if is_of_bytecode(dataset) {
        for entry in &pyc_files::list(source)? {
            pyc_files::add(&mut extractor, source, entry);
            if let Some(table) = extractor.table(dataset) {
                print(&table.take()?, out)?;
            }
        }
        return Ok(out.flush()?);
    }
    let files = walk(source, &Globs::default(), contract.inputs)?;
    let last = files.entries.len().saturating_sub(1);
    for (i, entry) in files.entries.iter().enumerate() {
        extractor.add(entry, files.read(entry));
        if let Some(table) = extractor.table(dataset)
            && (table.len() >= BATCH_ROWS || i == last)
        {
            print(&table.take()?, out)?;
        }
    }
    Ok(out.flush()?)
}

fn is_of_bytecode(dataset: &str) -> bool {
    const DATASETS: [&str; 6] = [
        "code_files",
        "code_units",
        "instructions",
        "exception_table",
        "blocks",
        "cfg_edges",
    ];
    DATASETS.contains(&dataset)
}

fn dump_index(
    source: &str,
    dataset: &str,
    extractor: &mut Extractor,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    let mut parts = source.split(':');
    let (Some(path), Some(folder)) = (parts.next(), parts.next()) else {
        return Err(format!("no INDEX:FOLDER: {source:?}").into());
    };
    let options = scip::Options {
        position_encoding: parts.next().and_then(ColumnUnit::parse),
        ..scip::Options::default()
    };
    let mut index = scip::Index::open("index.scip", File::open(path)?, options)?;
    while extractor.add_scip(&mut index, &|path| std::fs::read(Path::new(folder).join(path))) {
        if let Some(table) = extractor.table(dataset)
            && table.len() >= BATCH_ROWS
        {
            print(&table.take()?, out)?;
        }
    }
    if let Some(table) = extractor.table(dataset) {
        print(&table.take()?, out)?;
    }
    Ok(out.flush()?)
}

fn print(batch: &RecordBatch, out: &mut impl Write) -> io::Result<()> {
    for row in 0..batch.num_rows() {
        for (i, (field, column)) in batch.schema().fields().iter().zip(batch.columns()).enumerate() {
            write!(out, "{}\"{}\":", if i == 0 { '{' } else { ',' }, field.name())?;
            if column.is_null(row) {
                out.write_all(b"null")?;
                continue;
            }
            match field.data_type() {
                DataType::Int64 => write!(out, "{}", column.as_primitive::<Int64Type>().value(row))?,
                DataType::Boolean => write!(out, "{}", column.as_boolean().value(row))?,
                _ => print_text(column.as_string_view().value(row), out)?,
            }
        }
        out.write_all(b"}\n")?;
    }
    Ok(())
}

fn print_text(text: &str, out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"\"")?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(out, "\\{c}")?,
            c if c < ' ' => write!(out, "\\u{:04x}", u32::from(c))?,
            c => write!(out, "{c}")?,
        }
    }
    out.write_all(b"\"")
}
