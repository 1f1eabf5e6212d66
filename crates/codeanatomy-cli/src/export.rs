//! `codeanatomy export`.

use std::io::Write;
use std::sync::Arc;

use codeanatomy_model::{CATALOGUE, Contract};
use datafusion::arrow::array::{Float64Array, RecordBatch, StringArray, UInt64Array};
use datafusion::config::FormatOptions;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_cli::print_format::PrintFormat;
use datafusion_cli::print_options::MaxRows;
use datafusion_codeanatomy::store::{ExportOptions, TableRecord, export_dataset};
use datafusion_codeanatomy::{Source, register_all};

use crate::args::ExportArgs;
use crate::failure::Failure;
use crate::stores;

/// Writes the files, and says what was written.
pub(crate) async fn run(args: ExportArgs) -> Result<(), Failure> {
    let options = args.files.options();
    let source = Source::new(&args.source, &options)?;
    let export = ExportOptions {
        columns: args.columns,
        cluster: args.cluster,
        level: args.level,
    };
    let ctx = SessionContext::new_with_config_rt(SessionConfig::new(), stores::runtime().build_arc()?);
    register_all(&ctx)?;
    let mut written = vec![];
    for contract in chosen(&args.dataset)? {
        written.push(export_dataset(&ctx, &source, contract, &args.out, &export).await?);
    }
    write_summary(&mut std::io::stdout().lock(), &written, args.format)
}

/// The datasets of these names; all that need no argument if there is none.
fn chosen(names: &[String]) -> Result<Vec<&'static Contract>, Failure> {
    let offered: Vec<_> = CATALOGUE.iter().copied().filter(|c| c.requires.is_none()).collect();
    if names.is_empty() {
        return Ok(offered);
    }
    let find = |name: &String| {
        offered.iter().copied().find(|c| c.name == name).ok_or_else(|| {
            let known: Vec<_> = offered.iter().map(|c| c.name).collect();
            Failure::from(format!(
                "there is no dataset '{name}' to export; name one of: {}",
                known.join(", ")
            ))
        })
    };
    names.iter().map(find).collect()
}

fn write_summary(out: &mut impl Write, written: &[TableRecord], format: PrintFormat) -> Result<(), Failure> {
    let shown = if format == PrintFormat::Automatic {
        PrintFormat::Table
    } else {
        format
    };
    let names = written.iter().map(|t| t.name.as_str());
    let per_row = written
        .iter()
        .map(|t| (t.rows > 0).then(|| (t.file.bytes as f64 / t.rows as f64 * 100.0).round() / 100.0));
    let batch = RecordBatch::try_from_iter([
        ("dataset", Arc::new(StringArray::from_iter_values(names)) as _),
        (
            "rows",
            Arc::new(UInt64Array::from_iter_values(written.iter().map(|t| t.rows))) as _,
        ),
        (
            "bytes",
            Arc::new(UInt64Array::from_iter_values(written.iter().map(|t| t.file.bytes))) as _,
        ),
        ("bytes_per_row", Arc::new(per_row.collect::<Float64Array>()) as _),
    ])
    .map_err(datafusion::error::DataFusionError::from)?;
    let plain = FormatOptions::default();
    Ok(shown.print_batches(out, batch.schema(), &[batch], MaxRows::Unlimited, true, &plain)?)
}
