//! `codeanatomy build`.

use std::future::Future;
use std::io::Write;
use std::sync::Arc;

use codeanatomy_delta::DeltaGraph;
use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray, UInt64Array};
use datafusion::config::FormatOptions;
use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion_cli::print_format::PrintFormat;
use datafusion_cli::print_options::MaxRows;
use datafusion_codeanatomy::build::{BuildOptions, BuildReport, KindCount, build};

use crate::args::{BuildArgs, GraphFormat};
use crate::failure::Failure;
use crate::{progress, stores};

/// Builds, and says what was built.
pub(crate) async fn run(args: BuildArgs) -> Result<(), Failure> {
    let BuildArgs {
        source,
        out,
        files,
        threads,
        cache,
        functions,
        memory_limit,
        strict,
        format,
        summary,
        quiet,
    } = args;
    let mut runtime = stores::runtime();
    if let Some(limit) = memory_limit {
        runtime = runtime.with_memory_pool(Arc::new(FairSpillPool::new(limit)));
    }
    let runtime = runtime.build_arc()?;
    let functions = match functions {
        Some(file) => {
            std::fs::read_to_string(&file).map_err(|e| Failure::from(format!("--functions {}: {e}", file.display())))?
        }
        None => String::new(),
    };
    let options = BuildOptions {
        source: files.options(),
        threads,
        cache,
        functions,
        format: match format {
            GraphFormat::Parquet => None,
            GraphFormat::Delta => Some(Arc::new(DeltaGraph::new(Arc::clone(&runtime)))),
        },
        strict,
        runtime,
        ..BuildOptions::default()
    };
    let progress = progress::on_stderr(quiet);
    let build = async move { build(&source, &out, &options, progress.as_ref()).await };
    let report = unless_interrupted(build, tokio::signal::ctrl_c()).await?;
    for warning in &report.warnings {
        writeln!(std::io::stderr(), "warning: {warning}")?;
    }
    if report.manifest.contract_errors > 0 {
        let codes = report
            .contract_errors
            .iter()
            .map(|(code, rows)| format!("{code} {rows}"));
        let codes: Vec<_> = codes.collect();
        writeln!(
            std::io::stderr(),
            "warning: {} rows break a contract ({}); see contract_errors",
            report.manifest.contract_errors,
            codes.join(", ")
        )?;
    }
    Ok(write_summary(&mut std::io::stdout().lock(), &report, summary)?)
}

/// The build runs as a task of its own, so that a signal is heard while it computes.
async fn unless_interrupted(
    build: impl Future<Output = Result<BuildReport, DataFusionError>> + Send + 'static,
    interrupt: impl Future<Output = std::io::Result<()>>,
) -> Result<BuildReport, Failure> {
    tokio::select! {
        built = tokio::spawn(build) => match built {
            Ok(report) => Ok(report?),
            Err(error) => Err(Failure::from(format!("the build broke off, which is a bug: {error}"))),
        },
        interrupted = interrupt => {
            interrupted?;
            Err(Failure::Interrupted("interrupted: readers see the graph from before"))
        }
    }
}

/// What was written: rows by table and kind. `json` holds the whole report.
fn write_summary(out: &mut impl Write, report: &BuildReport, format: PrintFormat) -> Result<(), DataFusionError> {
    if format == PrintFormat::Json {
        let kind = |k: &KindCount| serde_json::json!({ "table": k.table, "kind": k.kind, "rows": k.rows, "ambiguous": k.ambiguous });
        let whole = serde_json::json!({
            "version": report.version,
            "folder": report.folder,
            "manifest": report.manifest,
            "kinds": report.kinds.iter().map(kind).collect::<Vec<_>>(),
            "contract_errors": report.contract_errors.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
            "relations": report.relations,
            "warnings": report.warnings,
        });
        return Ok(writeln!(out, "{whole}")?);
    }
    let batch = kinds(&report.kinds)?;
    let shown = if format == PrintFormat::Automatic {
        PrintFormat::Table
    } else {
        format
    };
    let plain = FormatOptions::default();
    shown.print_batches(out, batch.schema(), &[batch], MaxRows::Unlimited, true, &plain)?;
    if shown == PrintFormat::Table {
        let manifest = &report.manifest;
        let rows = |name: &str| manifest.tables.iter().find(|t| t.name == name).map_or(0, |t| t.rows);
        writeln!(
            out,
            "{} files, {} bytes: {} nodes, {} edges, {} candidates that lost, {} properties, {} contract errors",
            manifest.file_count,
            manifest.source_bytes,
            rows("cpg_nodes"),
            rows("cpg_edges"),
            rows("cpg_losers"),
            rows("cpg_props"),
            manifest.contract_errors
        )?;
        writeln!(out, "The graph is version {} in {}", report.version, report.folder)?;
    }
    Ok(())
}

fn kinds(kinds: &[KindCount]) -> Result<RecordBatch, DataFusionError> {
    let text = |f: fn(&KindCount) -> &str| Arc::new(StringArray::from_iter_values(kinds.iter().map(f))) as ArrayRef;
    let number = |f: fn(&KindCount) -> u64| Arc::new(UInt64Array::from_iter_values(kinds.iter().map(f))) as ArrayRef;
    Ok(RecordBatch::try_from_iter([
        ("table", text(|k| k.table)),
        ("kind", text(|k| &k.kind)),
        ("rows", number(|k| k.rows)),
        ("ambiguous", number(|k| k.ambiguous)),
    ])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_interrupt_ends_a_build_that_does_not_end() {
        let forever = std::future::pending();
        let outcome = unless_interrupted(forever, std::future::ready(Ok(()))).await;
        assert!(matches!(outcome, Err(Failure::Interrupted(_))));
    }

    #[tokio::test]
    async fn a_panic_in_a_build_is_a_failure() {
        let broken = async { panic!("boom") };
        let outcome = unless_interrupted(broken, std::future::pending()).await;
        assert!(matches!(outcome, Err(Failure::Message(_))));
    }
}
